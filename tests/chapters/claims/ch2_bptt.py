"""What chapter 2 says in numbers."""

from functools import cache
from importlib import import_module

import numpy as np

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch2_bptt import exercises, experiments
from rnnlib.chapters.ch2_bptt.explorers import lags, walk

from . import Notebook, claim

check = import_module("rnnlib.chapters.ch2_bptt.explorers.gradient_check")
book = Notebook(2)
says = book.says


@cache
def three_steps(W_s=0.5, losses="the last step", activation="linear"):
    return walk.walk(W_s, losses, activation)


def terms(name, W_s=0.5):
    found = three_steps(W_s)["terms"][name]
    return [found[t][0] * found[t][1] for t in (3, 2, 1)]


def grows(step):
    """By what factor the term of a step for W_x grows beyond the factor that all share, as W_s goes from 0.5 to 1."""
    factors = [after / before for after, before in zip(terms("W_x", 1.0), terms("W_x"), strict=True)]
    return round(factors[3 - step] / factors[0])


S_BEFORE, SLOPES, V = np.array([3.0, 4.0]), np.array([1.0, 0.5]), np.array([2.0, -1.0])


def entry(row, column):
    """The answer of the loss to one weight, by moving it: z = W S, S' = slopes * z, L = v S'."""
    W = np.zeros((2, 2))
    W[row - 1, column - 1] = 1e-3
    return float(V @ (SLOPES * (W @ S_BEFORE)) / 1e-3)


@cache
def cosine(gain, window=8, seed=2):
    drawn = experiments.random_network(gain, "tanh", 60, seed=seed)
    return gradient_flow.cosine(rnnlib.truncated_bptt(*drawn, window).params, rnnlib.bptt(*drawn).params)


@cache
def shrinks():
    run, d_outputs = experiments.random_network(0.8, "tanh", 30)
    term = gradient_flow.lag_contributions(run, d_outputs)[-1]
    return term[29] / term[9]


def smooth(epsilon, precision):
    """Whether the loss still takes as many values as points are shown in the window."""
    w, (x, y), _ = check._zoomed(precision)
    near = w + w.dtype.type(epsilon) * check.ZOOM.astype(w.dtype)
    return len(np.unique(check.one_unit_loss(near, x, y))) > len(check.ZOOM) / 2


def lowest(precision, difference="two-sided"):
    curve = check.check_curve(precision, difference)
    return check.EPSILONS[curve.argmin()], curve.min()


def taylor(order):
    """The error of the difference of exp at 0 over a power of eps: 1/6 for the two-sided, 1/2 for the one-sided."""
    eps = 1e-3
    if order == 2:
        return ((np.exp(eps) - np.exp(-eps)) / (2 * eps) - 1) / eps**2
    return ((np.exp(eps) - 1) / eps - 1) / eps


def recalled(lag):
    return book.printed("2b7e1a11", rf"lag +{lag}: (\d) of 8") == "8"


def one_unit_adder(weights):
    """The loss of the unit that adds up, with these W_x, W_s, W_o."""
    names = book.names("78e75aa3", "e2c12884")
    for name, value in zip(("network.W_x", "network.W_s", "W_o", "network.b_s", "b_o"), (*weights, 0, 0), strict=True):
        names.adder.params[name][...] = value
    return names.adder.loss(names.batch)


CLAIMS = [
    claim("answered wrongly at step 3.", lambda: max(three_steps()["O"]) == 3),
    # recall questions
    claim(
        "all weights 1, memory 0 at the start. The inputs are (1, 0), then (0, 1). What is each entry of S_2?",
        lambda: book.code("2b7e1a03", r"for x_t in \(\((1, 0)\), \((0, 1)\)\)") == ("1, 0", "0, 1"),
    ),
    claim(
        "S_1 = (1, 1). At step 2 each unit adds its input, 1, and both numbers of the memory, 1 + 1",
        lambda: (np.ones((2, 2)) @ [1, 0]).tolist() == [1, 1] and (np.ones((2, 2)) @ [1, 1]).tolist() == [2, 2],
    ),
    claim("at step 2 the unit also adds S_1", lambda: sum([1, 0]) == 1),
    claim("S_1 has two entries", lambda: (np.ones((2, 2)) @ [1, 0]).shape == (2,)),
    claim("A network with a window of 5 words. The verb is 5 words before", lambda: 5 + 1 > 5),
    claim("A window of 5 reaches back {} words", lambda: len(range(1, 5))),
    claim("A window of 5 reaches", lambda: rnnlib.TDNN(2, 3, 5, rng=np.random.default_rng(0)).window == 5),
    claim("when the input of step 3 changes", lambda: max(three_steps()["S"]) == 3),
    claim("those from step 3 on", lambda: max(three_steps()["S"]) == 3),
    claim("those before step 3", lambda: max(three_steps()["S"]) == 3),
    claim("that of step 3 alone", lambda: max(three_steps()["S"]) == 3),
    claim("The state of step 3 is copied to step 4", lambda: 3 + 1 == 4),
    # three steps
    claim(
        r"O_3 = W_o S_3, \qquad L_3 = \tfrac{1}{2}(Y_3 - O_3)^2",
        lambda: (
            three_steps()["O"][3] == walk.W_O * three_steps()["S"][3]
            and book.printed("a1188cdb", r"L_3 = (0\.5)") == "0.5"
        ),
    ),
    claim(
        "once on the way to $L_3$. $W_x$ and $W_s$ are used **three times** each, at steps 1, 2 and 3",
        lambda: [len(three_steps()["terms"][name]) for name in ("W_x", "W_s")] == [3, 3],
    ),
    *(
        claim(text, lambda text=text: text.split(" ")[-2] in book.code("a1188cdb", r"(print.*)"))
        for text in ("S_1 = ", ", S_2 = ", ", S_3 = ", ", O_3 = ", ", L_3 = ")
    ),
    claim(
        r"With $\partial L_3/\partial O_3 = O_3 - Y_3$:",
        lambda: three_steps()["d_outputs"][3] == three_steps()["O"][3] - walk.TARGETS[2],
    ),
    claim(
        r"\frac{\partial L_3}{\partial W_o} = \frac{\partial L_3}{\partial O_3}\, S_3$$",
        lambda: terms("W_o")[0] == three_steps()["d_outputs"][3] * three_steps()["S"][3],
    ),
    claim(
        r"\frac{\partial L_3}{\partial W_x} = \frac{\partial L_3}{\partial O_3} W_o \left( x_3 + W_s\, "
        r"x_2 + W_s^2\, x_1 \right)$$",
        lambda: sum(terms("W_x")) == 1 * walk.W_O * (walk.INPUTS[2] + 0.5 * walk.INPUTS[1] + 0.25 * walk.INPUTS[0]),
    ),
    claim(
        r"\frac{\partial L_3}{\partial W_s} = \frac{\partial L_3}{\partial O_3} W_o \left( S_2 + W_s\, "
        r"S_1 + W_s^2\, S_0 \right)$$",
        lambda: (
            sum(terms("W_s")) == 1 * walk.W_O * (three_steps()["S"][2] + 0.5 * three_steps()["S"][1] + 0.25 * walk.S_0)
        ),
    ),
    claim("$W_s^{[1]}, W_s^{[2]}, W_s^{[3]}$, that", lambda: len(terms("W_s")) == 3),
    claim(
        r"$W_x = 1$, $W_s = -2$, $W_o = 2$, $S_0 = 1$, inputs $4, 3, 1$, target $Y_3 = 3$. What are the three terms of "
        r"$\partial L_3/\partial W_s$, from step 3 back to step 1, and what is their sum? As above, $L_3 "
        r"= \tfrac12 (Y_3 - O_3)^2$",
        lambda: exercises.three_terms.check(worked_terms(-2, 1, (4, 3, 1), 3)).solved,
    ),
    claim("the term of step 1", lambda: grows(1) == 4),
    claim("the term of step 2", lambda: grows(2) == 2),
    claim("the term of step 3", lambda: grows(3) == 1),
    claim("Wₛ goes from 0.5 to 1. All terms grow", lambda: min(np.array(terms("W_x", 1.0)) / terms("W_x")) > 1),
    claim("Which of the three terms of ∂L₃/∂Wₓ", lambda: len(terms("W_x")) == 3),
    claim("it grows by 2 × 2; the term of step 2 by {}, that of step 3 by {}.", lambda: (grows(2), grows(3))),
    claim("it grows by 2 × 2; the term of step 2 by", lambda: grows(1) == 2 * 2),
    claim("that of step 3 by", lambda: grows(3) == 1),
    claim(
        "from step 2 on, two streams meet",
        lambda: says("backward_walk", "two streams meet at S₂", move=5, losses="every step"),
    ),
    claim(
        r"the slope at $S_2 \approx 1$ is near 0, and",
        lambda: (lambda S: S > 0.9 and 1 - S**2 < 0.1)(three_steps(0.5, "the last step", "tanh")["S"][2]),
    ),
    claim(
        "Put $W_s$ at 0: which terms are left, and why is the one of $W_s$ itself at step 3 not 0",
        lambda: terms("W_s", 0.0)[0] != 0,
    ),
    # one row of numbers
    claim(
        r"S_{k-1} = \begin{pmatrix} 3 \\ 4 \end{pmatrix}, \qquad f'(z_k) = \begin{pmatrix} 1 \\ 0.5 "
        r"\end{pmatrix}, \qquad v = "
        r"\frac{\partial L}{\partial S_k} = (2, -1)$$",
        lambda: (
            book.code("2b7e1a05", r"\[([\d., -]+)\]\), np.array\(\[([\d., -]+)\]\), np.array\(\[([\d., -]+)\]")
            == ("3.0, 4.0", "1.0, 0.5", "2.0, -1.0")
        ),
    ),
    claim(
        r"the weight in row 1, column 2 a little. Only $z_1$ contains it, multiplied by $S_{k-1,2} = 4$. "
        r"So $z_1$ moves 4 times as "
        r"far, $S_{k,1}$ moves $f'(z_1) \cdot 4 = 4$ times as far, and the loss $2 \cdot 4 = 8$ times",
        lambda: np.isclose(entry(1, 2), 8) and S_BEFORE[1] == SLOPES[0] * S_BEFORE[1] == 4,
    ),
    claim(r"| row 1, column 1 | $S_{k,1}$ | $1 \cdot 3 = 3$ | $2 \cdot 3 = 6$ |", lambda: np.isclose(entry(1, 1), 6)),
    claim(r"| row 1, column 2 | $S_{k,1}$ | $1 \cdot 4 = 4$ | $2 \cdot 4 = 8$ |", lambda: np.isclose(entry(1, 2), 8)),
    claim(
        r"| row 2, column 1 | $S_{k,2}$ | $0.5 \cdot 3 = 1.5$ | $-1 \cdot 1.5 = -1.5$ |",
        lambda: np.isclose(entry(2, 1), -1.5),
    ),
    claim(
        r"| row 2, column 2 | $S_{k,2}$ | $0.5 \cdot 4 = 2$ | $-1 \cdot 2 = -2$ |", lambda: np.isclose(entry(2, 2), -2)
    ),
    claim("which is $(2, -0.5)$, times", lambda: (SLOPES * V).tolist() == [2, -0.5]),
    # the general form
    claim(
        "then for $S_{t-2}$, down to $S_1$, where it ends because $S_0$ depends on no weight (some "
        "texts start at $k = 0$; that "
        "term is 0)",
        lambda: three_steps()["from_future"][0] != 0 and 0 not in three_steps()["terms"]["W_s"],
    ),
    claim(
        r"\frac{\partial S_{t-1}}{\partial S_{t-2}} \frac{\partial^+ S_{t-2}}{\partial W} + \dots",
        lambda: np.isclose(sum(terms("W_x")), terms("W_x")[0] + terms("W_x")[1] + terms("W_x")[2]),
    ),
    claim("agrees with finite differences to 8 digits", lambda: book.code("848dfefa", r"error < (1e-8)") == "1e-8"),
    claim(
        "everything after the plus would have to be 0",
        lambda: "1.75" in book.printed("bb8e1fb2", r"plus is ([\d.]+), not 0"),
    ),
    claim("dS_3/dW_x total:", lambda: book.printed("bb8e1fb2", r"total: ([\d.]+);") == "2.75"),
    claim(", not 0", lambda: "1.75" in book.printed("bb8e1fb2", r"plus is ([\d.]+), not 0")),
    claim(
        r"brings to $S_1$ $$a_1 + J_2^T a_2 + J_2^T J_3^T a_3 = a_1 + J_2^T \big( a_2 + J_3^T a_3 \big)$$",
        lambda: horner(),
    ),
    claim(
        r"$0 + 1 + 2$ products. Right, one walk and 2 products", lambda: sum(range(3)) == 3 and len(range(1, 3)) == 2
    ),
    claim(
        r"the bracket is $\partial L/\partial S_2$",
        lambda: (
            three_steps()["d_states"][2] == walk.W_O * three_steps()["d_outputs"][2] + 0.5 * three_steps()["deltas"][3]
        ),
    ),
    claim(r"Stack $\delta_1, \dots", lambda: len(three_steps()["deltas"]) == 3),
    # cost
    claim("For the recursion the factor is {:.0f}.", lambda: (200 - 1) // (100 - 1)),
    claim("about {:.0f}", lambda: (200 * 199) / (100 * 99)),
    claim("That would be T³: a walk", lambda: 2**3 == 8),
    claim("the factor, T/2, grows", lambda: np.isclose((50 * 49 / 2) / 49, 50 / 2)),
    claim("Move $T$ from 2 to", lambda: says("cost", "T = 2:", steps=2)),
    claim(r"the states $S_1, \dots, S_T$ of the forward", lambda: len(three_steps()["S"]) == 4),
    # the gradient check
    claim(r"- L(w - \epsilon)}{2\epsilon}$$", lambda: np.isclose(((1.1) ** 2 - (0.9) ** 2) / (2 * 0.1), 2)),
    claim("error below 1e-7:", lambda: book.code("8cd39c7a", r"< (1e-7)") == "1e-7"),
    claim("relative error below 1e-6", lambda: book.code("fd0a7e4b", r"error > (1e-6)") == "1e-6"),
    claim(
        "for sequences of 1, 2 and 5 steps", lambda: book.code("2b7e1a0b", r"for length in \((1, 2, 5)\)") == "1, 2, 5"
    ),
    claim("float64 has about {} digits", lambda: round(-float(np.log10(np.finfo(float).eps)))),
    claim(
        "at $10^{-14}$ the smooth loss becomes stairs",
        lambda: smooth(1e-13, "float64") and not smooth(1e-14, "float64"),
    ),
    claim("they come at $10^{-5}$", lambda: smooth(1e-4, "float32") and not smooth(1e-6, "float32")),
    claim(r"is off by $\tfrac{1}{6} L'''(w)", lambda: np.isclose(taylor(2), 1 / 6, rtol=1e-3)),
    claim(r"the one-sided by $\tfrac{1}{2} L''(w)", lambda: np.isclose(taylor(1), 1 / 2, rtol=1e-2)),
    claim(
        r"$u$ ($10^{-16}$ in float64, $6 \cdot 10^{-8}$ in float32)",
        lambda: (
            round(np.log10(np.finfo(np.float64).epsneg)) == -16 and round(float(np.finfo(np.float32).epsneg) * 1e8) == 6
        ),
    ),
    claim(
        r"\epsilon \approx u^{1/3} \ \text{(two-sided, the error is then about } u^{2/3}\text{)}, \qquad "
        r"\epsilon \approx u^{1/2} \ "
        r"\text{(one-sided, the error is then about } u^{1/2}\text{)}",
        lambda: (
            abs(np.log10(lowest("float64")[0] / 1e-16 ** (1 / 3))) < 1
            and abs(np.log10(lowest("float64", "one-sided")[0] / 1e-16 ** (1 / 2))) < 1
        ),
    ),
    claim(
        r"$\epsilon \approx 5 \cdot 10^{-6}$ with ten digits right, in float32 $\epsilon \approx 4 \cdot 10^{-3}$",
        lambda: round(1e-16 ** (1 / 3) * 1e6) == 5 and round(float(np.finfo(np.float32).epsneg) ** (1 / 3) * 1e3) == 4,
    ),
    claim(
        r"two-sided, with $\epsilon = 10^{-5}$",
        lambda: check.check_curve("float64", "two-sided")[np.argmin(np.abs(check.EPSILONS - 1e-5))] < 1e-9,
    ),
    # terms by lag
    claim(
        "a gain of 0.8, and the loss of step 30. How many times smaller is its term of 20 steps back",
        lambda: (
            book.code("predict-contributions", r'network\((0\.8), "tanh", (30)\)[\s\S]*term\[29\] / term\[(9)\]')
            == ("0.8", "30", "9")
        ),
    ),
    claim("{} to the power {} is a million", lambda: (2, round(float(np.log2(1e6))))),
    claim("That would be a factor of {:.1f} a step at most", lambda: 1e3 ** (-1 / 20)),
    claim("{} to the power {} is {:.2f}, from the gain", lambda: (0.8, 20, 0.8**20)),
    claim("That would be a factor of {:.1f} a step.", lambda: 1e8 ** (-1 / 20)),
    claim(
        "Move the gain to 0.4, then to 1.6",
        lambda: says("contributions", "Gain 0.40", gain=0.4) and says("contributions", "Gain 1.60", gain=1.6),
    ),
    claim(
        r"deviation $1/\sqrt{H}$: at 1 a state",
        lambda: (
            abs(experiments.random_network(1.0, "tanh", 5)[0].cell.params["W_s"].std() * np.sqrt(experiments.UNITS) - 1)
            < 0.15
        ),
    ),
    claim("Read a row from the right: lag 0 is", lambda: shrinks() > 1),
    claim(r"\sum_{j=\max(1,\, t-k+1)}^{t}", lambda: np.isclose(cosine(1.6, window=60), 1)),
    # truncation
    claim(
        "60 steps, tanh, a gain of 1.6, and a window of 8 steps",
        lambda: (
            "1.6" in book.code("8c914549", r'network\((1\.6), "tanh", 60')
            and "8)" in book.code("8c914549", r"steps, (8\))")
        ),
    ),
    claim("It is {:.2f} in this network. With a gain of 1 it", lambda: cosine(1.6)),
    claim("With a gain of 1 it is above 0.99, for", lambda: cosine(1.0) > 0.99),
    claim("with a gain of 2 it falls to {:.2f}.", lambda: cosine(2.0)),
    claim("with a gain of 2 it falls", lambda: cosine(2.0) < cosine(1.6)),
    claim("below 0.5", lambda: not cosine(1.6) < 0.5),
    claim("between 0.7 and 0.95", lambda: 0.7 < cosine(1.6) < 0.95),
    claim("above 0.99", lambda: not cosine(1.6) > 0.99),
    claim("the case at a gain of 1. At 1.6 the distant", lambda: cosine(1.0) > 0.99 > cosine(1.6)),
    claim(
        "Put the window at 1, then move it up. At a gain of 1 hardly anything is lost. At 2 the cosine",
        lambda: cosine(1.0) > 0.99 and not_rising(2.0),
    ),
    claim("cosine with a window of 8, eight", lambda: book.code("2b7e1a0e", r"truncated_bptt\(\*one, (8)\)") == "8"),
    claim("the cosine is near 1.", lambda: cosine(1.0) > 0.99),
    claim(
        "Does a window of 2 mean that nothing can be carried further than 2 steps",
        lambda: recalled(8) and recalled(20) and recalled(60),
    ),
    claim(
        "after 1 to 4 steps, and every loss looks back over 2 steps only",
        lambda: (
            book.code("2b7e1a11", r"train_in_window\((2),") == "2"
            and experiments.train_in_window.__wrapped__.__defaults__[0] == 4
        ),
    ),
    claim(
        "window 2, trained at lags 1 to 4, asked", lambda: experiments.train_in_window.__wrapped__.__defaults__[0] == 4
    ),
    claim("; guessing 50%)", lambda: 100 / rnnlib.tasks.recall.CLASSES == 50),
    # teacher forcing, the trainings, the cliff
    claim("from step {} on, fed", lambda: int(book.code("2b23473e", r"given = (\d+)"))),
    claim("the error is more than 3 times as large", lambda: book.code("c74a7adc", r"> (3) \* error_forced") == "3"),
    claim("on November 2nd", lambda: "2nd" in rnnlib.tasks.slot_filling.WORDS),
    claim("Two networks of {} units", lambda: int(book.code("8a2f0185", r"Elman\(words_in, (\d+)"))),
    claim(" verb {} words back, right tags of new cities", lambda: experiments.FARTHEST),
    claim(
        "add up 60 numbers: one answer is $W_x = W_s = W_o = 1$ (any $W_x W_o = 1$ would do). It starts at $W_s = 0.5$",
        lambda: (
            max(one_unit_adder((1, 1, 1)), one_unit_adder((2, 1, 0.5))) < 1e-9
            and book.code("e2c12884", r"size=\((60), 16, 1\)[\s\S]*np.full\(\(1, 1\), (0\.5)\)") == ("60", "0.5")
        ),
    ),
    claim("a narrow valley before 1, and", lambda: one_unit_adder((1, 0.99, 1)) < one_unit_adder((1, 1.1, 1))),
    claim("near $W_s = 1$ and lands on a wall, where $W_s^{60}$", lambda: 1.1**60 > 300),
    claim(
        r"with $\epsilon = 10^{-5}$",
        lambda: check.check_curve("float64", "two-sided")[np.argmin(np.abs(check.EPSILONS - 1e-5))] < 1e-9,
    ),
]


def worked_terms(W_s, S_0, inputs, target):
    """The three terms of dL_3/dW_s and their sum, with W_x = 1 and W_o = 2."""
    S = [S_0]
    for x in inputs:
        S.append(x + W_s * S[-1])
    error = 2 * (2 * S[3] - target)
    found = [error * S[2], error * W_s * S[1], error * W_s**2 * S[0]]
    return (*found, sum(found))


def horner():
    rng = np.random.default_rng(0)
    a, J = rng.normal(size=(4, 3)), rng.normal(size=(4, 3, 3))
    left = a[1] + J[2].T @ a[2] + J[2].T @ J[3].T @ a[3]
    return np.allclose(left, a[1] + J[2].T @ (a[2] + J[3].T @ a[3]))


def not_rising(gain):
    return bool(np.any(np.diff(lags.cosines(lags.truncated_gradients(gain, "every loss")[0])) < 0))

"""What chapter 10 says in numbers."""

import numpy as np
from chapters import chapters

import rnnlib
from rnnlib.chapters.ch10_what_came_next import exercises
from rnnlib.chapters.ch10_what_came_next.experiments import counting, memories, newton
from rnnlib.chapters.ch10_what_came_next.explorers import answers, pole, scanning, views

from . import Notebook, claim, word

book = Notebook(10)
BITS, STEPS = counting.T, counting.CONTESTS[2][0]


def on_stage(*minutes):
    """Whether the minutes of the parts add up to those of the chapter."""
    return sum(minutes) == next(chapter.on_stage for chapter in chapters() if chapter.number == 10)


def left(radius, steps=pole.STEPS):
    """What is left of an impulse."""
    return float(np.abs(pole.response(radius, 0)[steps]))


def ends():
    """Where tanh(w_2 tanh(w_1 h + b_1) + b_2) goes for h to plus and minus infinity, and where tanh(b_2 ± w_2) is."""
    (w_1, w_2), (b_1, b_2), far = (1.3, 0.7), (0.2, -0.4), np.array([-1e4, 1e4])
    return (
        np.tanh(w_2 * np.tanh(w_1 * far + b_1) + b_2),
        np.tanh(b_2 + w_2 * np.array([-1, 1])),
        np.tanh(w_1 * far + b_1),
    )


def two_tanh_steps():
    there, named, one_step = ends()
    return np.allclose(there, named) and np.allclose(np.abs(one_step), 1) and np.abs(there).max() < 0.9


def in_one(h):
    """The task of exercise 10.1, step by step."""
    return 0.8 * (0.5 * h + 1) + 3


def pencil():
    a, b, rounds = exercises.two_steps_in_one.answer()
    return np.allclose((in_one(1.0) - in_one(0.0), in_one(0.0)), (a, b)) and 2**rounds >= 1000 > 2 ** (rounds - 1)


def rounds(T):
    return scanning.rounds_of(T)


def in_one_round(T, k):
    """Whether the scan makes T - 2^k joins in the round with the reach 2^k."""
    return scanning.joins(T, k + 1) == T - 2**k


def sweeps(gain, kind="mixing"):
    return newton.newton_table()[1000, kind][0][newton.GAINS.index(gain)]


def a_wall_up_to_one():
    return all(sweeps(gain).max() <= 8 for gain in newton.GAINS if gain <= 1) and sweeps(2.0).min() > 24


def starts_at_zero():
    W, x = newton.draw_network(0.9, 0, 30)
    return not next(newton.guesses(W, x, 1)).any() and len(truth_of(W, x)) == 30


def truth_of(W, x):
    return newton.by_loop(W, x)


def switches():
    """Seven of eight networks whose units see themselves alone, with a weight of 2, are not done after 200 sweeps."""
    W, _ = newton.draw_network(2.0, 0, 5, "alone")
    resting = np.tanh(2 * 0.9575) - 0.9575  # h = tanh(2 h) has three solutions, 0 among them
    needed = sweeps(2.0, "alone")
    return np.isinf(needed).sum() == 7 and len(needed) == 8 and np.allclose(W, 2 * np.eye(8)) and abs(resting) < 1e-3


def shrinks_to_a_fifth():
    return round(float(np.exp(newton.newton_table()[1000, "alone"][1][-1].mean())), 2) == 0.2


def no_eigenvectors():
    values, V = np.linalg.eig(np.array([[0.9, 5], [0, 0.9]]))
    return np.allclose(values, 0.9) and abs(np.linalg.det(V)) < 1e-6


def half(radius):
    return np.log(0.5) / np.log(radius)


def gamma_makes_one():
    size = 0.97
    return np.isclose((1 - size**2) * np.sum(size ** (2 * np.arange(10_000))), 1)


def inside(nu):
    return 0 < np.exp(-np.exp(nu)) < 1


def is_convolution():
    a, b = 0.8, np.arange(1.0, 9.0)
    state = 0.0
    for b_t in b:
        state = a * state + b_t
    return np.isclose(state, sum(a**k * b[len(b) - 1 - k] for k in range(len(b))))


def solved(name, modulus=2):
    return counting.solved(modulus)[name]


def place(name, modulus=2):
    return counting.CONTESTS[modulus][1].index(name)


def gates():
    """The gates at 0 and at 1 of the twelve minGRUs that were trained with a gate in (-1, 1)."""
    return counting.counting_table()["2.transitions"][place("minGRU, gate in (−1, 1)"), :, -1, :2].T


def keys():
    """1 - beta at 0 and 1 and the cosine of the keys of twelve trained delta rules."""
    return counting.counting_table()["2.transitions"][place("delta rule, β up to 2"), :, -1].T


def flips():
    """-1 at each 1 and 1 at each 0 counts the parity."""
    bits = np.random.default_rng(0).integers(2, size=40)
    return np.array_equal(np.cumprod(np.where(bits == 1, -1, 1)) < 0, np.cumsum(bits) % 2 == 1)


def changes_of_sign():
    """A sum of H powers of numbers in (0, 1) and a constant changes its sign at most H times."""
    rng, t = np.random.default_rng(0), np.arange(1, 200)
    most = 0
    for _ in range(400):
        z, c = rng.uniform(0.01, 0.99, size=4), rng.normal(size=5)
        values = c[0] + c[1:] @ z[:, None] ** t
        most = max(most, np.count_nonzero(np.diff(values > 0)))
    return 1 <= most <= 4


def longest_run():
    bits = counting.held_out(BITS).x[..., 1].T
    return max(max(map(len, "".join("1" if bit else " " for bit in row).split())) for row in bits)


def wrong_within():
    """H = 16 units of the chapter need up to 18 ones in a row; 200 sequences of 20 bits have none."""
    network = counting.new_model("minGRU, gate in (0, 1)", 0).network
    return network.output_size == 16 and longest_run() < network.output_size + 2 and BITS == 20


def pairs(T):
    """The scores of attention over T steps."""
    return np.tril(np.ones((T, T))).sum()


def error_after(beta):
    """The factor of the error at the key."""
    before = answers.BEFORE - answers.WANTED
    return float((answers.answer_after(beta) - answers.WANTED)[0] / before[0])


def nothing_grows():
    sizes = [np.linalg.norm(answers.transition(beta, 25), 2) for beta in np.linspace(0, 2, 21)]
    return max(sizes) < 1 + 1e-12 < np.linalg.norm(np.eye(2) - 2.1 * np.diag([1, 0]), 2)


def across_it():
    return np.isclose(np.linalg.eigvalsh(answers.transition(0.7, 10)).max(), 1)


def far(name, step, modulus=2):
    return counting.far(modulus)[name][:, step // BITS - 1]


def mostly_gone():
    return np.sum(far("delta rule, β up to 2", 1000) < 0.99) > 6 and far("minGRU, gate in (−1, 1)", 400).mean() < 0.65


def third_of_a_circle():
    return np.isclose(np.degrees(np.angle(answers.two_steps(2.0, 60)[0])), 360 / 3)


def lost_at_200():
    return far("two delta steps, β up to 2", 200, 3).max() < 0.5 and solved("two delta steps, β up to 2", 3) == 12


def spread(d):
    """The mean of (k_i . k_j)^2 for random keys, times d."""
    keys = memories.unit(np.random.default_rng(0).normal(size=(400, d)))
    return np.mean((keys[:200] @ keys[200:].T) ** 2) * d


def fades(d, n):
    signals = [
        memories.recall(memories.draw_pairs(np.random.default_rng(s), d, n), "delta rule, β = 1")[0] for s in range(80)
    ]
    return np.allclose(np.mean(signals, axis=0), (1 - 1 / d) ** np.arange(n)[::-1], atol=0.1)


def attention_wins():
    return all(memories.accuracy(d, 4 * d, False, "softmax attention") > 0.99 for d in memories.WIDTHS if d >= 16) and (
        memories.accuracy(8, 32, False, "softmax attention") < 0.7
    )


def noise():
    return (17 - 1) / 64, (101 - 1) / 0.5, (1 - 1 / 32) ** 32


def noise_task():
    return np.allclose(noise(), exercises.noise.answer())


def is_a_switch():
    return counting.NETWORKS["delta rule, β up to 2"][0](np.random.default_rng(0))


def memory_of_four():
    layer = is_a_switch()
    return (layer.key_size, layer.output_size, layer.top) == (4, 4, 2.0) and set(counting.solved(2).values()) <= {
        0,
        10,
        12,
    }


def keeping():
    return counting.KEEPING == 3 and counting.ADDING_T == 50


def choices():
    """The options of the predictions and recall questions, against the numbers."""
    h, n = 0.3, -0.5
    return [z * h + (1 - z) * n for z in (0, 1)] == [n, h]


CLAIMS = [
    claim("$T$ steps in $\\log_2 T$ rounds", lambda: rounds(1024) == 10),
    claim("linear recurrence over $T$ steps in $\\log_2 T$ rounds", lambda: rounds(1024) == 10),
    claim("$T$ of them in $\\log_2 T$ rounds", lambda: rounds(1024) == 10),
    claim("a memory of {} numbers", lambda: views.memory(1, 1.0).size),
    claim("a matrix of {} by {}", lambda: views.memory(1, 1.0).shape),
    claim("left after {} steps?", lambda: 100 if round(left(0.99, 100), 3) == 0.366 else 0),
    claim("0.99 to the power of 100: a little more than a third", lambda: 1 / 3 < left(0.99, 100) < 0.4),
    claim("A GRU's update gate z is 1", choices),
    claim("That is z = 0.", choices),
    claim("$h_{1000}$ needs $h_{999}$, which needs $h_{998}$", lambda: pole.STEPS - 1 == 999),
    claim("$\\tanh(w_2 \\tanh(w_1 h + b_1) + b_2)$", two_tanh_steps),
    claim("tend to $\\pm 1$ for large $h$, as every $\\tanh(w h + b)$ with $w \\neq 0$ does", two_tanh_steps),
    claim("tends to $\\tanh(b_2 \\pm w_2)$", two_tanh_steps),
    claim("$h' = 0.5\\,h + 1$, then $h'' = 0.8\\,h' + 3$", pencil),
    claim("take to cover 1000 steps?", pencil),
    claim("meet in entry {}?", lambda: scanning.scan_stepper().values["entry"]),
    claim("Then set $T = {}$", lambda: scanning.MOST),
    claim("keep $10^{40}$ times the state", lambda: set(scanning.KEPT["huge"]) == {1e40}),
    claim("than for $T = {}$", lambda: scanning.scan_stepper().values["steps"]),
    claim("let each step keep $10^{40}$ times the state", lambda: (scanning.KEPT["huge"] == 1e40).all()),
    claim("in the round with the reach $2^k$ this scan makes $T - 2^k$ joins", lambda: in_one_round(100, 3)),
    claim("with fewer than $2T$ joins", lambda: 2 * (8 - 1) == 14 < 2 * 8),
    claim("all $h_1, \\dots, h_T$ at once, $h_t = 0$ say", starts_at_zero),
    claim("right to 1e-10", lambda: newton.TOLERANCE == 1e-10),
    claim("At a gain of 0.9 a handful of sweeps is enough for 1000 steps", lambda: sweeps(0.9).max() <= 6),
    claim("How many does a network with gain 2 need?", lambda: np.median(sweeps(2.0)) > 90),
    claim("Gain 2 is far beyond that", lambda: np.exp(newton.newton_table()[1000, "mixing"][1][-1].mean()) > 0.85),
    claim("what a gain of 1.5 takes, in most of the eight networks", lambda: np.sum(np.abs(sweeps(1.5) - 22) < 7) > 4),
    claim("Move the gain from {:.1f} upwards", lambda: newton.GAINS[0]),
    claim("Up to about 1 the picture is a wall", a_wall_up_to_one),
    claim("At gain 2, compare", a_wall_up_to_one),
    claim("that costs $H^3$ multiplications", lambda: newton.multiplications(2, 8, 1)[1] == 8**3 + 8**2),
    claim("multiplications, {} steps in turn", lambda: newton.LENGTHS[-1]),
    claim("{:.0f} sweeps: ", lambda: sweeps(0.9).max()),
    claim("more than {}", lambda: newton.MOST),
    claim("itself alone, with a weight of 2.", switches),
    claim("shrinks to a fifth at each step", shrinks_to_a_fifth),
    claim("seven of eight networks are not done after 200 sweeps", switches),
    claim("two resting states, and the guess 0 lies on the fence", switches),
    claim("$[[0.9, 5], [0, 0.9]]$ is one that does not", no_eigenvectors),
    claim("has |λ| = 0.999. How much of an impulse is left after 1000 steps", lambda: round(left(0.999), 3) == 0.368),
    claim("0.999 to the power of 1000 is {:.3f}, close", lambda: left(0.999)),
    claim("0.999 to the power of 1000 is", lambda: round(0.999**1000, 3) == round(left(0.999), 3)),
    claim("close to 1/e: an eigenvalue at a distance of 1/T", lambda: abs(left(1 - 1 / 1000) - np.exp(-1)) < 1e-3),
    claim(
        "That is 0.99, ten times as far from the circle",
        lambda: left(0.99) < 0.005 and np.isclose((1 - 0.99) / (1 - 0.999), 10),
    ),
    claim("That takes {:.0f} steps", lambda: round(float(np.log(0.01) / np.log(0.999)), -2)),
    claim("That is 0.9999, at a tenth of the distance", lambda: left(0.9999) > 0.8),
    claim("over {} steps, between plus", lambda: pole.STEPS),
    claim("from 0.990 to 0.999: ten times as near", lambda: np.isclose(half(0.999) / half(0.99), 10, rtol=0.01)),
    claim("$\\ln\\tfrac12 / \\ln|\\lambda|$ steps", lambda: np.isclose(0.97 ** half(0.97), 0.5)),
    claim(
        "With angle 0 this is chapter 3's $W_s$: 1.01 explodes, 0.99 fades",
        lambda: left(1.01) > 20_000 and left(0.99) < 1e-4,
    ),
    claim("happens between 0.99 and 1, in a rim", lambda: half(0.99) < 100 < 1000 < half(0.9999)),
    claim(
        "gone after 100 steps, and it should turn once around in 25",
        lambda: np.isclose(exercises.pole.answer()[0] ** 100, 0.5) and np.isclose(exercises.pole.answer()[1] * 25, 360),
    ),
    claim("= \\exp(-\\exp(\\nu_j)) < 1", lambda: all(map(inside, (-9.0, 0.0, 3.0)))),
    claim("\\gamma_j = \\sqrt{1 - |\\lambda_j|^2}", gamma_makes_one),
    claim(
        "white noise of variance 1 coming in, $h_j$ has the variance $\\gamma_j^2 \\sum_k |\\lambda_j|^{2k} = 1$",
        gamma_makes_one,
    ),
    claim("Left, the {} eigenvalues", lambda: int(book.code("9e1a14bb", r"units, steps = (\d+)"))),
    claim("In the middle, {} eigenvalues", lambda: int(book.code("9e1a14bb", r"units, steps = (\d+)"))),
    claim("squared powers over {} steps", lambda: int(book.code("9e1a14bb", r"arange\((\d+)\)")) - 1),
    claim("$h_t = \\sum_{k \\ge 0} a^k\\, b_{t-k}$", is_convolution),
    claim("Chapter 4's adding problem, 50 steps", keeping),
    claim("start with a bias of 3:", keeping),
    claim("the constant answer {:.0f} has", lambda: 2 * 0.5),
    claim("but each 1 has to flip it", flips),
    claim("tells the parity of {} bits", lambda: BITS),
    claim("The GRU rises to {:.0f}.", lambda: counting.counting_table()["2.accuracy"][place("GRU")][0, -1]),
    claim("Parity of {} bits", lambda: BITS),
    claim("after {} steps each", lambda: STEPS),
    claim("of {} starts", lambda: counting.SEEDS),
    claim("from every one of {} starts", lambda: word(solved("GRU"))),
    claim("Let every bit be 1.", changes_of_sign),
    claim("\\text{with } 0 < z_j < 1.", changes_of_sign),
    claim("changes its sign at most $H$ times", changes_of_sign),
    claim("in the first $H + 2$ ones", wrong_within),
    claim("nothing about 20 random bits and 16 units", wrong_within),
    claim("a real number $\\ge 0$ (Grazzi", lambda: gates()[1].max() < 0),
    claim("$a_t = -1$ for a 1, $a_t = 1$ for a 0", flips),
    claim("gate in (−1, 1)", lambda: np.abs(gates()).max() < 1),
    claim("parity of {} bits in", lambda: BITS),
    claim("at a 0", lambda: gates()[0].min() > 0.97),
    claim("at a 1", lambda: gates()[1].max() < -0.97),
    claim("It is not exactly $\\pm 1$", lambda: np.abs(gates()).max() < 0.995),
    claim("| as attention | $T (T + 1) / 2$", lambda: pairs(12) == 12 * 13 / 2),
    claim("\\ell(S) = \\tfrac12 \\lVert S k - v \\rVert^2", lambda: np.isclose(error_after(1.0), 0)),
    claim("Multiplied out, for a key of length 1", across_it),
    claim("One delta step with β = 2 is made", lambda: np.isclose(error_after(2.0), -1)),
    claim("multiplied by 1 - β, which is -1", lambda: np.isclose(error_after(2.0), -1)),
    claim("That is β = 1: the error is multiplied by 0.", lambda: np.isclose(error_after(1.0), 0)),
    claim("Move β from {:.0f} to {:.0f}", lambda: (0.0, 2.0) if nothing_grows() else None),
    claim("Where is the answer at 1?", lambda: np.isclose(error_after(1.0), 0)),
    claim("Then set β = 2, an angle of 60°", third_of_a_circle),
    claim(
        "$\\beta = \\tfrac12$ halves the error, $\\beta = 1$ removes it, and $\\beta = 2$ reverses its sign",
        lambda: np.allclose([error_after(b) for b in (0.5, 1, 2)], (0.5, 0, -1)),
    ),
    claim("along $k$, and 1 across it", across_it),
    claim(
        "For $0 \\le \\beta \\le 2$ nothing explodes. And beyond $\\beta = 1$ there is what parity needs: an "
        "eigenvalue below 0.",
        lambda: nothing_grows() and error_after(1.1) < 0,
    ),
    claim("agree over {} seeds", lambda: int(book.code("128ceb5b", r"for seed in range\((\d+)\)"))),
    claim("a memory of 4 by 4. Trained beforehand, twelve starts, with $\\beta$ up to 1 and up to 2", memory_of_four),
    claim("delta rule, β up to 1", lambda: solved("delta rule, β up to 1") == 0),
    claim("delta rule, β up to 2", lambda: solved("delta rule, β up to 2") == 12),
    claim("1 - beta of a step with the input 1 goes to -1", lambda: keys()[1].max() < -0.97),
    claim("between the keys of 0 and of 1 goes to 0: a right", lambda: np.abs(keys()[2]).max() < 0.07),
    claim("$1 - \\beta$ at a 1", lambda: keys()[1].max() < -0.97),
    claim("At a 1 the eigenvalue $1 - \\beta$ goes to $-1$", lambda: keys()[1].max() < -0.97),
    claim("a 0 writes somewhere else", lambda: np.abs(keys()[2]).max() < 0.07),
    claim(
        "multiplied at a 0 as well, by something near 1 that is not 1",
        lambda: 0.97 < gates()[0].min() <= gates()[0].max() < 0.995,
    ),
    claim("Train on {} bits", lambda: BITS),
    claim("Trained on {} bits, asked for {}", lambda: (BITS, counting.FAR)),
    claim("the parity of {} bits, over sequences of {} bits", lambda: (BITS, counting.FAR)),
    claim("The GRU stays at 1.", lambda: counting.far(2)["GRU"].min() > 0.99),
    claim(
        "a gate between -1 and 1 falls to guessing within some hundred steps",
        lambda: far("minGRU, gate in (−1, 1)", 500).max() < 0.6,
    ),
    claim("still right at {}", lambda: counting.FAR),
    claim(
        "Each bit, 0 or 1, multiplies its unit by a little less than 1 in size",
        lambda: np.abs(gates()).min() > 0.97 and np.abs(gates()).max() < 0.995,
    ),
    claim(
        "a 0 takes nothing from it, and a 1 takes little",
        lambda: np.abs(keys()[2]).max() < 0.07 and keys()[1].max() < -0.97,
    ),
    claim("from most starts it is gone by 1000", mostly_gone),
    claim(
        "An eigenvalue of $-1$ counts to two. Modulo 3 needs a turn by a third", lambda: flips() and third_of_a_circle()
    ),
    claim("at 60° by a third of a circle", third_of_a_circle),
    claim("in the first {} steps", lambda: BITS),
    claim("in steps {} to {}", lambda: (10 * BITS - BITS + 1, 10 * BITS)),
    claim("to count modulo 3 some product", lambda: np.abs(answers.two_steps(2.0, 60).imag).max() > 0.5),
    claim("not exactly, 60°, and after 200 steps the count is lost in most starts", lost_at_200),
    claim(
        "random keys of length {:.0f}, each with one of {} words",
        lambda: (float(np.linalg.norm(memories.draw_pairs(np.random.default_rng(0), 32, 3).keys[0])), memories.WORDS),
    ),
    claim("{} pairs in a memory with d = {}", lambda: memories.draw_pairs(np.random.default_rng(0), 32, 32).keys.shape),
    claim("the delta rule with β = 1", lambda: memories.BETAS["delta rule, β = 1"] == 1),
    claim("delta rule, β = 1", lambda: memories.BETAS["delta rule, β = 1"] == 1),
    claim(
        "The mean of $(k_i \\cdot k_j)^2$ is $1/d$, so the squared error is $(n - 1)/d$",
        lambda: abs(spread(24) - 1) < 0.05,
    ),
    claim(
        "with $\\beta = 1$ answers for the newest pair exactly. Each later write takes the part $1/d$",
        lambda: fades(16, 24),
    ),
    claim("after $a$ more writes $(1 - 1/d)^a$ is left", lambda: fades(16, 24)),
    claim("at $d = 16$ and above nearly without an error up to four times $d$", attention_wins),
    claim("17 pairs at $d = 64$; the width at which 101 pairs have an error of 0.5; and the part", noise_task),
    claim("the delta rule with $\\beta = 1$ still returns, on average, after 32 more writes at $d = 32$", noise_task),
    claim("parity, from {} of {} starts here", lambda: (min(solved("GRU"), solved("LSTM")), counting.SEEDS)),
    claim(
        "| $H$; $2H$ |", lambda: len(rnnlib.LSTM(2, 3, rng=np.random.default_rng(0)).check_state("state", None, 1)) == 2
    ),
    claim("with a gate in $(-1, 1)$ yes", lambda: solved("minGRU, gate in (−1, 1)") == 12),
    claim(
        "(Katharopoulos et al. 2020) | 1 | nothing to see",
        lambda: np.allclose(
            views.memory(3, 1.0) - views.memory(2, 1.0), np.outer(views.sequence()[2][2], views.sequence()[1][2])
        ),
    ),
    claim("parity for $\\beta$ up to 2", lambda: solved("delta rule, β up to 2") == 12),
    claim("modulo 3 with two steps", lambda: solved("two delta steps, β up to 2", 3) == 12),
    claim("one between $-1$ and 1 can", lambda: solved("minGRU, gate in (−1, 1)") == 12),
    claim("a gate near 1 keeps", choices),
]
ALLOWED = {
    "Core path, about 65 minutes": "an estimate of time",
    "takes the gradients of 16 steps at one point": "TTT-Linear's mini-batch, read in its code",
    "all eigenvalues real and $\\ge 0$": "the theorem of Grazzi et al. (2024)",
    "S4": "a name",
    "S5": "a name",
    "Mamba-2": "a name",
    "Mamba2": "a name",
    "RWKV-7": "a name",
    "TC⁰": "a name",
    "NC¹": "a name",
    "| 4 vectors |": "sLSTM's state c, n, m, h, read in its code",
    "channels × 16": "Mamba's d_state, read in its code",
    "64 × 128": "the defaults of Mamba-2, read in its code",
    "| 64 × 64 |": "RWKV-7's head, read in its code",
    "within 16 steps": "TTT-Linear's mini-batch, read in its code",
    "chunks, since 2024": "Yang et al. (2024)",
    "TC⁰ and NC¹": "names of complexity classes",
}
# several papers of these authors, or years near to numbers of the chapter
CITED = (
    "Gonzalez et al. 2025, on when",
    "Gonzalez et al. (2024), *Towards scalable",
    "Gonzalez et al. (2025), *Predictability",
    "Katharopoulos et al. 2020",
    "Grazzi et al. 2024",
    "Yang et al. 2024",
    "Sun et al. 2024",
    "Arora et al. 2023",
    "De et al. 2024",
    "Lieber et al. 2024",
    "Kimi Team 2025",
    "Hochreiter & Schmidhuber 1997",
    "Danieli et al. 2025",
    "Beck et al. 2024",
    "Orvieto et al. 2023",
    "Gu & Dao 2023",
    "Dao & Gu 2024",
    "Feng et al. 2024",
    "Schlag et al. 2021",
    "Siems et al. 2025",
    "Peng et al. 2025",
    "Behrouz et al. 2025",
    "Merrill, Petty & Sabharwal (2024)",
)
ALLOWED |= dict.fromkeys(CITED, "a year; the title is in the reading list")

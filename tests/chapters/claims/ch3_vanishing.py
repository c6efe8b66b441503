"""What chapter 3 says in numbers."""

from functools import cache

import numpy as np

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch3_vanishing import exercises, experiments
from rnnlib.chapters.ch3_vanishing.explorers import chain, surface
from rnnlib.tasks import adding, recall

from . import Notebook, claim

book = Notebook(3)
figure, says = book.figure, book.says
SHEARED = np.array([[0.9, 5.0], [0.0, 0.9]])
STRETCHING = np.array([[0.5, 10.0], [0.0, 0.5]])
LARGEST = float(np.finfo(np.float32).max)
STARTS = list(experiments.STARTS)


def y(W_s, T=1000):
    """The output after T steps, by running the chapter's loop."""
    return book.names("43f52b3f", "f270237a").last_output(W_s, T)


def sigmoid_slope(z):
    value = rnnlib.sigmoid(np.array(z))
    return float(value * (1 - value))


def adder(name, key):
    return experiments.trained()[key][list(experiments.CLIPPING).index(name)]


def learned(rate, start):
    return int(np.sum(experiments.trained()["starts"][experiments.RATES.index(rate), STARTS.index(start)] > 0.99))


def norm_of_first(gain, activation="tanh", units=4, scale=0.5):
    return experiments.norms_at_lags(experiments.run_network(gain, activation, 100, units, scale), {100})[0]


def learns_at(lag, count):
    return book.printed("59576497", rf"lag +{lag}: (\d) of 8") == str(count)


def dead_after():
    return adder("free", "adder_dead")[:, 1]


@cache
def norms_of_starts():
    """The norms by lag of eight draws of each start, as the chapter draws them."""
    names = book.names("43f52b3f", "9cf262b2")
    return {
        name: np.array([names.norms_of_start(seed, **options) for seed in range(8)])
        for name, options in experiments.STARTS.items()
    }


def first_norms_of(seed, steps=3):
    losses, norms = [], []
    rng = np.random.default_rng(seed)
    cell = rnnlib.Elman(2, 16, rng=rng, recurrent="orthogonal", gain=0.98, activation="linear")
    model = rnnlib.Model(cell, 1, loss="squared_error", rng=rng)
    history = rnnlib.train(
        model, lambda rng: adding.draw_batch(rng, 32, 50), steps, rnnlib.SGD(0.025), rng=rng, progress=False
    )
    losses, norms = history.loss, history.gradient_norm
    return losses, norms


def same_start(clip):
    rng = np.random.default_rng(0)
    cell = rnnlib.Elman(2, 16, rng=rng, recurrent="orthogonal", gain=0.98, activation="linear")
    model = rnnlib.Model(cell, 1, loss="squared_error", rng=rng)
    return rnnlib.train(
        model, lambda rng: adding.draw_batch(rng, 32, 50), 5, rnnlib.SGD(0.025), rng=rng, clip=clip, progress=False
    )


def shares(gain, activation):
    """The nearest lags that carry 90 % of the gradient, as the explorer says it."""
    shown = figure("shares_by_lag")
    shown.reset()
    shown.set(gain=gain, activation=activation)
    return int(shown.sentence.split("nearest ")[1].split()[0])


def zero_input_exponents(gain):
    return [experiments.exponents((gain,), 0.0, seed)[0] for seed in range(8)]


def exponent(gain, scale=0.5):
    return experiments.exponents((gain,), scale)[0]


def ends_at_0(gain):
    """Whether a run without input is near 0 after 500 steps, in four networks."""
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        cell = rnnlib.Elman(1, 64, rng=rng, gain=gain)
        found.append(np.abs(rnnlib.unroll(cell, np.zeros((500, 1, 1)), rng.normal(size=(1, 64))).outputs[-1]).max())
    return max(found) < 1e-3


def signs(gain, scale):
    return {float(np.sign(experiments.exponents((gain,), scale, seed)[0])) for seed in range(8)}


def falls_at_once(gradient):
    return np.linalg.norm(np.linalg.matrix_power(np.diag([1.1, 0.5]).T, 200) @ gradient)


class OneUnit:
    """Numbers of the linear unit."""

    derivative = 999 * 1.01**998
    doubling = int(np.ceil(np.log(2) / np.log(1.01)))


CLAIMS = [
    # the first screen and the need
    claim("90 % of the gradient or more; lag 0 has", lambda: says("shares_by_lag", "90 %", "lag 0 has")),
    claim(
        "Move it from 0.1 to 2",
        lambda: says("shares_by_lag", "Gain 0.10", gain=0.1) and says("shares_by_lag", "Gain 2.00", gain=2.0),
    ),
    claim("unrolled over 7 steps, with", lambda: book.code("3a5e0c1d", r"len\(range\(1, (\d) \+ 1\)\)") == "7"),
    claim("{} tanh units, started from small", lambda: int(book.code("59576497", r"Elman\(3, (\d+),"))),
    claim("Learned at lag 5, not at lag 20", lambda: learns_at(5, 8) and learns_at(20, 0)),
    claim("all right at lags 2 and 5", lambda: learns_at(2, 8) and learns_at(5, 8)),
    claim("some guessing at lag 10, all guessing at lag 20", lambda: learns_at(10, 5) and learns_at(20, 0)),
    claim(
        "with a **gain** of {} the entries of $W_s$ have the standard deviation ${}/\\sqrt{H}$",
        lambda: 2 * (float(book.code("59576497", r"gain=([\d.]+)")),),
    ),
    claim(
        "the same 16 units learn lag 40 from other starts",
        lambda: experiments.START_LAG == 40 and learned(0.03, "orthogonal") == 16,
    ),
    claim(
        "(`clip=1.0` shortens a gradient that is longer than 1;",
        lambda: "clip=1.0" in book.code("59576497", r"(clip=[\d.]+)"),
    ),
    # one unit
    claim("It hears a 1, then silence. $W_x = W_o = 1$", lambda: y(0.5, 1) == 1),
    claim(r"x = (1, 0, 0, \dots)", lambda: y(0.5, 2) == 0.5 and y(0.0, 2) == 0),
    claim("The 1 is multiplied by $W_s$ at every step but the first", lambda: y(3.0, 4) == 3.0**3),
    claim(
        "W_s = 1.01: one hundredth above 1. The 1 comes in at step 1.",
        lambda: np.isclose(1.01 - 1, 1 / 100) and y(1.01, 1) == 1,
    ),
    claim("How large is the output after {} steps?", lambda: len(range(999)) + 1),
    claim("{} to the power {}. Every {} steps it doubles", lambda: (round(y(1.01, 2), 2), 999, OneUnit.doubling)),
    claim("and {} steps hold {} doublings", lambda: (1000, int(np.log2(y(1.01))))),
    claim("y at step {}", lambda: round(np.log(y(1.01)) / np.log(1.01)) + 1),
    claim("1 + 1000 · 0.01 = {:.0f} would be", lambda: 1 + 1000 * 0.01),
    claim("1 + 1000 · 0.01 =", lambda: np.isclose(1000 * 0.01, 1.01 * 1000 - 1000)),
    claim("y_1000 = W_s^999 = ", lambda: y(1.01) == y(1.01, 1000) and np.isclose(y(1.01), 1.01**999)),
    claim("W_s^1000 = ", lambda: y(1.01) < 1.01**1000),
    claim("$y_{1000} = W^{1000}$, so 1.01 gives about 20 000", lambda: abs(1.01**1000 / 20_000 - 1) < 0.05),
    claim(
        "$W^{999} = {:,.0f}$ when the first step counts as step 1, $W^{1000} = {:,.0f}$",
        lambda: (1.01**999, 1.01**1000),
    ),
    claim(
        "$W^{999} = 20\\,752$ when the first step counts as step 1, $W^{1000} = 20\\,959$",
        lambda: round(y(1.01)) == 20752,
    ),
    claim('and "about 20 000" holds for both', lambda: abs(y(1.01) / 20_000 - 1) < 0.05),
    claim(
        "$W = 1.01$ gives about 0 | a slip for 0.01; the computer rounds $0.01^{999}$ to 0, so training sees a 0",
        lambda: y(0.01) == 0 < y(1.01),
    ),
    claim("At Wₛ = 1.01 the output after 1000 steps is {:,.0f}.", lambda: y(1.01)),
    claim("At Wₛ = 1.01 the output after 1000 steps", lambda: round(y(1.01)) == 20752),
    claim(
        "It is 999 · 1.01^998: nearly",
        lambda: np.isclose(OneUnit.derivative, (y(1.01 + 1e-9) - y(1.01 - 1e-9)) / 2e-9, rtol=1e-4),
    ),
    claim("by a millionth: the output moves by {:.0f}.", lambda: 10 * round(OneUnit.derivative * 1e-7)),
    claim("about 20 000 as well", lambda: abs(y(1.01) / 20_000 - 1) < 0.05),
    claim("about 20 million", lambda: abs(OneUnit.derivative / 20e6 - 1) < 0.05),
    claim("about 1000", lambda: round(OneUnit.derivative / 1.01**998) + 1 == 1000),
    claim("In its derivative the exponent, {}, comes down", lambda: round(OneUnit.derivative / 1.01**998)),
    claim("at each of up to {} steps, above", lambda: len(range(1000))),
    claim("steps the 1 has become", lambda: says("powers", "the 1 has become")),
    claim("a valley at 1 and a cliff", lambda: says("powers", "This is the goal", weight=1.0)),
    claim(
        "Move $W_s$ from 0.99 to 1.01 on",
        lambda: says("powers", "Wₛ = 0.990", weight=0.99) and says("powers", "20\u202f752", weight=1.01),
    ),
    claim("Go to $W_s = 1.1$ and", lambda: says("powers", "In float32 the value is inf", weight=1.1)),
    claim(
        r"$$\frac{dL}{dW_s} = 2 (W_s^{T-1} - 1) (T-1) W_s^{T-2}$$",
        lambda: np.isclose(
            2 * (1.1**9 - 1) * 9 * 1.1**8,
            ((y(1.1 + 1e-6, 10) - 1) ** 2 - (y(1.1 - 1e-6, 10) - 1) ** 2) / 2e-6,
        ),
    ),
    claim("Let the wanted output be 1:", lambda: y(1.0) == 1),
    claim("the slope is nearly 0 and says nothing", lambda: says("powers", "The ground is flat", weight=0.95)),
    claim("one step of rate 0.01 leads", lambda: book.code("76ea9cf2", r"W_s - ([\d.]+) \* slope") == "0.01"),
    claim(r"$\log_{10} 0.9 = {:.6f}$ and $\log_{10} 2 = {:.5f}$", lambda: (np.log10(0.9), np.log10(2))),
    claim(r"two logarithms, $\log_{10} 0.9 =", lambda: round(np.log10(0.9), 6) == -0.045757),
    claim(r"and $\log_{10} 2 =", lambda: round(np.log10(2), 5) == 0.30103),
    claim(
        r"$W_s = 0.9$, $T = 201$. Give $\log_{10}$ of $y_{201}$, $\log_{10}$ of its derivative $dy_{201}/dW_s$",
        lambda: np.isclose(type(exercises.power_on_paper).answer()[0], np.log10(y(0.9, 201)), atol=0.01),
    ),
    claim(r"float32 is ${:.1f} \cdot 10^{38}$", lambda: LARGEST / 1e38),
    claim(r"\cdot 10^{{:.0f}}$. Beyond", lambda: np.floor(np.log10(LARGEST))),
    claim(r"\cdot 10^{38}$. Beyond", lambda: 1e38 < LARGEST < 1e39),
    claim("W_s^999 leaves float32", lambda: (LARGEST ** (1 / 999)) ** 999 < LARGEST * 1.001),
    claim(r"begins with $-\infty \cdot 0$, which", lambda: np.isnan(-float("inf") * y(0.0, 2))),
    # the chain
    claim(r"\le \tfrac14$, with equality at $z = 0$", lambda: sigmoid_slope(0) == 1 / 4 > sigmoid_slope(0.01)),
    claim("|w| < 1: a factor below 1/4,", lambda: 0.999 * sigmoid_slope(0) < 1 / 4),
    claim(
        "A chain of 20 sigmoid units with b = 0. You raise w from 1 to 10, far above 4",
        lambda: (
            book.code("4454928d", r"w = 1\.0, 1\.0, (10)\.0\nfor _ in range\((20)\)") == ("10", "20")
            and np.isclose(1 / sigmoid_slope(0), 4)
        ),
    ),
    claim("the place where σ′ is 1/4. |w| > 4 is needed", lambda: 1 / sigmoid_slope(0) == 4),
    claim("it stays near 1", lambda: book.code("4454928d", r'"it stays near 1": \((0\.1), 10\)') == "0.1"),
    claim("For that each factor would have to be 1:", lambda: np.prod(np.ones(20)) == 1),
    claim(
        "**Try.** Sigmoid, $b = 0$: move $w$ from 1 to 10.",
        lambda: says("activation_chain", "must vanish", weight=1.0) and says("activation_chain", weight=10.0),
    ),
    claim(
        "from $w = 4$ on it explodes",
        lambda: (
            np.prod(chain.chain(4.1, 20, "sigmoid", True)[1]) > 1 > np.prod(chain.chain(3.9, 20, "sigmoid", True)[1])
        ),
    ),
    claim(
        "Then tanh at $w = 1$: the bound is 1,",
        lambda: chain.get_activation("tanh").max_slope == 1,
    ),
    claim("with 100 layers for 100 steps", lambda: len(experiments.run_network(1.0, "tanh", 100, 4, 0.5)) == 100),
    claim(r"$\lvert\sigma'(z) w\rvert > 1$, and", lambda: 10 * sigmoid_slope(0) > 1),
    claim(
        r"only near $z = 0$: at $w = 10$ and $b = 0$ a unit has $z$ near {:.0f} and $\sigma'(z) w$ near {:.4f}",
        lambda: (chain.chain(10.0, 20, "sigmoid", False)[0][-1], chain.chain(10.0, 20, "sigmoid", False)[1][-1]),
    ),
    claim(
        r"only near $z = 0$: at $w = 10$ and $b = 0$ a",
        lambda: 10 * sigmoid_slope(0) > 1 > chain.chain(10.0, 20, "sigmoid", False)[1][-1],
    ),
    # matrices
    claim("W = [[{}, {:.0f}], [{:.0f}, {}]] has both eigenvalues at {}", lambda: (*SHEARED.ravel(), SHEARED[0, 0])),
    claim(
        "W^n = [[0.9^n, 5 n 0.9^(n−1)], [0, 0.9^n]]: in the corner the factor n wins at first, 0.9^n in the end",
        lambda: np.allclose(np.linalg.matrix_power(SHEARED, 7), [[0.9**7, 5 * 7 * 0.9**6], [0, 0.9**7]]),
    ),
    claim("an eigenvalue of modulus 1", lambda: np.allclose(np.abs(np.linalg.eigvals([[0.8, -0.6], [0.6, 0.8]])), 1)),
    claim("at n = 200 ", lambda: "norms[200]" in book.code("df4bb0f7", r"(norms\[200\])")),
    claim(
        "with ρ at 0.9, 1 and 1.1: the norm is exactly",
        lambda: all(says("matrices", "Here σ_max equals ρ", radius=radius) for radius in (0.9, 1.0, 1.1)),
    ),
    claim(
        "Non-normal with ρ = 0.9: the hump", lambda: says("matrices", "rises to 19.4", kind="non-normal", radius=0.9)
    ),
    claim("a training on 15 steps", lambda: gradient_flow.power_norms(SHEARED, 15)[15] > 10),
    claim(
        r"the gradient tends to 0 | if it is their modulus, $\lvert\lambda\rvert < 1$, that is meant ($-2$ is below 1 "
        "as well)",
        lambda: gradient_flow.power_norms(SHEARED, 400)[-1] < 1e-9 < 1 < gradient_flow.spectral_radius(-2 * np.eye(1)),
    ),
    claim("it can rise, here to {:.0f}", lambda: gradient_flow.power_norms(SHEARED, 50).max()),
    claim(
        r"$\sigma_{\max} > 1$: it explodes | no: $\sigma_{\max} = {:.2f}$ above, and the powers end at {:.0f}",
        lambda: (gradient_flow.largest_singular_value(STRETCHING), gradient_flow.power_norms(STRETCHING, 300)[-1]),
    ),
    claim(r"$\sigma_{\max} > 1$: it explodes", lambda: gradient_flow.largest_singular_value(STRETCHING) > 1),
    claim("after 200 steps back the norm is", lambda: falls_at_once(np.array([0.0, 1.0])) < 1e-50),
    claim("Keep a gradient for 100 steps", lambda: exercises.keep_gradient.title.endswith("for 100 steps")),
    claim("of shape `(8, 8)`", lambda: np.shape(type(exercises.keep_gradient).answer()) == (8, 8)),
    claim(
        "**every** gradient over 100 steps: whatever its direction, a gradient of length 1 must still have a length "
        "between 0.5 and 2 after 100 steps back",
        lambda: (
            exercises.keep_gradient.check(0.9935 * type(exercises.keep_gradient).answer()).solved
            and not exercises.keep_gradient.check(0.992 * type(exercises.keep_gradient).answer()).solved
            and not exercises.keep_gradient.check(1.008 * type(exercises.keep_gradient).answer()).solved
        ),
    ),
    claim("of any size up to 10,", lambda: not exercises.hump.check(np.eye(11)).solved),
    claim(
        r"From the states $S_1, \dots, S_T$",
        lambda: type(exercises.jacobian_by_lag).answer(np.zeros((3, 2)), np.eye(2))[0] == 1,
    ),
    claim(
        "`np.linalg.norm(matrix, 2)` is the largest",
        lambda: np.isclose(np.linalg.norm(SHEARED, 2), np.linalg.svd(SHEARED)[1][0]),
    ),
    claim("lag 40: norm ", lambda: "norms[40]" in book.code("e93f7363", r"(norms\[40\])")),
    claim(
        "Four tanh units, gain 1.5, inputs of 0: over 100 steps the gradient grows to 5 · 10¹⁷. Now inputs of scale "
        "0.5 are switched on. The gradient over 100 steps",
        lambda: round(norm_of_first(1.5, scale=0.0) / 1e17) == 5 and norm_of_first(1.5) < 1e-3,
    ),
    claim("away from 0, where tanh′ = 1,", lambda: 1 / np.cosh(0) ** 2 == 1 > 1 / np.cosh(0.1) ** 2),
    claim(
        "Set the input scale to 0 and back to 0.5.",
        lambda: (
            says("gradient_norm_by_lag", "It has grown", scale=0.0)
            and says("gradient_norm_by_lag", "it has shrunk", scale=0.5)
        ),
    ),
    claim("Then 16 tanh units and a gain of 5:", lambda: norm_of_first(5.0, units=16) > 1 > norm_of_first(5.0)),
    claim(
        r"\max f' < 1$ is **enough** for vanishing. Whatever the inputs are, the bound goes to 0",
        lambda: 0.99**5000 < 1e-20,
    ),
    claim(r"\max f' > 1$ is **needed** for exploding", lambda: norm_of_first(1.5, scale=0.0) > 1 > norm_of_first(1.5)),
    claim("at most 1, and equal to 1 at 0: a unit", lambda: 1 / np.cosh(0) ** 2 == 1 > 1 / np.cosh(0.1) ** 2),
    claim("norm over 100 steps ", lambda: book.code("59d07772", r"size=\((100), 1, 1\)") == "100"),
    # the Lyapunov exponent
    claim("with 20 factors", lambda: 2 * int(book.code("3a5e0c16", r"A @ B, (10)\)")) == 20),
    claim(
        "Both radii are 0, and the product grows by a factor of 2 a step",
        lambda: np.isclose(
            gradient_flow.lyapunov_exponent(np.stack([np.diag([2.0], 1), np.diag([2.0], -1)] * 50)),
            np.log(2),
            atol=0.01,
        ),
    ),
    claim(
        r"\cdots J_1 v \rVert$$",
        lambda: np.isclose(gradient_flow.lyapunov_exponent(np.full((9, 1, 1), 3.0)), np.log(3)),
    ),
    claim(
        "below 0 it vanishes, above 0 it explodes",
        lambda: gradient_flow.lyapunov_exponent(np.full((9, 1, 1), 0.5)) < 0 < experiments.exponents((3.0,), 0.5)[0],
    ),
    claim(
        "below 0 two runs that begin a hair apart draw together, so the network forgets where it began; above 0 they",
        lambda: experiments.apart(1.0, 0.5, 40)[-1] < 1e-7 < experiments.apart(2.5, 0.5, 40)[-1],
    ),
    claim("exponent of {} tanh units", lambda: experiments.CHAOS_UNITS),
    claim(
        "the sign changes near a gain of 1, as",
        lambda: max(zero_input_exponents(0.8)) < -0.1 < 0.05 < min(zero_input_exponents(2.0)),
    ),
    claim(
        "at a gain of 2, inputs of scale 0.5 leave all eight networks chaotic, and inputs of scale 2 quieten all eight",
        lambda: signs(2.0, 0.5) == {1.0} and signs(2.0, 2.0) == {-1.0},
    ),
    claim("below 0 on the left, above 0 on the right", lambda: exponent(0.2) < 0 < exponent(4.0)),
    claim("Below 0: the network forgets", lambda: says("lyapunov", "Below 0") and exponent(1.0) < 0),
    claim(
        "Input scale 0.5: move the gain from 1 to 3 and",
        lambda: says("lyapunov", "Below 0", gain=1.0, scale=0.5) and says("lyapunov", "Above 0", gain=3.0, scale=0.5),
    ),
    claim(
        "At gain 2 raise the input scale to 2: the same weights are no longer chaotic",
        lambda: says("lyapunov", "Above 0", gain=2.0, scale=0.5) and says("lyapunov", "Below 0", gain=2.0, scale=2.0),
    ),
    claim("With no input and a gain of 0.5, every run ends at 0", lambda: ends_at_0(0.5)),
    claim(r"At the edge, $\lambda = 0$, a gradient", lambda: np.exp(0 * np.log(2)) == 1),
    # what vanishing means
    claim(r"\sum_{n=0}^{T-1} \delta_{T-n} S_{T-n-1}", lambda: "True" in book.printed("9bffaebc", r"of BPTT: (True)")),
    claim(
        "of the terms of lag 0, 10, 20, 30:",
        lambda: book.code("9bffaebc", r"for n in \((0, 10, 20, 30)\)") == "0, 10, 20, 30",
    ),
    claim("At gain 0.8 a few near lags make up 90 % of", lambda: shares(0.8, "tanh") < 6),
    claim("Raise it to 1.2 with the linear", lambda: shares(1.2, "linear") > 30),
    # the error surface and clipping
    claim(
        r"$S_0 = \tfrac12$, and the loss $L = (S_T - 0.7)^2$ after $T = 50$ steps",
        lambda: (surface.INITIAL, surface.TARGET) == (0.5, 0.7) and says("error_surface", "T = 50"),
    ),
    claim("the state comes to rest at {}.", lambda: surface.TARGET),
    claim(
        "use the rate {}. The free one meets a gradient of norm {:.0f} at",
        lambda: (surface.RATE, surface.descend(50)[2].max()),
    ),
    claim(
        "rate times norm, {} · {:.0f}. Clipped at 0.2, the same step is {} long",
        lambda: (surface.RATE, surface.descend(50)[2].max(), surface.RATE * 0.2),
    ),
    claim("Clipped at 0.2, the same", lambda: surface.RATE * 0.2 == 0.1),
    claim("about 0.1", lambda: surface.RATE * 0.2 == 0.1),
    claim("about {:.0f}, far off the map", lambda: np.ceil(surface.RATE * surface.descend(50)[2].max())),
    claim("Threshold 0.2: the clipped", lambda: says("error_surface", "clipped at 0.20")),
    claim("Threshold 0.01: the steps are too short to arrive", lambda: surface.descend(50, 0.01)[1].min() > 0.01),
    claim("Threshold 10: still below {:.0f}, so", lambda: surface.descend(50)[2].max()),
    claim("Threshold 10: still below", lambda: surface.descend(50)[2].max() > 10),
    claim("Then $T = 10$: the cliff", lambda: 1 < surface.descend(10)[2].max() < surface.descend(50)[2].max()),
    claim("of {} numbers two are marked", lambda: experiments.ADDER_LENGTH),
    claim(
        "with the rate 0.1. Always answering 1 has the mean squared error $\\tfrac16$",
        lambda: np.isclose(experiments.constant_answer_error(), 1 / 6),
    ),
    claim(
        "clipped by norm at {:.0f}, clipped by value at {}",
        lambda: (experiments.CLIPPING["clipped by norm"][0], experiments.CLIPPING["clipped by value"][0]),
    ),
    claim("always answering 1: mean", lambda: np.isclose(experiments.constant_answer_error(), 1 / 6)),
    claim("units that are always 0: before", lambda: bool(np.all(adder("free", "adder_dead") <= 16))),
    claim("All {} trainings", lambda: experiments.trained()["adder_error"].size),
    claim("`experiments.train_adder(seed=1, clip=1.0)`", lambda: adder("clipped by norm", "adder_error")[1] < 0.05),
    claim(
        "that are always 0 before and after: free their number grows to {} or more of 16",
        lambda: int(dead_after().min()),
    ),
    claim("always 0 before and after: free their number grows to 12 or more of 16", lambda: dead_after().max() == 16),
    claim("from as far as $10^{41}$", lambda: 1e41 < 2 * adder("free", "adder_loss").max() < 1e43),
    claim(
        "A **dead** unit is 0 on every input, so its slope is 0",
        lambda: (
            rnnlib.Elman(1, 1, rng=np.random.default_rng(0), activation="relu").activation.slope(np.zeros(1))[0] == 0
        ),
    ),
    claim("above 10^9", lambda: first_norms_of(1, 2)[1][1] > 1e9),
    claim("start 3, which stays finite, passes {} too", lambda: int(first_norms_of(3)[1][1] // 60 * 60)),
    claim(
        "start 3, which stays finite,",
        lambda: "stays finite" in book.printed("f28faf48", r"start 3: .*: (stays finite)"),
    ),
    claim("Start 0 is the slow one", lambda: book.printed("f28faf48", r"start 0: .* at step (\d)") == "5"),
    claim(
        "From step 1 to 3 the norm rises, the loss does not",
        lambda: (lambda h: np.all(np.diff(h.gradient_norm[1:4]) > 0) and not np.all(np.diff(h.loss[1:4]) > 0))(
            same_start(None)
        ),
    ),
    claim(
        "the loss does not from step 1 to 3; the clipped norm stays below 100",
        lambda: max(same_start(1.0).gradient_norm) < 100,
    ),
    # starts
    claim(
        r"has all singular values at 1: $\rho = \sigma_{\max} = 1$",
        lambda: np.allclose(np.linalg.svd(rnnlib.orthogonal(np.random.default_rng(0), 6, 6))[1], 1),
    ),
    claim(r"since $\tanh' \le 1$ can only", lambda: 1 / np.cosh(0) ** 2 == 1 > 1 / np.cosh(2) ** 2),
    claim(
        "with gain 0.5 all are lost; with gain 1 they spread",
        lambda: (
            norms_of_starts()["normal, gain 0.5"][:, 40].max() < 1e-8 < norms_of_starts()["normal, gain 1"][:, 40].min()
        ),
    ),
    claim(
        "identity and ReLU keep it at 1, one draw only up to lag {}.",
        lambda: int(np.flatnonzero(norms_of_starts()["identity and ReLU"].min(axis=0))[-1]),
    ),
    claim("identity and ReLU keep it at 1, one", lambda: np.allclose(norms_of_starts()["identity and ReLU"][:, 40], 1)),
    claim("norm at lag 40, eight", lambda: "norms[:, 40]" in book.code("9cf262b2", r"(norms\[:, 40\])\.min")),
    claim("lag {}, right answers of {} networks", lambda: (experiments.START_LAG, experiments.START_SEEDS)),
    claim("The same sixteen units, the same 200 steps, {} seeds each", lambda: experiments.START_SEEDS),
    claim("the same 200 steps,", lambda: "200 steps of SGD" in experiments.recall_accuracy.__doc__),
    claim(
        "with gain 0.5 none learns, with gain 1 most",
        lambda: learned(0.03, "normal, gain 0.5") == 0 and learned(0.03, "normal, gain 1") > 8,
    ),
    claim(
        "its gradients at lag 40 are",
        lambda: norms_of_starts()["orthogonal"][:, 40].max() < norms_of_starts()["normal, gain 1"][:, 40].max(),
    ),
    claim(
        "Recall over **40** steps",
        lambda: len(exercises.across_forty_steps.draw_held_out(np.random.default_rng(0))[0]) == 41,
    ),
    claim("in at least {:.0f} of 100 new sequences", lambda: 100 * exercises.across_forty_steps.goal),
    claim("of 100 new sequences", lambda: 0 < exercises.across_forty_steps.goal < 1),
    claim(
        "`recall.draw_batch(rng, 32, 40)`",
        lambda: recall.draw_batch(np.random.default_rng(0), 32, 40).x.shape[:2] == (41, 32),
    ),
    claim(
        "its derivative is 1 or 0",
        lambda: (
            set(rnnlib.Elman(1, 1, rng=np.random.default_rng(0), activation="relu").activation.slope(np.arange(3.0)))
            == {0.0, 1.0}
        ),
    ),
    claim("norm over 60 steps, eight", lambda: book.code("d55a79ba", r"size=\((60), 1, 1\)") == "60"),
    claim(
        "after the free trainings {} to {} of 16 were dead", lambda: (int(dead_after().min()), int(dead_after().max()))
    ),
    claim("to 16 of 16 were dead", lambda: dead_after().max() == 16),
    claim(
        "lies beyond $k$ gets the gradient 0, exactly", lambda: "exactly 0" in book.printed("5adff326", r"(exactly 0)")
    ),
    claim("is exactly 0", lambda: "exactly 0" in book.printed("5adff326", r"(exactly 0)")),
    claim("is not 0", lambda: "not 0" in book.printed("5adff326", r"(not 0)")),
    claim("lag 8, window ", lambda: book.code("5adff326", r"lag=(8)\)") == "8"),
    claim(" of 8 networks learned it;", lambda: book.code("5adff326", r"range\((8)\)") == "8"),
    claim(
        "so its factor is $1 + F'$ and",
        lambda: np.isclose(((2.001 + 2.001**2) - (1.999 + 1.999**2)) / 0.002, 1 + 2 * 2),
    ),
    claim("an average factor of 0.5 would", lambda: "0.5**20" in book.code("80cbabdb", r"(0\.5\*\*20)")),
    claim("LSTM, forget bias 3, lag ", lambda: book.code("80cbabdb", r"forget_bias=(3)\.0") == "3"),
    claim("$1.01^{999} = {:,.0f}$, $0.99^{999} = {:.5f}$", lambda: (y(1.01), y(0.99))),
    claim("$1.01^{999} = 20\\,752$, $0.99^{999} = 0.00004$", lambda: round(y(0.99), 5) == 0.00004),
    claim("2. $\\sigma_{\\max} \\max f' < 1$ is enough", lambda: norm_of_first(0.4) < 1),
    claim("not that the gradient is 0", lambda: float(book.printed("9bffaebc", r"norm of the whole ([\d.]+)")) > 1),
]
ALLOWED = {
    "(Sompolinsky, Crisanti & Sommers 1988)": "year of a paper",
    "Sompolinsky, Crisanti & Sommers (1988)": "year of a paper",
    "(He, Zhang, Ren & Sun 2016)": "year of a paper",
}

"""What chapter 5 says in numbers."""

import numpy as np
from chapters import NOTEBOOKS, table

import rnnlib
from rnnlib.chapters.ch5_gru import exercises, experiments
from rnnlib.chapters.ch5_gru.exercises.order import STEPS as ORDER_STEPS
from rnnlib.chapters.ch5_gru.explorers import one_unit, resets
from rnnlib.tasks import adding, temporal_order, two_time_scales

from . import Notebook, claim

book = Notebook(5)
SIGMOID_5 = rnnlib.sigmoid(5.0)


def minutes():
    """Minutes alone and on stage, as the map has them."""
    row = next(row for row in table(NOTEBOOKS) if "05_gru" in row).split("|")[3:5]
    return [int(part.split()[0]) for part in row]


def unit(z, r):
    """The unit of the picture over its signal."""
    slow, fast = one_unit.signal()
    return one_unit.gru_unit(slow + fast, z, r)[1:]


def copies(r):
    return not unit(1, r).any()


def is_plain():
    slow, fast = one_unit.signal()
    x = (slow + fast)[:, None, None]
    params = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), one_unit.WEIGHT), "b_s": np.zeros(1)}
    plain = rnnlib.unroll(rnnlib.Elman.from_params(params), x).outputs[:, 0, 0]
    return np.allclose(unit(0, 1), plain)


def forgets():
    slow, fast = one_unit.signal()
    return np.allclose(unit(0, 0), np.tanh(slow + fast))


def median(kind, gate, path, bias):
    return np.median(experiments.over_draws(kind, gate, 1.0)[path][:, list(experiments.BIASES).index(bias)])


def gru(path, bias):
    return median(rnnlib.GRUResetAfter, "z", path, bias)


def explodes():
    """At gain 6 and bias 0 the gradients of all three are larger 100 steps back."""
    column = experiments.BIASES == 0
    gated = [
        experiments.left_in_gated(kind, gate, 6.0)[0][-1, column].item()
        for kind, gate in ((rnnlib.LSTM, "f"), (rnnlib.GRUResetAfter, "z"))
    ]
    return min(*gated, experiments.left_in_rnn(6.0)[-1, 0]) > 1


def forms_apart(mean, spread, bias):
    W_nh, h, pattern = resets._draws()
    return np.ptp(resets.candidates(resets.gates_around(mean, spread, pattern), W_nh, h, bias), axis=0).max()


def stays_within(bound):
    rng = np.random.default_rng(0)
    return bool(
        np.abs(rnnlib.unroll(rnnlib.GRUResetBefore(3, 8, rng=rng, gain=9.0), rng.normal(size=(99, 4, 3))).outputs).max()
        < bound
    )


def blocks(kind):
    cell = kind(3, 4, rng=np.random.default_rng(0))
    return [array.shape[0] // 4 for array in (cell.params["W_x"], cell.params["W_h"], cell.params["b"])]


def counted(kind, H):
    return sum(array.size for array in kind(2, H, rng=np.random.default_rng(0)).params.values())


def sums():
    return adding.draw_batch(np.random.default_rng(1), 20_000, 50).targets[-1]


def last(name, rate):
    return experiments.seeds()[f"{name}, {rate}"][:, -1]


CLAIMS = [
    claim("{} minutes alone, {} on stage", lambda: tuple(minutes())),
    claim("Core path, about 40 minutes", lambda: 0.4 < 40 / minutes()[0] < 0.6),
    claim("Drag the update gate $z$ slowly towards 1, with $r = 1$.", lambda: copies(1) and unit(0.8, 1).any()),
    claim("The gate multiplies the old memory: at 1 all of it stays.", lambda: np.isclose(rnnlib.sigmoid(50.0), 1)),
    claim(
        "How many matrices meet a gradient that travels 50 steps along the memory",
        lambda: book.code("a54f9242", r"only there\?\",\s+(\d+),") == "0",
    ),
    claim("and the slope goes to 0 for large states", lambda: bool(1 - np.tanh(20.0) ** 2 < 1e-12)),
    claim("it is linear near 0", lambda: np.isclose(np.tanh(1e-4), 1e-4)),
    claim("They are between -1 and 1.", lambda: abs(np.tanh(-5.0)) < 1),
    claim("there the slope is 1, which does not help", lambda: 1 - np.tanh(0.0) ** 2 == 1),
    claim(
        "A mixture of two numbers within $(-1, 1)$ stays within $(-1, 1)$",
        lambda: stays_within(1),
    ),
    claim(
        "(chance: 50%)",
        lambda: bool(
            np.isclose(np.mean(np.prod(np.random.default_rng(0).normal(size=(2, 10**5)), 0) < 0), 0.5, atol=0.01)
        ),
    ),
    claim(
        "`W_x` is $(3H, D)$, `W_h` is $(3H, H)$ and `b` is $(3H)$", lambda: blocks(rnnlib.GRUResetBefore) == [3, 3, 3]
    ),
    claim("With z = 0 the state is the candidate, and with r = 1 the candidate is tanh", is_plain),
    claim("With z = 1 nothing new comes in at all.", lambda: copies(1) and copies(0)),
    claim("With r = 0 the candidate does not see the state before", forgets),
    claim("- $z = 1$ copies the state.", lambda: copies(1)),
    claim(r"- $z = 0,\ r = 1$ is the plain RNN.", is_plain),
    claim("- $r = 0$ makes the candidate from the input alone", forgets),
    claim(r"after $\ln\tfrac12 / \ln z$ steps", lambda: np.isclose(0.8 ** (np.log(1 / 2) / np.log(0.8)), 1 / 2)),
    claim(
        "with $r > 0$ the candidate carries some of the past too",
        lambda: book.names("c5d9d56c", "1c99b975").steps_to_half(0.9, 1) > 7,
    ),
    claim("of the unit with r = 1 after ", lambda: book.names("c5d9d56c", "1c99b975").steps_to_half(0.5, 1) == 4),
    claim(", with r = 0 after ", lambda: book.names("c5d9d56c", "1c99b975").steps_to_half(0.5, 0) == 1),
    claim(
        "$z = 0.8$, $h_{t-1} = 0.5$, $n_t = -0.5$",
        lambda: np.isclose(type(exercises.step_by_hand).answer()[0], 0.8 * 0.5 + 0.2 * -0.5),
    ),
    claim(
        "what is left of a state of 0.5 after two steps with $z = 0.8$ and candidates of 0",
        lambda: np.isclose(type(exercises.step_by_hand).answer()[1], 0.8 * 0.8 * 0.5),
    ),
    claim(
        "leaves half of a state after 50 steps, if the candidates are 0",
        lambda: np.isclose(rnnlib.sigmoid(float(type(exercises.half_life).answer())) ** 50, 0.5, atol=0.01),
    ),
    claim(
        "Bring the spread of the gates to 0: the bars agree.",
        lambda: forms_apart(0.5, 0, 0) < 1e-12 < forms_apart(0.5, 0, 0.5),
    ),
    claim("set the mean to 1 with no spread", lambda: forms_apart(1, 0, 0) < 1e-12),
    claim("Where $z_t$ is near 1, the first term is near the identity", lambda: bool(SIGMOID_5 > 0.99)),
    claim("Raise the bias of the keeping gates from 1 to 5.", lambda: bool(gru("whole", 5) > 0.1 > gru("whole", 1))),
    claim("a tenth or more after {} steps", lambda: experiments.LAGS),
    claim(
        "At a bias of 5 a gate keeps 0.993 a step, and 0.993 to the power of 100 is about a half.",
        lambda: round(SIGMOID_5, 3) == 0.993 and round(0.993**100, 1) == 0.5,
    ),
    claim(
        "Gates of 0.993 lose only half in 100 steps.",
        lambda: round(SIGMOID_5, 3) == 0.993 and round(0.993**100, 1) == 0.5,
    ),
    claim("left up to {} steps earlier: in a plain RNN", lambda: experiments.LAGS),
    claim("Of a gradient of 1,", lambda: np.isclose(experiments.left_in_rnn(1.0)[0, 0], 1)),
    claim(
        "- *Bias 1, then 5, at gain 1.* Two curves rise together.",
        lambda: bool(gru("whole", 5) > 1e6 * gru("whole", 1)),
    ),
    claim(
        "- *Bias 8.* The GRU's gradient goes on rising towards 1.",
        lambda: bool(1 > gru("whole", 8) > 0.9 > gru("whole", 5)),
    ),
    claim("- *Gain 6, bias 0.* All three can explode.", explodes),
    claim(
        "left after 100 steps, 20 draws at gain 1: median",
        lambda: experiments.over_draws(rnnlib.LSTM, "f", 1.0)["whole"].shape == (20, 11) and experiments.LAGS == 100,
    ),
    claim(
        "From a bias of 3 on, the GRU's gradient is nearly that of its direct path",
        lambda: all(gru("direct", bias) / gru("whole", bias) > 0.6 for bias in range(3, 9)),
    ),
    claim("with sequences of {} steps", lambda: len(experiments.held_out().x)),
    claim(
        "The GRU has {} units and the LSTM {}",
        lambda: (book.code("b8def8b3", r"GRUResetAfter\(2, (\d+)"), book.code("b8def8b3", r"LSTM\(2, (\d+)")),
    ),
    claim("about {} parameters; same batches", lambda: round(counted(rnnlib.LSTM, 12), -2)),
    claim(
        "bias of 1, the GRU with all biases 0.",
        lambda: not rnnlib.GRUResetAfter(2, 3, rng=np.random.default_rng(0)).params["b"].any(),
    ),
    claim("always answering 1", lambda: bool(abs(sums().mean() - 1) < 0.02)),
    claim("loss 0.083", lambda: abs(np.mean((sums() - 1) ** 2) / 2 - 0.083) < 0.003),
    claim(" of 10, ", lambda: len(last("GRU", 0.01)) == 10),
    claim(
        "a forget bias of 1 closes the gap",
        lambda: rnnlib.LSTM(2, 3, rng=np.random.default_rng(0), forget_bias=1.0).params["b"][3:6].tolist() == [1, 1, 1],
    ),
    claim("A sequence of {} symbols", lambda: ORDER_STEPS),
    claim("Among {} symbols two are marked", lambda: ORDER_STEPS),
    claim("right in {:.0f} % of sequences", lambda: 100 * exercises.order_of_two.goal),
    claim("right in about {:.0f} %", lambda: 100 / len(temporal_order.CLASSES)),
    claim("drifts over some {:.0f} steps", lambda: experiments.SLOW),
    claim("that {} steps of memory allow", lambda: experiments.STEPS),
    claim(
        "the least that 60 steps allow",
        lambda: two_time_scales.lowest_error(60, 30.0) < 0.27 and experiments.STEPS == 60,
    ),
    claim(
        "the units with an update gate near 1 became slow",
        lambda: all(
            experiments.correlation(z, slow - fast) > 0.7
            for z, slow, fast in zip(*(experiments.seeds()[name] for name in ("z", "slow", "fast")), strict=True)
        ),
    ),
    claim(
        "- $z = 1$ copies; $z = 0, r = 1$ is the plain RNN; $r = 0$ makes",
        lambda: copies(1) and is_plain() and forgets(),
    ),
]
ALLOWED = {
    "PyTorch, Keras, d2l": "the name of a book",
    "Cho et al. (2014), d2l": "the name of a book",
    "version 3 of its preprint": "as Keras's documentation has it",
    "form after it to version 1": "as Keras's documentation has it",
}

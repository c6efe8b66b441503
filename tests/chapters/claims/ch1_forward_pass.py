"""What chapter 1 says in numbers."""

import numpy as np

import rnnlib
from rnnlib.chapters.ch1_forward_pass import exercises, experiments
from rnnlib.chapters.ch1_forward_pass.explorers import nudging
from rnnlib.tasks import agreement
from rnnlib.tasks import slot_filling as slots

from . import Notebook, claim

book = Notebook(1)
says = book.says


def all_ones(inputs, memory_weight=1.0):
    """States and outputs of the hand-worked network, one entry of each."""
    run = rnnlib.unroll(experiments.all_ones(memory_weight), np.array(inputs, dtype=float)[:, None])
    return run.outputs[:, 0, 0].tolist(), (2 * run.outputs[:, 0, 0]).tolist()


THREE = [(1, 1), (1, 1), (2, 2)]
EARLY = [(2, 2), (1, 1), (1, 1)]


def moved(kind, gain, k=3):
    """How far the outputs move when input k is nudged by 1."""
    return nudging.nudged_outputs(kind, gain, k, 1.0)[0]


def over_seeds(name):
    return experiments.trained()[name]


def echo_is_learned(fed_back):
    return bool(np.all(over_seeds("echoes")[fed_back - 1] < 0.01))


def accuracy(distance):
    """The right tags of a window of 4 in eight trainings."""
    return set(over_seeds("taggers")[0][:, experiments.ASKED.index(distance)].tolist())


CLAIMS = [
    claim("Arrive Taipei on November 2nd.", lambda: "2nd" in slots.WORDS),
    claim("Leave Taipei on November 2nd.", lambda: "2nd" in slots.WORDS),
    claim("November and 2nd are tagged", lambda: "2nd" in book.code("cd4d11bf", r'("2nd")')),
    claim(
        "a vector with a 1 at place $k$ and 0 elsewhere",
        lambda: set(np.unique(slots.encode([["arrive"]])[0])) == {0.0, 1.0},
    ),
    claim(
        "Some trainings below also have `clip=1.0`", lambda: experiments.train_tagger.__code__.co_consts.count(1.0) == 1
    ),
    claim("$w = {}$ to ${}$, and one", lambda: (experiments.WINDOWS[0], experiments.WINDOWS[-1])),
    claim("comes {} to {} words before", lambda: (1, experiments.LONGEST_DISTANCE)),
    claim("The verb comes 1 to", lambda: slots.draw_request(np.random.default_rng(0), 1)[0][0] in slots.VERBS),
    claim(
        "A network with a window of 4 words is asked about a city whose verb is 4 words back",
        lambda: book.code("4b18524e", r"taggers\[(\d)\]") == "4",
    ),
    claim("of {} new cities right", lambda: len(experiments.city_requests(3)[2])),
    claim(
        "Put the window at 4 and drag the distance from 1 to 12: 100 % up to 3, then exactly 50 %",
        lambda: accuracy(3) == {1.0} and accuracy(4) == {0.5} and experiments.DISTANCES[-1] == 12,
    ),
    claim("the distance at 7 and drag the window up: it opens at 8", lambda: 7 in experiments.DISTANCES and 7 + 1 == 8),
    # by hand
    claim(
        "All weights are 1, there is no bias, the units are linear, and the memory begins at $(0, 0)$",
        lambda: all(np.all(value == 1) for name, value in experiments.all_ones().params.items() if name != "b_s"),
    ),
    claim(r"x_1 = (1, 1), \qquad x_2 = (1, 1), \qquad x_3 = (2, 2)$$", lambda: all_ones(THREE)[1] == [4, 12, 32]),
    claim("Write down $S_1, O_1, S_2, O_2, S_3, O_3$", lambda: len(THREE) == 3),
    claim(
        "$x_1 = (2, 0)$, $x_2 = (1, 1)$, $x_3 = (0, 3)$. Both hidden units always have the same value, and so have "
        "both outputs: give one entry each of $S_2$, $S_3$ and $O_3$",
        lambda: (
            exercises.all_ones.check(
                (*all_ones([(2, 0), (1, 1), (0, 3)])[0][1:], all_ones([(2, 0), (1, 1), (0, 3)])[1][2])
            ).solved
        ),
    ),
    claim(
        "set the memory weights to 0 and walk again: the outputs are 4, 4, 8",
        lambda: all_ones(THREE, 0.0)[1] == [4, 4, 8],
    ),
    claim("The memory is (0, 0).", lambda: says("stepper", "The memory is (0, 0).", moment=0)),
    claim("(2, 2) first, then (1, 1), then (1, 1)", lambda: EARLY == [(2, 2), (1, 1), (1, 1)]),
    claim("the last is ({:.0f}, {:.0f})", lambda: 2 * (all_ones(EARLY)[1][2],)),
    claim("({:.0f}, {:.0f}) again", lambda: 2 * (all_ones(THREE)[1][2],)),
    claim("larger than ({:.0f}, {:.0f})", lambda: 2 * (all_ones(THREE)[1][2],)),
    claim("smaller than ({:.0f}, {:.0f})", lambda: 2 * (all_ones(THREE)[1][2],)),
    # the formula
    claim("into the range between $-1$ and $1$", lambda: np.tanh(np.array([-40.0, 40.0])).tolist() == [-1, 1]),
    claim(
        r"`S_0` of shape `(B, H)` is the state before the first step. Return the states $S_1, \dots, S_T$",
        lambda: exercises.unrolled.check(type(exercises.unrolled).answer).solved,
    ),
    claim("reading 3 steps, stopping", lambda: book.code("f6b39a5d", r"inputs\[:(\d)\]") == "3"),
    claim(
        "usual choice is $S_0 = 0$",
        lambda: not rnnlib.unroll(experiments.all_ones(), np.zeros((1, 1, 2))).states[0][0].any(),
    ),
    claim(
        "trained above from $S_0 = 0$",
        lambda: not rnnlib.unroll(experiments.all_ones(), np.zeros((1, 1, 2))).states[0][0].any(),
    ),
    claim("S_0 = 0", lambda: book.printed("1c0ffe07", r"S_0 = 0: .*: (\d+)% to") == "100"),
    claim(
        "has only ever begun at 0, and it takes a random start for something it has read",
        lambda: int(book.printed("1c0ffe07", r"-1 to 1: .*: (\d+)% to")) < 95,
    ),
    claim("be it from 0, from", lambda: book.printed("1c0ffe07", r"S_0 = 0: .*: (\d+)% to") == "100"),
    claim("guessing between two: 50%", lambda: accuracy(4) == {0.5}),
    claim(
        "Trained on distances up to {}, the networks are still right nearly everywhere at {}:",
        lambda: (experiments.LONGEST_DISTANCE, experiments.ASKED[-1]),
    ),
    # what an output depends on
    claim(r"f(W_x x_{t-2} + \cdots))\big)$$", lambda: moved("Elman, tanh", 0.8, 1)[2] > 0),
    claim(r"$x_t, x_{t-1}, \dots, x_1$, and on nothing", lambda: moved("Elman, tanh", 0.8, 1)[0] > 0),
    claim("without biases and with $S_0 = 0$", lambda: "True" in book.printed("815f59e9", r"is that sum: (True)")),
    claim("the state S_3 is that sum:", lambda: "True" in book.printed("815f59e9", r"is that sum: (True)")),
    claim(" in S_3:", lambda: "True" in book.printed("815f59e9", r"is that sum: (True)")),
    claim(
        "a gain of 0.5. We add 1 to the input of step 3. How many times less does the state of step 13 "
        "move than that of "
        "step 3?",
        lambda: (
            book.code("068ede4c", r"moved\[(2)\] / moved\[12\]") == "2"
            and "0.5" in book.code("068ede4c", r"gain=([\d.]+)")
        ),
    ),
    claim("{} to the power {} is {}.", lambda: (2, 10, 2**10)),
    claim(
        "Choose *Elman, linear* and a gain of 0.5: a straight line down, as in the prediction. Gain "
        "1.3: the nudge grows",
        lambda: (
            np.ptp(np.diff(np.log(nudging.nudged_outputs("Elman, linear", 0.5, 3, 1.0)[1][2:]))) < 1e-6
            and moved("Elman, linear", 1.3)[15] > moved("Elman, linear", 1.3)[2]
        ),
    ),
    claim("*Elman, tanh*, gain 0.8, and", lambda: not moved("Elman, tanh", 0.8)[:2].any()),
    claim("*Window of 4*: four outputs move", lambda: np.count_nonzero(moved("window of 4 (TDNN)", 0.8)) == 4),
    claim("the first of {} inputs", lambda: int(book.code("90a4a2e9", r"size=\((\d+), 1, 1\)"))),
    claim("inputs nudged by 1:", lambda: book.code("90a4a2e9", r"nudged\[0\] \+= (\d)") == "1"),
    claim("{} steps later it moves at all", lambda: int(book.code("90a4a2e9", r"size=\((\d+), 1, 1\)")) - 1),
    # two memories
    claim("$Y_t = x_{t-{}}$, with".replace("{t-{}}", "{t-2}"), lambda: experiments.DELAY == 2),
    claim("at step $t$ is $O_{t-1} = x_{t-3}$", lambda: experiments.DELAY + 1 == 3),
    claim("Both networks have {} hidden units", lambda: experiments.HIDDEN),
    claim("1: the hidden units do the work", lambda: not echo_is_learned(1)),
    claim("2: the two numbers on their way", lambda: not echo_is_learned(2)),
    claim("3: those two and what it says", lambda: echo_is_learned(3)),
    claim("from {} to {} and look at the squares", lambda: (experiments.FED_BACK[0], experiments.FED_BACK[-1])),
    claim("squares: at 3 they jump", lambda: echo_is_learned(3) and not echo_is_learned(2)),
    claim(
        "With 1 and 2 the network still beats the grey line of always saying 0 by a little",
        lambda: 0.1 < over_seeds("echoes")[:2].min() <= over_seeds("echoes")[:2].max() < 1 / 3,
    ),
    claim("Elman, {} units", lambda: experiments.HIDDEN),
    claim("always saying 0: mean", lambda: book.code("847512eb", r"(1 / 3)") == "1 / 3"),
    claim("feeds back {} numbers, one for each word", lambda: len(agreement.WORDS)),
    claim("With $S^{(0)}_t = x_t$", lambda: "True" in book.printed("89cba4fc", r"Stacked: (True)")),
    claim(r"\quad l = 1, \dots, L", lambda: "True" in book.printed("89cba4fc", r"Stacked: (True)")),
    claim("ways from x_1 to O_4: one layer", lambda: book.code("89cba4fc", r"ways\[1, (4)\]") == "4"),
    # the language model
    claim("At temperature 1 nearly all", lambda: np.all(over_seeds("language_models")[0, :, 1] > 0.9)),
    claim("How many will at temperature {:.0f}?", lambda: float(book.code("d05b8528", r"temperature=([\d.]+)"))),
    claim("{} to the power {} is {:.1f}", lambda: (1000, 0.1, 1000**0.1)),
    claim("the words before, at temperature 1: after", lambda: says("temperature", "τ = 1")),
    claim("same few sentences, and towards 0 always", lambda: rnnlib.softmax(np.log([0.4, 0.6]) / 0.01)[1] > 0.999),
]
ALLOWED = {
    "(Kingma & Ba 2015)": "year of a paper",
    "Kingma & Ba (2015)": "year of a paper",
    "network of Elman (1990)": "year of a paper; Elman (1991) is cited too",
    "Elman (1990) copies the **state**": "year of a paper; Elman (1991) is cited too",
    "after Elman (1991)": "year of a paper; Elman (1990) is cited too",
    "Elman (1990), *Finding": "year of a paper; Elman (1991) is cited too",
    "Elman (1991), *Distributed": "year of a paper; Elman (1990) is cited too",
}

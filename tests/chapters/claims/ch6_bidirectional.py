"""What chapter 6 says in numbers."""

import numpy as np
from chapters import NOTEBOOKS, table

import rnnlib
from rnnlib.chapters.ch6_bidirectional import exercises, experiments
from rnnlib.chapters.ch6_bidirectional.explorers import reading
from rnnlib.chapters.ch6_bidirectional.explorers.reversal import WORDS, reading_order
from rnnlib.tasks import slot_filling

from . import Notebook, claim

book = Notebook(6)


def minutes():
    """Minutes alone and on stage, as the map has them."""
    return next(row for row in table(NOTEBOOKS) if "06_birnn" in row).split("|")[3:5]


def counted(D, H):
    """The parameters of a plain cell, of a pair of them and of an LSTM of this size."""
    rng = np.random.default_rng(0)
    pair = rnnlib.Bidirectional(rnnlib.Elman(D, H, rng=rng), rnnlib.Elman(D, H, rng=rng))
    cells = (rnnlib.Elman(D, H, rng=rng), pair, rnnlib.LSTM(D, H, rng=rng))
    return [sum(array.size for array in cell.params.values()) for cell in cells]


def starts_empty():
    """Both halves of a two-way network start from 0: with no input and no bias they stay there."""
    rng = np.random.default_rng(0)
    network = rnnlib.Bidirectional(rnnlib.Elman(2, 3, rng=rng), rnnlib.Elman(2, 3, rng=rng))
    return not rnnlib.unroll(network, np.zeros((4, 1, 2))).outputs.any()


def steps_of_both(T):
    """How many steps both halves of a two-way network take together."""
    rng = np.random.default_rng(0)
    run = rnnlib.unroll(
        rnnlib.Bidirectional(rnnlib.Elman(2, 3, rng=rng), rnnlib.Elman(2, 3, rng=rng)), np.ones((T, 1, 2))
    )
    return len(run.forward) + len(run.backward)


CLAIMS = [
    claim("60 minutes alone, 20 on stage", lambda: [part.split()[0] for part in minutes()] == ["60", "20"]),
    claim("Core path, about 30 minutes", lambda: int(minutes()[0].split()[0]) // 2 == 30),
    claim("Set the output to word {:d}, *Taipei*", lambda: WORDS.index("Taipei") + 1),
    claim(
        "How many Jacobians lie between the state at step 10 and the state at step 50?",
        lambda: len(range(11, 50 + 1)) == int(book.code("64931f1e", r"step 50\?\",\s+(\d+)")),
    ),
    claim("One for each step from 11 to 50.", lambda: len(range(11, 50 + 1)) == 40),
    claim("Count the steps 11, 12, and so on up to 50.", lambda: range(11, 51)[1] == 12),
    claim("A batch holds sequences of 3 and of 7 words, padded to 7.", lambda: max(3, 7) == 7),
    claim("the {} that are words", lambda: 3 + 7),
    claim("all {}", lambda: 2 * max(3, 7)),
    claim("*arrive Taipei on November 2nd*", lambda: {"November", "2nd"} <= set(slot_filling.WORDS)),
    claim("please **arrive** on November 2nd", lambda: reading.WORDS == WORDS and WORDS[-1] == "2nd"),
    claim(
        "because $O_1$ is a function of $x_1$ alone", lambda: reading.words_heard(1, False)["forward"] == range(1, 2)
    ),
    claim(r"& t &= 1, 2, \dots, T, & \overrightarrow{h}_0 &= 0 \\", starts_empty),
    claim(r"& t &= T, T-1, \dots, 1, & \overleftarrow{h}_{T+1} &= 0 \\", starts_empty),
    claim(
        "Two linear cells, all weights 1, no bias, read $x = 1, 2, 4$.",
        lambda: np.array_equal(np.cumsum([1, 2, 4]), type(exercises.sums_from_both_ends).answer()[:3]),
    ),
    claim(
        r"$\overrightarrow{h}_1, \overrightarrow{h}_2, \overrightarrow{h}_3$ and then the backward states "
        r"$\overleftarrow{h}_1, \overleftarrow{h}_2, \overleftarrow{h}_3$",
        lambda: len(exercises.sums_from_both_ends.names) == 6,
    ),
    claim(
        "$[\\overrightarrow{h}_t, \\overleftarrow{h}_t]$ of size $2H$", lambda: counted(3, 4)[1] == 2 * counted(3, 4)[0]
    ),
    claim("| $2H(D + H + 1)$ |", lambda: counted(3, 4)[1] == 2 * 4 * (3 + 4 + 1)),
    claim(
        r"$O \times H$ | $O \times 2H$ |",
        lambda: (
            experiments.new_tagger("two-way", np.random.default_rng(0)).readout["W_o"].shape[1] == 2 * experiments.UNITS
        ),
    ),
    claim("$2T$ steps, the two halves independent", lambda: steps_of_both(7) == 2 * 7),
    claim("$D = 10$, $H = 20$", lambda: type(exercises.count_parameters).answer() == (2 * 20, 2 * counted(10, 20)[2])),
    claim("$4H(D + H + 1)$", lambda: counted(10, 20)[2] == 4 * 20 * (10 + 20 + 1)),
    claim("both starting from 0", starts_empty),
    claim("gradient check below 1e-7", lambda: "True" in book.printed("6843d893", r"parameter: (\w+)")),
    claim(r"$h^t_2 = \mathrm{RNN}_{FW}(h^{t+1}_2, x^t)$", lambda: len(experiments.NETWORKS) == 2),
    claim("pad, pad, pad, *2nd*", lambda: reading_order(3, False)[:4] == ["pad", "pad", "pad", "2nd"]),
    claim("(counted from 0)", lambda: [4 - 1 - t for t in range(4)] == [3, 2, 1, 0]),
    claim("Taipei please arrive on November 2nd", lambda: " ".join(WORDS) == "Taipei please arrive on November 2nd"),
    claim("leave Oslo on July 1st", lambda: slot_filling.DAYS[0] == "1st"),
    claim(
        r"$\overrightarrow{h}_T$ and $\overleftarrow{h}_1$", lambda: reading.words_heard(1, True)["backward"][0] == 1
    ),
    claim(
        "near its end at T, far from a cue at 1",
        lambda: bool(experiments.input_gradients(0.8, 50, 1)[0] < 1e-6 * experiments.input_gradients(0.8, 50, 1)[-1]),
    ),
    claim("Move the cue from 1 to T.", lambda: len(experiments.input_gradients(0.8, 50, 1)) == 50),
    claim("gain 0.8, T = 50 k = 1 k = 25 k = 50", lambda: len(experiments.both_gradients(0.8, 50)) == 50),
    claim(
        "20 draws, both directions, T = 50: median; share of draws above 10 at k = 25",
        lambda: book.code("716e0e28", r"range\((\d+)\)") == "20" and "50, draw" in book.cells["716e0e28"].source,
    ),
    claim("   above 10: ", lambda: "> 10" in book.cells["716e0e28"].source),
    claim(
        "has a gradient of order 1",
        lambda: all(0.3 < experiments.both_gradients(0.8, 50)[k] < 3.2 for k in (0, 49)),
    ),
    claim(
        "in some draws at gains of 2 and more",
        lambda: 0 < np.mean([experiments.both_gradients(2.0, 50, draw)[24] > 10 for draw in range(20)]) < 0.5,
    ),
    claim(
        "$O_1$ depends on $x_T$",
        lambda: book.printed("912dccd5", r"two-way: .*: \[(1), 2, 3, 4, 5, 6\]") == "1",
    ),
]
ALLOWED = {"Graves & Schmidhuber (2005)": "year of a paper; Gers & Schmidhuber (2000) is cited too"}

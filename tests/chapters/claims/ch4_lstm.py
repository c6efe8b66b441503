"""What chapter 4 says in numbers."""

from functools import cache

import numpy as np
from chapters import NOTEBOOKS, table

import rnnlib
from rnnlib.chapters.ch4_lstm import exercises, experiments, trainings
from rnnlib.chapters.ch4_lstm.exercises.pencil import HAND_INPUTS
from rnnlib.chapters.ch4_lstm.explorers import cell, holding
from rnnlib.tasks import adding, latest_mark

from . import Notebook, claim

book = Notebook(4)


def minutes():
    """Minutes alone and on stage, as the map has them."""
    row = next(row for row in table(NOTEBOOKS) if "04_lstm" in row).split("|")[3:5]
    return [int(part.split()[0]) for part in row]


def sigmoid(z):
    return float(rnnlib.sigmoid(float(z)))


def held(weight):
    return holding.squashed(weight)[-1]


def worked(**softness):
    return cell.memory_cell(**cell.worked_inputs(cell.WORKED_INPUTS, **softness))


def rounded(values):
    return [round(value) for value in values]


def worked_is_right():
    run = worked()
    return rounded(run["c"]) == [3, 7, 7, 7, 0] and rounded(run["h"]) == [0, 0, 0, 7, 0]


def weights():
    """The weight and the bias of the worked cell's input gate: z_i at x_2 = 1 and at x_2 = 0."""
    called, quiet = (cell.worked_inputs(np.array([[0, x2, 0]]))["z_i"].item() for x2 in (1, 0))
    return called - quiet, -quiet


def all_half():
    return all(np.allclose(worked(weight=0, bias=0)[gate], 0.5) for gate in "ifo")


def rows_a_unit():
    params = rnnlib.LSTM(3, 4, rng=np.random.default_rng(0)).params
    return [params[name].shape[0] // 4 for name in ("W_x", "W_h", "b")]


def four_times():
    return rows_a_unit() == [4, 4, 4]


def counted(network):
    return sum(array.size for array in network.params.values())


def forget(bias):
    """The step-7 memory and the rest of the sixteen steps, for one forget bias."""
    return cell.gate_run(-4.0, bias, -4.0)


@cache
def left(bias, gain=1.0, path=0):
    """What is left after 100 steps in the draw that the explorer shows."""
    return experiments.left_in_gated(rnnlib.LSTM, "f", gain)[path][100, list(experiments.BIASES).index(bias)].item()


@cache
def draws(name, bias):
    return experiments.over_draws(rnnlib.LSTM, "f", 1.0)[name][:, list(experiments.BIASES).index(bias)]


def gates_alone(bias):
    run = experiments.gated_run(rnnlib.LSTM, "f", 1.0)
    return float(np.prod(run.trace.f[:, list(experiments.BIASES).index(bias)], axis=0).max())


@cache
def sums():
    return adding.draw_batch(np.random.default_rng(1), 20_000, 50)


def loss_of_one():
    return float(np.mean((sums().targets[-1] - 1) ** 2) / 2)


def learned(bias):
    return int(trainings.learned(f"LSTM, forget bias {bias}").sum())


def at_end(kind):
    return trainings.seeds()[f"{kind}: loss"][:, -1]


def one_cell():
    """K_t of a single cell with all weights 1: its three terms."""
    c, f, i, g = 2, 0.9, 0.5, 0.6
    return [c * f * (1 - f), g * i * (1 - i), i * (1 - g**2)]


PEAK = max(experiments.BIASES, key=left)


def jammed(label):
    """In how many of the starts one step jammed the gates, as the notebook prints it."""
    return int(book.printed("b07a5e9f", label + r".*than before: (\d+) of 60"))


CLAIMS = [
    claim("{} minutes alone, {} on stage", lambda: tuple(minutes())),
    claim("Core path, about 80 minutes", lambda: 0.4 < 80 / minutes()[0] < 0.6),
    claim(
        "Move the weight $w$ through 1: below it all three numbers fade to 0, above it they run together.",
        lambda: bool(held(0.9).max() < 1e-4 and np.ptp(held(1.2)) < 1e-4 < held(1.2).min()),
    ),
    claim(
        "the sum keeps to 1.00, and to 0.99", lambda: bool(holding.summed(1.0)[-1, 2] > 2 * holding.summed(0.99)[-1, 2])
    ),
    claim("back to step 1?", lambda: len(range(1, 100)) == 99),
    claim("{} times", lambda: len(range(1, 100))),
    claim("What is left of a gradient of 1 after 100 steps, if each step keeps 0.9 of it?", lambda: 0.9**100 < 1e-4),
    claim("(As 0.12 or 3e-4.)", lambda: float("3e-4") < float("0.12")),
    claim("0.9 to the power of 100.", lambda: book.code("a9fd2037", r"(0\.9\*\*100)") == "0.9**100"),
    claim("hear one number at step 0, then nothing", lambda: len(holding.squashed(1.0)) == 101),
    claim("for {}, {} and {}:", lambda: tuple(holding.NUMBERS)),
    claim("each starting at {}, {} and {}:", lambda: tuple(holding.NUMBERS)),
    claim("{}, {} and {} were put in", lambda: tuple(holding.NUMBERS)),
    claim("w = 1: fading", lambda: bool(held(1.0).max() < 0.2)),
    claim("w = 1.5: merged", lambda: bool(np.ptp(held(1.5)) < 1e-6)),
    claim(
        "With $w = 1$ tanh pulls towards 0 a little at every step",
        lambda: bool(np.all(np.diff(holding.squashed(1.0), axis=0) < 0)),
    ),
    claim("with $w = 1.5$ a fixed point near 0.86 swallows", lambda: np.isclose(np.tanh(1.5 * 0.86), 0.86, atol=0.002)),
    claim("by multiplication with 1 and by addition", lambda: bool(np.all(holding.summed(1.0) == holding.NUMBERS))),
    claim("at 0 nothing passes, at 1 all of it", lambda: (0 * 7.0, 1 * 7.0) == (0, 7)),
    claim("so at 1 the memory stays and at 0 it is gone", lambda: sigmoid(50) * 7 == 7 and sigmoid(-50) * 7 < 1e-9),
    claim("the memory goes from 7.000 to", lambda: book.code("2deda76f", r"opening \* (7\.0)") == "7.0"),
    claim("Three inputs $x = (x_1, x_2, x_3)$", lambda: cell.WORKED_INPUTS.shape == (5, 3)),
    claim(
        "The cell should add $x_1$ to its memory where $x_2 = 1$, clear it where $x_2 = -1$, and show it where "
        "$x_3 = 1$.",
        worked_is_right,
    ),
    claim(r"z = x_1, \qquad z_i = {:.0f}\, x_2 - {:.0f}, \qquad", weights),
    claim(
        r"z_i = 100\, x_2 - 10, \qquad z_f = 100\, x_2 + 10, \qquad z_o = 100\, x_3 - 10.",
        lambda: weights() == (100, 10) and worked_is_right(),
    ),
    claim("z = x_1", worked_is_right),
    claim("Rounded, the memory is 3, 7, 7, 7, 0 and the output 0, 0, 0, 7, 0", worked_is_right),
    claim("The fourth output is {:.4f} and not {:.0f}", lambda: (worked()["h"][3], cell.WORKED_IDEAL[3])),
    claim("since no sigmoid is ever 1", lambda: sigmoid(30) < 1),
    claim(
        r"$\sigma({:.0f}) = {:.5f}$, so {:.0f} loses about", lambda: (weights()[1], sigmoid(10), cell.WORKED_IDEAL[2])
    ),
    claim("loses about {:.4f} each time", lambda: 7 * (1 - sigmoid(10))),
    claim(
        "weight 5 instead of 100, bias 2 instead of 10",
        lambda: weights() == (100, 10) and 5 < worked(weight=5, bias=2)["h"][3] < 6,
    ),
    claim("the forget gate is sigmoid(2) = {:.2f}", lambda: sigmoid(2)),
    claim("sigmoid(2)", lambda: worked(weight=5, bias=2)["f"][2] == sigmoid(2)),
    claim("gate, sigmoid(3) = {:.2f}", lambda: worked(weight=5, bias=2)["o"][3]),
    claim("sigmoid(3)", lambda: np.isclose(worked(weight=5, bias=2)["o"][3], sigmoid(3))),
    claim("still 7.0, gates are either open or closed", lambda: worked(weight=5, bias=2)["h"][3] < 6.95),
    claim("less than 3", lambda: worked(weight=5, bias=2)["h"][3] > 3),
    claim(
        "That would need a forget gate near 0.6; at rest it gets 2, not 0.5.",
        lambda: bool(7 * 0.6**2 * sigmoid(3) < 3 and round(sigmoid(0.5), 1) == 0.6),
    ),
    claim("Step through 1 to {} with the gates as they are", lambda: len(cell.WORKED_INPUTS)),
    claim("Step through 1 to", lambda: len(cell.WORKED_INPUTS) == 5),
    claim(
        "At step 4 pull the gate bias down slowly from 10 to 2.",
        lambda: bool(worked(bias=2)["f"][3] > 0.85 and worked(bias=2)["c"][3] < 6),
    ),
    claim("Set weight and bias to 0: all gates are one half", all_half),
    claim(
        "$(2, 1, 0), (5, -1, 0), (3, 1, 1), (4, 0, 1)$",
        lambda: HAND_INPUTS.tolist() == [[2, 1, 0], [5, -1, 0], [3, 1, 1], [4, 0, 1]],
    ),
    claim(
        "$c_1$ to $c_4$, and then the outputs $h_1$ to $h_4$",
        lambda: len(exercises.cell_by_hand.names) == 8,
    ),
    claim("With the forget gate's bias at 0, how much", lambda: sigmoid(0) ** 2 == 0.25),
    claim("The gate is at sigmoid(0) = 1/2", lambda: sigmoid(0) == 1 / 2),
    claim("A network whose forget biases start at 0 starts with a short memory.", lambda: sigmoid(0) ** 4 < 0.1),
    claim("A bias of 0 is no request to keep: the sigmoid of 0 is not 1.", lambda: sigmoid(0) < 1),
    claim("A bias of 0 does not close the gate: the sigmoid of 0 is not 0.", lambda: sigmoid(0) > 0),
    claim("after the writing at step {} and", lambda: cell.CALLS["write"][1]),
    claim(
        "after the erasing at step {}; the reading at step {} gives",
        lambda: (cell.CALLS["erase"][0], cell.CALLS["read"][1]),
    ),
    claim("- *Forget bias 0*: whatever is written halves", lambda: bool(np.isclose(forget(0)["f"][4], 0.5))),
    claim("- *Input bias 8*: everything is written", lambda: bool(cell.gate_run(8.0, 4.0, -4.0)["i"].min() > 0.99)),
    claim(
        "- *Step {}* calls for write and erase at once",
        lambda: (set(cell.CALLS["write"]) & set(cell.CALLS["erase"])).pop(),
    ),
    claim(
        "each 0 or 1 and never both 1. The output must be 1 from each set until the next reset, and 0 from then",
        lambda: bool(exercises.latch.check(type(exercises.latch).answer())),
    ),
    claim("| `W_x` $(4H, D)$ |", four_times),
    claim("| `W_h` $(4H, H)$ |", four_times),
    claim("| `b` $(4H)$ |", four_times),
    claim("the four products become one: $4H$ numbers", four_times),
    claim(
        r"$4\,(HD + H^2 + H)$",
        lambda: counted(rnnlib.LSTM(3, 5, rng=np.random.default_rng(0))) == 4 * (5 * 3 + 5**2 + 5),
    ),
    claim("`W_x` is $(4H, D)$, `W_h` is $(4H, H)$ and `b` is $(4H)$", four_times),
    claim("While the output gate is shut, $h$ is 0", lambda: bool(abs(sigmoid(-50) * np.tanh(2.0)) < 1e-12)),
    claim(
        "would cost $3H^2$ weights instead of $3H$",
        lambda: rnnlib.PeepholeLSTM(2, 7, rng=np.random.default_rng(0)).params["p"].size == 3 * 7,
    ),
    claim("With $p = 0$ nothing changes", lambda: book.printed("e2e30622", r"equal: (\w+)") == "True"),
    claim("with p = 0 the outputs are equal", lambda: book.printed("e2e30622", r"equal: (\w+)") == "True"),
    claim("h = 0, memory", lambda: "np.zeros((1, 1))" in book.cells["6c03abe7"].source),
    claim("| $i, f, g, o$ | $(4H, D)$, $(4H, H)$ |", four_times),
    claim(
        "| transposed: $(D, 4H)$, $(H, 4H)$ |",
        lambda: (
            [a.shape for a in rnnlib.interop.to_keras(rnnlib.LSTM(2, 3, rng=np.random.default_rng(0)))[0][:2]]
            == [(2, 12), (3, 12)]
        ),
    ),
    claim("| ONNX | $i, o, f, c$ | $(4H, D)$, $(4H, H)$ |", four_times),
    claim("**Line 6**", lambda: "h[t] = o * np.tanh(c[t])" in book.cells["8ebd8800"].source),
    claim("**Line 5**", lambda: "c[t] = f * c[t - 1] + i * g" in book.cells["8ebd8800"].source),
    claim("**Lines 1 to 4**", lambda: len("ifgo") == 4),
    claim(r"stacked, $\delta_t$ has $4H$", four_times),
    claim("dx   (6, 3)", lambda: "size=(6, 1, 3)" in book.cells["8ebd8800"].source),
    claim("side by side, $(B, 4H)$", four_times),
    claim(r"f_{k+1} \odot f_{k+2} \odot \dots \odot f_T", lambda: len(range(1, 3)) == 2),
    claim("Where that number is near 1, the gradient", lambda: 0.999**100 > 0.9),
    claim(
        "With $c_{t-1} = 2$, $f_t = 0.9$, $i_t = 0.5$, $g_t = 0.6$ and all three weights 1",
        lambda: round(sum(one_cell()), 2) == 0.65,
    ),
    claim(
        r"$K_t = 2 \cdot 0.09 + 0.6 \cdot 0.25 + 0.5 \cdot 0.64 = 0.65$",
        lambda: np.allclose(one_cell(), [2 * 0.09, 0.6 * 0.25, 0.5 * 0.64]) and np.isclose(sum(one_cell()), 0.65),
    ),
    claim("## Gates are neither 0 nor 1", lambda: 0 < sigmoid(-30) < sigmoid(30) < 1),
    claim("left after {} steps", lambda: int(book.code("5c76181f", r"gate\*\*(\d+)"))),
    claim("0.99 over 1000 steps", lambda: round(0.99**1000, 6) == 4.3e-5),
    claim("At 0 half is lost at every step", lambda: sigmoid(0) == 0.5),
    claim("at 1 half is left after about two steps", lambda: round(float(np.log(0.5) / np.log(sigmoid(1)))) == 2),
    claim(
        "to keep half for 1000 steps takes a bias of about 7",
        lambda: 0.4 < sigmoid(7) ** 1000 < 0.5 < sigmoid(7.3) ** 1000,
    ),
    claim(
        "Keras adds 1 to the forget bias",
        lambda: rnnlib.LSTM(2, 3, rng=np.random.default_rng(0)).params["b"][3:6].tolist() == [1, 1, 1],
    ),
    claim(
        "a bias of $\\ln n$ leaves about $1/e$ of a memory",
        lambda: np.isclose(sigmoid(np.log(100)) ** 100, np.exp(-1), rtol=0.02),
    ),
    claim("for {} steps that is {:.1f}", lambda: (100, np.log(100))),
    claim("beside the RNN, {} units each", lambda: experiments.UNITS),
    claim("is the gradient at $h_T$ and has length 1", lambda: np.isclose(experiments.left_in_rnn(1.0)[0, 0], 1)),
    claim(
        "At a forget bias of 1 about 4 × 10⁻⁸ of the gradient is left after 100 steps.",
        lambda: f"{left(1):.0e}" == "4e-08",
    ),
    claim(
        "You raise the bias to 5: the gates go from about {:.2f} to {:.2f}",
        lambda: (sigmoid(1), sigmoid(5)),
    ),
    claim("You raise the bias to 5", lambda: bool(left(5) > left(1))),
    claim("a little nearer to 1 counts a hundred times over", lambda: (sigmoid(5) / sigmoid(1)) ** 100 > 1e13),
    claim("the gain is more than 10¹⁰", lambda: gates_alone(5) / gates_alone(1) > 1e10),
    claim("the whole gradient gains 10⁷, since at a bias of 1", lambda: round(np.log10(left(5) / left(1))) == 7),
    claim("{} to the power of {} is {:.2f}", lambda: (0.99, 100, 0.99**100)),
    claim("left up to {} steps earlier: in an RNN", lambda: experiments.LAGS),
    claim("Of a gradient of 1 the RNN has", lambda: np.isclose(experiments.left_in_rnn(1.0)[0, 0], 1)),
    claim(
        "- *Bias from −2 up to 6, gain 1.* The LSTM",
        lambda: bool(left(-2) < experiments.left_in_rnn(1.0)[-1, 0] < 1e-20 < 0.1 < left(6)),
    ),
    claim(
        "- *Bias 8.* The forget gates are wide open, and yet less is left than at 6",
        lambda: bool(left(8) < left(6) and experiments.gated_run(rnnlib.LSTM, "f", 1.0).trace.f[:, -1].mean() > 0.99),
    ),
    claim(
        "Move the slider of draws at a bias of 6.",
        lambda: draws("whole", 6)[:5].max() > 100 * draws("whole", 6)[:5].min(),
    ),
    claim("With a bias of 8 nothing is forgotten", lambda: gates_alone(8) > 0.97),
    claim("left after 100 steps, median of 20 draws", lambda: draws("whole", 1).shape == (20,)),
    claim(
        "From a bias of 6 on, opening the gates further stops helping: their product is close to 1",
        lambda: bool(
            np.median(draws("gates", 6)) > 0.8 and np.median(draws("whole", 8)) < np.median(draws("whole", 6))
        ),
    ),
    claim("So the peak at 6 in the explorer belongs to its first draw", lambda: PEAK == 6),
    claim(
        r"Always answering 1 gives a loss $\tfrac12 (Y - O)^2$ of $\tfrac1{12} = 0.083$ on average",
        lambda: abs(loss_of_one() - 1 / 12) < 0.003,
    ),
    claim("carried over up to {} steps", lambda: trainings.STEPS - 1),
    claim("Adam (chapter 1) and clipping at norm 1.", lambda: book.code("ee1b9a1a", r"clip=(1\.0)") == "1.0"),
    claim("always answering 1", lambda: abs(loss_of_one() - 1 / 12) < 0.003),
    claim(
        "LSTM, forget bias 1",
        lambda: trainings.adder("LSTM, forget bias 1", 0).network.params["b"][12:24].tolist() == [1.0] * 12,
    ),
    claim(
        "LSTM, forget bias 3",
        lambda: trainings.adder("LSTM, forget bias 3", 0).network.params["b"][12:24].tolist() == [3.0] * 12,
    ),
    claim("sums within 0.1 of the truth", lambda: "< 0.1" in book.cells["bd8c1a8d"].source),
    claim(
        "with a forget bias of 0, of 1 and of 3. A bias of 3 keeps half of a memory for 14 steps, a bias of 0 for one.",
        lambda: int(np.log(0.5) / np.log(sigmoid(3))) == 14 and np.log(0.5) / np.log(sigmoid(0)) == 1,
    ),
    claim("within {} steps?", lambda: trainings.TRAIN),
    claim("only those with bias 3", lambda: learned(0) > 2),
    claim("all with bias 3, about half with 1, none with 0", lambda: learned(3) < 10 and learned(0) > 0),
    claim("the bias of 1 at least as often as 3", lambda: learned(1) >= learned(3)),
    claim("More bias was not better on this task, at {} steps", lambda: trainings.STEPS),
    claim(" of 10 ", lambda: len(at_end("RNN, orthogonal")) == 10),
    claim(
        "The RNN with the orthogonal start never leaves the line in 300 steps.",
        lambda: not trainings.learned("RNN, orthogonal").any() and trainings.TRAIN == 300,
    ),
    claim(
        "With a bias of 1 the median run gets nine sums in ten within 0.1",
        lambda: round(10 * np.median(trainings.seeds()["LSTM, forget bias 1: right"])) == 9,
    ),
    claim(
        "3 did no better than 1 here, and even 0 learned more often than not",
        lambda: learned(3) <= learned(1) and learned(0) > 5,
    ),
    claim("within 0.1 on 500 new sequences", lambda: book.code("2935c7cf", r"(500), 20\)") == "500"),
    claim(
        "always answering 1/2",
        lambda: abs(latest_mark.draw_batch(np.random.default_rng(1), 20_000, 20).targets[-1].mean() - 1 / 2) < 0.02,
    ),
    claim("since every $f_t < 1$", lambda: sigmoid(30) < 1),
    claim(
        "of gain 6 and a forget bias of 0, drawn at random", lambda: book.code("13182d1e", r'"f", (6\.0), 40') == "6.0"
    ),
    claim("the gradient larger {} steps back", lambda: experiments.LAGS),
    claim(
        "forget bias 0, gain 6, 40 draws; left of a gradient of 1 after 100 steps",
        lambda: book.code("ae309ec1", r'"f", 6.0, (40)') == "40",
    ),
    claim(
        "Sixty LSTMs with recurrent weights of gain 6",
        lambda: experiments.one_wild_step.__wrapped__.__defaults__ == (6.0,),
    ),
    claim("within {:.2f} of 0 or 1", lambda: 0.5 - experiments.STUCK),
    claim("gradient norm over 60 starts", lambda: book.code("b07a5e9f", r"range\((60)\)") == "60"),
    claim("clipped at norm 1", lambda: "(1.0, " in book.cells["b07a5e9f"].source),
    claim("at least 10 points more than before", lambda: "before > 0.1" in book.cells["b07a5e9f"].source),
    claim(" of 60", lambda: book.code("b07a5e9f", r"range\((60)\)") == "60"),
    claim("In about two starts of three the unclipped step", lambda: 0.55 < 1 - jammed("without clipping") / 60 < 0.75),
    claim("in all of these starts but one", lambda: jammed("clipped at norm 1") == 1),
    claim(
        r"of them, $0, 1, \dots$",
        lambda: sorted(set(type(exercises.task_for_an_lstm).answer(np.random.default_rng(0), 50)[1])) == [0, 1],
    ),
    claim(
        "At most {} steps and {} inputs a step",
        lambda: (exercises.task_for_an_lstm.longest, exercises.task_for_an_lstm.widest),
    ),
    claim(
        "{} units each, from three starts",
        lambda: exercises.task_for_an_lstm.strong(np.random.default_rng(0), 2).state_size,
    ),
    claim(
        "RNN has to stay below {:.0f} %, the LSTM has to reach {:.0f} %",
        lambda: (100 * exercises.task_for_an_lstm.fails, 100 * exercises.task_for_an_lstm.solves),
    ),
    claim(
        r"Near 1 it lasts; 0.99 a step is $4 \times 10^{-5}$ after 1000",
        lambda: f"{0.99**1000:.0e}" == "4e-05",
    ),
    claim("start the forget bias at 1, and clip", lambda: learned(1) == max(map(learned, (0, 1, 3)))),
    claim("and the forget bias of 1", lambda: learned(1) == max(map(learned, (0, 1, 3)))),
]
ALLOWED = {
    "Hochreiter & Schmidhuber (1997), *Long": "year of a paper; Hochreiter (1991) is cited too",
    "PyTorch draws all its biases close to 0": "its documentation: uniform within 1/sqrt(H) of 0",
    "(Gers & Schmidhuber 2000)": "year of a paper; Graves & Schmidhuber (2005) is cited elsewhere",
}

"""Exercises of chapter 4: the LSTM."""

import numpy as np

from ..activations import sigmoid
from ..cells import LSTM
from ..explorers.lstm.cell import memory_cell, worked_inputs
from ..unroll import bptt, unroll
from .base import BuildExercise, FunctionExercise, Mistake, PencilExercise
from .learner import Problem

HAND_INPUTS = np.array([(2, 1, 0), (5, -1, 0), (3, 1, 1), (4, 0, 1)], dtype=float)


class CellByHand(PencilExercise):
    """Give the memory after each of the four steps (2, 1, 0), (5, -1, 0), (3, 1, 1), (4, 0, 1), then the four outputs.

    The weights are those of the hand-worked cell, and it starts with an empty memory.
    """

    title = "The memory cell by hand"
    difficulty = 1
    names = ("c_1", "c_2", "c_3", "c_4", "a_1", "a_2", "a_3", "a_4")
    praise = "Written, cleared, written again, kept; and shown only where x_3 calls for it."
    hints = (
        "x_2 = 1 writes x_1, x_2 = -1 clears, x_2 = 0 leaves the memory alone.",
        "x_3 = 1 opens the output gate. It does not change the memory.",
        "At the second step the input gate gets 100 times -1 minus 10: it is closed. And the forget gate?",
    )

    @staticmethod
    def answer():
        run = memory_cell(**worked_inputs(HAND_INPUTS))
        return [*run["c"], *run["h"]]

    mistakes = (
        Mistake(
            lambda: [2, 2, 5, 5, 0, 0, 5, 5],
            "At the second step you kept the memory. x_2 = -1 gives the forget gate 100 times -1 plus 10, far below "
            "zero, so it closes, and a closed forget gate loses the memory. See the section on the forget gate.",
        ),
        Mistake(
            lambda: [2, 5, 8, 8, 0, 0, 8, 8],
            "At the second step you wrote x_1. The input gate gets 100 times -1 minus 10 there: it is closed, and the "
            "forget gate with it.",
        ),
        Mistake(
            lambda: [2, 0, 3, 3, 2, 0, 3, 3],
            "The memory is right. The output is not the memory: it is what the output gate lets through, and x_3 is "
            "0 at the first step.",
        ),
        Mistake(
            lambda: [2, 0, 3, 7, 0, 0, 3, 7],
            "At the fourth step you added x_1. With x_2 = 0 the input gate gets -10 and stays closed; x_3 opens "
            "only the output gate.",
        ),
        Mistake(
            lambda: [2, 0, 3, 0, 0, 0, 3, 0],
            "You cleared the memory after it was read. Reading does not erase: only x_2 = -1 does.",
        ),
    )


def _lstm_parts(x, h_previous, c_previous, W_x, W_h, b):
    return np.split(x @ W_x.T + h_previous @ W_h.T + b, 4, axis=-1)


def _wrong_order(x, h_previous, c_previous, W_x, W_h, b):
    i, f, o, g = _lstm_parts(x, h_previous, c_previous, W_x, W_h, b)
    c = sigmoid(f) * c_previous + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def _gates_exchanged(x, h_previous, c_previous, W_x, W_h, b):
    i, f, g, o = _lstm_parts(x, h_previous, c_previous, W_x, W_h, b)
    c = sigmoid(i) * c_previous + sigmoid(f) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def _output_not_squashed(x, h_previous, c_previous, W_x, W_h, b):
    i, f, g, o = _lstm_parts(x, h_previous, c_previous, W_x, W_h, b)
    c = sigmoid(f) * c_previous + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c, c


def _old_memory_read(x, h_previous, c_previous, W_x, W_h, b):
    i, f, g, o = _lstm_parts(x, h_previous, c_previous, W_x, W_h, b)
    return sigmoid(o) * np.tanh(c_previous), sigmoid(f) * c_previous + sigmoid(i) * np.tanh(g)


def _candidate_by_sigmoid(x, h_previous, c_previous, W_x, W_h, b):
    i, f, g, o = _lstm_parts(x, h_previous, c_previous, W_x, W_h, b)
    c = sigmoid(f) * c_previous + sigmoid(i) * sigmoid(g)
    return sigmoid(o) * np.tanh(c), c


def _open_means_forget(x, h_previous, c_previous, W_x, W_h, b):
    i, f, g, o = _lstm_parts(x, h_previous, c_previous, W_x, W_h, b)
    c = (1 - sigmoid(f)) * c_previous + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


class LSTMStep(FunctionExercise):
    """Write one step of the LSTM for a batch. The rows of W_x, W_h and b are the blocks i, f, g, o."""

    title = "One step of the LSTM"
    difficulty = 2
    returns = ("h_t", "c_t")
    praise = "Six lines of formula, and the memory meets no matrix on its way."
    hints = (
        "First all four pre-activations at once, x @ W_x.T + h @ W_h.T + b, a (B, 4H) array. np.split cuts it in four.",
        "i, f and o go through the sigmoid (rnnlib.sigmoid), g through tanh.",
        "Then the memory, c_t = f * c_previous + i * g, and the output from the new memory.",
    )

    @staticmethod
    def answer(x, h_previous, c_previous, W_x, W_h, b):
        z_i, z_f, z_g, z_o = np.split(x @ W_x.T + h_previous @ W_h.T + b, 4, axis=-1)
        i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
        c = f * c_previous + i * g
        return o * np.tanh(c), c

    mistakes = (
        Mistake(
            _wrong_order,
            "The blocks are cut in the order i, f, o, g. Here, as in PyTorch, they stand as i, f, g, o: the third "
            "is the candidate. See the section on gate orders.",
        ),
        Mistake(
            _gates_exchanged,
            "Input and forget gate have changed places: the first block writes the candidate, the second keeps the "
            "memory.",
        ),
        Mistake(
            _output_not_squashed,
            "c_t is right. The memory is squashed by tanh before the output gate shows it; it may be larger than 1, "
            "the output may not.",
        ),
        Mistake(
            _old_memory_read,
            "c_t is right. The output is read from the memory before this step; it should be read from the new one.",
        ),
        Mistake(
            _candidate_by_sigmoid,
            "The candidate went through a sigmoid. It has to be able to lower the memory too, so its activation is "
            "tanh.",
        ),
        Mistake(
            _open_means_forget,
            "The memory is multiplied by 1 - f. An open forget gate keeps: see what the notes say and the numbers say "
            "about it.",
        ),
        Mistake(
            lambda x, h_previous, c_previous, W_x, W_h, b: LSTMStep.answer(x, h_previous, c_previous, W_x, W_h, 0 * b),
            "The bias is missing. It is added to all four pre-activations, before sigmoid and tanh.",
        ),
        Mistake(
            lambda x, h_previous, c_previous, W_x, W_h, b: LSTMStep.answer(x, 0 * h_previous, c_previous, W_x, W_h, b),
            "h_previous plays no part. The gates hear what the cells put out one step before, through W_h.",
        ),
    )

    def draw(self, rng):
        B, D, H = 3, 4, 5
        return {
            "x": rng.normal(size=(B, D)),
            "h_previous": rng.normal(size=(B, H)),
            "c_previous": 2 * rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(4 * H, D)) / 2,
            "W_h": rng.normal(size=(4 * H, H)) / 2,
            "b": rng.normal(size=4 * H),
        }

    def reference(self, x, h_previous, c_previous, W_x, W_h, b):
        cell = LSTM.from_params({"W_x": W_x, "W_h": W_h, "b": b})
        return unroll(cell, x[None], (h_previous, c_previous)).final_state


def _lstm_deltas(d_h, d_c, c_previous, i, f, g, o, *, blocks="ifgo"):
    """The four deltas and dL/dc_{t-1}, from the total gradient at c_t."""
    tanh_c = np.tanh(f * c_previous + i * g)
    total = d_c + d_h * o * (1 - tanh_c**2)
    deltas = {
        "i": total * g * i * (1 - i),
        "f": total * c_previous * f * (1 - f),
        "g": total * i * (1 - g**2),
        "o": d_h * tanh_c * o * (1 - o),
    }
    return np.concatenate([deltas[block] for block in blocks], axis=-1), total * f


def _without_the_future(d_h, d_c, **rest):
    return _lstm_deltas(d_h, 0 * d_c, **rest)


def _slope_of_tanh_missing(d_h, d_c, c_previous, i, f, g, o):
    c = f * c_previous + i * g
    total = d_c + d_h * o
    parts = (total * g * i * (1 - i), total * c_previous * f * (1 - f), total * i * (1 - g**2))
    return np.concatenate((*parts, d_h * np.tanh(c) * o * (1 - o)), axis=-1), total * f


def _slopes_of_gates_missing(d_h, d_c, c_previous, i, f, g, o):
    tanh_c = np.tanh(f * c_previous + i * g)
    total = d_c + d_h * o * (1 - tanh_c**2)
    return np.concatenate((total * g, total * c_previous, total * i, d_h * tanh_c), axis=-1), total * f


def _new_memory_at_forget_gate(d_h, d_c, c_previous, i, f, g, o):
    c = f * c_previous + i * g
    total = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    parts = (total * g * i * (1 - i), total * c * f * (1 - f), total * i * (1 - g**2))
    return np.concatenate((*parts, d_h * np.tanh(c) * o * (1 - o)), axis=-1), total * f


def _tanh_twice(d_h, d_c, c_previous, i, f, g, o):
    c = f * c_previous + i * g
    total = d_c + d_h * o * (1 - np.tanh(c) ** 2)
    parts = (total * g * i * (1 - i), total * c_previous * f * (1 - f), total * i * (1 - np.tanh(g) ** 2))
    return np.concatenate((*parts, d_h * np.tanh(c) * o * (1 - o)), axis=-1), total * f


class LSTMBackwardStep(FunctionExercise):
    """Write one step of the LSTM backward: the stacked deltas of the blocks i, f, g, o, and the gradient at c_{t-1}.

    d_h and d_c are what has arrived at h_t and c_t from later steps and from above; c_t = f c_{t-1} + i g.
    """

    title = "One step of the LSTM, backward"
    difficulty = 3
    returns = ("delta", "d_c_previous")
    praise = "From here everything is a matrix product: dW_h = delta h_previous^T, d_h_previous = W_h^T delta."
    hints = (
        "First finish the gradient at c_t: d_c has arrived along the memory; add what comes through h_t = o tanh(c_t).",
        "Each gate's delta is: the gradient at what it multiplies into, times its partner, times the slope of the "
        "gate.",
        "The slope of a sigmoid is i (1 - i), of the candidate 1 - g^2: both from the outputs, which you are given.",
        "c_{t-1} reaches c_t through the forget gate alone, so d_c_previous is the finished gradient times f.",
    )

    @staticmethod
    def answer(d_h, d_c, c_previous, i, f, g, o):
        tanh_c = np.tanh(f * c_previous + i * g)
        d_c = d_c + d_h * o * (1 - tanh_c**2)
        delta_i = d_c * g * i * (1 - i)
        delta_f = d_c * c_previous * f * (1 - f)
        delta_g = d_c * i * (1 - g**2)
        delta_o = d_h * tanh_c * o * (1 - o)
        return np.concatenate((delta_i, delta_f, delta_g, delta_o), axis=-1), d_c * f

    mistakes = (
        Mistake(
            _without_the_future,
            "What arrives along the memory from step t+1, d_c, is lost. It is the very gradient that an LSTM is "
            "built to keep: add to it what comes through h_t.",
        ),
        Mistake(
            _new_memory_at_forget_gate,
            "In the delta of the forget gate stands c_t. The gate was multiplied with the memory before the step, "
            "c_previous.",
        ),
        Mistake(
            _slope_of_tanh_missing,
            "On the way from h_t to c_t the slope of tanh is missing: h_t = o tanh(c_t).",
        ),
        Mistake(
            _slopes_of_gates_missing,
            "These are the gradients at the gates themselves. delta is the gradient at the pre-activations: one factor "
            "more for each block, the slope of its activation.",
        ),
        Mistake(
            _tanh_twice,
            "The slope of the candidate is taken at tanh(g). You are given g = tanh(z_g) already, and the slope in "
            "terms of the output is 1 - g^2.",
        ),
        Mistake(
            lambda **arguments: _lstm_deltas(**arguments, blocks="ifog"),
            "The blocks are stacked as i, f, o, g. In the weights they stand as i, f, g, o.",
        ),
        Mistake(
            lambda d_h, d_c, c_previous, i, f, g, o: (
                LSTMBackwardStep.answer(d_h, d_c, c_previous, i, f, g, o)[0],
                d_c * f,
            ),
            "delta is right. d_c_previous uses d_c as it arrived: what came through h_t has to go on to c_{t-1} as "
            "well.",
        ),
    )

    def draw(self, rng):
        B, H = 3, 4
        shape = (B, H)
        c_previous, g = 1.5 * rng.normal(size=shape), np.tanh(rng.normal(size=shape))
        i, f, o = (sigmoid(rng.normal(size=shape)) for _ in range(3))
        gates = {"i": i, "f": f, "g": g, "o": o}
        return {"d_h": rng.normal(size=shape), "d_c": rng.normal(size=shape), "c_previous": c_previous} | gates

    def reference(self, d_h, d_c, c_previous, i, f, g, o):
        # A cell without weights whose bias makes these very gates; the input is the bias of each sequence.
        z = np.concatenate((np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))), axis=-1)
        H = i.shape[-1]
        cell = LSTM.from_params({"W_x": np.eye(4 * H), "W_h": np.zeros((4 * H, H)), "b": np.zeros(4 * H)})
        gradients = bptt(unroll(cell, z[None], (0 * d_h, c_previous)), d_h[None], (0 * d_h, d_c))
        return gradients.x[0], gradients.initial_state[1]


class Latch(BuildExercise):
    """Build a latch: weights for which the output is 1 from a set on until a reset, and 0 from then until a set.

    The inputs are x = (set, reset), each 0 or 1 and never both 1. Answer with a dict of four triples (weight of set,
    weight of reset, bias) under the names z, i, f and o. As in the hand-worked cell g and h are linear.
    """

    title = "A latch that sets and resets"
    difficulty = 3
    praise = (
        "It holds for as long as you like, and a second set changes nothing: a bit of memory with its own switches."
    )
    hints = (
        "z need not look at the inputs at all: what is to be written is always 1.",
        "The input gate opens for set. For which inputs must the forget gate close, so that the memory ends at 0 or 1?",
        "If set comes twice, the old 1 has to go before the new 1 is written: close the forget gate for set as well.",
    )

    @staticmethod
    def answer():
        return {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 20)}

    mistakes = (
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (0, -40, 20), "o": (0, 0, 20)},
            "A set that follows a set makes the memory 2: the new 1 is added to the old one. What has to happen to "
            "the old memory when a new value is written?",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, 0, 20), "o": (0, 0, 20)},
            "A reset does not clear the memory: after it the output is still 1. Which gate takes a memory away?",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 2), "o": (0, 0, 20)},
            "It works at first, and then the memory leaks away: after a long wait the output is no longer 1. See "
            "the table of forget biases: how close to 1 must the gate stay?",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (0, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 20)},
            "Nothing is ever written: after a set the output is still 0. Look at z and at what opens the input gate.",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (40, 0, -20)},
            "The output is 1 at the set itself and 0 afterwards, although the memory holds 1: the output gate "
            "closes while nothing is called. It should always show the memory.",
        ),
    )

    def judge(self, answer):
        cell = self.read(answer)
        adds, stays, leaks, silent, hidden = (mistake.message for mistake in self.mistakes)

        def run(calls):
            x = np.array([(call == "set", call == "reset") for call in calls], dtype=float)
            return memory_cell(*(x @ cell[name][:2] + cell[name][2] for name in ("z", "i", "f", "o")))

        wait = ["wait"] * 30
        after_set = run(["set", *wait])
        if abs(after_set["c"][0] - 1) > 0.05:
            return silent
        if abs(run(["set", "wait", "set"])["c"][-1] - 1) > 0.05:
            return adds
        if abs(run(["set", "wait", "reset", "wait"])["c"][-1]) > 0.05:
            return stays
        if abs(after_set["c"][-1] - 1) > 0.05:
            return leaks
        if abs(after_set["h"][-1] - 1) > 0.05:
            return hidden
        rng = np.random.default_rng(7)
        calls = rng.choice(["set", "reset", "wait", "wait", "wait"], size=200).tolist()
        wanted, held = [], 0
        for call in calls:
            held = {"set": 1, "reset": 0}.get(call, held)
            wanted.append(held)
        wrong = np.flatnonzero(np.abs(run(calls)["h"] - wanted) > 0.1)
        if len(wrong):
            last = ", ".join(calls[: wrong[0] + 1][-4:])
            return f"On a random sequence of calls it goes wrong at step {wrong[0] + 1}, after: {last}."
        return ""

    def read(self, answer):
        """The four triples as arrays; :class:`Problem` where the answer is something else."""
        if not isinstance(answer, dict) or set(answer) != set("zifo"):
            raise Problem("Answer with a dict that has the names z, i, f and o, each with three numbers.")
        cell = {}
        for name, triple in answer.items():
            try:
                cell[name] = np.array(triple, dtype=float)
            except (TypeError, ValueError):
                raise Problem(f"{name}: expected three numbers (weight of set, weight of reset, bias).") from None
            if cell[name].shape != (3,) or not np.isfinite(cell[name]).all():
                raise Problem(f"{name}: expected three numbers (weight of set, weight of reset, bias).")
        return cell


cell_by_hand = CellByHand()
lstm_step = LSTMStep()
lstm_backward_step = LSTMBackwardStep()
latch = Latch()

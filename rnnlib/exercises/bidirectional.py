"""Exercises of chapter 6: the bidirectional RNN."""

import numpy as np

from ..cells import LSTM, Elman
from ..unroll import unroll
from ..wrappers import Bidirectional, reorder, reversed_order
from .base import FunctionExercise, Mistake, PencilExercise


class SumsFromBothEnds(PencilExercise):
    """Two linear cells with all weights 1 read x = 1, 2, 4: give the forward states, then the backward states.

    Each in the order of the steps t = 1, 2, 3.
    """

    title = "Sums from both ends"
    difficulty = 1
    names = ("forward h_1", "forward h_2", "forward h_3", "backward h_1", "backward h_2", "backward h_3")
    praise = "At each step the two together have seen every input; x_t itself is seen twice."
    hints = (
        "With all weights 1 and no activation, the forward state is the sum of what has been read.",
        "The backward network starts with x_3. Its state at step 1 is the last one it makes.",
    )

    @staticmethod
    def answer():
        one = {"W_x": np.ones((1, 1)), "W_s": np.ones((1, 1)), "b_s": np.zeros(1)}
        cells = (Elman.from_params(dict(one), activation="linear") for _ in range(2))
        outputs = unroll(Bidirectional(*cells), np.array([1.0, 2.0, 4.0])[:, None, None]).outputs
        return outputs[:, 0].T.ravel().tolist()

    mistakes = (
        Mistake(
            lambda: [1, 3, 7, 4, 6, 7],
            "The forward states are right. The backward states stand in the order in which they were made, from x_3 "
            "on. At step 1 the backward network has read everything.",
        ),
        Mistake(
            lambda: [1, 3, 7, 6, 4, 0],
            "The forward states are right. The backward states leave out the present input: the backward state at t "
            "has read x_t as well.",
        ),
        Mistake(
            lambda: [1, 3, 7, 1, 3, 7],
            "The forward states are right. The backward network reads from the other end: its first input is x_3.",
        ),
        Mistake(
            lambda: [1, 2, 4, 1, 2, 4],
            "The states are the inputs: the memory was not added. The recurrent weights are 1, not 0.",
        ),
        Mistake(
            lambda: [1, 3, 7, 14, 13, 11],
            "The forward states are right. The backward network starts with a memory of 0, not with the last "
            "forward state.",
        ),
    )


class CountParameters(PencilExercise):
    """An LSTM in each direction, D = 10 inputs, H = 20 units each: the output size and the number of parameters."""

    title = "How large is it?"
    difficulty = 1
    names = ("size of the output", "number of parameters")
    tolerance = 0.5
    praise = "Twice a single LSTM: the two directions do not look into one another."
    hints = (
        "One LSTM has four blocks, each with H rows: weights for the input, weights for the state, a bias.",
        "The backward LSTM has weights of its own, of the same shapes.",
    )

    @staticmethod
    def answer():
        rng = np.random.default_rng(0)
        network = Bidirectional(LSTM(10, 20, rng=rng), LSTM(10, 20, rng=rng))
        return [network.output_size, sum(array.size for array in network.params.values())]

    mistakes = (
        Mistake(
            lambda: [40, 2480],
            "The output is right. You counted one direction; the other has weights of its own.",
        ),
        Mistake(
            lambda: [40, 4800],
            "The output is right, and almost all of the parameters: the biases are missing, one for each row.",
        ),
        Mistake(
            lambda: [40, 8160],
            "The output is right. You counted one LSTM with 40 units. The two directions do not see one another's "
            "state, so each recurrent matrix is 80 by 20.",
        ),
        Mistake(
            lambda: [20, 4960],
            "The parameters are right. The output is not added up but laid end to end: both states, 20 numbers each.",
        ),
        Mistake(
            lambda: [40, 1240],
            "The output is right. You counted plain cells: an LSTM has four blocks of rows.",
        ),
    )


class ReverseWithin(FunctionExercise):
    """Reverse each sequence of a padded batch x (T, B, D) within its length; leave the padding where it is."""

    title = "Reverse within the lengths"
    difficulty = 2
    returns = ("reversed x",)
    praise = "Applied twice it gives back what came in, which is how the backward outputs are put in order again."
    hints = (
        "Go through the batch: sequence b fills the steps 0 to lengths[b] - 1 of column b.",
        "Copy x, and then write x[:n, b][::-1] into the first n steps of column b.",
    )

    @staticmethod
    def answer(x, lengths):
        result = x.copy()
        for b, n in enumerate(lengths):
            result[:n, b] = x[:n, b][::-1]
        return result

    mistakes = (
        Mistake(
            lambda x, lengths: x[::-1],
            "The whole row is reversed, so the padding comes first: the classic bug of this chapter. Each sequence "
            "has a length of its own.",
        ),
        Mistake(
            lambda x, lengths: x[:, ::-1],
            "The batch is reversed: the sequences changed places. Time is the first axis of x.",
        ),
        Mistake(
            lambda x, lengths: x[:, :, ::-1],
            "The features are reversed within each step. Time is the first axis of x, features are the last.",
        ),
        Mistake(
            lambda x, lengths: np.concatenate((x[: min(lengths)][::-1], x[min(lengths) :])),
            "Every sequence is reversed within the shortest length. Each has its own.",
        ),
        Mistake(
            lambda x, lengths: x * 1.0,
            "Nothing has changed. In NumPy a slice like x[::-1] is a new view: it has to be written somewhere.",
        ),
    )

    def draw(self, rng):
        T, B, D = 7, 4, 3
        lengths = np.array([7, 3, 5, 4])
        return {"x": rng.normal(size=(T, B, D)), "lengths": rng.permutation(lengths)}

    def reference(self, x, lengths):
        return reorder(x, reversed_order(*x.shape[:2], lengths))


def _run(x, params):
    h, states = np.zeros((x.shape[1], len(params["b_s"]))), []
    for x_t in x:
        h = np.tanh(x_t @ params["W_x"].T + h @ params["W_s"].T + params["b_s"])
        states.append(h)
    return np.stack(states)


def _from_last_forward_state(x, forward, backward):
    h_forward = _run(x, forward)
    h, states = h_forward[-1], []
    for x_t in x[::-1]:
        h = np.tanh(x_t @ backward["W_x"].T + h @ backward["W_s"].T + backward["b_s"])
        states.append(h)
    return np.concatenate((h_forward, np.stack(states[::-1])), axis=-1)


class BidirectionalForward(FunctionExercise):
    """Write the bidirectional RNN: x (T, B, D) and two dicts of parameters (W_x, W_s, b_s) to [h_forward, h_backward].

    Both start from 0, with tanh. The result has the shape (T, B, 2H).
    """

    title = "Both directions"
    difficulty = 2
    returns = ("h",)
    praise = "Two runs of the same function, one over x and one over x turned round, and the second turned back."
    hints = (
        "Write a helper that runs one plain RNN over x and returns all states (T, B, H).",
        "The backward network runs over x[::-1]. In which order do its states then stand?",
        "Turn the backward states round again, and lay both end to end with np.concatenate(..., axis=-1).",
    )

    @staticmethod
    def answer(x, forward, backward):
        def run(x, params):
            h, states = np.zeros((x.shape[1], len(params["b_s"]))), []
            for x_t in x:
                h = np.tanh(x_t @ params["W_x"].T + h @ params["W_s"].T + params["b_s"])
                states.append(h)
            return np.stack(states)

        return np.concatenate((run(x, forward), run(x[::-1], backward)[::-1]), axis=-1)

    mistakes = (
        Mistake(
            lambda x, forward, backward: np.concatenate((_run(x, forward), _run(x[::-1], backward)), axis=-1),
            "The backward states stand in the order in which they were made. At step t the output needs the "
            "backward state of step t: turn them round again.",
        ),
        Mistake(
            lambda x, forward, backward: np.concatenate((_run(x, forward), _run(x[::-1], forward)[::-1]), axis=-1),
            "The backward half uses the forward weights. It is a network of its own: see what the notes say and the "
            "numbers say about it.",
        ),
        Mistake(
            lambda x, forward, backward: np.concatenate((_run(x, forward), _run(x, backward)), axis=-1),
            "Both halves read from left to right. The backward one starts at the last step.",
        ),
        Mistake(
            lambda x, forward, backward: np.concatenate((_run(x[::-1], backward)[::-1], _run(x, forward)), axis=-1),
            "The halves stand in the other order: the forward states come first.",
        ),
        Mistake(
            _from_last_forward_state,
            "The backward network starts with the last forward state. It knows nothing of the forward one: it "
            "starts from 0.",
        ),
    )

    def draw(self, rng):
        T, B, D, H = 5, 3, 4, 2
        shapes = {"W_x": (H, D), "W_s": (H, H), "b_s": (H,)}

        def params():
            return {name: rng.normal(size=shape) for name, shape in shapes.items()}

        return {"x": rng.normal(size=(T, B, D)), "forward": params(), "backward": params()}

    def reference(self, x, forward, backward):
        return unroll(Bidirectional(Elman.from_params(forward), Elman.from_params(backward)), x).outputs


sums_from_both_ends = SumsFromBothEnds()
count_parameters = CountParameters()
reverse_within = ReverseWithin()
bidirectional_forward = BidirectionalForward()

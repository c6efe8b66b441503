"""Pencil work of chapter 6: what both ends know, and how large the network is."""

import numpy as np

from rnnlib.cells import LSTM, Elman
from rnnlib.judging import PencilExercise, Slip
from rnnlib.unroll import unroll
from rnnlib.wrappers import Bidirectional


class SumsFromBothEnds(PencilExercise):
    """Two linear cells with all weights 1 read x = 1, 2, 4: give the forward states, then the backward states.

    Each in the order of the steps t = 1, 2, 3.
    """

    number = "6.1"
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
        x_1, x_2, x_3 = 1, 2, 4
        forward = x_1, x_1 + x_2, x_1 + x_2 + x_3
        backward = x_3 + x_2 + x_1, x_3 + x_2, x_3
        return *forward, *backward

    def reference(self):
        def cell():
            return Elman.from_params(
                {"W_x": np.ones((1, 1)), "W_s": np.ones((1, 1)), "b_s": np.zeros(1)}, activation="linear"
            )

        outputs = unroll(Bidirectional(cell(), cell()), np.array([1.0, 2.0, 4.0])[:, None, None]).outputs
        return outputs[:, 0].T.ravel()

    mistakes = (
        Slip(
            {"*backward": "*backward[::-1]"},
            "The backward states are in the order in which they were made, from x_3 "
            "on. At step 1 the backward network has read everything.",
        ),
        Slip(
            {"x_3 + x_2 + x_1, x_3 + x_2, x_3": "x_3 + x_2, x_3, 0"},
            "The backward states leave out the present input: the backward state at t has read x_t as well.",
        ),
        Slip(
            {"*backward": "*forward"},
            "The backward network reads from the other end: its first input is x_3.",
        ),
        Slip(
            {"*forward": "*forward[::-1]", "*backward": "*backward[::-1]"},
            "Both halves are in the reverse order of the steps: at t = 1 the forward network has read x_1 alone.",
        ),
        Slip(
            {"*forward, *backward": "*backward, *forward"},
            "The two halves have changed places: the forward states come first.",
        ),
        Slip(
            {"*forward, *backward": "x_1, x_2, x_3, x_1, x_2, x_3"},
            "The states are the inputs: the memory was not added. The recurrent weights are 1, not 0.",
        ),
        Slip(
            {"*forward, *backward": "x_1, x_2, x_3, x_3, x_2, x_1"},
            "The states are the inputs, read from both sides: the memory was not added. The recurrent weights are 1.",
        ),
        Slip(
            {"*backward": "*(state + sum((x_1, x_2, x_3)) for state in backward)"},
            "The backward network starts with a memory of 0, not with the last forward state.",
        ),
        Slip(
            {"*forward, *backward": "0, x_1, x_1 + x_2, *backward"},
            "The backward states are right. The forward states leave out the present input: the state at t has read "
            "x_t.",
        ),
        Slip(
            {"x_1 + x_2 + x_3\n": "x_2 + x_3\n", "x_3 + x_2 + x_1,": "x_2 + x_1,"},
            "Only two inputs are added. The memory holds the whole state of the step before, and so all that was read.",
        ),
    )


class CountParameters(PencilExercise):
    """An LSTM in each direction, D = 10 inputs, H = 20 units each: the output size and the number of parameters."""

    number = "6.2"
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
        D, H, blocks, directions = 10, 20, 4, 2
        one_block = H * D + H * H + H
        output, parameters = directions * H, directions * blocks * one_block
        return output, parameters

    def reference(self):
        rng = np.random.default_rng(0)
        network = Bidirectional(LSTM(10, 20, rng=rng), LSTM(10, 20, rng=rng))
        return network.output_size, sum(array.size for array in network.params.values())

    mistakes = (
        Slip(
            {"directions * H, directions * blocks": "H, blocks"},
            "This is one LSTM alone. There are two, one for each direction, and the output lays their states side by "
            "side.",
        ),
        Slip(
            {"directions * blocks * one_block": "blocks * one_block"},
            "The output is right. You counted one direction; the other has weights of its own.",
        ),
        Slip(
            {"H * H + H": "H * H"},
            "The output is right, and almost all of the parameters: the biases are missing, one for each row.",
        ),
        Slip(
            {"H * H + H": "H * H + 2 * H"},
            "The output is right. You counted two biases for each row, as PyTorch keeps them. Here there is one: the "
            "sum "
            "of the two.",
        ),
        Slip(
            {"directions * blocks * one_block": "blocks * (2 * H * D + 2 * H * 2 * H + 2 * H)"},
            "The output is right. You counted one LSTM with 40 units. The two directions do not see one another's "
            "state, so each recurrent matrix is 80 by 20.",
        ),
        Slip(
            {"directions * H,": "H,"},
            "The parameters are right. The output is not added up but laid end to end: both states, 20 numbers each.",
        ),
        Slip(
            {"directions * blocks * one_block": "directions * one_block"},
            "The output is right. You counted plain cells: an LSTM has four blocks of rows.",
        ),
        Slip(
            {"directions * blocks * one_block": "directions * 3 * one_block"},
            "The output is right. You counted three blocks, as a GRU has them: an LSTM has three gates and a "
            "candidate.",
        ),
        Slip(
            {"H * D + H * H + H": "H * D + H"},
            "The output is right. The recurrent matrices are missing: each block hears the state too.",
        ),
        Slip(
            {"H * D + H * H + H": "H * H + H"},
            "The output is right. The weights for the inputs are missing: each block hears x_t too.",
        ),
        Slip(
            {"H * D + H * H + H": "D * D + D * H + H"},
            "The output is right. Rows and columns are mixed up: a block has H rows, with a weight for each of the D "
            "inputs and for each of the H units.",
        ),
        Slip(
            {"output, parameters = directions * H": "output, parameters = directions * blocks * H"},
            "The parameters are right. The output is h alone, not the four blocks: 20 numbers from each direction.",
        ),
        Slip(
            {"return output, parameters": "return output + D, parameters"},
            "The parameters are right. The input does not go on to the output: it is the two states, end to end.",
        ),
    )


sums_from_both_ends = SumsFromBothEnds()
count_parameters = CountParameters()

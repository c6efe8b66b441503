"""The weights of a GRU layer of Keras, laid out as in this course."""

from types import MappingProxyType

import numpy as np

from rnnlib.interop import from_keras
from rnnlib.judging import FunctionExercise, Slip


class GRUFromKeras(FunctionExercise):
    """Turn the three arrays of a Keras GRU layer into W_x (3H, D), W_h (3H, H), b (3H) and b_nh (H) of this course.

    kernel (D, 3H) and recurrent_kernel (H, 3H) multiply from the right, x @ kernel; their columns are the blocks z, r,
    h. bias (2, 3H) has the biases of the input in row 0 and those of the state in row 1. In this course the rows are
    r, z, n; b is added to W_x x, and b_nh is added to W_nh h inside the reset.
    """

    number = "9.1"
    title = "A GRU from Keras"
    fixed_axes = MappingProxyType({"bias": (0,)})
    difficulty = 2
    returns = ("W_x", "W_h", "b", "b_nh")
    praise = "Blocks, transposes and biases: that is all that lies between two libraries."
    hints = (
        "np.split(kernel, 3, axis=1) cuts the columns into z, r, h. Put them together again as r, z, h, and transpose.",
        "Both rows of the bias have the same three blocks: reorder them in the same way.",
        "The two biases of r, and those of z, are only ever added: b takes the sum. Those of the candidate are not, "
        "since the reset gate comes between them.",
    )

    @staticmethod
    def answer(kernel, recurrent_kernel, bias):
        def reordered(array):
            z, r, n = np.split(array, 3, axis=1)
            return np.concatenate((r, z, n), axis=1)

        H = len(recurrent_kernel)
        of_input, of_state = reordered(bias)
        b = of_input + of_state
        b[2 * H :] = of_input[2 * H :]
        return reordered(kernel).T, reordered(recurrent_kernel).T, b, of_state[2 * H :]

    mistakes = (
        Slip(
            {"(r, z, n)": "(z, r, n)"},
            "The blocks are still in Keras's order, z, r, h. Here the reset gate comes first. No shape complains about "
            "this one.",
        ),
        Slip(
            {"(r, z, n)": "(n, z, r)"},
            "The first and the last block have changed places. The candidate stays last; the two gates change places.",
        ),
        Slip(
            {"(r, z, n)": "(r, n, z)"},
            "The reset gate comes first, but the update gate and the candidate are swapped: r, z, n.",
        ),
        Slip(
            {"    b[2 * H :] = of_input[2 * H :]\n": ""},
            "W_x, W_h and b_nh are right. In b the candidate has both of its biases, so the one inside the reset is "
            "counted twice: it is b_nh already.",
        ),
        Slip(
            {"of_input + of_state": "of_input.copy()"},
            "W_x, W_h and b_nh are right. The gates have lost the biases of row 1: they add to those of row 0.",
        ),
        Slip(
            {"of_input, of_state = reordered(bias)": "of_state, of_input = reordered(bias)"},
            "W_x and W_h are right. The two rows of the bias are exchanged: row 0 goes with the input, row 1 with the "
            "state.",
        ),
        Slip(
            {"reordered(bias)": "bias"},
            "W_x and W_h are right. The bias has the same blocks z, r, h in each row: reorder them too.",
        ),
        Slip(
            {"reordered(recurrent_kernel).T": "reordered(recurrent_kernel.T).T"},
            "W_x is right. W_h has its blocks along the wrong axis: in recurrent_kernel they lie side by side, in the "
            "columns.",
        ),
        Slip(
            {", of_state[2 * H :]": ", of_input[2 * H :]"},
            "W_x, W_h and b are right. b_nh is the candidate's bias beside the state, from row 1.",
        ),
    )

    def draw(self, rng):
        D, H = int(rng.choice([2, 4, 5])), int(rng.choice([3, 6]))  # H in three parts: a split along either axis runs
        return {
            "kernel": rng.normal(size=(D, 3 * H)),
            "recurrent_kernel": rng.normal(size=(H, 3 * H)),
            "bias": rng.normal(size=(2, 3 * H)),
        }

    def reference(self, kernel, recurrent_kernel, bias):
        params = from_keras([[kernel, recurrent_kernel, bias]]).params
        return tuple(params[name] for name in self.returns)


gru_from_keras = GRUFromKeras()

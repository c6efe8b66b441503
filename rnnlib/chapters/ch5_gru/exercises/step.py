"""One step of the GRU."""

import numpy as np

import rnnlib
from rnnlib.cells import GRUResetBefore
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import unroll


class GRUStep(FunctionExercise):
    """Write one step of the GRU with the reset before the product. The rows of W_x, W_h, b are the blocks r, z, n."""

    number = "5.1"
    title = "One step of the GRU"
    difficulty = 2
    returns = ("h_t",)
    praise = "Two gates, one candidate, one mixture."
    hints = (
        "Cut x @ W_x.T + b and the rows of W_h in three with np.split: r, z, n.",
        "Both gates see h_previous as it is; the candidate sees r * h_previous.",
        "The mixture: z keeps, 1 - z writes.",
    )

    @staticmethod
    def answer(x, h_previous, W_x, W_h, b):
        a_r, a_z, a_n = np.split(x @ W_x.T + b, 3, axis=-1)
        W_rh, W_zh, W_nh = np.split(W_h, 3)
        r = rnnlib.sigmoid(a_r + h_previous @ W_rh.T)
        z = rnnlib.sigmoid(a_z + h_previous @ W_zh.T)
        n = np.tanh(a_n + (r * h_previous) @ W_nh.T)
        return z * h_previous + (1 - z) * n

    mistakes = (
        Slip(
            {"z * h_previous + (1 - z) * n": "(1 - z) * h_previous + z * n"},
            "This is the GRU of the other convention, where z writes and 1 - z keeps. In this course, as in PyTorch "
            "and Keras, z keeps.",
        ),
        Slip(
            {"(r * h_previous) @ W_nh.T": "r * (h_previous @ W_nh.T)"},
            "The reset comes after the matrix product, as in PyTorch. The exercise asks for the form of Cho et "
            "al., where the state is reset before it meets the matrix.",
        ),
        Slip(
            {"(r * h_previous) @": "h_previous @"},
            "The reset gate is never used: the candidate sees the whole state. See the line of n_t.",
        ),
        Slip(
            {"(r * h_previous) @": "((1 - r) * h_previous) @"},
            "The candidate sees 1 - r of the state. An open reset gate, r = 1, lets the state through.",
        ),
        Slip(
            {"(r * h_previous) @": "(z * h_previous) @"},
            "The candidate sees the state through the update gate. It should be the reset gate, r.",
        ),
        Slip(
            {"a_r, a_z, a_n": "a_z, a_r, a_n", "W_rh, W_zh, W_nh =": "W_zh, W_rh, W_nh ="},
            "Reset and update gate have changed places. The blocks of rows are in the order r, z, n.",
        ),
        Slip(
            {"(1 - z) * n": "n"},
            "The candidate is added whole. It is taken with 1 - z, so that the state stays a mixture and within -1 "
            "and 1.",
        ),
        Slip(
            {"z * h_previous + (1 - z) * n": "h_previous + (1 - z) * n"},
            "The old state is kept whole. A part z of it is kept, so that the state stays a mixture and within -1 and "
            "1.",
        ),
        Slip(
            {"z * h_previous + (1 - z) * n": "z * (r * h_previous) + (1 - z) * n"},
            "What is kept has passed the reset gate too. The reset belongs to the candidate alone; z keeps the state "
            "as it is.",
        ),
        Slip(
            {"return z * h_previous + (1 - z) * n": "return np.tanh(z * h_previous + (1 - z) * n)"},
            "The mixture is squashed once more. It lies between the old state and the candidate, and needs no tanh.",
        ),
        Slip(
            {"return z * h_previous + (1 - z) * n": "return n"},
            "This is the candidate. The state is a mixture of it with the old state.",
        ),
        Slip(
            {"np.tanh(": "rnnlib.sigmoid("},
            "The candidate went through a sigmoid. A state must be able to become negative: its activation is tanh.",
        ),
        Slip(
            {"np.tanh(": "("},
            "The candidate is not squashed: it is tanh of its pre-activation.",
        ),
        Slip(
            {"rnnlib.sigmoid": ""},
            "The gates have no activation. A gate lies between 0 and 1: it is the sigmoid of its pre-activation.",
        ),
        Slip({" + b, 3": ", 3"}, "The bias b is missing: it belongs to all three blocks."),
        Slip(
            {" + h_previous @ W_rh.T": "", " + h_previous @ W_zh.T": ""},
            "The gates look at the input alone. They hear the state too, through their rows of W_h.",
        ),
        Slip(
            {"W_rh.T": "W_rh", "W_zh.T": "W_zh", "W_nh.T": "W_nh"},
            "The recurrent blocks lack their transpose. Each is square, so no shape complains: with rows, W h of "
            "the formula is h @ W.T.",
        ),
        Slip(
            {
                "(r * h_previous) @ W_nh.T": "r * (h_previous @ W_nh.T)",
                "z * h_previous + (1 - z) * n": "(1 - z) * h_previous + z * n",
            },
            "Two things at once: the reset comes after the matrix product, and z writes where it should keep. Here the "
            "state is reset first, and z = 1 keeps.",
        ),
    )

    def draw(self, rng):
        B, D, H = int(rng.choice([2, 4, 5])), *sizes(rng, 2)
        return {
            "x": rng.normal(size=(B, D)),
            "h_previous": rng.uniform(-1, 1, size=(B, H)),
            "W_x": rng.normal(size=(3 * H, D)) / 2,
            "W_h": rng.normal(size=(3 * H, H)) / 2,
            "b": rng.normal(size=3 * H),
        }

    def reference(self, x, h_previous, W_x, W_h, b):
        cell = GRUResetBefore.from_params({"W_x": W_x, "W_h": W_h, "b": b})
        return unroll(cell, x[None], h_previous).outputs[0]


gru_step = GRUStep()

"""Exercises of chapter 1: the RNN forward pass."""

import numpy as np

from ..cells import Elman
from ..unroll import unroll
from .base import FunctionExercise, Mistake


class RNNStep(FunctionExercise):
    """Write one step of an Elman network, for a whole batch at once."""

    title = "One step of the RNN"
    difficulty = 1
    returns = ("S_t",)
    praise = "The same line serves every time step, every sequence of the batch and every size."
    hints = (
        "Three things are added before the tanh: one from the input, one from the memory, and a bias.",
        "Rows are sequences: x has the shape (B, D) and W_x the shape (H, D). Which product gives (B, H)?",
        "With row vectors the product W x of the formula is written x @ W.T in code.",
    )

    @staticmethod
    def answer(x, S_previous, W_x, W_s, b_s):
        return np.tanh(x @ W_x.T + S_previous @ W_s.T + b_s)

    mistakes = (
        Mistake(
            lambda x, S_previous, W_x, W_s, b_s: np.tanh(x @ W_x.T + b_s),
            "The memory plays no part: S_previous is not used, so the answer to a word is the same whatever came "
            "before it. See the formula of S_t.",
        ),
        Mistake(
            lambda x, S_previous, W_x, W_s, b_s: np.tanh(x @ W_x.T + S_previous @ W_s.T),
            "The bias b_s is missing. It is added before the tanh, once for each hidden unit.",
        ),
        Mistake(
            lambda x, S_previous, W_x, W_s, b_s: x @ W_x.T + S_previous @ W_s.T + b_s,
            "This is z_t, the sum before the activation. The state is f of it, and f is tanh here.",
        ),
        Mistake(
            lambda x, S_previous, W_x, W_s, b_s: np.tanh(x @ W_x.T + S_previous @ W_s + b_s),
            "The recurrent matrix stands the wrong way round: S @ W_s multiplies by the transpose of what the formula "
            "says. W_s is square, so no shape complains. Rows times W.T is W times columns.",
        ),
        Mistake(
            lambda x, S_previous, W_x, W_s, b_s: np.tanh(x @ W_x.T + b_s) + S_previous @ W_s.T,
            "The memory is added after the tanh. It belongs inside: input and memory are weighed together, and then "
            "squashed.",
        ),
        Mistake(
            lambda x, S_previous, W_x, W_s, b_s: np.tanh(x @ W_x.T + S_previous + b_s),
            "The memory goes in without its weights. S_previous is multiplied by W_s first.",
        ),
    )

    def draw(self, rng):
        B, D, H = 3, 4, 5
        return {
            "x": rng.normal(size=(B, D)),
            "S_previous": rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, H)) / 2,
            "b_s": rng.normal(size=H),
        }

    def reference(self, x, S_previous, W_x, W_s, b_s):
        cell = Elman.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s})
        return unroll(cell, x[None], S_previous).final_state[0]


rnn_step = RNNStep()

"""Exercise of chapter 0: one step of a memory that leaks."""

import numpy as np

from ..cells import Elman
from ..unroll import unroll
from .base import FunctionExercise, Slip


class LeakyStep(FunctionExercise):
    """Write one step of the memory that leaks."""

    title = "One step of a memory that leaks"
    difficulty = 1
    returns = ("S_t",)
    praise = "This line is the heart of every recurrent network: something kept, something new."
    hints = (
        "Two things are added: what is left of the memory, and the input as it comes.",
        "The weight w stands before the memory alone.",
    )

    @staticmethod
    def answer(x_t, S_previous, w):
        return w * S_previous + x_t

    mistakes = (
        Slip(
            {"w * S_previous": "S_previous"},
            "Nothing leaks: the weight w is not used. It says how much of the memory is kept.",
        ),
        Slip(
            {"w * S_previous + x_t": "w * (S_previous + x_t)"},
            "The weight stands before both. The input comes in whole; only the memory is multiplied by w.",
        ),
        Slip(
            {"w * S_previous + x_t": "S_previous + w * x_t"},
            "The weight stands before the input. It belongs before the memory.",
        ),
        Slip(
            {" + x_t": ""},
            "The input x_t is not used: such a memory hears nothing.",
        ),
        Slip(
            {"+ x_t": "+ (1 - w) * x_t"},
            "This is a running average, with 1 - w before the input. Here the input comes in whole.",
        ),
    )

    def draw(self, rng):
        return {"x_t": rng.normal(size=4), "S_previous": rng.normal(size=4), "w": rng.uniform(0.2, 0.8)}

    def reference(self, x_t, S_previous, w):
        params = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), w), "b_s": np.zeros(1)}
        unit = Elman.from_params(params, activation="linear")
        return unroll(unit, x_t[None, :, None], S_previous[:, None]).final_state[0][:, 0]


leaky_step = LeakyStep()

"""Exercise of chapter 0: one step of a memory that leaks."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Slip
from rnnlib.unroll import unroll


class LeakyStep(FunctionExercise):
    """Write one step of the memory that leaks."""

    title = "One step of a memory that leaks"
    difficulty = 1
    returns = ("S_t",)
    praise = "This line is the heart of every recurrent network: something kept, something new."
    hints = (
        "Two things are added: what is left of the memory, and the input as it comes.",
        "Only the memory is multiplied by the weight w.",
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
            "You multiplied both by the weight. The input comes in whole; only the memory is multiplied by w.",
        ),
        Slip(
            {"w * S_previous + x_t": "S_previous + w * x_t"},
            "You multiplied the input by the weight. It belongs with the memory.",
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
        return {"x_t": rng.normal(), "S_previous": rng.normal(), "w": rng.uniform(0.2, 0.8)}

    def reference(self, x_t, S_previous, w):
        params = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), w), "b_s": np.zeros(1)}
        unit = Elman.from_params(params, activation="linear")
        return unroll(unit, np.full((1, 1, 1), x_t), np.full((1, 1), S_previous)).final_state[0].item()


leaky_step = LeakyStep()

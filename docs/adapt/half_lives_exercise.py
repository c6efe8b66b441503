"""How long each unit of a layer keeps half of what it heard."""

import numpy as np

from rnnlib.judging import FunctionExercise, Slip, sizes


class HalfLives(FunctionExercise):
    """The lag at which half of an input is left in each of H linear units, for their weights w (H,) in (0, 1)."""

    number = "3.7"
    title = "Half of it"
    difficulty = 1
    returns = ("lags",)
    praise = "A weight of 0.99 keeps half for 69 steps, one of 0.9 for less than 7."
    hints = (
        "After n steps the share wⁿ of an input is left. Which n makes it one half?",
        "Take the logarithm of both sides of wⁿ = 1/2 and solve for n.",
    )

    @staticmethod
    def answer(w):
        return np.log(0.5) / np.log(w)

    mistakes = (
        Slip(
            {"np.log(0.5) / np.log(w)": "np.log(w) / np.log(0.5)"},
            "This is the quotient turned over. A weight near 1 keeps half for long: there the lag has to be large.",
        ),
        Slip(
            {"np.log(0.5)": "0.5"},
            "One half itself has been divided. Both sides of wⁿ = 1/2 need their logarithm.",
        ),
    )

    def draw(self, rng):
        (units,) = sizes(rng, 1)
        return {"w": rng.uniform(0.3, 0.99, size=units)}

    def reference(self, w):
        return -1 / np.log2(w)


half_lives = HalfLives()

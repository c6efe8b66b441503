"""Pencil work of chapter 3: a power and its derivative, by logarithms."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import PencilExercise, Slip
from rnnlib.unroll import bptt, unroll


class PowerOnPaper(PencilExercise):
    """Estimate by logarithms what is left of a 1 after 201 steps at W_s = 0.9; log10(0.9) is -0.045757.

    y_T = W_s^(T-1) with T = 201. Find log10 of y_T, log10 of dy_T/dW_s, and how many steps leave a tenth.
    """

    number = "3.1"
    title = "A power on paper"
    difficulty = 1
    names = ("log10 of y_201", "log10 of its derivative", "steps that leave a tenth")
    tolerance = 0.01
    praise = "A power is a straight line on a log scale: so many decimal places lost with every step."
    hints = (
        "The logarithm of a power is the exponent times the logarithm. Which exponent has y_T at T = 201?",
        "The derivative of W^n is n W^(n-1). Its logarithm is a sum of two.",
        "A tenth is -1 on the log scale. Each step adds -0.045757. How many steps make -1? It need not be whole.",
    )

    @staticmethod
    def answer():
        log_W, uses = -0.045757, 200
        value = uses * log_W
        derivative = np.log10(uses) + (uses - 1) * log_W
        steps = -1 / log_W
        return value, derivative, steps

    def reference(self):
        unit = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), 0.9), "b_s": np.zeros(1)}
        x = np.zeros((201, 1, 1))
        x[0] = 1
        run = unroll(Elman.from_params(unit, activation="linear"), x)
        d_outputs = np.zeros_like(x)
        d_outputs[-1] = 1
        derivative = bptt(run, d_outputs).params["W_s"].item()
        first, last = run.outputs[0].item(), run.outputs[-1].item()
        return np.log10(last), np.log10(derivative), 200 / np.log10(first / last)

    mistakes = (
        Slip(
            {"uses = -0.045757, 200": "uses = -0.045757, 201"},
            "One factor too many. The first step brings the 1 in; only the T - 1 steps after it multiply it by W_s. "
            "See “The simplest network there is”.",
        ),
        Slip(
            {
                "log_W, uses = -0.045757, 200": "log_W, uses = np.log(0.9), 200",
                "np.log10(uses)": "np.log(uses)",
                "-1 /": "-np.log(10) /",
            },
            "These are natural logarithms. The exercise asks for the logarithm to base 10, which counts decimal "
            "places.",
        ),
        Slip(
            {"value = uses * log_W": "value = -uses * log_W", "+ (uses": "- (uses"},
            "The sign is lost. The logarithm of a number below 1 is negative, and so is that of its powers.",
        ),
        Slip(
            {"np.log10(uses) + ": ""},
            "In the derivative a factor is missing: deriving W^n brings the n down. It comes from the 200 uses of W_s.",
        ),
        Slip(
            {"(uses - 1)": "uses"},
            "In the derivative the exponent has stayed: deriving lowers it by one.",
        ),
        Slip(
            {"np.log10(uses) + ": "np.log10(uses) * "},
            "In the derivative the two logarithms are multiplied. The logarithm of a product is the sum of the two.",
        ),
        Slip(
            {"np.log10(uses) + ": "uses + "},
            "In the derivative the 200 is added itself. It is a factor, so its logarithm is added.",
        ),
        Slip(
            {
                "value = uses * log_W": "value = 0.9**uses",
                "np.log10(uses) + (uses - 1) * log_W": "uses * 0.9 ** (uses - 1)",
            },
            "These are the value and the derivative themselves, nearly 0. Their logarithms are asked for: they say how "
            "nearly.",
        ),
        Slip(
            {"-1 / log_W": "-np.log10(2) / log_W"},
            "The last number is the steps that leave a half. A tenth takes more than three times as many.",
        ),
        Slip(
            {"-1 / log_W": "0.1 / log_W"},
            "The last number divides a tenth itself. On this scale a tenth is -1, its logarithm.",
        ),
        Slip(
            {"-1 / log_W": "1 / log_W"},
            "The number of steps has come out negative. A tenth is -1 on this scale, and each step adds -0.045757.",
        ),
        Slip(
            {"-1 / log_W": "round(-1 / log_W)"},
            "The number of steps has been rounded to a whole one. Two decimals are asked for, as if steps could be "
            "cut.",
        ),
    )


power_on_paper = PowerOnPaper()

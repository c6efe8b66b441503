"""Pencil work of chapter 5: one step of the GRU."""

import numpy as np

from rnnlib.cells import GRUResetBefore
from rnnlib.judging import PencilExercise, Slip
from rnnlib.unroll import unroll


def unit_without_weights(bias_z, bias_n=0.0):
    """A GRU of one unit that hears nothing: its update gate and its candidate have these biases."""
    params = {"W_x": np.zeros((3, 1)), "W_h": np.zeros((3, 1)), "b": np.array([0.0, bias_z, bias_n])}
    return GRUResetBefore.from_params(params)


def state_after(steps, unit, start):
    """The state of a unit after some steps without input."""
    return unroll(unit, np.zeros((steps, 1, 1)), np.full((1, 1), start)).outputs[-1, 0, 0]


class StepByHand(PencilExercise):
    """Work out h_t for z = 0.8, h_{t-1} = 0.5 and n_t = -0.5; then z^2 h_{t-2} for z = 0.8 and h_{t-2} = 0.5.

    The second number is what two steps leave of a state when the candidates are 0.
    """

    number = "5.2"
    title = "One GRU step by hand"
    difficulty = 1
    names = ("h_t", "what two steps leave")
    tolerance = 0.005
    praise = "A mixture lies between its two parts, and what is kept shrinks by the factor z at each step."
    hints = (
        "h_t is a mixture: a part z of the old state and a part 1 - z of the candidate.",
        "Mind the sign: the candidate pulls the state down.",
    )

    @staticmethod
    def answer():
        z, h_before, n = 0.8, 0.5, -0.5
        h = z * h_before + (1 - z) * n
        return h, z * z * 0.5

    def reference(self):
        logit = np.log(0.8 / 0.2)
        one_step = state_after(1, unit_without_weights(logit, np.arctanh(-0.5)), 0.5)
        return one_step, state_after(2, unit_without_weights(logit), 0.5)

    mistakes = (
        Slip(
            {"z * h_before + (1 - z) * n": "(1 - z) * h_before + z * n", "z * z * 0.5": "(1 - z) * (1 - z) * 0.5"},
            "You gave the part z to the candidate and 1 - z to the old state: the other convention. In this course "
            "z keeps. See the section on the two conventions.",
        ),
        Slip(
            {"(1 - z) * n": "n"},
            "You kept a part z of the state and then added the whole candidate. The candidate is taken with 1 - z.",
        ),
        Slip(
            {"z * h_before + (1 - z) * n": "h_before + (1 - z) * n"},
            "h_t comes out as 0.4 if the candidate is left out, or if the state is kept whole and the candidate is "
            "added to it. It is a mixture: z of the one and 1 - z of the other make one whole.",
        ),
        Slip(
            {"(1 - z) * n": "z * n"},
            "Both were taken with z. The two parts make one whole: z of the state and 1 - z of the candidate.",
        ),
        Slip(
            {"-0.5\n": "0.5\n"},
            "h_t came out as if the candidate were +0.5. It is -0.5: it pulls the state down.",
        ),
        Slip(
            {"(1 - z) * n": "(1 - z) * np.tanh(n)"},
            "n_t has been squashed once more. It is the candidate, so the tanh has been applied already.",
        ),
        Slip(
            {"z * z * 0.5": "0.5 - 2 * (1 - z) * 0.5"},
            "In the second number the same tenth went twice. Each step takes its share of what is left, so the second "
            "takes less than the first.",
        ),
        Slip(
            {"z * z * 0.5": "z * 0.5"},
            "This is what one step leaves; two steps multiply by z twice.",
        ),
        Slip(
            {"z * z * 0.5": "z * z"},
            "The second number is the share that two steps leave; multiply it by the state, 0.5.",
        ),
        Slip(
            {"z * z * 0.5": "2 * z * 0.5"},
            "In the second number z was counted twice, and not multiplied: each step takes a share of "
            "what the step before has left.",
        ),
        Slip(
            {"z * z * 0.5": "z * h"},
            "The second number goes on from h_t; it begins anew with a state of 0.5 and candidates of 0.",
        ),
    )


step_by_hand = StepByHand()

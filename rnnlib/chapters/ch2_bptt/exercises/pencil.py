"""Pencil work of chapter 2: the three terms of a gradient."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import PencilExercise, Slip
from rnnlib.losses import squared_error
from rnnlib.unroll import bptt, unroll


class ThreeTerms(PencilExercise):
    """Work out the three terms of dL_3/dW_s, and their sum, of the linear unit with other numbers.

    W_x = 1, W_s = -2, W_o = 2, S_0 = 1, inputs 4, 3, 1, target Y_3 = 3, L_3 = (Y_3 - O_3)^2 / 2.
    """

    number = "2.2"
    title = "Three terms by hand"
    difficulty = 1
    names = ("step 3", "step 2", "step 1", "sum")
    praise = "One term for each use of the weight, and one factor W_s more for each step back."
    hints = (
        "First the forward pass: S_1 = 4 - 2 * 1 = 2. Then S_2, S_3 and O_3.",
        "What arrives at S_3 is (O_3 - Y_3) W_o. Write it down: every term begins with it.",
        "The term of a step is what arrives at its state, times the state that W_s multiplied there: the one before.",
        "S_2 = -1, S_3 = 3, O_3 = 6, and 6 arrives at S_3. One step further back: times W_s, which is -2.",
    )

    @staticmethod
    def answer():
        W_s, W_o, S_0, Y_3 = -2, 2, 1, 3
        S_1 = 4 + W_s * S_0
        S_2 = 3 + W_s * S_1
        S_3 = 1 + W_s * S_2
        d_S3 = (W_o * S_3 - Y_3) * W_o
        d_S2 = d_S3 * W_s
        d_S1 = d_S2 * W_s
        terms = d_S3 * S_2, d_S2 * S_1, d_S1 * S_0
        return *terms, sum(terms)

    def reference(self):
        unit = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), -2.0), "b_s": np.zeros(1)}
        inputs = np.array([4.0, 3.0, 1.0])[:, None, None]
        run = unroll(Elman.from_params(unit, activation="linear"), inputs, np.ones((1, 1)))
        _, d_O = squared_error(2 * run.outputs[-1:], np.full((1, 1, 1), 3.0))
        d_outputs = np.zeros_like(run.outputs)
        d_outputs[-1] = 2 * d_O[0]
        back = bptt(run, d_outputs, keep_state_gradients=True)
        # the unit is linear, so dL/dS_t is delta_t, and the term of step t is delta_t S_{t-1}
        terms = (back.states[0][1:] * run.states[0][:-1]).ravel()
        return *terms[::-1], back.params["W_s"].item()

    mistakes = (
        Slip(
            {"(W_o * S_3 - Y_3)": "(Y_3 - W_o * S_3)"},
            "The signs are flipped: you began with Y_3 - O_3. The derivative of (Y_3 - O_3)^2 / 2 with respect to O_3 "
            "is the other difference; see “Every term as a number”.",
        ),
        Slip(
            {"- Y_3) * W_o": "- Y_3) * W_o * W_s"},
            "Each term has one factor W_s too many. At step 3 nothing has been walked back yet: the error arrives at "
            "S_3 and meets W_s there. See “The notes say, the numbers say”.",
        ),
        Slip(
            {"d_S2 = d_S3 * W_s": "d_S2 = d_S3", "d_S1 = d_S2 * W_s": "d_S1 = d_S2"},
            "The terms lack the powers of W_s: the same error is used at every step. On its way from S_3 back to S_2 "
            "it passes W_s once, to S_1 twice.",
        ),
        Slip(
            {"- Y_3) * W_o": "- Y_3)"},
            "W_o is missing. The error is at the output; on its way to S_3 it passes W_o.",
        ),
        Slip(
            {"d_S3 * S_2": "d_S3 * S_3", "d_S2 * S_1": "d_S2 * S_2", "d_S1 * S_0": "d_S1 * S_1"},
            "You took the state that W_s has made, not the state it was multiplied with. In S_3 = x_3 + W_s S_2 the "
            "derivative by this W_s is S_2.",
        ),
        Slip(
            {"d_S3 * S_2": "d_S3 * 1", "d_S2 * S_1": "d_S2 * 3", "d_S1 * S_0": "d_S1 * 4"},
            "These are the three terms of dL_3/dW_x: each has the input as its last factor. For W_s it is the state "
            "before.",
        ),
        Slip(
            {"- Y_3) * W_o": "- Y_3) * W_o * 2"},
            "All terms are twice too large. The square brings a factor 2 when it is derived; what is in front of it?",
        ),
        Slip(
            {"(W_o * S_3 - Y_3)": "(W_o * S_3 - Y_3) ** 2 / 2"},
            "You began with the loss itself, 4.5. What goes back is its derivative with respect to the output.",
        ),
        Slip(
            {"d_S2 = d_S3 * W_s": "d_S2 = d_S3 * 2", "d_S1 = d_S2 * W_s": "d_S1 = d_S2 * 2"},
            "On the way back the minus sign of W_s was lost: it comes in at each step.",
        ),
        Slip(
            {"d_S1 = d_S2 * W_s": "d_S1 = d_S2 * W_s * W_s"},
            "In the term of step 1 there is one W_s too many. From S_3 to S_1 it is two steps, so W_s comes in twice.",
        ),
        Slip(
            {"d_S1 * S_0": "d_S1 * 0"},
            "In the term of step 1 you took S_0 = 0, as in the chapter's example. Here the memory begins with 1.",
        ),
        Slip(
            {"(W_o * S_3 - Y_3)": "(S_3 - Y_3)"},
            "All is 0 because you compared the state with the target. The output is W_o S_3.",
        ),
    )


three_terms = ThreeTerms()

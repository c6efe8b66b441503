"""How much of a gradient is left, lag by lag."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.gradient_flow import jacobian_norms
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import unroll


class JacobianNorms(FunctionExercise):
    """How large is dS_T/dS_{T-n}, for n = 0, 1, ..., T? From the states S (T, H) of a tanh network and its W_s.

    S[0] is S_1 and S[-1] is S_T. The norm is the largest singular value, np.linalg.norm(matrix, 2).
    """

    number = "3.4"
    title = "The gradient against the lag"
    difficulty = 2
    returns = ("norms",)
    praise = "The curve behind every picture of vanishing and exploding in this chapter."
    hints = (
        "Begin with the identity: at lag 0 the norm is 1. Then multiply by one Jacobian after the other, T in all.",
        "The Jacobian of step t is diag(1 - S_t^2) W_s: np.diag makes the first matrix from a vector.",
        "dS_T/dS_{T-2} is dS_T/dS_{T-1} times dS_{T-1}/dS_{T-2}: begin with the last step, and let each new factor "
        "are on the right.",
    )

    @staticmethod
    def answer(S, W_s):
        product, norms = np.eye(len(W_s)), [1.0]
        for S_t in S[::-1]:
            product = product @ np.diag(1 - S_t**2) @ W_s
            norms.append(np.linalg.norm(product, 2))
        return np.array(norms)

    mistakes = (
        Slip(
            {" @ np.diag(1 - S_t**2)": ""},
            "The slopes are missing: these are the powers of W_s, right for a linear network. See “A real network: the "
            "slope joins the matrix”.",
        ),
        Slip(
            {"S[::-1]": "S"},
            "You began at the first step. Lag n reaches back from the end: its last factor belongs to step T - n + 1, "
            "and step T is in all of them.",
        ),
        Slip(
            {"product @ np.diag(1 - S_t**2) @ W_s": "np.diag(1 - S_t**2) @ W_s @ product"},
            "The factors are in the wrong order: each new one has come in on the left. The latest step is on the "
            "left, and going back the next factor comes in on the right. Matrices do not commute.",
        ),
        Slip(
            {"np.diag(1 - S_t**2) @ W_s": "W_s @ np.diag(1 - S_t**2)"},
            "The slopes are on the wrong side of W_s. The state goes through W_s first and then through tanh, so the "
            "slope is on the left, and scales the rows.",
        ),
        Slip(
            {") @ W_s": ") * W_s"},
            "W_s has been multiplied entry by entry, so only its diagonal is left. Jacobians are multiplied as "
            "matrices: @.",
        ),
        Slip(
            {"@ W_s": "@ W_s.T"},
            "W_s is transposed where it should not be: that belongs to the product of deltas, which run backward. "
            "The Jacobian dS_t/dS_{t-1} has W_s as it is.",
        ),
        Slip(
            {"S_t**2": "np.tanh(S_t) ** 2"},
            "The tanh was taken twice: the states are outputs of tanh already, and the slope is 1 - S^2.",
        ),
        Slip({"S_t**2": "S_t"}, "The slope lacks a square: tanh' is 1 - S^2."),
        Slip(
            {"product, 2": "product"},
            "This is the Frobenius norm, the root of the sum of all squares; at lags from 1 on it is too large. You "
            "are asked for is the largest singular value, the most a vector can be stretched: the second argument "
            "is 2.",
        ),
        Slip(
            {
                "product, norms = np.eye(len(W_s)), [1.0]": "product, norms = np.eye(len(W_s)), [np.sqrt(len(W_s))]",
                "product, 2": "product",
            },
            "This is the Frobenius norm, the root of the sum of all squares; even at lag 0 it is not 1. You are "
            "asked for the "
            "largest singular value, the most a vector can be stretched: the second argument is 2.",
        ),
        Slip(
            {"norms.append(np.linalg.norm(product, 2))": "norms.append(np.max(np.abs(np.linalg.eigvals(product))))"},
            "These are the largest eigenvalues. How long a vector can become is the largest singular value, "
            "np.linalg.norm(matrix, 2).",
        ),
        Slip({"[1.0]": "[]"}, "Lag 0 is missing. dS_T/dS_T is the identity, with norm 1; it comes first."),
        Slip(
            {"np.array(norms)": "np.array(norms[:-1])"},
            "The largest lag is missing. S_0 is the state before the first step: T factors lead to it, T + 1 norms in "
            "all.",
        ),
        Slip(
            {"np.array(norms)": "np.array(norms[::-1])"},
            "The norms are right, but in the reverse order: lag 0, the 1, comes first.",
        ),
        Slip(
            {"np.array(norms)": "np.linalg.norm(W_s, 2) ** np.arange(len(norms))"},
            "This is the bound, the largest singular value to the power n. The norm itself lies below it.",
        ),
        Slip(
            {"product @ np.diag": "np.diag", "np.array(norms)": "np.cumprod(norms)"},
            "You multiplied the norms of the factors. The norm of a product is at most that, and usually less: "
            "multiply the matrices first, then take the norm.",
        ),
        Slip(
            {"product @ np.diag": "np.diag"},
            "Each norm is that of one step alone. A lag of n has n factors: keep the product and go on from it.",
        ),
    )

    def draw(self, rng):
        T, H = sizes(rng, 2, least=3)
        cell = Elman(2, H, rng=rng, gain=1.3)
        S_0 = np.tanh(rng.normal(size=(1, H)))
        return {"S": unroll(cell, rng.normal(size=(T, 1, 2)), S_0).outputs[:, 0], "W_s": cell.params["W_s"]}

    def reference(self, S, W_s):
        return jacobian_norms((1 - S**2)[:, :, None] * W_s)


jacobian_by_lag = JacobianNorms()

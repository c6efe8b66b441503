"""A backward pass with one wrong line, to be found by the gradient check."""

from types import MappingProxyType

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import BugHunt, Slip, sizes
from rnnlib.unroll import bptt, unroll

from .runs import run_through


class FindTheBug(BugHunt):
    """BPTT of a tanh network for one sequence, twelve lines, one of them wrong.

    x (T, D); S (T+1, H), with the initial state first; d_O (T, O), which is dL/dO_t. It returns dL/dW_x, dL/dW_s and
    dL/db_s. Name the line, or hand in the mended function.
    """

    number = "2.5"
    title = "Find the bug"
    difficulty = 2
    returns = ("dL/dW_x", "dL/dW_s", "dL/db_s")
    praise = (
        "That is the line: δ_t goes back to the step before, not dL/dS_t. With one step nothing goes back, so T = 1 "
        "was right, and only the last step of a longer sequence had its true δ."
    )
    hints = (
        "Compare the gradients with finite differences for T = 1 first. If they agree, every line that matters for a "
        "single step is right.",
        "What does a second step bring that a single step does not have? Only lines that carry something from one step "
        "to another can be wrong.",
        "δ_t = f'(z_t) ⊙ dL/dS_t, and dL/dS_{t-1} gets W_s^T δ_t. Compare the loop with these two formulas, symbol by "
        "symbol.",
    )
    bug = MappingProxyType({"W_s.T @ delta[t]": "W_s.T @ d_S"})
    innocent = MappingProxyType(
        {
            "def ": "It only names the arguments.",
            "np.zeros((len(x)": "There is one δ for each step.",
            "np.zeros(len(W_s))": "After the last step there is no future, so it begins at 0.",
            "for t in": "The way back begins at the last step.",
            "W_o.T @ d_O[t]": "Two streams meet at the state: from its own output, and from the step after.",
            "slope =": "The slope of tanh from its output; S[t + 1] belongs to x[t].",
            "slope * d_S": "This is δ_t, the gradient at the sum before the activation.",
            "d_W_x =": "Row t of δ meets the input of the same step.",
            "d_W_s =": "Row t of δ meets the state before that step, which is S[t].",
            "d_b_s =": "The bias is added at every step.",
            "return": "Three gradients, in the order that was promised.",
        }
    )

    @staticmethod
    def answer(x, S, d_O, W_s, W_o):
        delta = np.zeros((len(x), len(W_s)))
        from_future = np.zeros(len(W_s))
        for t in reversed(range(len(x))):
            d_S = W_o.T @ d_O[t] + from_future
            slope = 1 - S[t + 1] ** 2
            delta[t] = slope * d_S
            from_future = W_s.T @ delta[t]
        d_W_x = delta.T @ x
        d_W_s = delta.T @ S[:-1]
        d_b_s = delta.sum(axis=0)
        return d_W_x, d_W_s, d_b_s

    mistakes = (
        Slip(
            {"W_s.T @ delta[t]": "W_s @ delta[t]"},
            "It is the right line, mended another way than it should be: going back, a vector is multiplied by the "
            "transpose of W_s.",
        ),
        Slip(
            {"W_s.T @ delta[t]": "W_s.T @ (slope * delta[t])"},
            "It is the right line, but now the slope is taken twice: delta[t] contains it already.",
        ),
    )

    def draw(self, rng):
        T, D, H, O = sizes(rng, 4)
        cell = Elman(D, H, rng=rng)
        x = rng.normal(size=(T, D))
        return {
            "x": x,
            "S": unroll(cell, x[:, None], np.tanh(rng.normal(size=(1, H)))).states[0][:, 0],
            "d_O": rng.normal(size=(T, O)),
            "W_s": cell.params["W_s"],
            "W_o": rng.normal(size=(O, H)),
        }

    def reference(self, x, S, d_O, W_s, W_o):
        params = bptt(run_through(S[:, None], W_s, x[:, None]), (d_O @ W_o)[:, None]).params
        return params["W_x"], params["W_s"], params["b_s"]


find_the_bug = FindTheBug()

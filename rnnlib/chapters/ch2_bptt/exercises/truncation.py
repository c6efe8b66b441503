"""The way back, cut off."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.truncation import truncated_bptt
from rnnlib.unroll import unroll

from .runs import run_through


class Truncated(FunctionExercise):
    """dL/dW_s by truncated BPTT: every loss looks back at ``window`` steps, its own included.

    S (T+1, B, H), where S[t+1] is the state after step t, and from_loss (T, B, H) is W_o^T dL/dO_t, what each loss
    brings to its own state. The network is a tanh network.
    """

    number = "2.6"
    title = "Truncated BPTT"
    difficulty = 3
    returns = ("dL/dW_s",)
    praise = "The forward pass was whole, the backward pass was cut: near terms exact, far terms absent."
    hints = (
        "Two loops: an outer one over the losses t, an inner one that walks back from t and stops early.",
        "A window of 1 keeps the term of the loss's own step alone; a window of 2 goes one step further back.",
        "In the inner loop at step k: delta = slope at S[k+1] times what arrives; its term is delta.T @ S[k]; then one "
        "step back through W_s. Stop after window steps, or at the beginning.",
    )

    @staticmethod
    def answer(S, from_loss, W_s, window):
        d_W_s = np.zeros_like(W_s)
        for t in range(len(from_loss)):
            arriving = from_loss[t]
            for k in range(t, max(t - window, -1), -1):
                delta = (1 - S[k + 1] ** 2) * arriving
                d_W_s += delta.T @ S[k]
                arriving = delta @ W_s
        return d_W_s

    mistakes = (
        Slip(
            {"max(t - window, -1)": "-1"},
            "This is the full gradient: every loss looks back to the beginning. Where does the window stop the walk?",
        ),
        Slip(
            {"max(t - window, -1)": "max(t - window - 1, -1)"},
            "Every loss looks back one step too far. The step of the loss itself counts as the first of the window: "
            "lags 0 to window - 1.",
        ),
        Slip(
            {"max(t - window, -1)": "max(t - window + 1, -1)"},
            "Every loss stops one step too early. A window of 1 still has the term of lag 0.",
        ),
        Slip(
            {"max(t - window, -1)": "max(t - window, 0)"},
            "The walk never comes to the first step, index 0: a range ends before the number that is named as its end.",
        ),
        Slip(
            {"max(t - window, -1)": "t - window"},
            "The first losses walk on past the beginning: at k = -1 an index counts from the end of the array. Stop at "
            "the beginning.",
        ),
        Slip(
            {"max(t - window, -1)": "t - t % window - 1"},
            "This is training in chunks: the sequence is cut into pieces, and the first loss of a piece sees no past "
            "at all. Here every loss has a window of its own.",
        ),
        Slip(
            {"for t in range(len(from_loss))": "for t in [len(from_loss) - 1]"},
            "Only the last loss is sent back. There is one at every step, and each looks back.",
        ),
        Slip(
            {"max(t - window, -1)": "max(len(from_loss) - window - 1, -1)"},
            "Only the last steps of the sequence are used. The window moves along: the losses before it have windows "
            "of their own.",
        ),
        Slip(
            {"arriving = delta @ W_s": "pass"},
            "The same error is used at every step of the window. On each step back it passes the slope and W_s.",
        ),
        Slip(
            {"delta @ W_s": "delta @ W_s.T"},
            "The error passes W_s the wrong way round. With rows, forward is S @ W_s.T; so backward is the other one.",
        ),
        Slip(
            {"arriving = delta @ W_s": "arriving = arriving @ W_s"},
            "On the way to the step before, the slope is missing: send back delta, not what has arrived.",
        ),
        Slip(
            {"arriving = delta @ W_s": "arriving = delta @ W_s + from_loss[k - 1]"},
            "On the way back each loss takes up the losses before it as well, so these are counted several times. Each "
            "loss walks its own window, alone.",
        ),
        Slip(
            {"(1 - S[k + 1] ** 2) * arriving": "arriving"},
            "The slope is missing, as if the network were linear: it is 1 - S^2 at the state after the step.",
        ),
        Slip(
            {"1 - S[k + 1]": "1 - S[k]"},
            "The slopes are one step off: S[k] is the state before step k, S[k+1] the one after it. Which of them is "
            "tanh(z_k)?",
        ),
        Slip(
            {"delta.T @ S[k]\n": "delta.T @ S[k + 1]\n"},
            "Each delta meets the state after its step. W_s was multiplied by the state before it.",
        ),
        Slip(
            {"delta.T @ S[k]\n": "S[k].T @ delta\n"},
            "The matrix is transposed. W_s has a row for each unit it leads to, and these have the deltas.",
        ),
        Slip(
            {"d_W_s += delta": "d_W_s = delta"},
            "Each term overwrites the one before, so only the last one is left. The gradient is the sum of all: +=.",
        ),
    )

    def draw(self, rng):
        T, B, H = int(rng.integers(8, 11)), *sizes(rng, 2)
        cell = Elman(3, H, rng=rng, gain=1.6)
        run = unroll(cell, rng.normal(size=(T, B, 3)), np.tanh(rng.normal(size=(B, H))))
        return {
            "S": run.states[0],
            "from_loss": rng.normal(size=(T, B, H)),
            "W_s": cell.params["W_s"],
            "window": int(rng.integers(2, 5)),
        }

    def reference(self, S, from_loss, W_s, window):
        return truncated_bptt(run_through(S, W_s), from_loss, window, 1).params["W_s"]


truncated_gradient = Truncated()

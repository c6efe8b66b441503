"""Reading a long text in windows."""

from itertools import pairwise

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Mistake, Slip, sizes
from rnnlib.truncation import truncated_bptt
from rnnlib.unroll import bptt, unroll


def _run(x, W_x, W_s):
    return unroll(Elman.from_params({"W_x": W_x, "W_s": W_s, "b_s": np.zeros(len(W_s))}), x)


class Carry(FunctionExercise):
    """Read x (T, B, D) in windows with a tanh network: all its states (T, B, H), and dL/dW_s.

    The state is carried over from window to window, the gradient is not. The first state is zero, and there is no
    bias. from_loss (T, B, H) is what each loss brings to its own state. The weights stay as they are, so the parts of
    the gradient are added up over the windows. The last window may be shorter.
    """

    number = "8.4"
    title = "The state goes on, the gradient stops"
    difficulty = 3
    returns = ("S", "dL/dW_s")
    praise = "The memory is as long as the text, and the cost of a step is that of one window."
    hints = (
        "Two loops in a loop: over the windows; in each, forward over its steps, then backward over the same steps.",
        "Keep all states in one array with S[0] = 0, so that the next window finds the state where this one left it.",
        "Going backward, begin each window with nothing: arriving = 0. Then as in exercise 2.6: delta = (1 - S_t^2) * "
        "(from_loss[t] + arriving), its term is delta.T @ S_{t-1}, and arriving = delta @ W_s.",
        "W_s was multiplied by the carried state too: the term of the first step of a window is there.",
    )

    @staticmethod
    def answer(x, W_x, W_s, from_loss, window):
        T, B, H = from_loss.shape
        S, d_W_s = np.zeros((T + 1, B, H)), np.zeros((H, H))
        for start in range(0, T, window):
            stop = min(start + window, T)
            for t in range(start, stop):
                S[t + 1] = np.tanh(x[t] @ W_x.T + S[t] @ W_s.T)
            arriving = 0
            for t in reversed(range(start, stop)):
                delta = (1 - S[t + 1] ** 2) * (from_loss[t] + arriving)
                d_W_s += delta.T @ S[t]
                arriving = delta @ W_s
        return S[1:], d_W_s

    mistakes = (
        Slip(
            {"S[t] @ W_s.T": "(t > start) * S[t] @ W_s.T", "delta.T @ S[t]": "delta.T @ ((t > start) * S[t])"},
            "Each window begins with an empty memory. The state of the last step of a window is where the next begins.",
        ),
        Mistake(
            lambda x, W_x, W_s, from_loss, window: (
                _run(x, W_x, W_s).outputs,
                bptt(_run(x, W_x, W_s), from_loss).params["W_s"],
            ),
            "The gradient goes on over the borders, back to the beginning of the text: this is the full gradient. It "
            "should stop where its window begins.",
        ),
        Mistake(
            lambda x, W_x, W_s, from_loss, window: (
                _run(x, W_x, W_s).outputs,
                truncated_bptt(_run(x, W_x, W_s), from_loss, window, 1).params["W_s"],
            ),
            "Each loss has a window of its own, as in exercise 2.6. Here the windows follow one another, and a loss "
            "looks back to the beginning of the one it is in.",
        ),
        Slip(
            {"d_W_s = np.zeros((T + 1, B, H)),": "d_W_s, arriving = np.zeros((T + 1, B, H)),", "arriving = 0": "pass"}
            | {"np.zeros((H, H))": "np.zeros((H, H)), 0"},
            "What is left over from one window goes into the next: at its last step there is an error that came out at "
            "the first step of the window before. Begin each window with nothing.",
        ),
        Slip(
            {"d_W_s += delta": "d_W_s = delta"},
            "Each term overwrites the one before, so only one is left. The gradient is the sum of all: +=.",
        ),
        Slip(
            {"arriving = 0": "arriving, d_W_s = 0, np.zeros((H, H))"},
            "The gradient begins anew in each window, so only that of the last is left.",
        ),
        Slip(
            {"range(0, T, window)": "range(0, T - window + 1, window)"},
            "The steps after the last whole window are left out. The last window may be shorter.",
        ),
        Slip(
            {"delta.T @ S[t]": "delta.T @ ((t > start) * S[t])"},
            "The states are right. The gradient leaves out the first step of each window: its delta meets the carried "
            "state. That no error is sent back into that state does not make it zero.",
        ),
        Slip(
            {"arriving = delta @ W_s": "pass"},
            "Nothing is sent back from step to step within a window. Each step hears of the later ones through W_s.",
        ),
        Slip(
            {"arriving = delta @ W_s": "arriving = delta @ W_s.T"},
            "The error passes W_s the wrong way round. With rows, forward is S @ W_s.T; so backward is the other one.",
        ),
        Slip(
            {"delta.T @ S[t]": "delta.T @ S[t + 1]"},
            "Each delta meets the state after its step. W_s was multiplied by the state before it.",
        ),
        Slip(
            {"(1 - S[t + 1] ** 2) * ": ""},
            "The slope of tanh is missing: 1 - S^2 at the state after the step.",
        ),
    )

    def draw(self, rng):
        window = int(rng.integers(3, 6))
        T, B, D, H = 2 * window + int(rng.integers(1, window)), *sizes(rng, 3)
        return {
            "x": rng.normal(size=(T, B, D)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, H)) / 2,
            "from_loss": rng.normal(size=(T, B, H)),
            "window": window,
        }

    def reference(self, x, W_x, W_s, from_loss, window):
        run = _run(x, W_x, W_s)
        borders = [*range(0, len(x), window), len(x)]
        parts = [
            bptt(run.window(start, stop), from_loss[start:stop]).params["W_s"] for start, stop in pairwise(borders)
        ]
        return run.outputs, sum(parts)


carry = Carry()

"""One step back, and the whole way."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.cells.base import outer_sum
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import bptt, unroll

from .runs import run_through


class BackwardStep(FunctionExercise):
    """One step back through a tanh network, one sequence, all of them vectors of shape (H).

    From d_S = dL/dS_t, everything that arrives at S_t, to delta_t, to what goes on to S_{t-1}, and to the part of
    dL/dW_s that belongs to this step.
    """

    number = "2.3"
    title = "One step back"
    difficulty = 2
    returns = ("delta_t", "sent to S_{t-1}", "part of dL/dW_s")
    praise = "Three lines, and everything of backpropagation through time that is not a loop is in them."
    hints = (
        "First through the activation: delta_t is d_S times the slope of tanh at z_t, entry by entry.",
        "The slope of tanh follows from its output: it is 1 - tanh^2, and S_t is the tanh already.",
        "z_t contains W_s S_{t-1}. Forward a vector is multiplied by W_s, backward by its transpose.",
        "The part of dL/dW_s has the shape (H, H): row a, column b is delta_t[a] * S_previous[b]. NumPy has np.outer.",
    )

    @staticmethod
    def answer(d_S, S_t, S_previous, W_s):
        slope = 1 - S_t**2
        delta = slope * d_S
        return delta, W_s.T @ delta, np.outer(delta, S_previous)

    mistakes = (
        Slip(
            {"slope * d_S": "d_S"},
            "The slope f'(z_t) is missing: delta_t is dL/dS_t as it came. That is right for a linear network only; see "
            "“The notes say, the numbers say” on the missing f'.",
        ),
        Slip(
            {"S_t**2": "np.tanh(S_t) ** 2"},
            "The tanh was taken twice. S_t is already tanh(z_t), so the slope needs no further tanh.",
        ),
        Slip(
            {"S_t**2": "S_previous**2"},
            "The slope is that of the step before: it was taken at S_previous. delta_t belongs to z_t, and tanh(z_t) "
            "is S_t.",
        ),
        Slip(
            {"S_t**2": "S_t"},
            "The slope lacks a square. Look up the derivative of tanh in “Line by line”, number 4.",
        ),
        Slip({"1 - S_t**2": "S_t * (1 - S_t)"}, "This is the slope of the sigmoid, y (1 - y). The network has tanh."),
        Slip(
            {"1 - S_t**2": "np.tanh(S_t)"},
            "delta_t is made with the tanh itself. Going back, what counts is its slope: how much it moves when its "
            "input does.",
        ),
        Slip(
            {"slope * d_S": "slope * (W_s.T @ d_S)"},
            "W_s came in too early. What arrives at S_t meets the slope first, and that is delta_t; W_s is on the "
            "way from z_t to S_{t-1}.",
        ),
        Slip(
            {"1 - S_t**2": "1 + S_t**2"},
            "The slope has a plus: it would be steepest where tanh is flat. tanh' is 1 - tanh^2.",
        ),
        Slip(
            {"W_s.T @ delta": "W_s @ delta"},
            "What goes back has passed W_s the forward way. Entry (a, b) of W_s leads from unit b to unit a; going "
            "back, what is at a has to reach b.",
        ),
        Slip(
            {"W_s.T @ delta": "W_s.T @ d_S"},
            "delta_t and the weights are right, but what goes on to S_{t-1} has not passed the activation: it was made "
            "from dL/dS_t.",
        ),
        Slip(
            {"W_s.T @ delta": "delta"},
            "delta_t and the weights are right. delta_t itself was sent on to S_{t-1}; on the way it has to pass W_s.",
        ),
        Slip(
            {"W_s.T @ delta": "(1 - S_previous**2) * (W_s.T @ delta)"},
            "delta_t and the weights are right. What goes on to S_{t-1} has one slope too many: that of tanh at "
            "z_{t-1} belongs to the next step back.",
        ),
        Slip(
            {"outer(delta, S_previous)": "outer(delta, S_t)"},
            "The part of dL/dW_s is taken with the state after the step. In z_t the matrix W_s is multiplied by the "
            "state before it.",
        ),
        Slip(
            {"outer(delta, S_previous)": "outer(S_previous, delta)"},
            "The part of dL/dW_s is transposed. W_s has a row for each unit it leads to, and delta_t belongs to these.",
        ),
        Slip(
            {"outer(delta, S_previous)": "outer(d_S, S_previous)"},
            "delta_t is right, and what goes back too; but the part of dL/dW_s is made with dL/dS_t. W_s acts on z_t, "
            "before the activation.",
        ),
        Slip(
            {"np.outer(delta, S_previous)": "delta * S_previous"},
            "The part of dL/dW_s is multiplied entry by entry. W_s joins every unit with every other, so each entry of "
            "delta_t meets each of S_{t-1}: an (H, H) matrix.",
        ),
        Slip(
            {"np.outer(delta, S_previous)": "delta @ S_previous"},
            "The part of dL/dW_s has become one number, the inner product. W_s joins every unit with every other, so "
            "each entry of delta_t meets each of S_{t-1}.",
        ),
    )

    def draw(self, rng):
        (H,) = sizes(rng, 1, least=3)
        return {
            "d_S": rng.normal(size=H),
            "S_t": np.tanh(rng.normal(size=H)),
            "S_previous": np.tanh(rng.normal(size=H)),
            "W_s": rng.normal(size=(H, H)),
        }

    def reference(self, d_S, S_t, S_previous, W_s):
        back = bptt(run_through(np.stack([S_previous, S_t])[:, None], W_s), d_S[None, None])
        return back.params["b_s"], back.initial_state[0][0], back.params["W_s"]


class WholeBPTT(FunctionExercise):
    """All gradients of a tanh network over a batch, from the states of the forward pass.

    x (T, B, D); S (T+1, B, H), where S[0] is the state before the first step, so that S[t+1] belongs to x[t];
    d_O (T, B, O), which is dL/dO_t of every step.
    """

    number = "2.4"
    title = "The whole of BPTT"
    difficulty = 3
    returns = ("dL/dW_x", "dL/dW_s", "dL/db_s", "dL/dW_o")
    praise = "Once forward, once backward, and every weight knows its share. Any depth in time costs this one loop."
    hints = (
        "Go backward through the steps: for t in reversed(range(T)). Keep what comes from the step after; it begins "
        "at 0.",
        "At each S_t two streams meet: from its own output, and from the step after. Add them before the slope.",
        "Rows are sequences: W_o^T d of the formula is d @ W_o in code, and W_s^T delta is delta @ W_s.",
        "Collect delta for all steps, (T, B, H). Each weight gradient is a sum over t and over the batch: "
        'np.einsum("tbh,tbd->hd", delta, x), or delta.reshape(T * B, H).T @ x.reshape(T * B, D).',
    )

    @staticmethod
    def answer(x, S, d_O, W_s, W_o):
        delta = np.zeros_like(S[1:])
        from_future = 0.0
        for t in reversed(range(len(x))):
            # dL/dS_t = W_o^T dL/dO_t + W_s^T delta_{t+1}
            d_S = d_O[t] @ W_o + from_future
            # delta_t = f'(z_t) * dL/dS_t
            delta[t] = (1 - S[t + 1] ** 2) * d_S
            from_future = delta[t] @ W_s
        d_W_x = np.einsum("tbh,tbd->hd", delta, x)
        d_W_s = np.einsum("tbh,tbk->hk", delta, S[:-1])
        d_W_o = np.einsum("tbo,tbh->oh", d_O, S[1:])
        d_b_s = delta.sum(axis=(0, 1))
        return d_W_x, d_W_s, d_b_s, d_W_o

    mistakes = (
        Slip(
            {" + from_future": ""},
            "Nothing comes from the step after: each loss reaches its own step and no earlier one. dL/dS_t has two "
            "sources; see “Do not walk every way: collect, then step back”.",
        ),
        Slip(
            {"delta[t] @ W_s": "d_S @ W_s"},
            "dL/dW_o is right. On the way to the step before, the slope f' is missing: send back delta_t, not dL/dS_t.",
        ),
        Slip(
            {"(1 - S[t + 1] ** 2) * d_S": "d_S"},
            "dL/dW_o is right. The slope f'(z_t) is missing everywhere, as if the network were linear.",
        ),
        Slip(
            {"1 - S[t + 1]": "1 - S[t]"},
            "dL/dW_o is right. The slopes are one step off: S[t] is the state before the step of x[t], S[t+1] the one "
            "after it. Which of them is tanh(z_t)?",
        ),
        Slip(
            {"1 - S[t + 1]": "1 - np.tanh(S[t + 1])"},
            "dL/dW_o is right. The tanh was taken twice: S is already the tanh, so its slope is 1 - S^2.",
        ),
        Slip(
            {"1 - S[t + 1] ** 2": "1 - S[t + 1]"},
            "dL/dW_o is right. The slope lacks a square: tanh' is 1 - tanh^2.",
        ),
        Slip(
            {"delta[t] @ W_s": "delta[t] @ W_s.T"},
            "dL/dW_o is right. The error passes W_s the wrong way round. With rows, forward is S @ W_s.T; so backward "
            "is the other one.",
        ),
        Slip(
            {"delta[t] @ W_s": "delta[t]"},
            "dL/dW_o is right. delta_t goes on to the step before as it is; on the way it has to pass W_s.",
        ),
        Slip(
            {"range(len(x))": "range(1, len(x))"},
            "dL/dW_o is right. The loop ends before it comes to the first step, index 0, so this step has no part.",
        ),
        Slip(
            {"delta, S[:-1]": "delta, S[1:]"},
            "dL/dW_x, dL/db_s and dL/dW_o are right. dL/dW_s pairs each delta_t with the state after the step; W_s was "
            "multiplied by the state before it.",
        ),
        Slip(
            {"d_O, S[1:]": "d_O, S[:-1]"},
            "The others are right. dL/dW_o pairs each output with the state before the step; O_t is read from S_t, "
            "which is S[t+1].",
        ),
        Slip(
            {"tbk->hk": "tbk->kh"},
            "dL/dW_s is transposed, the others are right. W_s has a row for each unit it leads to, and these have the "
            "deltas.",
        ),
        Slip(
            {"d_O[t] @ W_o +": "(t == len(x) - 1) * (d_O[t] @ W_o) +"},
            "dL/dW_o is right. Only the loss of the last step is sent back. There is a loss at every step, and each "
            "enters at its own state on the way.",
        ),
        Slip(
            {"    d_W_x = ": "    delta[1:] = 0\n    d_W_x = "},
            "dL/dW_o is right. For the others the products were made once, after the loop, with the delta of step 1 "
            "alone. Every step has its part: add them up, or keep all the deltas.",
        ),
        Slip(
            {
                "1 - S[t + 1]": "1 - S[t - 1]",
                "delta, S[:-1]": "delta, np.roll(S, 1, axis=0)[:-1]",
                "S[1:])\n": "S[:-1])\n",
            },
            "All states are one step off: with x[t] belong S[t+1], the state after the step, and S[t], the one before "
            "it. S[0] is the initial state, and S[-1] at t = 0 is the last one.",
        ),
        Slip(
            {"@ W_o + from_future": "@ W_o", "2) * d_S": "2) * d_S + from_future"},
            "dL/dW_o is right. What comes from the step after is added behind the slope. First add the two streams to "
            "dL/dS_t, then multiply the sum by f'(z_t).",
        ),
        Slip(
            {"reversed(range(len(x)))": "range(len(x))"},
            "dL/dW_o is right. The loop runs forward, so each step is given what comes from the step before. The error "
            "begins at the last step and goes back: reversed(range(T)).",
        ),
        Slip(
            {
                "return d_W_x, d_W_s, d_b_s, d_W_o": "B = x.shape[1]\n"
                "    return d_W_x / B, d_W_s / B, d_b_s / B, d_W_o / B"
            },
            "All four are divided by the number of sequences. L is the sum over steps and sequences here, not a mean.",
        ),
        Slip(
            {"return d_W_x, d_W_s, d_b_s, d_W_o": "T = len(x)\n    return d_W_x / T, d_W_s / T, d_b_s / T, d_W_o / T"},
            "All four are divided by the number of steps. L is the sum over steps and sequences here, not a mean.",
        ),
        Slip(
            {"delta.sum(axis=(0, 1))": "delta.sum(axis=0)"},
            "The weights are right. dL/db_s still has a row for each sequence: the same bias serves all of them, so it "
            "is added up over the batch too.",
        ),
        Slip(
            {
                "delta, x)": "delta[:1], x[:1])",
                "delta, S[:-1]": "delta[:1], S[:1]",
                "d_O, S[1:]": "d_O[:1], S[1:2]",
                "delta.sum(": "delta[:1].sum(",
            },
            "The share of the first step alone is in your gradients. Each step adds its own: += is wanted in the loop, "
            "where = replaces.",
        ),
        Slip(
            {
                "delta, x)": "delta[1:], x[1:])",
                "delta, S[:-1]": "delta[1:], S[1:-1]",
                "d_O, S[1:]": "d_O[1:], S[2:]",
                "delta.sum(": "delta[1:].sum(",
            },
            "The first step is left out of every gradient. range(T - 1, 0, -1) ends at 1, and t = 0 is a step too.",
        ),
        Slip(
            {"delta, x)": "delta[::-1], x)", "delta, S[:-1]": "delta[::-1], S[:-1]"},
            "The deltas are in the order in which they were found, from the last step to the first; x and S run from "
            "the first to the last. Turn the deltas round.",
        ),
    )

    def draw(self, rng):
        T, B, D, H, O = sizes(rng, 5)
        cell = Elman(D, H, rng=rng)
        x = rng.normal(size=(T, B, D))
        return {
            "x": x,
            "S": unroll(cell, x, np.tanh(rng.normal(size=(B, H)))).states[0],
            "d_O": rng.normal(size=(T, B, O)),
            "W_s": cell.params["W_s"],
            "W_o": rng.normal(size=(O, H)),
        }

    def reference(self, x, S, d_O, W_s, W_o):
        params = bptt(run_through(S, W_s, x), d_O @ W_o).params
        return params["W_x"], params["W_s"], params["b_s"], outer_sum(d_O, S[1:])


backward_step = BackwardStep()
whole_bptt = WholeBPTT()

"""Exercises of chapter 2: backpropagation through time."""

import numpy as np

from ..cells import Elman
from ..cells.base import outer_sum
from ..cells.elman import ElmanTrace
from ..losses import softmax_cross_entropy, squared_error
from ..truncation import truncated_bptt
from ..unroll import Run, bptt, unroll
from .base import FunctionExercise, Mistake, PencilExercise


class ThreeTerms(PencilExercise):
    """Work out the three terms of dL_3/dW_s, and their sum, of the linear unit with other numbers.

    W_x = 1, W_s = -2, W_o = 2, S_0 = 1, inputs 4, 3, 1, target Y_3 = 3, L_3 = (Y_3 - O_3)^2 / 2.
    """

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
        run = unroll(
            Elman.from_params(unit, activation="linear"), np.array([[[4.0]], [[3.0]], [[1.0]]]), np.ones((1, 1))
        )
        _, d_O = squared_error(2 * run.outputs[-1:], np.full((1, 1, 1), 3.0))
        d_outputs = np.zeros_like(run.outputs)
        d_outputs[-1] = 2 * d_O[0]
        back = bptt(run, d_outputs, keep_state_gradients=True)
        # the unit is linear, so dL/dS_t is delta_t, and the term of step t is delta_t S_{t-1}
        terms = (back.states[0][1:] * run.states[0][:-1]).ravel()
        return *terms[::-1], back.params["W_s"].item()

    mistakes = (
        Mistake(
            lambda: (6, 24, -24, 6),
            "All signs are turned: you began with Y_3 - O_3. The derivative of (Y_3 - O_3)^2 / 2 with respect to O_3 "
            "is the other difference; see “Every term as a number”.",
        ),
        Mistake(
            lambda: (12, 48, -48, 12),
            "Each term has one factor W_s too many. At step 3 nothing has been walked back yet: the error arrives at "
            "S_3 and meets W_s there. See “The notes say, the numbers say”.",
        ),
        Mistake(
            lambda: (-6, 12, 6, 12),
            "The terms lack the powers of W_s: the same error is used at every step. On its way from S_3 back to S_2 "
            "it passes W_s once, to S_1 twice.",
        ),
        Mistake(
            lambda: (-3, -12, 12, -3),
            "W_o is missing. The error is at the output; on its way to S_3 it passes W_o.",
        ),
        Mistake(
            lambda: (18, 12, 48, 78),
            "You took the state that W_s has made, not the state it was multiplied with. In S_3 = x_3 + W_s S_2 the "
            "derivative by this W_s is S_2.",
        ),
        Mistake(
            lambda: (6, -36, 96, 66),
            "These are the three terms of dL_3/dW_x: each has the input as its last factor. For W_s it is the state "
            "before.",
        ),
        Mistake(
            lambda: (-12, -48, 48, -12),
            "All terms are twice too large. The square brings a factor 2 when it is derived; what stands before it?",
        ),
        Mistake(
            lambda: (-9, -36, 36, -9),
            "You began with the loss itself, 4.5. What goes back is its derivative with respect to the output.",
        ),
        Mistake(
            lambda: (-6, 24, 24, 42),
            "At step 2 a sign was lost. Both W_s and S_1 come into this term, and W_s is negative.",
        ),
    )


class CrossEntropy(FunctionExercise):
    """The softmax cross-entropy of outputs O (T, B, O) and targets (T, B): its sum over T and B, and dL/dO."""

    title = "Softmax cross-entropy and its gradient"
    difficulty = 2
    returns = ("L", "dL/dO")
    praise = "What was said minus what was wanted: the gradient of every step, ready to be sent back."
    hints = (
        "p = exp(O) / the sum of exp(O) over the classes, which are the last axis; keepdims=True keeps the shape.",
        "Each step of each sequence costs -log of the probability of its right class. L is the sum of all of them.",
        "np.eye(number_of_classes)[targets] makes a one-hot vector of every target, with the shape (T, B, O).",
    )

    @staticmethod
    def answer(O, targets):
        e = np.exp(O)
        p = e / e.sum(axis=-1, keepdims=True)
        wanted = np.eye(O.shape[-1])[targets]
        return -np.sum(wanted * np.log(p)), p - wanted

    mistakes = (
        Mistake(
            lambda O, targets: tuple(part / targets.size for part in softmax_cross_entropy(O, targets)),
            "Both are means over the steps and sequences. The loss here is a sum, L_1 + L_2 + ...; so each gradient is "
            "that of its own step. See “A loss at every step, and their sum”.",
        ),
        Mistake(
            lambda O, targets: (
                softmax_cross_entropy(O, targets)[0] / targets.size,
                softmax_cross_entropy(O, targets)[1],
            ),
            "The gradient is right, and it is that of a sum. L is the mean instead.",
        ),
        Mistake(
            lambda O, targets: (softmax_cross_entropy(O, targets)[0], -softmax_cross_entropy(O, targets)[1]),
            "The loss is right; the gradient has the wrong sign. Raising the score of the right class lowers the "
            "loss, so its gradient there is negative.",
        ),
        Mistake(
            lambda O, targets: (softmax_cross_entropy(O, targets)[0], probabilities(O)),
            "The loss is right. As the gradient you return the probabilities alone; something is wanted, too.",
        ),
        Mistake(
            lambda O, targets: changed_loss(O, targets, lambda L: -L),
            "The gradient is right; the loss is negative. The logarithm of a probability is below 0, and a loss is "
            "not.",
        ),
        Mistake(
            lambda O, targets: changed_loss(O, targets, lambda L: -np.sum(one_hot(O, targets) * probabilities(O))),
            "The gradient is right; in the loss the logarithm is missing: you added up the probabilities themselves.",
        ),
        Mistake(
            lambda O, targets: changed_loss(O, targets, lambda L: L / np.log(2)),
            "The gradient is right; the loss is in bits, with the logarithm to base 2. Take the natural one, np.log.",
        ),
        Mistake(
            lambda O, targets: changed_loss(O, targets, lambda L: -np.sum(one_hot(O, targets) * O)),
            "The gradient is right; the loss adds up scores, not logarithms of probabilities: the softmax is missing.",
        ),
        Mistake(
            lambda O, targets: loss_with(probabilities(O, axis=0), O, targets),
            "The softmax runs over time: what sums to 1 in your p are the steps. The classes are the last axis.",
        ),
        Mistake(
            lambda O, targets: loss_with(probabilities(O, axis=None), O, targets),
            "All numbers together sum to 1 in your p. Each step of each sequence has a distribution of its own: a sum "
            "without axis adds up everything.",
        ),
        Mistake(
            lambda O, targets: (softmax_cross_entropy(O, targets)[0], -one_hot(O, targets) / probabilities(O)),
            "The loss is right. This is the derivative by the probability, -1/p at the right class. The softmax stands "
            "between p and O and is derived as well; together they become simpler.",
        ),
    )

    def draw(self, rng):
        T, B, O = 4, 3, 5
        return {"O": rng.normal(size=(T, B, O)), "targets": rng.integers(O, size=(T, B))}

    def reference(self, O, targets):
        return softmax_cross_entropy(O, targets)


def probabilities(O, axis=-1):
    """softmax along an axis; this and the next three serve the mistakes above."""
    return np.exp(O) / np.exp(O).sum(axis=axis, keepdims=True)


def one_hot(O, targets):
    """A 1 at the right class of every step."""
    return np.eye(O.shape[-1])[targets]


def loss_with(p, O, targets):
    """Loss and gradient, if p were the probabilities."""
    wanted = one_hot(O, targets)
    return -np.sum(wanted * np.log(p)), p - wanted


def changed_loss(O, targets, change):
    """Another loss beside the right gradient."""
    loss, gradient = softmax_cross_entropy(O, targets)
    return change(loss), gradient


class BackwardStep(FunctionExercise):
    """One step back through a tanh network, one sequence, all of them vectors of shape (H).

    From d_S = dL/dS_t, everything that arrives at S_t, to delta_t, to what goes on to S_{t-1}, and to the part of
    dL/dW_s that belongs to this step.
    """

    title = "One step back"
    difficulty = 2
    returns = ("delta_t", "sent to S_{t-1}", "part of dL/dW_s")
    praise = "Three lines, and everything of backpropagation through time that is not a loop is in them."
    hints = (
        "First through the activation: delta_t is d_S times the slope of tanh at z_t, entry by entry.",
        "The slope of tanh can be had from its output: it is 1 - tanh^2, and S_t is the tanh already.",
        "z_t contains W_s S_{t-1}. Forward a vector is multiplied by W_s, backward by its transpose.",
        "The part of dL/dW_s has the shape (H, H): row a, column b is delta_t[a] * S_previous[b]. NumPy has np.outer.",
    )

    @staticmethod
    def answer(d_S, S_t, S_previous, W_s):
        delta = (1 - S_t**2) * d_S
        return delta, W_s.T @ delta, np.outer(delta, S_previous)

    mistakes = (
        Mistake(
            lambda **a: step_back(slope=1, **a),
            "The slope f'(z_t) is missing: delta_t is dL/dS_t as it came. That is right for a linear network only; see "
            "“The notes say, the numbers say” on the missing f'.",
        ),
        Mistake(
            lambda **a: step_back(slope=1 - np.tanh(a["S_t"]) ** 2, **a),
            "The tanh was taken twice. S_t is already tanh(z_t), so the slope needs no further tanh.",
        ),
        Mistake(
            lambda **a: step_back(slope=1 - a["S_previous"] ** 2, **a),
            "The slope is that of the step before: it was taken at S_previous. delta_t belongs to z_t, and tanh(z_t) "
            "is S_t.",
        ),
        Mistake(
            lambda **a: step_back(slope=1 - a["S_t"], **a),
            "The slope lacks a square. Look up the derivative of tanh in “Line by line”, number 4.",
        ),
        Mistake(
            lambda **a: step_back(slope=a["S_t"] * (1 - a["S_t"]), **a),
            "This is the slope of the sigmoid, y (1 - y). The network has tanh.",
        ),
        Mistake(
            lambda **a: step_back(back=lambda delta, d_S, W_s: W_s @ delta, **a),
            "What goes back has passed W_s the forward way. Entry (a, b) of W_s leads from unit b to unit a; going "
            "back, what is at a has to reach b.",
        ),
        Mistake(
            lambda **a: step_back(back=lambda delta, d_S, W_s: W_s.T @ d_S, **a),
            "delta_t and the weights are right, but what goes on to S_{t-1} has not passed the activation: it was made "
            "from dL/dS_t.",
        ),
        Mistake(
            lambda **a: step_back(back=lambda delta, d_S, W_s: delta, **a),
            "delta_t and the weights are right. delta_t itself was sent on to S_{t-1}; on the way it has to pass W_s.",
        ),
        Mistake(
            lambda **a: step_back(part=lambda delta, d_S, S_t, S_previous: np.outer(delta, S_t), **a),
            "The part of dL/dW_s is taken with the state after the step. In z_t the matrix W_s is multiplied by the "
            "state before it.",
        ),
        Mistake(
            lambda **a: step_back(part=lambda delta, d_S, S_t, S_previous: np.outer(S_previous, delta), **a),
            "The part of dL/dW_s is transposed. W_s has a row for each unit it leads to, and delta_t belongs to these.",
        ),
        Mistake(
            lambda **a: step_back(part=lambda delta, d_S, S_t, S_previous: np.outer(d_S, S_previous), **a),
            "delta_t is right, and what goes back too; but the part of dL/dW_s is made with dL/dS_t. W_s acts on z_t, "
            "before the activation.",
        ),
    )

    def draw(self, rng):
        H = 4
        return {
            "d_S": rng.normal(size=H),
            "S_t": np.tanh(rng.normal(size=H)),
            "S_previous": np.tanh(rng.normal(size=H)),
            "W_s": rng.normal(size=(H, H)),
        }

    def reference(self, d_S, S_t, S_previous, W_s):
        run = as_run(np.zeros((1, 1, 1)), np.stack([S_previous, S_t])[:, None], W_s)
        back = bptt(run, d_S[None, None])
        return back.params["b_s"], back.initial_state[0][0], back.params["W_s"]


def step_back(
    d_S,
    S_t,
    S_previous,
    W_s,
    slope=None,
    back=lambda delta, d_S, W_s: W_s.T @ delta,
    part=lambda delta, d_S, S_t, S_previous: np.outer(delta, S_previous),
):
    """One step back with another slope, another way back or another part of the weight gradient, for the mistakes."""
    delta = (1 - S_t**2 if slope is None else slope) * d_S
    return delta, back(delta, d_S, W_s), part(delta, d_S, S_t, S_previous)


def as_run(x, S, W_s):
    """The :class:`Run` of a tanh network with the inputs x (T, B, D) and the states S (T+1, B, H)."""
    H = len(W_s)
    cell = Elman.from_params({"W_x": np.zeros((H, x.shape[-1])), "W_s": W_s, "b_s": np.zeros(H)})
    return Run(cell, x, (S,), ElmanTrace(np.arctanh(np.clip(S[1:], -0.999, 0.999))))


def deltas(
    x,
    S,
    d_O,
    W_s,
    W_o,
    slope=lambda before, after: 1 - after**2,
    future=lambda delta, d_S, W_s: delta @ W_s,
    meet=lambda slope, own, from_future: slope * (own + from_future),
    order=reversed,
):
    """delta_t of every step (T, B, H), with one thing done another way; this and the next two serve the mistakes."""
    delta, from_future = np.zeros_like(S[1:]), np.zeros_like(S[0])
    for t in order(range(len(x))):
        own = d_O[t] @ W_o
        delta[t] = meet(slope(S[t], S[t + 1]), own, from_future)
        from_future = future(delta[t], own + from_future, W_s)
    return delta


def gradients(delta, x, S, d_O, before=None, **others):
    """The gradients of W_x, W_s, b_s and W_o, with other states ``before`` the steps."""
    before = S[:-1] if before is None else before
    return outer_sum(delta, x), outer_sum(delta, before), delta.sum(axis=(0, 1)), outer_sum(d_O, S[1:])


def only_last(steps):
    """Zero at all steps but the last."""
    return np.concatenate((np.zeros_like(steps[:-1]), steps[-1:]))


class WholeBPTT(FunctionExercise):
    """All gradients of a tanh network over a batch, from the states of the forward pass.

    x (T, B, D); S (T+1, B, H), where S[0] is the state before the first step, so that S[t+1] belongs to x[t];
    d_O (T, B, O), which is dL/dO_t of every step.
    """

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
        return d_W_x, d_W_s, delta.sum(axis=(0, 1)), d_W_o

    mistakes = (
        Mistake(
            lambda **a: gradients(deltas(**a, future=lambda delta, d_S, W_s: 0 * delta), **a),
            "Nothing comes from the step after: each loss reaches its own step and no earlier one. dL/dS_t has two "
            "sources; see “Do not walk every way: collect, then step back”.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, future=lambda delta, d_S, W_s: d_S @ W_s), **a),
            "dL/dW_o is right. On the way to the step before, the slope f' is missing: send back delta_t, not dL/dS_t.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, slope=lambda before, after: 1 + 0 * after), **a),
            "dL/dW_o is right. The slope f'(z_t) is missing everywhere, as if the network were linear.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, slope=lambda before, after: 1 - before**2), **a),
            "dL/dW_o is right. The slopes are one step off: S[t] is the state before the step of x[t], S[t+1] the one "
            "after it. Which of them is tanh(z_t)?",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, slope=lambda before, after: 1 - np.tanh(after) ** 2), **a),
            "dL/dW_o is right. The tanh was taken twice: S is already the tanh, so its slope is 1 - S^2.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, future=lambda delta, d_S, W_s: delta @ W_s.T), **a),
            "dL/dW_o is right. The error passes W_s the wrong way round. With rows, forward is S @ W_s.T; so backward "
            "is the other one.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a), **a, before=a["S"][1:]),
            "dL/dW_x, dL/db_s and dL/dW_o are right. dL/dW_s pairs each delta_t with the state after the step; W_s was "
            "multiplied by the state before it.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**(a | {"d_O": only_last(a["d_O"])})), **a),
            "dL/dW_o is right. Only the loss of the last step is sent back. There is a loss at every step, and each "
            "enters at its own state on the way.",
        ),
        Mistake(
            lambda **a: gradients(only_last(deltas(**a)[::-1])[::-1], **a),
            "dL/dW_o is right. For the others the products were made once, after the loop, with the delta of step 1 "
            "alone. Every step has its part: add them up, or keep all the deltas.",
        ),
        Mistake(
            lambda **a: gradients(
                deltas(**a, slope=lambda before, after: 1 - before**2), **(a | {"S": np.roll(a["S"], 1, axis=0)})
            ),
            "All states are one step off: with x[t] belong S[t+1], the state after the step, and S[t], the one before "
            "it. S[0] is the initial state, and S[-1] at t = 0 is the last one.",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, meet=lambda slope, own, from_future: slope * own + from_future), **a),
            "dL/dW_o is right. What comes from the step after is added behind the slope. First add the two streams to "
            "dL/dS_t, then multiply the sum by f'(z_t).",
        ),
        Mistake(
            lambda **a: gradients(deltas(**a, order=iter), **a),
            "dL/dW_o is right. The loop runs forward, so each step is given what comes from the step before. The error "
            "begins at the last step and goes back: reversed(range(T)).",
        ),
        Mistake(
            lambda **a: tuple(part / a["x"].shape[1] for part in gradients(deltas(**a), **a)),
            "All four are divided by the number of sequences. L is the sum over steps and sequences here, not a mean.",
        ),
    )

    def draw(self, rng):
        T, B, D, H, O = 5, 3, 2, 4, 6
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
        params = bptt(as_run(x, S, W_s), d_O @ W_o).params
        return params["W_x"], params["W_s"], params["b_s"], outer_sum(d_O, S[1:])


class Truncated(FunctionExercise):
    """dL/dW_s by truncated BPTT: every loss looks back at ``window`` steps, its own included.

    S (T+1, B, H), where S[t+1] is the state after step t, and from_loss (T, B, H) is W_o^T dL/dO_t, what each loss
    brings to its own state. The network is a tanh network.
    """

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
        Mistake(
            lambda S, from_loss, W_s, window: truncated(S, from_loss, W_s, len(from_loss)),
            "This is the full gradient: every loss looks back to the beginning. Where does the window stop the walk?",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: truncated(S, from_loss, W_s, window + 1),
            "Every loss looks back one step too far. The step of the loss itself counts as the first of the window: "
            "lags 0 to window - 1.",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: truncated(S, from_loss, W_s, window - 1),
            "Every loss stops one step too early. A window of 1 still has the term of lag 0.",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: truncated(S, from_loss, W_s, window, stride=window),
            "This is training in chunks: the sequence is cut into pieces, and the first loss of a piece sees no past "
            "at all. Here every loss has a window of its own.",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: truncated(S, only_last(from_loss), W_s, window),
            "Only the last loss is sent back. There is one at every step, and each looks back.",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: bptt(as_run_of(S[-window - 1 :], W_s), from_loss[-window:]).params["W_s"],
            "Only the last steps of the sequence are used. The window moves along: the losses before it have windows "
            "of their own.",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: sum(
                outer_sum((1 - S[k + 1 : k + 2] ** 2) * from_loss[t : t + 1], S[k : k + 1])
                for t in range(len(from_loss))
                for k in range(t, max(t - window, -1), -1)
            ),
            "The same error is used at every step of the window. On each step back it passes the slope and W_s.",
        ),
        Mistake(
            lambda S, from_loss, W_s, window: truncated(S, from_loss, W_s.T, window),
            "The error passes W_s the wrong way round. With rows, forward is S @ W_s.T; so backward is the other one.",
        ),
    )

    def draw(self, rng):
        T, B, H = 9, 2, 4
        cell = Elman(3, H, rng=rng, gain=1.6)
        run = unroll(cell, rng.normal(size=(T, B, 3)), np.tanh(rng.normal(size=(B, H))))
        return {
            "S": run.states[0],
            "from_loss": rng.normal(size=(T, B, H)),
            "W_s": cell.params["W_s"],
            "window": int(rng.integers(2, 5)),
        }

    def reference(self, S, from_loss, W_s, window):
        return truncated(S, from_loss, W_s, window)


def as_run_of(S, W_s):
    """The run of a tanh network with these states, whatever its inputs were."""
    return as_run(np.zeros((len(S) - 1, S.shape[1], 1)), S, W_s)


def truncated(S, from_loss, W_s, window, stride=1):
    """dL/dW_s by truncated BPTT, from rnnlib."""
    return truncated_bptt(as_run_of(S, W_s), from_loss, window, stride).params["W_s"]


cross_entropy = CrossEntropy()
three_terms = ThreeTerms()
backward_step = BackwardStep()
whole_bptt = WholeBPTT()
truncated_gradient = Truncated()

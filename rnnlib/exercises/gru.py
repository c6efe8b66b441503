"""Exercises of chapter 5: the GRU."""

import numbers

import numpy as np

from ..activations import sigmoid
from ..cells import GRUResetBefore
from ..unroll import bptt, unroll
from .base import BuildExercise, FunctionExercise, Mistake, PencilExercise
from .learner import Problem

HALF_LIFE = 50


def _one_unit(bias):
    """A GRU of one unit that hears nothing: its update gate has this bias, its candidate is 0."""
    params = {"W_x": np.zeros((3, 1)), "W_h": np.zeros((3, 1)), "b": np.array([0.0, bias, 0.0])}
    return GRUResetBefore.from_params(params)


class StepByHand(PencilExercise):
    """Work out h_t for z = 0.8, h_{t-1} = 0.5 and n_t = -0.5; then z^2 h_{t-2} for z = 0.8 and h_{t-2} = 0.5.

    The second number is what two steps leave of a state when the candidates are 0.
    """

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
        logit = np.log(0.8 / 0.2)
        params = {"W_x": np.zeros((3, 1)), "W_h": np.zeros((3, 1)), "b": np.array([0.0, logit, np.arctanh(-0.5)])}
        first = unroll(GRUResetBefore.from_params(params), np.zeros((1, 1, 1)), np.full((1, 1), 0.5))
        second = unroll(_one_unit(logit), np.zeros((2, 1, 1)), np.full((1, 1), 0.5))
        return [float(run.outputs[-1, 0, 0]) for run in (first, second)]

    mistakes = (
        Mistake(
            lambda: [-0.3, 0.02],
            "You gave the part z to the candidate and 1 - z to the old state: the other convention. In this course "
            "z keeps. See the section on the two conventions.",
        ),
        Mistake(
            lambda: [-0.1, 0.32],
            "You kept a part z of the state and then added the whole candidate. The candidate is taken with 1 - z.",
        ),
        Mistake(
            lambda: [0.5, 0.32],
            "h_t came out as if the candidate were +0.5. It is -0.5: it pulls the state down.",
        ),
        Mistake(
            lambda: [0.3, 0.4],
            "h_t is right. The second number is what one step leaves; two steps multiply by z twice.",
        ),
    )


def _parts(x, h_previous, W_x, W_h, b):
    """The input's part and the recurrent matrix of each block r, z, n."""
    return np.split(x @ W_x.T + b, 3, axis=-1), np.split(W_h, 3)


def _swapped(x, h_previous, W_x, W_h, b):
    (a_r, a_z, a_n), (W_r, W_z, W_n) = _parts(x, h_previous, W_x, W_h, b)
    r, z = sigmoid(a_r + h_previous @ W_r.T), sigmoid(a_z + h_previous @ W_z.T)
    return (1 - z) * h_previous + z * np.tanh(a_n + (r * h_previous) @ W_n.T)


def _reset_after(x, h_previous, W_x, W_h, b):
    (a_r, a_z, a_n), (W_r, W_z, W_n) = _parts(x, h_previous, W_x, W_h, b)
    r, z = sigmoid(a_r + h_previous @ W_r.T), sigmoid(a_z + h_previous @ W_z.T)
    return z * h_previous + (1 - z) * np.tanh(a_n + r * (h_previous @ W_n.T))


def _no_reset(x, h_previous, W_x, W_h, b):
    (_, a_z, a_n), (_, W_z, W_n) = _parts(x, h_previous, W_x, W_h, b)
    z = sigmoid(a_z + h_previous @ W_z.T)
    return z * h_previous + (1 - z) * np.tanh(a_n + h_previous @ W_n.T)


def _gates_exchanged(x, h_previous, W_x, W_h, b):
    (a_z, a_r, a_n), (W_z, W_r, W_n) = _parts(x, h_previous, W_x, W_h, b)
    r, z = sigmoid(a_r + h_previous @ W_r.T), sigmoid(a_z + h_previous @ W_z.T)
    return z * h_previous + (1 - z) * np.tanh(a_n + (r * h_previous) @ W_n.T)


def _candidate_not_mixed(x, h_previous, W_x, W_h, b):
    (a_r, a_z, a_n), (W_r, W_z, W_n) = _parts(x, h_previous, W_x, W_h, b)
    r, z = sigmoid(a_r + h_previous @ W_r.T), sigmoid(a_z + h_previous @ W_z.T)
    return z * h_previous + np.tanh(a_n + (r * h_previous) @ W_n.T)


def _candidate_by_sigmoid(x, h_previous, W_x, W_h, b):
    (a_r, a_z, a_n), (W_r, W_z, W_n) = _parts(x, h_previous, W_x, W_h, b)
    r, z = sigmoid(a_r + h_previous @ W_r.T), sigmoid(a_z + h_previous @ W_z.T)
    return z * h_previous + (1 - z) * sigmoid(a_n + (r * h_previous) @ W_n.T)


class GRUStep(FunctionExercise):
    """Write one step of the GRU with the reset before the product. The rows of W_x, W_h, b are the blocks r, z, n."""

    title = "One step of the GRU"
    difficulty = 2
    returns = ("h_t",)
    praise = "Two gates, one candidate, one mixture."
    hints = (
        "Cut x @ W_x.T + b and the rows of W_h in three with np.split: r, z, n.",
        "Both gates see h_previous as it is; the candidate sees r * h_previous.",
        "The mixture: z keeps, 1 - z writes.",
    )

    @staticmethod
    def answer(x, h_previous, W_x, W_h, b):
        a_r, a_z, a_n = np.split(x @ W_x.T + b, 3, axis=-1)
        W_rh, W_zh, W_nh = np.split(W_h, 3)
        r = sigmoid(a_r + h_previous @ W_rh.T)
        z = sigmoid(a_z + h_previous @ W_zh.T)
        n = np.tanh(a_n + (r * h_previous) @ W_nh.T)
        return z * h_previous + (1 - z) * n

    mistakes = (
        Mistake(
            _swapped,
            "This is the GRU of the other convention, where z writes and 1 - z keeps. In this course, as in PyTorch "
            "and Keras, z keeps.",
        ),
        Mistake(
            _reset_after,
            "The reset stands after the matrix product, as in PyTorch. The exercise asks for the form of Cho et "
            "al., where the state is reset before it meets the matrix.",
        ),
        Mistake(
            _no_reset,
            "The reset gate is never used: the candidate sees the whole state. See the line of n_t.",
        ),
        Mistake(
            _gates_exchanged,
            "Reset and update gate have changed places. The blocks of rows stand in the order r, z, n.",
        ),
        Mistake(
            _candidate_not_mixed,
            "The candidate is added whole. It is taken with 1 - z, so that the state stays a mixture and within -1 "
            "and 1.",
        ),
        Mistake(
            _candidate_by_sigmoid,
            "The candidate went through a sigmoid. A state must be able to become negative: its activation is tanh.",
        ),
        Mistake(
            lambda x, h_previous, W_x, W_h, b: GRUStep.answer(x, h_previous, W_x, W_h, 0 * b),
            "The bias b is missing: it belongs to all three blocks.",
        ),
    )

    def draw(self, rng):
        B, D, H = 3, 4, 5
        return {
            "x": rng.normal(size=(B, D)),
            "h_previous": rng.uniform(-1, 1, size=(B, H)),
            "W_x": rng.normal(size=(3 * H, D)) / 2,
            "W_h": rng.normal(size=(3 * H, H)) / 2,
            "b": rng.normal(size=3 * H),
        }

    def reference(self, x, h_previous, W_x, W_h, b):
        cell = GRUResetBefore.from_params({"W_x": W_x, "W_h": W_h, "b": b})
        return unroll(cell, x[None], h_previous).outputs[0]


def _delta_n(d_h, z, n):
    return d_h * (1 - z) * (1 - n**2)


def _delta_z(d_h, h_previous, z, n):
    return d_h * (h_previous - n) * z * (1 - z)


def _delta_r(delta_n, h_previous, r, W_nh):
    return (delta_n @ W_nh) * h_previous * r * (1 - r)


def _wrong_matrix(d_h, h_previous, r, z, n, W_nh):
    delta_n = _delta_n(d_h, z, n)
    return _delta_r(delta_n, h_previous, r, W_nh.T), _delta_z(d_h, h_previous, z, n), delta_n


def _wrong_sign(d_h, h_previous, r, z, n, W_nh):
    delta_n = _delta_n(d_h, z, n)
    return _delta_r(delta_n, h_previous, r, W_nh), -_delta_z(d_h, h_previous, z, n), delta_n


def _state_alone(d_h, h_previous, r, z, n, W_nh):
    delta_n = _delta_n(d_h, z, n)
    return _delta_r(delta_n, h_previous, r, W_nh), d_h * h_previous * z * (1 - z), delta_n


def _kept_part(d_h, h_previous, r, z, n, W_nh):
    delta_n = d_h * z * (1 - n**2)
    return _delta_r(delta_n, h_previous, r, W_nh), _delta_z(d_h, h_previous, z, n), delta_n


def _no_slopes(d_h, h_previous, r, z, n, W_nh):
    d_n = d_h * (1 - z)
    return (d_n @ W_nh) * h_previous, d_h * (h_previous - n), d_n


def _reset_state_forgotten(d_h, h_previous, r, z, n, W_nh):
    delta_n = _delta_n(d_h, z, n)
    return (delta_n @ W_nh) * r * (1 - r), _delta_z(d_h, h_previous, z, n), delta_n


class GRUBackwardStep(FunctionExercise):
    """Write the three deltas of one GRU step, reset before the product: the gradients at the pre-activations r, z, n.

    d_h is the gradient that has arrived at h_t; W_nh (H, H) multiplies r * h_previous.
    """

    title = "One step of the GRU, backward"
    difficulty = 3
    returns = ("delta_r", "delta_z", "delta_n")
    praise = "With these three, every weight gradient is one product more."
    hints = (
        "Begin at the end: h_t = z h_previous + (1 - z) n. How does h_t move with n, and how with z?",
        "Each delta ends with the slope of its activation, written with its output: 1 - n^2, z (1 - z), r (1 - r).",
        "r acts through n alone: carry delta_n back through W_nh to r * h_previous; in code, delta_n @ W_nh.",
    )

    @staticmethod
    def answer(d_h, h_previous, r, z, n, W_nh):
        delta_n = d_h * (1 - z) * (1 - n**2)
        delta_z = d_h * (h_previous - n) * z * (1 - z)
        delta_r = (delta_n @ W_nh) * h_previous * r * (1 - r)
        return delta_r, delta_z, delta_n

    mistakes = (
        Mistake(
            _wrong_matrix,
            "delta_z and delta_n are right. On the way back the matrix is transposed; with rows that is delta_n @ "
            "W_nh, where the forward pass has @ W_nh.T.",
        ),
        Mistake(
            _wrong_sign,
            "delta_z has the wrong sign. When z grows, more of h_previous comes in and less of n: which minus which?",
        ),
        Mistake(
            _state_alone,
            "delta_z counts only that a larger z keeps more of h_previous. It also writes less of n.",
        ),
        Mistake(
            _kept_part,
            "delta_n is taken with z. The candidate enters h_t with the factor 1 - z.",
        ),
        Mistake(
            _no_slopes,
            "These are the gradients at r, z and n. The deltas are those at the pre-activations: one slope more for "
            "each.",
        ),
        Mistake(
            _reset_state_forgotten,
            "delta_z and delta_n are right. r is multiplied with h_previous, so its delta carries the factor "
            "h_previous.",
        ),
    )

    def draw(self, rng):
        B, H = 3, 4
        return {
            "d_h": rng.normal(size=(B, H)),
            "h_previous": rng.uniform(-1, 1, size=(B, H)),
            "r": sigmoid(rng.normal(size=(B, H))),
            "z": sigmoid(rng.normal(size=(B, H))),
            "n": np.tanh(rng.normal(size=(B, H))),
            "W_nh": rng.normal(size=(H, H)),
        }

    def reference(self, d_h, h_previous, r, z, n, W_nh):
        # A cell whose inputs are the pre-activations themselves, so that they make these very gates.
        H = z.shape[-1]
        a_n = np.arctanh(n) - (r * h_previous) @ W_nh.T
        a = np.concatenate((np.log(r / (1 - r)), np.log(z / (1 - z)), a_n), axis=-1)
        W_h = np.concatenate((np.zeros((2 * H, H)), W_nh))
        cell = GRUResetBefore.from_params({"W_x": np.eye(3 * H), "W_h": W_h, "b": np.zeros(3 * H)})
        return np.split(bptt(unroll(cell, a[None], h_previous), d_h[None]).x[0], 3, axis=-1)


class HalfLife(BuildExercise):
    """Find the bias of the update gate for which half of a state is left after 50 steps, if nothing is written."""

    title = "A memory with a half-life"
    difficulty = 2
    praise = "The logit of z = 2^(-1/50): long memories live where the sigmoid is almost 1."
    hints = (
        "After k steps a state has shrunk to z^k. Which z makes z^50 = 1/2?",
        "The bias is what the sigmoid takes: solve sigmoid(b) = z for b.",
    )

    @staticmethod
    def answer():
        z = 0.5 ** (1 / HALF_LIFE)
        return float(np.log(z / (1 - z)))

    mistakes = (
        Mistake(
            lambda: 0.5 ** (1 / HALF_LIFE),
            "This is z itself, the opening of the gate. Asked is its bias: the number whose sigmoid is z.",
        ),
        Mistake(
            lambda: -HalfLife.answer(),
            "The size is right, the sign is not: with this bias the gate is almost closed, and a closed update gate "
            "keeps nothing. Do you use the convention in which z writes?",
        ),
        Mistake(
            lambda: 0.0,
            "With a bias of 0 the gate stands at one half, so half of the state is gone after one step.",
        ),
        Mistake(
            lambda: float(np.log(HALF_LIFE)),
            "Close: log 50 is the bias that leaves 1/e after some 50 steps. Asked is one half, which is left sooner.",
        ),
    )

    def judge(self, answer):
        if isinstance(answer, bool) or not isinstance(answer, numbers.Real) or not np.isfinite(answer):
            raise Problem("Answer with one number, the bias of the update gate.")
        for mistake in self.mistakes:
            if abs(answer - mistake.answer()) < 0.02:
                return mistake.message
        left = unroll(_one_unit(float(answer)), np.zeros((HALF_LIFE, 1, 1)), np.ones((1, 1))).outputs[-1, 0, 0]
        if abs(left - 0.5) <= 0.02:
            return ""
        more = "more" if left > 0.5 else "less"
        return f"With this bias {left:.3g} of the state is left after {HALF_LIFE} steps: {more} than one half."


step_by_hand = StepByHand()
gru_step = GRUStep()
gru_backward_step = GRUBackwardStep()
half_life = HalfLife()

"""The gated recurrent unit, in its two forms: the reset before the matrix product, or after it."""

from typing import NamedTuple

import numpy as np

from ..activations import sigmoid, sigmoid_slope, tanh_slope
from .base import Cell, back_through, total


class GRUResetBeforeTrace(NamedTuple):
    """The gates r and z, the candidate n and the reset state r * h_{t-1} of every step, each ``(T, B, H)``."""

    r: np.ndarray
    z: np.ndarray
    n: np.ndarray
    reset_h: np.ndarray


class GRUResetBefore(Cell):
    """The GRU with the reset before the matrix product (Cho et al. 2014).

    r_t, z_t = sigmoid(W_x x_t + W_h h_{t-1} + b) in their blocks,
    n_t = tanh(W_nx x_t + W_nh (r_t * h_{t-1}) + b_n),  h_t = z_t * h_{t-1} + (1 - z_t) * n_t.

    Parameters: ``W_x (3H, D)``, ``W_h (3H, H)``, ``b (3H,)``; the blocks of rows are r, z, n. Chung et al.
    (2014) write z and 1 - z the other way round; here z = 1 keeps the state.
    """

    blocks = ("r", "z", "n")

    def new_trace(self, a):
        return GRUResetBeforeTrace(*a, np.empty(a.shape[1:], a.dtype))

    def step(self, W_T, a, previous, state, trace):
        (h,), gates = previous, a[:2]
        r, z, n, reset_h = trace
        # r, z = sigmoid(a + W_h h_{t-1});   n = tanh(a_n + W_nh (r * h_{t-1}))
        gates += h @ W_T[:2]
        sigmoid(gates, out=gates)
        np.multiply(r, h, out=reset_h)
        n += reset_h @ W_T[2]
        np.tanh(n, out=n)
        # h_t = z * h_{t-1} + (1 - z) * n = n + z * (h_{t-1} - n)
        np.add(n, z * (h - n), out=state[0])

    def slopes(self, previous, state, trace):
        # delta_r = d(r * h_{t-1}) * h_{t-1} r (1 - r)
        return (gate_slopes(*previous, trace, previous[0]),)

    def step_back(self, W, d_state, slopes, trace):
        (d_h,), (da,) = d_state, slopes
        r, z, _, _ = trace
        delta_r, _, delta_n = da
        # delta_z, delta_n = slope * dh;   d(r * h_{t-1}) = W_nh^T delta_n;   delta_r = slope * d(r * h_{t-1})
        da[1:] *= d_h
        d_reset_h = delta_n @ W[2]
        delta_r *= d_reset_h
        # dh_{t-1} = z * dh + r * d(r * h_{t-1}) + W_r^T delta_r + W_z^T delta_z
        return (d_h * z + d_reset_h * r + back_through(W[:2], da[:2]),)

    def recurrent_operands(self, run):
        # the candidate's rows of W_h multiply r_t * h_{t-1} instead of h_{t-1}
        h = run.states[0][:-1]
        return [h, h, run.trace.reset_h]


class GRUResetAfterTrace(NamedTuple):
    """The gates r and z, the candidate n and its recurrent product q_n of every step, each ``(T, B, H)``."""

    r: np.ndarray
    z: np.ndarray
    n: np.ndarray
    q_n: np.ndarray


class GRUResetAfter(Cell):
    """The GRU with the reset after the matrix product, as in PyTorch and cuDNN.

    r_t, z_t = sigmoid(W_x x_t + W_h h_{t-1} + b) in their blocks,
    n_t = tanh(W_nx x_t + b_n + r_t * (W_nh h_{t-1} + b_nh)),  h_t = z_t * h_{t-1} + (1 - z_t) * n_t.

    Parameters: ``W_x (3H, D)``, ``W_h (3H, H)``, ``b (3H,)``, ``b_nh (H,)``; the blocks of rows are r, z, n.
    One product W_h h_{t-1} serves all three blocks.
    """

    blocks = ("r", "z", "n")

    @classmethod
    def shapes(cls, input_size, state_size):
        return super().shapes(input_size, state_size) | {"b_nh": (state_size,)}

    def new_trace(self, a):
        return GRUResetAfterTrace(*a, np.empty(a.shape[1:], a.dtype))

    def step(self, W_T, a, previous, state, trace):
        (h,), gates = previous, a[:2]
        r, z, n, q_n = trace
        q = h @ W_T
        # r, z = sigmoid(a + q);   q_n = W_nh h_{t-1} + b_nh;   n = tanh(a_n + r * q_n)
        gates += q[:2]
        sigmoid(gates, out=gates)
        np.add(q[2], self.params["b_nh"], out=q_n)
        n += r * q_n
        np.tanh(n, out=n)
        # h_t = z * h_{t-1} + (1 - z) * n = n + z * (h_{t-1} - n)
        np.add(n, z * (h - n), out=state[0])

    def slopes(self, previous, state, trace):
        # delta_r = delta_n * q_n r (1 - r);   and room for the gradient at q_n
        return gate_slopes(*previous, trace, trace.q_n), np.empty_like(trace.q_n)

    def step_back(self, W, d_state, slopes, trace):
        (d_h,), (da, dq_n) = d_state, slopes
        r, z, _, _ = trace
        delta_r, _, delta_n = da
        # delta_z, delta_n = slope * dh;   delta_r = slope * delta_n
        da[1:] *= d_h
        delta_r *= delta_n
        # q_n is seen through r: dq_n = r * delta_n
        np.multiply(r, delta_n, out=dq_n)
        # dh_{t-1} = z * dh + W_r^T delta_r + W_z^T delta_z + W_n^T dq_n
        return (d_h * z + back_through(W[:2], da[:2]) + dq_n @ W[2],)

    def recurrent_deltas(self, slopes):
        (delta_r, delta_z, _), dq_n = slopes
        return delta_r, delta_z, dq_n

    def weight_gradients(self, run, slopes):
        return super().weight_gradients(run, slopes) | {"b_nh": total(slopes[1])}


def gate_slopes(h, trace, seen_by_reset):
    """The slopes of r, z and n in either form, ``(3, T, B, H)``; the reset gate multiplies ``seen_by_reset``."""
    r, z, n, _ = trace
    # delta_z = dh * (h_{t-1} - n) z (1 - z);   delta_n = dh * (1 - z)(1 - n^2)
    return np.stack((seen_by_reset * sigmoid_slope(r), (h - n) * sigmoid_slope(z), (1 - z) * tanh_slope(n)))

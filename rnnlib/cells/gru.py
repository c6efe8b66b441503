"""The gated recurrent unit, in its two forms: the reset before the matrix product, or after it."""

from typing import NamedTuple

import numpy as np

from ..activations import sigmoid
from .base import Cell
from .lstm import split_blocks


class GRUResetBeforeTrace(NamedTuple):
    """The gates r and z, the candidate n and the reset state r * h_{t-1} of one step, each ``(B, H)``."""

    r: np.ndarray
    z: np.ndarray
    n: np.ndarray
    reset_h: np.ndarray


class GRUResetBefore(Cell):
    """The GRU with the reset before the matrix product (Cho et al. 2014).

    r_t, z_t = sigmoid(W_x x_t + W_h h_{t-1} + b) in their blocks,
    n_t = tanh(W_nx x_t + W_nh (r_t * h_{t-1}) + b_n),  h_t = z_t * h_{t-1} + (1 - z_t) * n_t.

    Parameters: ``W_x (3H, D)``, ``W_h (3H, H)``, ``b (3H,)``; the blocks of rows are r, z, n. Cho et al. write
    z and 1 - z the other way round in part of their text; here z = 1 keeps the state.
    """

    blocks = ("r", "z", "n")

    def step(self, a, state):
        (h,) = state
        H, W_h = self.state_size, self.params["W_h"]
        # r, z = sigmoid(a + W_h h_{t-1});   n = tanh(a_n + W_nh (r * h_{t-1}))
        r, z = split_blocks(sigmoid(a[:, : 2 * H] + h @ W_h[: 2 * H].T), 2)
        reset_h = r * h
        n = np.tanh(a[:, 2 * H :] + reset_h @ W_h[2 * H :].T)
        # h_t = z * h_{t-1} + (1 - z) * n = n + z * (h_{t-1} - n)
        return (n + z * (h - n),), GRUResetBeforeTrace(r, z, n, reset_h)

    def step_back(self, d_state, previous, state, trace):
        (d_h,), (h,) = d_state, previous
        r, z, n, _ = trace
        H, W_h = self.state_size, self.params["W_h"]
        # delta_n = dh (1 - z)(1 - n^2);   delta_z = dh (h_{t-1} - n) z (1 - z)
        delta_n = d_h * (1 - z) * (1 - n * n)
        delta_z = d_h * (h - n) * z * (1 - z)
        # d(r * h_{t-1}) = W_nh^T delta_n;   delta_r = d(r * h_{t-1}) * h_{t-1} * r (1 - r)
        d_reset_h = delta_n @ W_h[2 * H :]
        delta_r = d_reset_h * h * r * (1 - r)
        delta_gates = np.concatenate((delta_r, delta_z), axis=-1)
        delta = np.concatenate((delta_gates, delta_n), axis=-1)
        return delta, delta, (d_h * z + d_reset_h * r + delta_gates @ W_h[: 2 * H],)

    def recurrent_operands(self, run):
        # the candidate's rows of W_h multiply r_t * h_{t-1} instead of h_{t-1}
        gates, candidate = slice(2 * self.state_size), slice(2 * self.state_size, None)
        return [(gates, run.states[0][:-1]), (candidate, run.trace.reset_h)]


class GRUResetAfterTrace(NamedTuple):
    """The gates r and z, the candidate n and its recurrent product q_n of one step, each ``(B, H)``."""

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

    def step(self, a, state):
        (h,) = state
        a_r, a_z, a_n = split_blocks(a, 3)
        q_r, q_z, q_n = split_blocks(h @ self.params["W_h"].T, 3)
        q_n = q_n + self.params["b_nh"]
        # r, z = sigmoid(a + q);   n = tanh(a_n + r * q_n);   h_t = n + z * (h_{t-1} - n)
        r, z = sigmoid(a_r + q_r), sigmoid(a_z + q_z)
        n = np.tanh(a_n + r * q_n)
        return (n + z * (h - n),), GRUResetAfterTrace(r, z, n, q_n)

    def step_back(self, d_state, previous, state, trace):
        (d_h,), (h,) = d_state, previous
        r, z, n, q_n = trace
        # delta_n = dh (1 - z)(1 - n^2);   delta_z = dh (h_{t-1} - n) z (1 - z);   delta_r = delta_n q_n r (1 - r)
        delta_n = d_h * (1 - z) * (1 - n * n)
        delta_z = d_h * (h - n) * z * (1 - z)
        delta_r = delta_n * q_n * r * (1 - r)
        da = np.concatenate((delta_r, delta_z, delta_n), axis=-1)
        # the recurrent product of the candidate is seen through r
        dq = np.concatenate((delta_r, delta_z, delta_n * r), axis=-1)
        return da, dq, (d_h * z + dq @ self.params["W_h"],)

    def weight_gradients(self, run, da, dq, d_states):
        gradients = super().weight_gradients(run, da, dq, d_states)
        gradients["b_nh"] = dq[..., 2 * self.state_size :].sum(axis=(0, 1))
        return gradients

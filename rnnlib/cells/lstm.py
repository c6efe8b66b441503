"""The long short-term memory cell, plain and with peepholes."""

from typing import NamedTuple

import numpy as np

from ..activations import sigmoid
from ..checks import check_number
from .base import Cell


class LSTMTrace(NamedTuple):
    """The gates i, f, o, the candidate g and tanh(c_t) of one step, each ``(B, H)``."""

    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    tanh_c: np.ndarray


class LSTM(Cell):
    """The LSTM of Gers, Schmidhuber & Cummins (2000), with a forget gate.

    i_t, f_t, o_t = sigmoid(W_x x_t + W_h h_{t-1} + b) in their blocks, g_t = tanh(...) in its block,
    c_t = f_t * c_{t-1} + i_t * g_t,  h_t = o_t * tanh(c_t).

    Parameters: ``W_x (4H, D)``, ``W_h (4H, H)``, ``b (4H,)``; the blocks of rows are i, f, g, o, PyTorch's order.
    Sources: Hochreiter & Schmidhuber (1997); Gers, Schmidhuber & Cummins (2000).
    """

    states = ("h", "c")
    blocks = ("i", "f", "g", "o")

    def __init__(self, input_size, state_size, *, forget_bias=1.0, **options):
        """As :class:`Cell`; ``forget_bias`` is the start of b_f: 1 keeps the memory (Jozefowicz et al. 2015)."""
        check_number("forget_bias", forget_bias)
        super().__init__(input_size, state_size, **options)
        self.params["b"][state_size : 2 * state_size] = forget_bias

    def step(self, a, state):
        h, c = state
        z = a + h @ self.params["W_h"].T
        z_i, z_f, z_g, z_o = split_blocks(z, 4)
        # i, f, o = sigmoid(z);   g = tanh(z_g);   c_t = f * c_{t-1} + i * g;   h_t = o * tanh(c_t)
        i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
        c = f * c + i * g
        tanh_c = np.tanh(c)
        return (o * tanh_c, c), LSTMTrace(i, f, g, o, tanh_c)

    def step_back(self, d_state, previous, state, trace):
        d_h, d_c = d_state
        i, f, g, o, tanh_c = trace
        # delta_o = dh * tanh(c) * o (1 - o);   dc += dh * o * (1 - tanh(c)^2)
        delta_o = d_h * tanh_c * o * (1 - o)
        d_c = d_c + d_h * o * (1 - tanh_c * tanh_c)
        # delta_i = dc * g * i (1 - i);   delta_f = dc * c_{t-1} * f (1 - f);   delta_g = dc * i * (1 - g^2)
        delta_i = d_c * g * i * (1 - i)
        delta_f = d_c * previous[1] * f * (1 - f)
        delta_g = d_c * i * (1 - g * g)
        delta = np.concatenate((delta_i, delta_f, delta_g, delta_o), axis=-1)
        # dh_{t-1} = W_h^T delta;   dc_{t-1} = f * dc
        return delta, delta, (delta @ self.params["W_h"], d_c * f)


class PeepholeLSTM(LSTM):
    """An LSTM whose gates also see the memory, each unit its own: i and f see c_{t-1}, o sees c_t.

    z_i += p_i * c_{t-1},  z_f += p_f * c_{t-1},  z_o += p_o * c_t. With p = 0 it is :class:`LSTM`.

    One more parameter: ``p (3, H)``, its rows p_i, p_f, p_o. Source: Gers & Schmidhuber (2000), Recurrent
    nets that time and count.
    """

    @classmethod
    def shapes(cls, input_size, state_size):
        return super().shapes(input_size, state_size) | {"p": (3, state_size)}

    def step(self, a, state):
        h, c = state
        p_i, p_f, p_o = self.params["p"]
        z_i, z_f, z_g, z_o = split_blocks(a + h @ self.params["W_h"].T, 4)
        # i = sigmoid(z_i + p_i * c_{t-1});   f = sigmoid(z_f + p_f * c_{t-1});   o = sigmoid(z_o + p_o * c_t)
        i, f, g = sigmoid(z_i + p_i * c), sigmoid(z_f + p_f * c), np.tanh(z_g)
        c = f * c + i * g
        o = sigmoid(z_o + p_o * c)
        tanh_c = np.tanh(c)
        return (o * tanh_c, c), LSTMTrace(i, f, g, o, tanh_c)

    def step_back(self, d_state, previous, state, trace):
        d_h, d_c = d_state
        p_i, p_f, p_o = self.params["p"]
        # dc += delta_o * p_o, since o_t sees c_t
        delta_o = d_h * trace.tanh_c * trace.o * (1 - trace.o)
        delta, _, (d_h_previous, d_c_previous) = super().step_back((d_h, d_c + delta_o * p_o), previous, state, trace)
        # dc_{t-1} += delta_i * p_i + delta_f * p_f
        delta_i, delta_f, _, _ = split_blocks(delta, 4)
        return delta, delta, (d_h_previous, d_c_previous + delta_i * p_i + delta_f * p_f)

    def weight_gradients(self, run, da, dq, d_states):
        # dL/dp_i = sum delta_i * c_{t-1};   dL/dp_f = sum delta_f * c_{t-1};   dL/dp_o = sum delta_o * c_t
        gradients = super().weight_gradients(run, da, dq, d_states)
        delta_i, delta_f, _, delta_o = split_blocks(da, 4)
        c = run.states[1]
        pairs = ((delta_i, c[:-1]), (delta_f, c[:-1]), (delta_o, c[1:]))
        gradients["p"] = np.stack([(delta * memory).sum(axis=(0, 1)) for delta, memory in pairs])
        return gradients


def split_blocks(stacked, count):
    """The ``count`` blocks that are stacked along the last axis, as views."""
    size = stacked.shape[-1] // count
    return [stacked[..., k * size : (k + 1) * size] for k in range(count)]

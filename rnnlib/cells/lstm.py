"""The long short-term memory cell, plain and with peepholes."""

from typing import NamedTuple

import numpy as np

from ..activations import sigmoid, sigmoid_slope, tanh_slope
from ..checks import check_number
from .base import Cell, back_through, total


class LSTMTrace(NamedTuple):
    """The gates i, f, o, the candidate g and tanh(c_t) of every step, each ``(T, B, H)``."""

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

    def new_trace(self, a):
        return LSTMTrace(*a, np.empty(a.shape[1:], a.dtype))

    def step(self, W_T, a, previous, state, trace):
        (h, c), (h_new, c_new) = previous, state
        i, f, g, o, tanh_c = trace
        # i, f, o = sigmoid(a + W_h h_{t-1}) in their blocks;   g = tanh(a + W_h h_{t-1}) in its block
        a += h @ W_T
        sigmoid(a[:2], out=a[:2])
        np.tanh(g, out=g)
        sigmoid(o, out=o)
        # c_t = f * c_{t-1} + i * g;   h_t = o * tanh(c_t)
        np.add(f * c, i * g, out=c_new)
        np.tanh(c_new, out=tanh_c)
        np.multiply(o, tanh_c, out=h_new)

    def slopes(self, previous, state, trace):
        i, f, g, o, tanh_c = trace
        c_before = previous[1]
        # delta_i = dc * g i (1 - i);   delta_f = dc * c_{t-1} f (1 - f);   delta_g = dc * i (1 - g^2)
        # delta_o = dh * tanh(c) o (1 - o);   dc += dh * o (1 - tanh(c)^2)
        delta = (g * sigmoid_slope(i), c_before * sigmoid_slope(f), i * tanh_slope(g), tanh_c * sigmoid_slope(o))
        return np.stack(delta), o * tanh_slope(tanh_c)

    def step_back(self, W, d_state, slopes, trace):
        d_h, d_c = d_state
        (delta, slope_c), (_, f, *_) = slopes, trace
        d_c = d_c + d_h * slope_c
        delta[:3] *= d_c
        delta[3] *= d_h
        # dh_{t-1} = W_h^T delta;   dc_{t-1} = f * dc
        return back_through(W, delta), d_c * f


class PeepholeLSTM(LSTM):
    """An LSTM whose gates also see the memory, each unit its own: i and f see c_{t-1}, o sees c_t.

    z_i += p_i * c_{t-1},  z_f += p_f * c_{t-1},  z_o += p_o * c_t. With p = 0 it is :class:`LSTM`.

    One more parameter: ``p (3, H)``, its rows p_i, p_f, p_o. Source: Gers & Schmidhuber (2000), Recurrent
    nets that time and count.
    """

    @classmethod
    def shapes(cls, input_size, state_size):
        return super().shapes(input_size, state_size) | {"p": (3, state_size)}

    def step(self, W_T, a, previous, state, trace):
        (h, c), (h_new, c_new) = previous, state
        i, f, g, o, tanh_c = trace
        p_i_and_p_f, p_o = self.params["p"][:2, None], self.params["p"][2]
        # i, f = sigmoid(a + W_h h_{t-1} + p * c_{t-1}) in their blocks;   g = tanh(a + W_h h_{t-1}) in its block
        a += h @ W_T
        a[:2] += p_i_and_p_f * c
        sigmoid(a[:2], out=a[:2])
        np.tanh(g, out=g)
        # c_t = f * c_{t-1} + i * g;   o = sigmoid(a + W_h h_{t-1} + p_o * c_t);   h_t = o * tanh(c_t)
        np.add(f * c, i * g, out=c_new)
        o += p_o * c_new
        sigmoid(o, out=o)
        np.tanh(c_new, out=tanh_c)
        np.multiply(o, tanh_c, out=h_new)

    def step_back(self, W, d_state, slopes, trace):
        d_h, d_c = d_state
        (delta, slope_c), (_, f, *_) = slopes, trace
        p_i, p_f, p_o = self.params["p"]
        delta_i, delta_f, _, delta_o = delta
        # o_t sees c_t: dc += delta_o * p_o
        delta_o *= d_h
        d_c = d_c + d_h * slope_c + delta_o * p_o
        delta[:3] *= d_c
        # i_t and f_t see c_{t-1}: dc_{t-1} = f * dc + delta_i * p_i + delta_f * p_f
        return back_through(W, delta), d_c * f + delta_i * p_i + delta_f * p_f

    def weight_gradients(self, run, slopes):
        # dL/dp_i = sum delta_i * c_{t-1};   dL/dp_f = sum delta_f * c_{t-1};   dL/dp_o = sum delta_o * c_t
        delta_i, delta_f, _, delta_o = slopes[0]
        c = run.states[1]
        pairs = ((delta_i, c[:-1]), (delta_f, c[:-1]), (delta_o, c[1:]))
        own = {"p": np.stack([total(delta * memory) for delta, memory in pairs])}
        return super().weight_gradients(run, slopes) | own

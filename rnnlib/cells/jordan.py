"""The Jordan cell: the memory is the output (Jordan 1986)."""

from typing import NamedTuple

import numpy as np

from ..activations import get_activation
from ..checks import check_size
from .base import Cell, outer_sum, total


class JordanTrace(NamedTuple):
    """The hidden layer s_t of every step, ``(T, B, H)``."""

    hidden: np.ndarray


class Jordan(Cell):
    """s_t = f(W_x x_t + W_s o_{t-1} + b_s),  o_t = W_o s_t + b_o: the memory is the output.

    Parameters: ``W_x (H, D)``, ``W_s (H, O)``, ``b_s (H,)``, ``W_o (O, H)``, ``b_o (O,)``. The state that is
    fed back is o, of size O. Source: Jordan (1986), Serial order.
    """

    states = ("o",)
    blocks = ("s",)
    recurrent_weight, bias = "W_s", "b_s"
    size_names = ("D", "H", "O")

    def __init__(self, input_size, hidden_size, output_size, *, rng, activation="tanh", **options):
        """As :class:`Cell`, with H = ``hidden_size`` and O = ``output_size``."""
        self.set_options(activation)
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "output_size": output_size}
        self.params = self.draw_params([check_size(*size) for size in sizes.items()], rng, **options)

    def set_options(self, activation="tanh"):
        self.activation = get_activation(activation)

    def options(self):
        return {"activation": self.activation.name}

    @classmethod
    def shapes(cls, input_size, hidden_size, output_size):
        return {
            "W_x": (hidden_size, input_size),
            "W_s": (hidden_size, output_size),
            "b_s": (hidden_size,),
            "W_o": (output_size, hidden_size),
            "b_o": (output_size,),
        }

    @property
    def sizes(self):
        return self.input_size, len(self.params["W_s"]), self.state_size

    def new_trace(self, a):
        return JordanTrace(*a)

    def step(self, W_T, a, previous, state, trace):
        # s_t = f(a_t + W_s o_{t-1});   o_t = W_o s_t + b_o
        (s,) = trace
        s += previous[0] @ W_T[0]
        self.activation.function(s, out=s)
        np.add(s @ self.params["W_o"].T, self.params["b_o"], out=state[0])

    def slopes(self, previous, state, trace):
        # f'(z_t), and room for dL/do_t
        return self.activation.slope(trace.hidden)[None], np.empty_like(state[0])

    def step_back(self, W, d_state, slopes, trace):
        (delta,), d_o = slopes
        d_o[...] = d_state[0]
        # delta_t = f'(z_t) * (W_o^T dL/do_t);   dL/do_{t-1} = W_s^T delta_t
        delta *= d_o @ self.params["W_o"]
        return (delta @ W[0],)

    def weight_gradients(self, run, slopes):
        # dL/dW_o = sum_t dL/do_t s_t^T
        d_o = slopes[1]
        own = {"W_o": outer_sum(d_o, run.trace.hidden), "b_o": total(d_o)}
        return super().weight_gradients(run, slopes) | own

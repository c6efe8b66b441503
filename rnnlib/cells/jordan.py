"""The Jordan cell: the memory is the output (Jordan 1986)."""

from typing import NamedTuple

import numpy as np

from ..activations import get_activation
from ..checks import check_size
from .base import Cell, outer_sum


class JordanTrace(NamedTuple):
    """The hidden layer s_t ``(B, H)`` of one step."""

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

    def step(self, a, state):
        # s_t = f(a_t + W_s o_{t-1});   o_t = W_o s_t + b_o
        s = self.activation.function(a + state[0] @ self.params["W_s"].T)
        return (s @ self.params["W_o"].T + self.params["b_o"],), JordanTrace(s)

    def step_back(self, d_state, previous, state, trace):
        # delta_t = f'(z_t) * (W_o^T dL/do_t);   dL/do_{t-1} = W_s^T delta_t
        delta = (d_state[0] @ self.params["W_o"]) * self.activation.slope(trace.hidden)
        return delta, delta, (delta @ self.params["W_s"],)

    def weight_gradients(self, run, da, dq, d_states):
        # dL/dW_o = sum_t dL/do_t s_t^T
        gradients = super().weight_gradients(run, da, dq, d_states)
        gradients["W_o"] = outer_sum(d_states[0], run.trace.hidden)
        gradients["b_o"] = d_states[0].sum(axis=(0, 1))
        return gradients

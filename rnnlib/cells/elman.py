"""The Elman cell: the memory is the hidden state (Elman 1990)."""

from typing import NamedTuple

import numpy as np

from ..activations import get_activation
from .base import Cell


class ElmanTrace(NamedTuple):
    """The pre-activation z_t of every step, ``(T, B, H)``."""

    z: np.ndarray


class Elman(Cell):
    """S_t = f(W_x x_t + W_s S_{t-1} + b_s), with f one of tanh, relu, sigmoid and linear.

    Parameters: ``W_x (H, D)``, ``W_s (H, H)``, ``b_s (H,)``. Source: Elman (1990), Finding structure in time.
    """

    states = ("S",)
    blocks = ("S",)
    recurrent_weight, bias = "W_s", "b_s"

    def __init__(self, input_size, state_size, *, activation="tanh", **options):
        """As :class:`Cell`; ``activation`` is 'tanh', 'relu', 'sigmoid' or 'linear'."""
        self.set_options(activation)
        super().__init__(input_size, state_size, **options)

    def set_options(self, activation="tanh"):
        self.activation = get_activation(activation)

    def options(self):
        return {"activation": self.activation.name}

    def new_trace(self, a):
        return ElmanTrace(*a)

    def step(self, W_T, a, previous, state, trace):
        # S_t = f(a_t + W_s S_{t-1})
        (z,) = trace
        z += previous[0] @ W_T[0]
        self.activation.function(z, out=state[0])

    def slopes(self, previous, state, trace):
        # f'(z_t)
        return (self.activation.slope(state[0])[None],)

    def step_back(self, W, d_state, slopes, trace):
        # delta_t = f'(z_t) * dL/dS_t;   dL/dS_{t-1} = W_s^T delta_t
        ((delta,),) = slopes
        delta *= d_state[0]
        return (delta @ W[0],)

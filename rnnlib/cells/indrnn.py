"""The independently recurrent cell: every unit remembers by itself (Li et al. 2018)."""

from typing import NamedTuple

import numpy as np

from ..activations import get_activation
from .base import Cell


class IndRNNTrace(NamedTuple):
    """The pre-activation z_t of every step, ``(T, B, H)``."""

    z: np.ndarray


class IndRNN(Cell):
    """h_t = f(W_x x_t + u * h_{t-1} + b), with f one of relu, tanh, sigmoid and linear.

    The recurrence is one number a unit instead of a matrix, so the Jacobian of a step is diagonal, and how far a
    gradient reaches is set unit by unit: f' u to the power of the lag.

    Parameters: ``W_x (H, D)``, ``u (H,)``, ``b (H,)``. Source: Li et al. (2018), Independently recurrent neural
    network (IndRNN): building a longer and deeper RNN.
    """

    recurrent_weight = "u"

    def __init__(self, input_size, state_size, *, rng, activation="relu", gain=1.0, dtype=np.float64):
        """As :class:`Cell`; u is drawn evenly between 0 and ``gain``."""
        self.set_options(activation)
        super().__init__(input_size, state_size, rng=rng, gain=gain, dtype=dtype)

    def set_options(self, activation="relu"):
        self.activation = get_activation(activation)

    def options(self):
        return {"activation": self.activation.name}

    @classmethod
    def shapes(cls, input_size, state_size):
        return super().shapes(input_size, state_size) | {"u": (state_size,)}

    def draw_recurrent(self, rng, shape, recurrent, gain):
        return rng.uniform(0, gain, shape)

    def forward_weights(self):
        return self.params["u"]

    def backward_weights(self):
        return self.params["u"]

    def new_trace(self, a):
        return IndRNNTrace(*a)

    def step(self, u, a, previous, state, trace):
        # h_t = f(a_t + u * h_{t-1})
        z = trace.z
        z += u * previous[0]
        self.activation.function(z, out=state[0])

    def slopes(self, previous, state, trace):
        # f'(z_t)
        return (self.activation.slope(state[0])[None],)

    def step_back(self, u, d_state, slopes, trace):
        # delta_t = f'(z_t) * dL/dh_t;   dL/dh_{t-1} = u * delta_t
        ((delta,),) = slopes
        delta *= d_state[0]
        return (u * delta,)

    def recurrent_gradient(self, delta, operand):
        # dL/du = sum_t delta_t * h_{t-1}
        return np.sum(delta * operand, axis=(0, 1))

    def squared_terms(self, delta, operand):
        # ||delta * h||^2
        return np.sum((delta * operand) ** 2, axis=1)

"""Activation functions, each with its derivative written in terms of its output."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .checks import check_choice


class Activation(NamedTuple):
    """A function f and its derivative.

    ``function(z, out=None)`` is f(z). ``slope(y, out=None)`` is f'(z) as a function of the output y = f(z), so that
    a backward pass need not keep z. ``max_slope`` is the largest value f' takes: the beta_f in the bound on the
    gradient of Pascanu, Mikolov & Bengio (2013). Both write into ``out`` where it is given, as NumPy's own do.
    """

    name: str
    function: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    max_slope: float


def sigmoid(z, out=None):
    """The logistic function 1 / (1 + exp(-z)), computed as tanh(z/2)/2 + 1/2, which cannot overflow."""
    y = np.tanh(np.multiply(z, 0.5, out=out), out=out)
    return np.add(np.multiply(y, 0.5, out=out), 0.5, out=out)


def relu(z, out=None):
    """The rectifier max(z, 0)."""
    return np.maximum(z, 0, out=out)


def tanh_slope(y, out=None):
    """tanh'(z) = 1 - y^2 with y = tanh(z): at most 1, and 1 at z = 0."""
    slope = np.multiply(y, y, out=out)
    return np.subtract(1, slope, out=slope)


def sigmoid_slope(y, out=None):
    """sigma'(z) = y (1 - y) with y = sigma(z): at most 1/4, at z = 0."""
    slope = np.subtract(1, y, out=out)
    slope *= y
    return slope


def relu_slope(y, out=None):
    """1 where y = relu(z) is positive, else 0; at z = 0, where relu has no derivative, 0 is taken."""
    return np.sign(y, out=out)


def linear_slope(y, out=None):
    """1 everywhere: the derivative of f(z) = z."""
    slope = np.empty_like(y) if out is None else out
    slope[...] = 1
    return slope


def softmax(z, axis=-1):
    """exp(z_i) / sum_j exp(z_j) along ``axis``; the largest z is subtracted first, so nothing overflows.

    Raises TypeError for what is not numbers, and ValueError for a single number or an empty axis.
    """
    z = np.asarray(z)
    if z.dtype.kind not in "fiu":
        raise TypeError(f"z: expected an array of numbers, got {z.dtype}")
    if not z.ndim or not z.shape[axis]:
        raise ValueError(f"z: expected at least one entry along axis {axis}, got {z.shape}")
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


ACTIVATIONS = {
    "tanh": Activation("tanh", np.tanh, tanh_slope, 1.0),
    "sigmoid": Activation("sigmoid", sigmoid, sigmoid_slope, 0.25),
    "relu": Activation("relu", relu, relu_slope, 1.0),
    "linear": Activation("linear", np.positive, linear_slope, 1.0),
}


def get_activation(name):
    """The activation called ``name``: 'tanh', 'sigmoid', 'relu' or 'linear'; ValueError for any other."""
    return ACTIVATIONS[check_choice("activation", name, ACTIVATIONS)]

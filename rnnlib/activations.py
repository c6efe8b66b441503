"""Activation functions, each with its derivative written in terms of its output."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .checks import NotFiniteError, check_choice, check_kind, check_size


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


# where exp(-z) overflows, 1 / (1 + inf) = 0 is right
@np.errstate(over="ignore")
def sigmoid(z, out=None):
    """The logistic function 1 / (1 + exp(-z)), exact to rounding in both tails."""
    y = np.exp(np.multiply(z, -1.0, out=out), out=out)
    return np.reciprocal(np.add(y, 1.0, out=out), out=out)


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

    An entry of -inf gets 0. Raises TypeError for what is not numbers and for an axis that is not a whole number, and
    ValueError for an axis that z does not have, an empty one, and where the largest z is not finite.
    """
    z = check_kind("z", z, "fiu", "an array of numbers")
    z = z if z.dtype.kind == "f" else z.astype(np.float64)
    if not z.size or not z.ndim:
        raise ValueError(f"z: expected at least one entry along axis {axis}, got {z.shape}")
    if check_size("axis", axis, least=-z.ndim) >= z.ndim:
        raise ValueError(f"axis: expected one of the {z.ndim} axes of z, got {axis}")
    largest = z.max(axis=axis, keepdims=True)
    if not np.isfinite(largest).all():
        raise NotFiniteError(f"z: expected a finite largest entry along axis {axis}, got NaN or infinity")
    e = np.exp(z - largest)
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

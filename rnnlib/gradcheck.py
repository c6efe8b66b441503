"""Gradients by finite differences, to check the ones derived by hand."""

import numpy as np

from .checks import FLOATS, check_number, check_rng


def numerical_gradient(function, array, epsilon=1e-5):
    """(f(a + eps) - f(a - eps)) / (2 eps) for every entry of ``array``, which is changed and put back.

    ``function()`` takes no argument, reads ``array`` and returns a number. The error is of order eps^2
    (truncation) plus 1e-16 / eps (rounding). Raises TypeError or ValueError for an ``array`` that is not one of
    floating-point numbers and for an epsilon that is not positive.
    """
    _check_changeable(array, epsilon)
    kept, gradient = array.copy(), np.empty_like(array)
    try:
        for index in np.ndindex(array.shape):
            array[index] = kept[index] + epsilon
            above = function()
            array[index] = kept[index] - epsilon
            below = function()
            array[index] = kept[index]
            gradient[index] = (above - below) / (2 * epsilon)
    finally:
        array[...] = kept
    return gradient


def directional_error(function, array, gradient, rng, epsilon=1e-5):
    """The relative error of ``gradient`` along one random direction: two evaluations at any size.

    |(f(a + eps v) - f(a - eps v)) / (2 eps) - <gradient, v>| / (|first| + |second|), v a random unit vector.
    ``function()`` reads ``array``, which is changed and put back. Raises TypeError or ValueError as
    :func:`numerical_gradient`, for a ``rng`` that is not a generator, and for a gradient of another shape.
    """
    _check_changeable(array, epsilon)
    check_rng("rng", rng)
    if np.shape(gradient) != array.shape:
        raise ValueError(f"gradient: expected {array.shape}, the shape of the array, got {np.shape(gradient)}")
    direction = rng.normal(size=array.shape).astype(array.dtype)
    direction /= np.linalg.norm(direction)
    kept = array.copy()
    try:
        array += epsilon * direction
        above = function()
        array[...] = kept - epsilon * direction
        below = function()
    finally:
        array[...] = kept
    return relative_error((above - below) / (2 * epsilon), np.sum(gradient * direction))


def relative_error(left, right):
    """max |left - right| / (max |left| + max |right|), and 0 where both are zero.

    Raises ValueError where the shapes differ or there is nothing to compare.
    """
    if np.shape(left) != np.shape(right) or not np.size(left):
        raise ValueError(f"left and right: expected arrays of one shape, got {np.shape(left)} and {np.shape(right)}")
    scale = np.max(np.abs(left)) + np.max(np.abs(right))
    return float(np.max(np.abs(np.subtract(left, right))) / scale) if scale else 0.0


def _check_changeable(array, epsilon):
    if not isinstance(array, np.ndarray) or array.dtype not in FLOATS:
        kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(f"array: expected an array of floating-point numbers, which is changed in place, got {kind}")
    check_number("epsilon", epsilon, above=0)

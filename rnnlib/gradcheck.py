"""Gradients by finite differences, to check the ones derived by hand."""

import numpy as np

from .checks import check_number, check_rng


def numerical_gradient(function, array, epsilon=1e-5):
    """(f(a + eps) - f(a - eps)) / (2 eps) for every entry of ``array``, which is changed and put back.

    ``function()`` takes no argument, reads ``array`` and returns a number. The error is of order eps^2
    (truncation) plus 1e-16 / eps (rounding). Raises ValueError for an epsilon that is not positive.
    """
    check_number("epsilon", epsilon, above=0)
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + epsilon
        above = function()
        array[index] = kept - epsilon
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * epsilon)
    return gradient


def directional_error(function, array, gradient, rng, epsilon=1e-5):
    """The relative error of ``gradient`` along one random direction: two evaluations at any size.

    |(f(a + eps v) - f(a - eps v)) / (2 eps) - <gradient, v>| / (|first| + |second|), v a random unit vector.
    """
    check_number("epsilon", epsilon, above=0)
    check_rng("rng", rng)
    direction = rng.normal(size=array.shape).astype(array.dtype)
    direction /= np.linalg.norm(direction)
    kept = array.copy()
    array += epsilon * direction
    above = function()
    array[...] = kept - epsilon * direction
    below = function()
    array[...] = kept
    return relative_error((above - below) / (2 * epsilon), np.sum(gradient * direction))


def relative_error(left, right):
    """max |left - right| / (max |left| + max |right|), and 0 where both are zero."""
    scale = np.max(np.abs(left)) + np.max(np.abs(right))
    return float(np.max(np.abs(np.subtract(left, right))) / scale) if scale else 0.0

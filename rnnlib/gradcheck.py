"""Gradients by finite differences, to check the ones derived by hand."""

from numbers import Real

import numpy as np

from .checks import check_floats, check_function, check_kind, check_number, check_rng, check_writable

# eps^2 and rounding / eps about even: the cube root of 1e-16; for float32 that of 6e-8, a power of two so that a + eps
# is seldom rounded
EPSILON = {np.dtype(np.float64): 1e-5, np.dtype(np.float32): 2.0**-8}


def numerical_gradient(function, array, epsilon=None):
    """(f(a + eps) - f(a - eps)) / (2 eps) for every entry of ``array``, which is changed and put back.

    ``function()`` takes no argument, reads ``array`` and returns a number. The error is of order eps^2
    (truncation) plus 1e-16 / eps (rounding; 6e-8 / eps where float32 is involved). ``epsilon`` is 1e-5 for an array
    of float64 and 2^-8 for one of float32, where three or four digits are all one can ask for: check gradients in
    float64. Raises TypeError or ValueError for an ``array`` that is not one of floating-point numbers or is
    read-only, for a ``function`` that is not one, and for an epsilon that is not positive.
    """
    epsilon = _check_changeable(function, array, epsilon)
    kept, gradient = array.copy(), np.empty_like(array)
    try:
        for index in np.ndindex(array.shape):
            array[index] = kept[index] + epsilon
            above = _value(function)
            array[index] = kept[index] - epsilon
            below = _value(function)
            array[index] = kept[index]
            gradient[index] = (above - below) / (2 * epsilon)
    finally:
        array[...] = kept
    return gradient


def directional_error(function, array, gradient, rng, epsilon=None):
    """The relative error of ``gradient`` along one random direction: two evaluations at any size.

    |(f(a + eps v) - f(a - eps v)) / (2 eps) - <gradient, v>| / (|first| + |second|), v a random unit vector.
    ``function()`` reads ``array``, which is changed and put back. Raises TypeError or ValueError as
    :func:`numerical_gradient`, for a ``rng`` that is not a generator, and for a gradient of another shape.
    """
    epsilon = _check_changeable(function, array, epsilon)
    check_rng("rng", rng)
    gradient = check_kind("gradient", gradient, "fiu", "an array of numbers")
    if gradient.shape != array.shape:
        raise ValueError(f"gradient: expected {array.shape}, the shape of the array, got {gradient.shape}")
    direction = rng.normal(size=array.shape)
    direction /= np.linalg.norm(direction)
    kept = array.copy()
    try:
        array += epsilon * direction
        above = _value(function)
        array[...] = kept - epsilon * direction
        below = _value(function)
    finally:
        array[...] = kept
    return relative_error((above - below) / (2 * epsilon), np.sum(gradient * direction))


def relative_error(left, right):
    """max |left - right| / (max |left| + max |right|), and 0 where both are zero.

    Raises TypeError for what is not numbers, and ValueError where the shapes differ or there is nothing to compare.
    """
    left, right = (check_kind(*item, "fiub", "an array of numbers") for item in {"left": left, "right": right}.items())
    if left.shape != right.shape or not left.size:
        raise ValueError(f"left and right: expected arrays of one shape, got {left.shape} and {right.shape}")
    left, right = left.astype(np.float64), right.astype(np.float64)
    scale = np.max(np.abs(left)) + np.max(np.abs(right))
    return float(np.max(np.abs(left - right)) / scale) if scale else 0.0


def _value(function):
    """What the function returns, as a number; TypeError for anything else."""
    value = function()
    if np.ndim(value) or not isinstance(value, Real | np.ndarray):
        raise TypeError(f"function: expected one that returns a number, got {type(value).__name__}")
    return value


def _check_changeable(function, array, epsilon):
    """The epsilon that is asked for, or that of the array's type; raise TypeError or ValueError for bad arguments."""
    check_function("function", function)
    check_writable({"array": check_floats("array", array)})
    return EPSILON[array.dtype] if epsilon is None else check_number("epsilon", epsilon, above=0)

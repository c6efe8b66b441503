"""Two time scales: a slow and a fast signal arrive as one sum, and must be told apart.

The slow part can be known only from many steps, the fast part only from the last few. Both are Gaussian, so
the smallest error that any memory of n steps can reach is known exactly: :func:`lowest_error`.
"""

import numpy as np

from ..checks import check_number, check_rng, check_size
from ..model import Batch

SLOW, FAST = 100.0, 1.0


def draw_batch(rng, size, steps, slow=SLOW, fast=FAST):
    """``size`` sequences of ``steps`` numbers x_t = s_t + f_t, with the pair (s_t, f_t) as the target of every step.

    s_t = a s_{t-1} + sqrt(1 - a^2) e_t,  a = exp(-1/slow), and f_t likewise with ``fast``: each has mean 0,
    variance 1 and correlation exp(-lag / scale); e_t is standard normal. ``slow`` and ``fast`` are in steps.
    x is ``(T, B, 1)``, the targets ``(T, B, 2)``. The squared-error loss of a step is the mean of the two mean
    squared errors. Raises TypeError or ValueError for a ``rng`` that is not a generator, sizes below 1 and
    scales that are not positive.
    """
    check_rng("rng", rng)
    check_size("size", size)
    check_size("steps", steps)
    decay = _decays(slow, fast)
    parts = rng.normal(size=(steps, size, 2))
    for t in range(1, steps):
        # s_t = a s_{t-1} + sqrt(1 - a^2) e_t
        parts[t] = decay * parts[t - 1] + np.sqrt(1 - decay * decay) * parts[t]
    return Batch(parts.sum(axis=-1, keepdims=True), parts)


def lowest_error(steps, slow=SLOW, fast=FAST):
    """The least mean squared error of s_t (and of f_t) that x_{t-n+1}, ..., x_t allow, n = ``steps``.

    1 - k^T C^{-1} k with C_ij = a^|i-j| + b^|i-j| the covariance of the inputs seen and k_j = a^j their
    covariance with s_t. The error of f_t = x_t - s_t is the same. With n = 1, all that a network without
    memory has, it is 1/2. Source: the Gauss-Markov theorem for jointly normal variables.
    """
    n = check_size("steps", steps)
    lag = np.arange(n)
    covariance = sum(d ** np.abs(lag[:, None] - lag) for d in _decays(slow, fast))
    k = _decays(slow, fast)[0] ** lag
    return float(1 - k @ np.linalg.solve(covariance, k))


def _decays(slow, fast):
    return np.exp(-1 / np.array([check_number("slow", slow, above=0), check_number("fast", fast, above=0)]))

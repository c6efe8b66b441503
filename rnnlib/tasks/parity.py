"""Parity: is the number of ones so far odd?"""

import numpy as np

from ..checks import check_rng, check_size
from ..model import Batch


def draw_batch(rng, size, steps, at_every_step=True):
    """``size`` sequences of ``steps`` fair bits, one-hot, with the parity of the bits so far as the target.

    y_t = (b_1 + ... + b_t) mod 2. With ``at_every_step=False`` the last step alone counts in the loss. x is
    ``(T, B, 2)``; guessing is right half of the time. Raises TypeError or ValueError for a ``rng`` that is not a
    generator and for sizes below 1.
    """
    check_rng("rng", rng)
    check_size("size", size)
    check_size("steps", steps)
    bits = rng.integers(2, size=(steps, size))
    mask = None
    if not at_every_step:
        mask = np.zeros((steps, size), dtype=bool)
        mask[-1] = True
    return Batch(np.eye(2)[bits], bits.cumsum(axis=0) % 2, mask)

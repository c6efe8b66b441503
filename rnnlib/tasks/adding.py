"""The adding problem: two of many numbers are marked, and their sum is wanted at the end."""

import numpy as np

from ..checks import check_rng, check_size
from ..model import Batch


def draw_batch(rng, size, steps):
    """``size`` sequences of ``steps`` pairs (number, mark), and the sum of the marked two at the last step.

    x_t = (v_t, m_t) with v uniform in [0, 1] and m = 1 at one place in the first half and one in the second.
    Only the last step counts in the loss. Always answering 1 gives a mean squared error of 1/6.
    Source: Hochreiter & Schmidhuber (1997), in the form of Le, Jaitly & Hinton (2015).
    """
    check_rng("rng", rng)
    check_size("size", size)
    check_size("steps", steps, least=2)
    values = rng.uniform(size=(steps, size))
    marks = np.zeros((steps, size))
    half = steps // 2
    columns = np.arange(size)
    marks[rng.integers(0, half, size), columns] = 1
    marks[rng.integers(half, steps, size), columns] = 1
    targets = np.zeros((steps, size, 1))
    targets[-1, :, 0] = (values * marks).sum(axis=0)
    mask = np.zeros((steps, size), dtype=bool)
    mask[-1] = True
    return Batch(np.stack((values, marks), axis=-1), targets, mask)

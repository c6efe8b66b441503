"""Recall: a class is shown first, noise follows, and at the end the class is wanted."""

import numpy as np

from ..checks import check_rng, check_size
from ..model import Batch

CLASSES = 2


def draw_batch(rng, size, lag):
    """``size`` sequences of ``lag`` + 1 steps: the class, one-hot, then ``lag`` steps of noise.

    x_1 = (onehot(class), 0), x_t = (0, 0, noise) after it, with noise uniform in [-0.5, 0.5]. Only the last step counts
    in the loss, and its target is the class shown ``lag`` steps before; guessing is right half of the time.
    """
    check_rng("rng", rng)
    check_size("size", size)
    check_size("lag", lag)
    classes = rng.integers(0, CLASSES, size)
    x = np.zeros((lag + 1, size, CLASSES + 1))
    x[0, np.arange(size), classes] = 1
    x[1:, :, CLASSES] = rng.uniform(-0.5, 0.5, (lag, size))
    targets = np.zeros((lag + 1, size), dtype=int)
    targets[-1] = classes
    mask = np.zeros((lag + 1, size), dtype=bool)
    mask[-1] = True
    return Batch(x, targets, mask)

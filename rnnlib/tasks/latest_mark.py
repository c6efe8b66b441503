"""The latest mark: two of many numbers are marked, and only the second of them is wanted at the end."""

import numpy as np

from . import adding


def draw_batch(rng, size, steps):
    """``size`` sequences of ``steps`` pairs (number, mark), and the later marked number at the last step.

    The input is that of the adding problem, x_t = (v_t, m_t); what was marked first must be forgotten. Only
    the last step counts in the loss. Always answering 1/2 gives a mean squared error of 1/12. Raises TypeError
    or ValueError as :func:`rnnlib.tasks.adding.draw_batch`.
    """
    batch = adding.draw_batch(rng, size, steps)
    values, marks = batch.x[..., 0], batch.x[..., 1]
    latest = steps - 1 - marks[::-1].argmax(axis=0)
    targets = np.zeros_like(batch.targets)
    targets[-1, :, 0] = values[latest, np.arange(size)]
    return batch._replace(targets=targets)

"""Right answers of chapter 0, written another way."""

import numpy as np


def leaky_step_with_numpy(x_t, S_previous, w):
    return np.add(np.multiply(S_previous, w), x_t)


OTHER_ANSWERS = {"leaky_step": [leaky_step_with_numpy]}

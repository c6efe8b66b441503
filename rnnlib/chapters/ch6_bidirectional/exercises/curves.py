"""Four curves to choose from before the reach of both directions is seen."""

import numpy as np

from rnnlib.pictures import style
from rnnlib.pictures.figures import Picture, choices

from ..experiments import input_gradients

T = 50


def _sizes():
    forward, backward = (input_gradients(0.8, T, direction) for direction in (1, -1))
    both = np.hypot(forward, backward)
    return [forward, np.full(T, both.max()), both.min() * both.max() / both, both]


def four_reaches():
    """The gradient over the position of a cue as the panels A to D: D is that of both ends together.

    A is the forward network alone, B flat, and C is D flipped upside down.
    """
    fig = style.new_figure(9, 2.6)
    axes = {"xlabel": "position k", "ylabel": "size of the gradient", "yscale": "log", "xticks": [1, 25, T]}
    choices.four_curves(fig, np.arange(1, T + 1), _sizes(), **axes)
    return Picture(
        fig,
        """Four curves over the position of the cue from 1 to 50, on a log scale. A rises all the way, from very small.
        B is flat. C is smallest at both ends and largest in the middle. D is largest at both ends and smallest in the
        middle.""",
    )


def panel_of(sizes):
    """The letter of the panel with these sizes."""
    return choices.panel_of(sizes, _sizes())

"""Four curves to choose from: a prediction of a shape, before the true one is seen."""

import numpy as np

from ..style import COLOURS


def four_curves(fig, x, curves, **axes):
    """Four panels A to D in one row, one curve of ``curves`` in each over the same ``x``; ``axes`` is set on all.

    Returns the four lines. Raises ValueError unless there are four curves.
    """
    if len(curves) != 4:
        raise ValueError(f"curves: expected 4, one for each of the panels A to D, got {len(curves)}")
    panels = fig.subplots(1, 4, sharex=True, sharey=True)
    lines = []
    for ax, curve, letter in zip(panels, curves, "ABCD", strict=True):
        lines.append(ax.plot(x, np.asarray(curve), color=COLOURS["gradient"])[0])
        ax.set_title(letter, loc="center", fontweight="bold")
        ax.set(**axes)
        ax.label_outer()
    return lines


def panel_of(curve, curves):
    """The letter of the panel that shows ``curve``. Raises ValueError if none of the four does."""
    return "ABCD"[[np.allclose(curve, shown) for shown in curves].index(True)]

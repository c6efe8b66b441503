"""Remedies against vanishing and exploding gradients, drawn over several starts of the weights.

Each function takes an ``ax`` and data, and returns the artists it made.
"""

import numpy as np

from ..style import COLOURS
from .gradients import norm_axes, norms_by_lag

CLIPPED = {"free": ("gradient", "-"), "clipped by norm": ("state", "-")}


def losses_of_clipping(ax, losses, block, constant, limits=(5e-3, 1e4)):
    """The error by step of every start, ``losses (2, starts, blocks)``: free, then clipped by norm.

    A value is the largest of ``block`` steps in a row; where it is above the axes, the curve ends in a triangle.
    ``constant`` is the error of a constant answer, a dashed line.
    """
    steps = block * (1 + np.arange(losses.shape[-1]))
    ax.set(yscale="log", ylim=limits, xlim=(0, steps[-1]), xlabel="step of training", ylabel="mean squared error")
    ax.minorticks_off()
    lines = []
    for (name, (look, line)), runs in zip(CLIPPED.items(), losses, strict=True):
        options = {"color": COLOURS[look], "linestyle": line, "linewidth": 1.2, "alpha": 0.75}
        for k, run in enumerate(runs):
            lines += ax.plot(steps, np.where(run < limits[1], run, np.nan), label=name if k == 0 else None, **options)
        above = steps[np.any(runs >= limits[1], axis=0)]
        ax.plot(above, np.full(above.size, limits[1]), "^", color=COLOURS[look], clip_on=False, zorder=6)
        if above.size:
            # the power of ten that the largest value reaches
            top = int(np.floor(np.log10(np.nanmax(runs))))
            words = f"above the axis, up to $10^{{{top}}}$"
            ax.annotate(words, (above[-1], limits[1]), (10, -4), textcoords="offset points", va="top", color="#555555")
    ax.axhline(constant, color=COLOURS["bound"], linestyle=(0, (4, 2)), zorder=5, label="constant answer")
    ax.legend(loc="center right", handlelength=1.6)
    return lines


def dead_before_and_after(ax, dead, units=16):
    """For every start a line from the dead units before training to those after it; ``dead (2, starts, 2)``."""
    ax.set(xlim=(-0.3, 1.3), xticks=[0, 1], xticklabels=["before", "after"], ylim=(-0.5, units + 0.8))
    ax.set(yticks=[0, 4, 8, 12, 16], ylabel=f"dead units of {units}")
    lines = []
    for (name, (look, line)), starts in zip(CLIPPED.items(), dead, strict=True):
        mark = "X" if name == "free" else "o"
        for start in starts:
            lines += ax.plot([0, 1], start, marker=mark, color=COLOURS[look], linestyle=line, linewidth=1.2, alpha=0.75)
    return lines


def eight_norms(ax, norms, *, first=True):
    """Norms by lag of several draws, ``norms (draws, lags)``, one thin line each; ``first`` labels the left axis."""
    axis = norm_axes(ax, norms.shape[1], (1e-22, 1e4))
    ax.set_yticks([1e-20, 1e-15, 1e-10, 1e-5, 1])
    lines = [norms_by_lag(ax, row, linewidth=1.1, alpha=0.7) for row in norms]
    ax.set_xlabel("lag $n$")
    if not first:
        ax.set_ylabel("")
    return lines, axis

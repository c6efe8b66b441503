"""Gradients through time, drawn: norms by lag, bounds, shares, eigenvalues, loss surfaces and the way down them.

Each function takes an ``ax`` and returns the artists it made; those that an explorer moves can be made without data.
"""

import matplotlib as mpl
import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from rnnlib.checks import check_choice

from ..style import COLOURS

SURFACE, BANDS = mpl.colormaps["cividis"], 11


def norm_axes(ax, lags, limits=(1e-12, 1e12), *, label=r"$\Vert\partial S_T/\partial S_{T-n}\Vert$"):
    """Axes for norms against the lag 0..``lags``, on a log scale, with a line at 1: neither growth nor decay.

    Beyond ``limits`` a curve is held at the edge (:func:`held`).
    """
    ax.set_yscale("log")
    ax.set_ylim(*limits)
    ax.set_yticks(np.geomspace(*limits, 5))
    ax.minorticks_off()
    ax.set_xlim(0, lags)
    ax.set_xlabel("lag $n$, steps back in time")
    ax.set_ylabel(label)
    return ax.axhline(1, color="#999999", linewidth=1)


def held(values, limits):
    """``values`` kept within ``limits``, so that 0 lies on the floor, and inf and NaN at the ceiling."""
    values = np.nan_to_num(np.asarray(values, dtype=float), nan=np.inf, posinf=np.inf, neginf=0)
    return np.clip(values, *limits)


def inside(values, limits):
    """``values`` with NaN where they leave ``limits``, so that a curve ends there."""
    values = np.asarray(values, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.where((values >= limits[0]) & (values <= limits[1]), values, np.nan)


def leaving(values, limits):
    """Where a curve leaves ``limits``: True at each value outside that has one inside beside it."""
    outside = np.isnan(inside(values, limits))
    beside = np.zeros_like(outside)
    beside[1:] |= ~outside[:-1]
    beside[:-1] |= ~outside[1:]
    return outside & beside


def open_curve(ax, color, **look):
    """A curve and the triangles that mark where it leaves the picture: three artists, for :func:`set_open_curve`."""
    marks = {"linestyle": "none", "color": color, "markersize": 8, "zorder": 4}
    line = ax.plot([], [], color=color, **look)[0]
    return line, ax.plot([], [], marker="v", **marks)[0], ax.plot([], [], marker="^", **marks)[0]


def set_open_curve(artists, places, values, limits):
    """Draw ``values`` against ``places`` with :func:`open_curve`; below the picture ▼, above it ▲ where it leaves."""
    line, below, above = artists
    line.set_data(places, inside(values, limits))
    at = leaving(values, limits)
    low, high = np.geomspace(*limits, 51)[[1, -2]]  # a little inside, so that the triangles are whole
    for marks, edge, beyond in ((below, low, values < limits[0]), (above, high, ~(values <= limits[1]))):
        chosen = np.asarray(places)[at & beyond]
        marks.set_data(chosen, np.full(len(chosen), edge))


def norms_by_lag(ax, norms=(), lags=None, *, color=COLOURS["gradient"], label=None, **options):
    """The curve of ``norms`` against ``lags`` (0, 1, ... if left out); what leaves the axes is held at their edge."""
    lags = np.arange(len(norms)) if lags is None else lags
    return ax.plot(lags, held(norms, ax.get_ylim()), color=color, label=label, **options)[0]


def bound_by_lag(ax, bounds=(), lags=None, *, label="bound"):
    """The dashed grey curve that no norm can pass."""
    return norms_by_lag(ax, bounds, lags, color=COLOURS["bound"], label=label, linestyle=(0, (4, 2)))


def share_bars(ax, shares, *, color=COLOURS["gradient"]):
    """One bar a lag: the share of each lag in the whole. One artist; ``set_data(shares)`` moves all bars."""
    ax.set_xlim(-0.5, len(shares) - 0.5)
    ax.set_xlabel("lag $n$, steps back in time")
    edges = np.arange(len(shares) + 1) - 0.5
    return ax.stairs(shares, edges, fill=True, color=color, edgecolor="white", linewidth=0.6)


def eigenvalue_plane(ax, eigenvalues=(), reach=1.6):
    """The complex plane with the unit circle and ``eigenvalues`` as dots."""
    angle = np.linspace(0, 2 * np.pi, 200)
    ax.fill(np.cos(angle), np.sin(angle), color="#EEEEEE", zorder=0)
    ax.plot(np.cos(angle), np.sin(angle), color=COLOURS["bound"], linewidth=1.4, zorder=1)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="real part", ylabel="imaginary part")
    ax.set_xticks([-1, 0, 1])
    ax.set_yticks([-1, 0, 1])
    values = np.asarray(eigenvalues, dtype=complex)
    return ax.plot(values.real, values.imag, "o", color=COLOURS["state"], alpha=0.8, zorder=3)[0]


def surface_bands(w, b, loss, limits):
    """The regions of the plane where ``loss (len(b), len(w))`` exceeds each of ``BANDS`` levels, as paths.

    The levels are spaced evenly on a log scale over ``limits``; below the first of them lies what no path covers.
    """
    generator = contour_generator(w, b, loss, fill_type=FillType.OuterCode)
    paths = []
    for level in np.geomspace(*limits, BANDS):
        points, codes = generator.filled(level, np.inf)
        parts = [Path(p, c) for p, c in zip(points, codes, strict=True)]
        paths.append(Path.make_compound_path(*parts) if parts else Path(np.empty((0, 2))))
    return paths


def loss_surface(ax, w, b, loss, limits):
    """A map of the loss over two parameters: dark is low. One artist; ``set_paths(surface_bands(...))`` moves it."""
    colours = SURFACE(np.linspace(0, 1, BANDS + 1))
    ax.set(xlim=(w[0], w[-1]), ylim=(b[0], b[-1]), facecolor=colours[0])
    ax.grid(visible=False)
    bands = PathCollection(surface_bands(w, b, loss, limits), facecolors=colours[1:], linewidths=0, zorder=0.5)
    return ax.add_collection(bands, autolim=False)


DESCENTS = {
    "clipped": {"color": "white", "linewidth": 1.6, "marker": "o", "markersize": 4},
    "free": {"color": COLOURS["gradient"], "linewidth": 1.6, "marker": "X", "markersize": 5},
}


def descent_path(ax, path=((), ()), *, kind="clipped"):
    """The way of a descent over a loss surface, a mark at each step; ``kind`` is 'clipped' or 'free'."""
    look = DESCENTS[check_choice("kind", kind, DESCENTS)]
    return ax.plot(*path, zorder=3, markeredgecolor="black", markeredgewidth=0.4, **look)[0]


def success_by_lag(ax, lags, results, *, color=COLOURS["RNN"], label=None, marker="o"):
    """Accuracy against the lag of a task: the mean of several trainings as a line, each training as a dot.

    ``results (len(lags), trainings)``; a dashed line marks the half that guessing between two classes gives.
    """
    results = np.asarray(results)
    ax.axhline(0.5, color=COLOURS["bound"], linestyle=(0, (4, 2)), linewidth=1.4)
    ax.plot(np.repeat(lags, results.shape[1]), results.ravel(), marker, color=color, alpha=0.4)
    ax.set(xscale="log", ylim=(0.3, 1.04), xlabel="lag of the task, steps", ylabel="right answers")
    ax.set_xticks(lags, [f"{lag:g}" for lag in lags])
    ax.minorticks_off()
    ax.set_yticks([0.5, 0.75, 1], ["50 %", "75 %", "100 %"])
    return ax.plot(lags, results.mean(axis=1), marker=marker, color=color, label=label)[0]


def training_on_log(ax, values, limits, *, color=COLOURS["gradient"], label=None):
    """A quantity at each step of a training on a log scale; where it is inf or NaN, a cross at the ceiling."""
    values = np.asarray(values, dtype=float)
    ax.set(yscale="log", ylim=limits, xlabel="step of training")
    ax.minorticks_off()
    lost = np.flatnonzero(~np.isfinite(values))
    ax.plot(lost, np.full(lost.size, limits[1]), "X", color=color, markersize=11, clip_on=False, zorder=5)
    return ax.plot(held(values, limits), marker="o", color=color, label=label)[0]

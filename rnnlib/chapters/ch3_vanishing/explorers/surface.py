"""The error surface of one unit, with its cliff, and two descents on it: clipped and free."""

import functools
import math

import numpy as np

from rnnlib.activations import sigmoid
from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.gradients import descent_path, held, loss_surface, surface_bands
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

TARGET = 0.7
INITIAL = 0.5
START = (5.0, -2.0)
RATE = 0.5
DESCENT = 80
LOW = 0.03
ON_THE_PLAIN = 0.07  # above the edge of the cliff the loss settles at 0.09
COLOUR_LIMITS = (3e-3, 0.6)
LIMITS = (1e-5, 1.0)
W = np.linspace(3.5, 5.5, 121)
B = np.linspace(-3, -0.5, 91)


def error_surface():
    """L(w, b) = (S_T - 0.7)^2 of one unit S_t = sigmoid(w S_{t-1} + b), with descent clipped and free drawn on it."""
    return LiveFigure(
        _draw,
        _update,
        {
            "threshold": Slider(10**-0.7, 0.01, 10, 0.1, log=True, label="threshold c", format=".2g"),
            "steps": Slider(50, 5, 100, 5, label="number of steps T"),
            "w": Slider(START[0], 3.5, 5.5, 0.05, label="start at w"),
            "b": Slider(START[1], -3, -0.5, 0.05, label="start at b"),
        },
        """Left, a map of the loss over weight and bias with a cliff across it, and the steps of two descents from
        the same start, one clipped, one free; right, the loss of both by step on a log scale.""",
        size=(8.8, 3.5),
        beforehand={"threshold": 31, "steps": 3},
        handles=lambda artists: [Handle(artists["start"], x="w", y="b")],
    )


def loss_and_gradient(w, b, steps):
    """L, dL/dw and dL/db of the unit, the derivatives carried forward beside the state.

    dS_t/dw = f'(z_t) (S_{t-1} + w dS_{t-1}/dw),  dS_t/db = f'(z_t) (1 + w dS_{t-1}/db).
    """
    S, dw, db = INITIAL, 0.0, 0.0
    for _ in range(steps):
        new = 0.5 * math.tanh(0.5 * (w * S + b)) + 0.5
        slope = new * (1 - new)
        S, dw, db = new, slope * (S + w * dw), slope * (1 + w * db)
    error = S - TARGET
    return error * error, 2 * error * dw, 2 * error * db


@functools.lru_cache(maxsize=1024)
def descend(steps, threshold=math.inf, start=START):
    """The way of (w, b), the loss and the gradient norm over a gradient descent, clipped by norm at ``threshold``.

    Returns ``(DESCENT + 1, 2)``, ``(DESCENT + 1,)`` and ``(DESCENT + 1,)``.
    """
    w, b = start
    way, losses, norms = [], [], []
    for _ in range(DESCENT + 1):
        loss, g_w, g_b = loss_and_gradient(w, b, steps)
        norm = math.hypot(g_w, g_b)
        way.append((w, b))
        losses.append(loss)
        norms.append(norm)
        # theta <- theta - rate g min(1, c / ||g||)
        rate = RATE if norm <= threshold else RATE * threshold / norm
        w, b = w - rate * g_w, b - rate * g_b
    return np.array(way), np.array(losses), np.array(norms)


@functools.cache
def surface(steps):
    """L at every point of the grid: ``(len(B), len(W))``."""
    weight, bias = np.meshgrid(W, B)
    S = np.full_like(weight, INITIAL)
    for _ in range(steps):
        S = sigmoid(weight * S + bias)
    return (S - TARGET) ** 2


@functools.cache
def _bands(steps):
    return surface_bands(W, B, surface(steps), COLOUR_LIMITS)


def _draw(fig):
    ground, losses = fig.subplots(1, 2, width_ratios=[1.25, 1])
    ground.set_title("Loss, dark is low")
    ground.set(xlabel="weight $w$", ylabel="bias $b$")
    losses.set_title("The loss on the way")
    losses.set_yscale("log")
    losses.set(xlim=(0, DESCENT), ylim=LIMITS, xlabel="step of descent", yticks=[1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1])
    losses.minorticks_off()
    artists = {
        "surface": loss_surface(ground, W, B, surface(50), COLOUR_LIMITS),
        "free": descent_path(ground, kind="free"),
        "clipped": descent_path(ground, kind="clipped"),
        "free_loss": losses.plot([], [], color=COLOURS["gradient"], label="free")[0],
        "start": ground.plot([], [], "s", color="white", markeredgecolor="black", markersize=9, zorder=6)[0],
        "clipped_loss": losses.plot([], [], color="black", label="clipped")[0],
    }
    ground.set(xlim=(W[0], W[-1]), ylim=(B[0], B[-1]), xticks=[4, 4.5, 5], yticks=[-2.5, -2, -1.5, -1])
    losses.legend(loc="lower left", handlelength=1.4, borderpad=0.2, labelspacing=0.2)
    return artists


def _update(artists, threshold, steps, w, b):
    if artists["surface"].get_paths() is not _bands(steps):
        artists["surface"].set_paths(_bands(steps))
    artists["start"].set_data([w], [b])
    clipped, free = descend(steps, threshold, (w, b)), descend(steps, start=(w, b))
    for name, (way, losses, _) in (("clipped", clipped), ("free", free)):
        artists[name].set_data(*way.T)
        artists[f"{name}_loss"].set_data(np.arange(DESCENT + 1), held(losses, LIMITS))
    largest = float(free[2].max())
    words = (
        f"T = {steps}: the free descent meets a gradient of norm {readable(largest)} and ends with the loss "
        f"{readable(free[1][-1])}; clipped at {readable(threshold)} it ends with {readable(clipped[1][-1])}. "
    )
    if largest <= threshold:
        return words + "The threshold is never reached, so the two ways are one."
    return words + _of_the_clipped(clipped, free, threshold)


def _of_the_clipped(clipped, free, threshold):
    """What the clipped descent has come to in its last ten steps."""
    _, losses, norms = clipped
    last = losses[-10:]
    if np.all(np.diff(losses) < 0) and norms[-1] > threshold:
        return (
            f"Every step of {DESCENT} went down, and it is still on its way: the steps are too short to arrive. A "
            "threshold can be too small as well."
        )
    if last.min() > ON_THE_PLAIN:
        return "This threshold lets the jump pass: what is left of it is still too long."
    if last.max() < LOW:
        beside = ", while the free one ends on the plain" if free[1][-1] > ON_THE_PLAIN else ""
        return f"In its last ten steps the clipped loss stays below {readable(LOW)}{beside}."
    return (
        f"In its last ten steps the clipped loss still goes up to {readable(last.max())}; no step is longer than the "
        f"rate times c, {readable(RATE * threshold)}."
    )

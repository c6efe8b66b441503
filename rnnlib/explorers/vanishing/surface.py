"""The error surface of one unit, with its cliff, and two descents on it: clipped and free."""

import functools
import math

import ipywidgets as widgets
import numpy as np

from ...activations import sigmoid
from ...figures.gradients import descent_path, held, loss_surface, surface_bands
from ...figures.numbers import readable
from ...live import LiveFigure
from ...style import COLOURS

TARGET = 0.7
INITIAL = 0.5
START = (5.0, -2.0)
RATE = 0.5
DESCENT = 80
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
            "threshold": widgets.FloatLogSlider(
                value=10**-0.7,
                base=10,
                min=-2,
                max=1,
                step=0.1,
                readout_format=".2g",
                description="threshold c",
            ),
            "steps": widgets.IntSlider(value=50, min=5, max=100, step=5, description="number of steps T"),
        },
        """Left, a map of the loss over weight and bias with a cliff across it, and the steps of two descents from
        the same start, one clipped, one free; right, the loss of both by step on a log scale.""",
        size=(8.8, 3.5),
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
def descend(steps, threshold=math.inf):
    """The way of (w, b), the loss and the gradient norm over a gradient descent, clipped by norm at ``threshold``.

    Returns ``(DESCENT + 1, 2)``, ``(DESCENT + 1,)`` and ``(DESCENT + 1,)``.
    """
    w, b = START
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
        "clipped_loss": losses.plot([], [], color="black", label="clipped")[0],
    }
    ground.plot(*START, "s", color="white", markeredgecolor="black", markersize=9, zorder=6)
    ground.set(xlim=(W[0], W[-1]), ylim=(B[0], B[-1]), xticks=[4, 4.5, 5], yticks=[-2.5, -2, -1.5, -1])
    losses.legend(loc="lower left", handlelength=1.4, borderpad=0.2, labelspacing=0.2)
    return artists


def _update(artists, threshold, steps):
    artists["surface"].set_paths(_bands(steps))
    clipped, free = descend(steps, threshold), descend(steps)
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
    if clipped[1][-10:].max() < free[1][-10:].min() / 3:
        return words + "Clipping keeps the descent at the foot of the cliff."
    if clipped[1][-1] > ON_THE_PLAIN and largest > threshold and clipped[1].min() < free[1][0] / 2:
        return words + "This threshold lets the jump pass: what is left of it is still too long."
    if clipped[1].min() > free[1][0] / 2:
        return words + "The steps are too short to arrive: a threshold can be too small as well."
    return words + "The loss still jumps, and no jump can be longer than the rate times c."

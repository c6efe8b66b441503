"""The error of a numerical gradient against its step."""

import functools

import numpy as np

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

# ε from 0.1 to 1e-15; the error is the median over as many one-unit networks.
EPSILONS = np.logspace(-1, -15, 85)
NETWORKS = 4000
ZOOM = np.linspace(-1.5, 1.5, 91)


def gradient_check():
    """The error of a numerical gradient against the step ε, and the loss as seen through a window of width ε."""
    return LiveFigure(
        _draw_gradient_check,
        _update_gradient_check,
        {
            "epsilon": Slider(1e-5, 1e-15, 0.1, 0.25, log=True, label="step ε", format=".1e"),
            "precision": Choice("float64", ["float64", "float32"], label="precision"),
            "difference": Choice("two-sided", ["two-sided", "one-sided"], label="difference"),
        },
        """Left, the relative error of the numerical gradient against the step ε: it falls, reaches a lowest point and
        rises again. Right, the loss near the weight, seen through a window as wide as ε, with the true tangent.""",
        beforehand=("epsilon", "precision", "difference"),
        handles=lambda artists: [Handle(artists["dot"], x="epsilon")],
    )


@functools.cache
def one_unit_networks(precision):
    """Weights, inputs and targets of networks S_t = tanh(x_t + w S_{t-1}) of ten steps, each with its own w."""
    rng = np.random.default_rng(4)
    w = rng.uniform(0.5, 1.5, NETWORKS)
    x, y = rng.normal(size=(2, 10, NETWORKS))
    return tuple(part.astype(precision) for part in (w, x, y))


def one_unit_loss(w, x, y):
    """L = sum over t of 1/2 (S_t - y_t)^2 for each network, in the precision of its arguments."""
    S, loss = np.zeros_like(w), np.zeros_like(w)
    for x_t, y_t in zip(x, y, strict=True):
        S = np.tanh(x_t + w * S)
        loss = loss + (S - y_t) ** 2 / 2
    return loss


def one_unit_gradient(w, x, y):
    """dL/dw of :func:`one_unit_loss` by backpropagation through time."""
    S = [np.zeros_like(w)]
    for x_t in x:
        S.append(np.tanh(x_t + w * S[-1]))
    gradient, d_state = np.zeros_like(w), np.zeros_like(w)
    for t in reversed(range(len(x))):
        delta = (d_state + S[t + 1] - y[t]) * (1 - S[t + 1] ** 2)
        gradient = gradient + delta * S[t]
        d_state = w * delta
    return gradient


def check_error(epsilon, precision, difference):
    """The median relative error of the numerical gradient of the one-unit networks."""
    w, x, y = one_unit_networks(precision)
    epsilon = w.dtype.type(epsilon)
    if difference == "two-sided":
        numerical = (one_unit_loss(w + epsilon, x, y) - one_unit_loss(w - epsilon, x, y)) / (2 * epsilon)
    else:
        numerical = (one_unit_loss(w + epsilon, x, y) - one_unit_loss(w, x, y)) / epsilon
    exact = one_unit_gradient(*one_unit_networks("float64"))
    return float(np.median(np.abs(numerical - exact) / (np.abs(numerical) + np.abs(exact))))


@functools.cache
def check_curve(precision, difference):
    """:func:`check_error` at every ε of EPSILONS."""
    return np.array([check_error(epsilon, precision, difference) for epsilon in EPSILONS])


def _draw_gradient_check(fig):
    error, zoom = fig.subplots(1, 2, width_ratios=[1.25, 1])
    error.set(xlim=(1e-15, 0.2), ylim=(1e-12, 3), xscale="log", yscale="log")
    error.set(xticks=[1e-14, 1e-10, 1e-6, 1e-2], yticks=[1e-10, 1e-7, 1e-4, 1e-1])
    error.set(xlabel="step $\\epsilon$", ylabel="relative error")
    error.set_title("Error of the numerical gradient")
    zoom.set(
        xlim=(-1.5, 1.5), ylim=(-2.4, 2.4), xticks=[-1, 0, 1], xticklabels=["$w - \\epsilon$", "$w$", "$w + \\epsilon$"]
    )
    zoom.set(ylabel="change of the loss,\nin units of $\\epsilon\\,|\\partial L/\\partial w|$")
    zoom.set_title("The loss near $w$")
    _, _, slope = _zoomed("float64")
    zoom.plot(ZOOM, np.sign(slope) * ZOOM, color=COLOURS["gradient"], linestyle="--")
    zoom.text(-1.42, 2.1, "dashes: the exact slope", color=COLOURS["gradient"], va="center")
    error.plot([], [])
    return {
        "other": error.plot([], [], color=COLOURS["bound"], linewidth=1.4)[0],
        "other_words": Label(error, color=COLOURS["bound"], weight="normal", rim=False),
        "curve": error.plot([], [], color=COLOURS["gradient"])[0],
        "dot": error.plot(
            [], [], "o", color=COLOURS["gradient"], markersize=9, clip_on=False, in_layout=False, zorder=5
        )[0],
        "loss": zoom.plot([], [], ".", color=COLOURS["output"], markersize=5)[0],
    }


def _zoomed(precision):
    """The one network whose loss is shown, and its exact slope."""
    w, x, y = (part[..., :1] for part in one_unit_networks(precision))
    slope = one_unit_gradient(*(part[..., :1] for part in one_unit_networks("float64")))
    return w, (x, y), float(slope[0])


def _update_gradient_check(artists, epsilon, precision, difference):
    other = "float32" if precision == "float64" else "float64"
    artists["other"].set_data(EPSILONS, check_curve(other, difference))
    artists["other_words"].say(2e-15, 2e-12, f"grey: {other}", ha="left", va="bottom")
    curve = check_curve(precision, difference)
    artists["curve"].set_data(EPSILONS, curve)
    error = check_error(epsilon, precision, difference)
    artists["dot"].set_data([epsilon], [max(error, 1e-12)])
    w, (x, y), slope = _zoomed(precision)
    near = w + w.dtype.type(epsilon) * ZOOM.astype(w.dtype)
    change = one_unit_loss(near, x, y).astype(float) - one_unit_loss(w, x, y).astype(float)
    artists["loss"].set_data(ZOOM, change / (epsilon * abs(slope)))
    best = EPSILONS[curve.argmin()]
    if error > 0.5:
        why = "w + ε is rounded back to w, or the change of the loss is lost in its rounding: the answer means nothing."
    elif epsilon > best:
        order = "ε²" if difference == "two-sided" else "ε"
        why = f"To the right of the lowest point the loss is curved inside the window: the error grows like {order}."
    else:
        why = "To the left of the lowest point the loss comes in rounded steps: the error grows like 1/ε."
    return (
        f"ε = {readable(epsilon)} in {precision}: the relative error is {readable(error, 1)}, at best it can be "
        f"{readable(curve.min(), 1)}. {why}"
    )

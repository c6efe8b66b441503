"""A chain of single units: what each layer does to the gradient, and what is left of it in the end."""

import numpy as np

from rnnlib.activations import ACTIVATIONS, get_activation
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.gradients import bound_by_lag, held, norms_by_lag
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

DEEPEST = 50
LIMITS = (1e-40, 1e40)
REACH = 10.0
START = 1.0


def activation_chain():
    """The factors f'(z_i) w of a chain y_i = f(w y_{i-1} + b_i) and their product, dy_n/dy_0."""
    return LiveFigure(
        _draw,
        _update,
        {
            "weight": Slider(1, 0, 10, 0.1, label="weight w"),
            "depth": Slider(20, 1, DEEPEST, label="depth n"),
            "activation": Choice("sigmoid", ["sigmoid", "tanh", "relu", "linear"], label="activation f"),
            "bias": Choice(
                False,
                {"b = 0": False, "b puts each unit where f′ is largest": True},
                label="bias",
            ),
        },
        """Left, the derivative of the activation, with a dot where each unit of the chain works; right, the
        product of the factors layer by layer on a log scale, below its bound.""",
        size=(8.8, 3.3),
        beforehand={"weight": 33, "depth": 3, "activation": 4, "bias": 2},
        handles=lambda artists: [Handle(artists["product"].axes, x="depth")],
    )


def chain(weight, depth, activation, steepest):
    """z_i = w y_{i-1} + b_i and the factor f'(z_i) w of every layer, from y_0 = 1; ``(depth,)`` each.

    b_i = 0; where ``steepest``, b_i = -w y_{i-1}, which puts z_i at 0, where f' is largest (f'(0+) for ReLU).
    """
    f = get_activation(activation)
    z, y = np.zeros((depth, 1)), np.full(1, START)
    if steepest:
        return z[:, 0], np.full(depth, weight * f.max_slope)
    for i in range(depth):
        z[i] = weight * y
        y = f.function(z[i])
    return z[:, 0], weight * f.slope(f.function(z))[:, 0]


def _draw(fig):
    left, right = fig.subplots(1, 2, width_ratios=[1, 1.4])
    left.set_title("Where each unit works")
    left.set(xlim=(-REACH, REACH), xticks=[-5, 0, 5], xlabel="$z_i$")
    left.set(ylim=(0, 1.12), yticks=[0, 0.25, 0.5, 0.75, 1], ylabel="$f\\,'(z_i)$")
    right.set_title("Left after $i$ layers: $\\prod |f\\,'(z_i)\\,w|$", pad=10)
    right.set_yscale("log")
    right.set(xlim=(0, DEEPEST), ylim=LIMITS, yticks=[1e-40, 1e-20, 1, 1e20, 1e40], xlabel="layer $i$")
    right.minorticks_off()
    right.axhline(1, color="#999999", linewidth=1)
    return {
        "slope": left.plot([], [], color=COLOURS["state"])[0],
        "needed": left.plot([], [], color=COLOURS["bound"], linestyle=(0, (4, 2)))[0],
        "needed_word": Label(left, color="#555555", weight="normal"),
        "units": left.plot([], [], "o", color=COLOURS["gradient"], alpha=0.7, zorder=4)[0],
        "bound": bound_by_lag(right),
        "bound_word": Label(right, color="#555555", weight="normal"),
        "product": norms_by_lag(right, marker="o", markersize=3.5),
        "number": Label(right, color=COLOURS["gradient"]),
    }


def _update(artists, weight, depth, activation, bias):
    f = get_activation(activation)
    grid = np.linspace(-REACH, REACH, 161)
    artists["slope"].set_data(grid, f.slope(f.function(grid)))
    needed = 1 / weight if weight > 0 else np.inf
    artists["needed"].set_data([-REACH, REACH], [needed, needed] if needed <= 1.1 else [np.nan, np.nan])
    artists["needed_word"].say(
        -0.97 * REACH,
        min(needed, 1),
        f"1/w = {readable(needed)}" if needed <= 1.1 else "",
        ha="left",
        va="bottom",
        shift=(0, 3),
    )
    z, factors = chain(weight, depth, activation, bias)
    artists["units"].set_data(np.clip(z, -REACH, REACH), factors / weight if weight > 0 else f.slope(f.function(z)))
    layers = np.arange(depth + 1)
    product = np.abs(np.concatenate(([1.0], np.cumprod(factors))))
    bound = (weight * f.max_slope) ** layers.astype(float)
    artists["bound"].set_data(layers, held(bound, LIMITS))
    artists["product"].set_data(layers, held(product, LIMITS))
    last = held(product[-1], LIMITS)
    up = np.log10(last) > 28
    side = "left" if depth < 0.6 * DEEPEST else "right"
    artists["number"].say(
        depth, last, readable(product[-1]), ha=side, va="top" if up else "bottom", shift=(0, -9 if up else 7)
    )
    apart = abs(np.log10(held(bound[-1], LIMITS)) - np.log10(last)) > 12
    artists["bound_word"].say(
        depth, held(bound[-1], LIMITS), "bound" if apart else "", ha=side, va="bottom", shift=(0, 4)
    )
    return _in_words(weight, depth, activation, product[-1], factors)


def _in_words(weight, depth, activation, product, factors):
    f = ACTIVATIONS[activation]
    layers = "1 layer" if depth == 1 else f"{depth} layers"
    words = f"w = {weight:.1f}, {layers} of {activation}: of the gradient {readable(product)} is left. "
    if weight == 0:
        return words + "A weight of 0 lets nothing through."
    if product == 0:
        return words + "A factor is 0 exactly: nothing comes through."
    most = weight * f.max_slope
    if most < 1:
        return words + f"No factor can exceed {readable(most)}, whatever the units do, so the gradient must vanish."
    low, high = np.min(factors), np.max(factors)
    if np.isclose(low, 1) and np.isclose(high, 1):
        return words + "Every factor is 1: the gradient keeps its size."
    if low >= 1:
        between = (
            f"is {readable(low)}" if np.isclose(low, high) else f"lies between {readable(low)} and {readable(high)}"
        )
        return words + f"Every factor {between}: the gradient explodes."
    between = f"lie between {readable(low)} and {readable(high)}"
    if product < 1:
        return words + f"A factor could be as large as {readable(most)}; here the factors {between}{_towards(factors)}."
    return words + f"The factors {between}."


def _towards(factors):
    """Where the factors go along the chain, where they go one way."""
    changes = np.diff(factors)
    if len(changes) and np.all(changes > 0):
        return ", and grow from layer to layer: the units leave the bends"
    if len(changes) and np.all(changes < 0):
        return ", and shrink from layer to layer: the units move into the bends"
    return ""

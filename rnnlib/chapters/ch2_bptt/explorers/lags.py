"""The gradient taken apart by lag, and cut off behind a window."""

import functools

import numpy as np
from matplotlib.colors import LogNorm

from rnnlib import gradient_flow
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import random_network

# The network whose gradient is taken apart by lag: H units, random inputs, a random pull at every output.
PAIRS = 30


def contributions():
    """How much of the gradient of each loss L_t comes from each earlier step k: the heat map of ||term(t, k)||."""
    return LiveFigure(
        _draw_contributions,
        _update_contributions,
        {
            "gain": Slider(0.8, 0.2, 1.6, 0.05, label="gain of Wₛ"),
            "activation": Choice("tanh", ["tanh", "linear"], label="activation"),
            "loss": Slider(PAIRS, 1, PAIRS, label="loss at step t"),
        },
        """Left, a triangle of squares: the row is the step t of the loss, the column the step k at which the weight was
        used, the colour the size of that term in the gradient. Right, one row of it against the lag t − k.""",
        beforehand=("gain", "activation", "loss"),
        handles=lambda artists: [Handle(artists["mark"], y="loss")],
    )


def _draw_contributions(fig):
    pairs, row = fig.subplots(1, 2, width_ratios=[1, 1.35])
    image = pairs.imshow(
        np.ones((PAIRS, PAIRS)), norm=LogNorm(1e-6, 1e6), cmap="magma_r", origin="upper", aspect="auto",
        extent=(0.5, PAIRS + 0.5, PAIRS + 0.5, 0.5), interpolation="nearest",
    )  # fmt: skip
    pairs.grid(False)
    pairs.set(
        xlabel="weight used at step $k$", ylabel="loss at step $t$", xticks=[1, 10, 20, 30], yticks=[1, 10, 20, 30]
    )
    pairs.set_title("Size of term $(t, k)$")
    fig.colorbar(image, ax=pairs, extend="both", ticks=[1e-6, 1e-3, 1, 1e3, 1e6])
    row.set(xlim=(-0.5, PAIRS - 0.5), ylim=(1e-8, 1e10), yscale="log", xlabel="lag $t - k$", ylabel="size of the term")
    row.set_title("The marked row, by lag")
    return {
        "image": image,
        "mark": pairs.plot([], [], color=COLOURS["state"], linewidth=1.6)[0],
        "line": row.plot([], [], "o-", color=COLOURS["gradient"], markersize=4)[0],
    }


def _update_contributions(artists, gain, activation, loss):
    run, d_outputs = random_network(gain, activation, PAIRS)
    sizes = gradient_flow.lag_contributions(run, d_outputs)
    artists["image"].set_data(np.ma.masked_equal(sizes, 0))
    t = loss - 0.5
    artists["mark"].set_data([0.5, loss + 0.5, loss + 0.5, 0.5, 0.5], [t, t, t + 1, t + 1, t])
    # S_0 = 0, so the term of k = 1 is 0 and the lags run from 0 to t - 2
    by_lag = sizes[loss - 1, :loss][::-1][:-1]
    artists["line"].set_data(np.arange(len(by_lag)), np.clip(by_lag, 1e-9, 1e11))
    if len(by_lag) < 2:
        return (
            f"The loss at step {loss} has too short a past to compare: S₀ = 0, so the first step leaves no term for Wₛ."
        )
    share = by_lag[-1] / by_lag[0]
    tends = "shrinks" if share < 1 else "grows"
    factor = share ** (1 / (len(by_lag) - 1))
    return (
        f"Gain {gain:.2f}, {activation}, loss at step {loss}: from lag 0 to lag {len(by_lag) - 1} the term {tends} "
        f"from {readable(by_lag[0])} to {readable(by_lag[-1])}, by a factor of {factor:.2f} a step on average."
    )


SEQUENCE = 60
WINDOWS = np.arange(1, SEQUENCE + 1)


def truncation():
    """What a window of k steps keeps of the gradient, how far that turns it, and what it saves."""
    return LiveFigure(
        _draw_truncation,
        _update_truncation,
        {
            "window": Slider(8, 1, SEQUENCE, label="window k"),
            "gain": Slider(1.6, 0.4, 2.0, 0.1, label="gain of Wₛ"),
            "blocks": Choice("every loss", ["every loss", "in chunks"], label="look back from"),
        },
        """Left, the size of the gradient by lag, with the lags that a window keeps; in the middle, the cosine
        between the truncated and the full gradient against the window; right, the steps back and the states kept.""",
        beforehand=("window", "gain", "blocks"),
        handles=lambda artists: [Handle(artists["dot"], x="window")],
    )


def gradient_by_lag(run, d_outputs):
    """The terms of dL/d[W_x, W_s, b] apart by lag: delta_t,k for every t, and the operand [x_k, S_{k-1}, 1].

    Yields for lag 0, 1, ... the pair of arrays ``(T-lag, H)`` and ``(T-lag, D+H+1)`` whose products summed over the
    rows, one row a loss, are the part of the gradient with that lag.
    """
    cell, T = run.cell, len(run)
    slope = cell.activation.slope(run.states[0][1:, 0])
    operand = np.concatenate((run.x[:, 0], run.states[0][:-1, 0], np.ones((T, 1))), axis=1)
    back = d_outputs[:, 0]
    for lag in range(T):
        delta = back * slope[: T - lag]
        yield delta, operand[: T - lag]
        back = delta[1:] @ cell.params["W_s"]


@functools.cache
def truncated_gradients(gain, blocks):
    """The truncated gradient for every window 1..T as one vector each ``(T, n)``, and its size by lag ``(T,)``."""
    run, d_outputs = random_network(gain, "tanh", SEQUENCE, seed=2)
    gradients, sizes = 0.0, []
    for lag, (delta, operand) in enumerate(gradient_by_lag(run, d_outputs)):
        products = (delta[:, :, None] * operand[:, None, :]).reshape(len(delta), -1)
        # the loss of step t, counted from 0, looks back `lag` steps if the window (or its chunk) reaches so far
        reach = WINDOWS - 1 if blocks == "every loss" else np.arange(lag, SEQUENCE)[:, None] % WINDOWS
        kept = np.broadcast_to(reach >= lag, (len(delta), SEQUENCE))
        gradients = gradients + kept.T.astype(float) @ products
        sizes.append(np.linalg.norm(products.sum(axis=0)))
    return gradients, np.array(sizes)


def cosines(gradients):
    """The cosine of every row with the last row, the full gradient."""
    norms = np.linalg.norm(gradients, axis=1)
    return gradients @ gradients[-1] / (norms * norms[-1])


def truncation_steps(window, blocks, T=SEQUENCE):
    """The steps back of a truncated gradient: every loss walks its own window, or each chunk is walked once."""
    return int(np.minimum(np.arange(1, T + 1), window).sum()) if blocks == "every loss" else T


def _draw_truncation(fig):
    loose = {"clip_on": False, "in_layout": False}
    lags, cosine, saved = fig.subplots(1, 3, width_ratios=[1.15, 1.15, 0.9])
    lags.set(xlim=(-1, SEQUENCE), ylim=(1e-6, 1e3), yscale="log", xlabel="lag $t - k$")
    lags.set_title("Gradient by lag")
    cosine.set(xlim=(0, SEQUENCE + 1), ylim=(-0.05, 1.05), xlabel="window $k$")
    cosine.set_title("Cosine with full")
    saved.set(xlim=(1, 2e4), ylim=(-0.95, 3.6), xscale="log", yticks=[])
    saved.set_title("Cost")
    saved.grid(False)
    words = {"ha": "right", "va": "top", "transform": lags.transAxes, "in_layout": False}
    lags.text(0.97, 0.95, "kept: orange", color=COLOURS["gradient"], **words)
    bars = saved.barh([2.7, 2.0, 0.7, 0.0], [2] * 4, left=1, height=0.55)
    for bar, colour in zip(bars, ("gradient", "bound") * 2, strict=True):
        bar.set_color(COLOURS[colour])
    for y, words in ((3.3, "steps visited"), (1.3, "states kept"), (-0.63, "grey: in full")):
        saved.text(1.2, y, words, va="center", in_layout=False)
    return {
        "dropped": lags.plot([], [], "o", color=COLOURS["bound"], markersize=3.5)[0],
        "kept": lags.plot([], [], "o", color=COLOURS["gradient"], markersize=5)[0],
        "cosine": cosine.plot([], [], color=COLOURS["gradient"])[0],
        "dot": cosine.plot([], [], "o", color=COLOURS["gradient"], markersize=9, zorder=5, **loose)[0],
        "bars": list(bars),
        "numbers": [Label(saved, color="#222222", weight="normal", rim=False) for _ in bars],
    }


def _update_truncation(artists, window, gain, blocks):
    gradients, sizes = truncated_gradients(gain, blocks)
    lag = np.arange(SEQUENCE)
    shown = np.clip(sizes, 1e-7, None)
    artists["dropped"].set_data(lag[window:], shown[window:])
    artists["kept"].set_data(lag[:window], shown[:window])
    curve = cosines(gradients)
    artists["cosine"].set_data(WINDOWS, curve)
    artists["dot"].set_data([window], [curve[window - 1]])
    steps = truncation_steps(window, blocks)
    costs = steps, SEQUENCE, window, SEQUENCE
    for bar, text, value in zip(artists["bars"], artists["numbers"], costs, strict=True):
        bar.set_width(value - 0.97)
        text.say(value * 1.25, bar.get_y() + bar.get_height() / 2, str(value), ha="left")
    work = f"{steps} instead of {SEQUENCE}" if steps > SEQUENCE else f"{SEQUENCE}, as many as in full"
    return (
        f"Window {window}, gain {gain:.1f}: the cosine with the full gradient is {curve[window - 1]:.3f}. "
        f"States kept at a time: {window} instead of {SEQUENCE}. Steps visited on the way back: {work}."
    )

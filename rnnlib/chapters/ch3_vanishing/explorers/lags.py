"""The gradient by lag in a network with many units: its norm beside the bound, and the share of each lag."""

import functools

import numpy as np

from rnnlib.activations import ACTIVATIONS
from rnnlib.gradient_flow import gradient_bound, largest_singular_value
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.gradients import bound_by_lag, held, norm_axes, norms_by_lag, share_bars
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.unroll import bptt

from ..experiments import LONGEST, norms_at_lags, run_network

LIMITS = (1e-24, 1e24)
MOST_UNITS = 16
SHOWN = 26  # lags at which the norm is taken, the two ends among them
SHARE_STEPS = 40
HIGH = 0.46  # of a share, above which nothing can be written over its bar
NAMES = ["tanh", "relu", "sigmoid", "linear"]


def gradient_norm_by_lag():
    """||dS_T/dS_{T-n}|| against n, beside the bound (sigma_max max f')^n, and the slopes f'(z_t) behind it."""
    return LiveFigure(
        _draw_norms,
        _update_norms,
        {
            "gain": Slider(1.5, 0.1, 5, 0.05, label="gain of Wₛ"),
            "activation": Choice(NAMES[0], NAMES, label="activation f"),
            "steps": Slider(LONGEST, 10, LONGEST, 5, label="number of steps T"),
            "units": Slider(4, 1, MOST_UNITS, label="number of units H"),
            "scale": Slider(0.5, 0, 3, 0.1, label="input scale"),
        },
        """Left, the norm of the gradient against the lag on a log scale, below its bound; right, the slope of the
        activation at each step, the smallest, the mean and the largest over the units.""",
        size=(8.8, 3.2),
        beforehand={"gain": 17, "activation": 4, "scale": 3},
        handles=lambda artists: [Handle(artists["norms"].axes, x="steps")],
        # the slope of a linear network is 1 wherever its states are
        off=lambda activation, **others: ["scale"] if activation == "linear" else [],
    )


def shares_by_lag():
    """The share of each lag in the gradient of the last loss for W_s, bar by bar, and the shares added up."""
    return LiveFigure(
        _draw_shares,
        _update_shares,
        {
            "gain": Slider(0.8, 0.1, 2, 0.05, label="gain of Wₛ"),
            "activation": Choice(NAMES[0], NAMES, label="activation f"),
            "scale": Slider(0.5, 0, 3, 0.1, label="input scale"),
        },
        """Left, one bar for each lag: its share in the gradient of the loss at the last step; right, the shares of
        the lags up to n added up.""",
        size=(8.8, 3.0),
        beforehand={"gain": 20, "activation": 4, "scale": 4},
    )


def shares(run, d_output):
    """||delta_{T-n} S_{T-n-1}^T|| for n = 0..T-1, divided by their sum: ``(T,)``; NaN where all are 0.

    The gradient of the last loss for W_s is the sum of these terms; ``d_output (H,)`` is dL_T/dS_T.
    """
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1, 0] = d_output
    d_states = bptt(run, d_outputs, keep_state_gradients=True).states[0][1:, 0]
    delta = d_states * run.cell.activation.slope(run.outputs[:, 0])
    # ||a b^T|| = ||a|| ||b||
    norms = np.linalg.norm(delta, axis=-1) * np.linalg.norm(run.states[0][:-1, 0], axis=-1)
    total = norms.sum()
    return norms[::-1] / total if total > 0 else np.full(len(run), np.nan)


def _draw_norms(fig):
    norms, slopes = fig.subplots(1, 2, width_ratios=[1.5, 1])
    norms.set_title("Gradient against lag")
    norm_axes(norms, LONGEST, LIMITS)
    slopes.set_title("Slopes $f\\,'(z_t)$")
    slopes.set(xlim=(0, LONGEST), ylim=(0, 1.08), xlabel="step $t$", yticks=[0, 0.25, 0.5, 0.75, 1])
    artists = {
        "bound": bound_by_lag(norms, label="bound"),
        "norms": norms_by_lag(norms, label="gradient"),
        "number": Label(norms, color=COLOURS["gradient"]),
        "range": slopes.plot([], [], color=COLOURS["state"], alpha=0.35, linewidth=0.8)[0],
        "mean": slopes.plot([], [], color=COLOURS["state"])[0],
        "mean_word": Label(slopes, color=COLOURS["state"]),
    }
    norms.legend(loc="upper left", ncols=2, handlelength=1.2)
    return artists


def _update_norms(artists, gain, activation, steps, units, scale):
    run = run_network(gain, activation, steps, units, scale)
    lags = np.unique(np.linspace(0, steps, SHOWN).astype(int))
    norms, bound = (
        norms_at_lags(run, set(lags.tolist())),
        gradient_bound(run.cell.params["W_s"], activation, lags),
    )
    artists["norms"].set_data(lags, held(norms, LIMITS))
    artists["bound"].set_data(lags, held(bound, LIMITS))
    _write_norm(artists["number"], lags, held(norms, LIMITS), readable(norms[-1]))
    slopes = run.cell.activation.slope(run.outputs[:, 0])
    t = np.arange(1, steps + 1)
    low, high = slopes.min(axis=1), slopes.max(axis=1)
    artists["range"].set_data(np.repeat(t, 3), np.stack((low, high, np.full(steps, np.nan)), axis=1).ravel())
    artists["mean"].set_data(t, slopes.mean(axis=1))
    mean = float(slopes.mean())
    artists["mean_word"].say(0.97 * LONGEST, 0.04, f"mean {mean:.2f}", ha="right", va="bottom")
    return _norms_in_words(gain, activation, steps, norms[-1], mean, run.cell.params["W_s"])


def _write_norm(label, lags, norms, words):
    """Write the norm at the end of its curve: beside it where there is room, else below, or above the floor."""
    if lags[-1] < 0.7 * LONGEST:
        inside = np.clip(norms[-1], 1e-22, 1e22)  # not across the frame
        return label.say(lags[-1], inside, words, ha="left", shift=(7, 0))
    beside = norms[lags >= lags[-1] - 0.25 * LONGEST]  # what lies over or under the words
    if beside.min() > 1e-17:
        return label.say(lags[-1], beside.min(), words, ha="right", va="top", shift=(0, -6))
    return label.say(lags[-1], beside.max(), words, ha="right", va="bottom", shift=(0, 7))


def _norms_in_words(gain, activation, steps, norm, mean, matrix):
    rate = largest_singular_value(matrix) * ACTIVATIONS[activation].max_slope
    words = (
        f"Gain {gain:.2f} with {activation}: over {steps} steps the gradient has the norm {readable(norm)}; "
        f"σ_max · max f′ = {readable(rate)}. "
    )
    if norm == 0:
        return words + "It is 0 exactly: no unit passes anything on."
    if rate < 1:
        return words + "Below 1, so it must vanish."
    if np.isclose(norm, 1, rtol=1e-3):
        return words + "It has kept its size."
    if norm > 1:
        return words + f"It has grown; the slopes average {mean:.2f}."
    if gain > 1:
        return words + f"The gain is above 1, but the slopes average {mean:.2f}, and it has shrunk."
    return words + "The bound would allow growth, yet it has shrunk: above 1 is needed for exploding, not enough."


def _draw_shares(fig):
    bars, added = fig.subplots(1, 2, width_ratios=[1.4, 1])
    bars.set_title("Share of each lag in $\\partial L_T/\\partial W_s$")
    added.set_title("Lags 0 to $n$ together")
    bars.set(ylim=(0, 0.5), yticks=[0, 0.25, 0.5], yticklabels=["0 %", "25 %", "50 %"])
    added.set(xlim=(0, SHARE_STEPS - 1), ylim=(0, 1.04), xlabel="lag $n$, steps back in time")
    added.set(yticks=[0, 0.5, 0.9], yticklabels=["0 %", "50 %", "90 %"])
    return {
        "bars": share_bars(bars, np.zeros(SHARE_STEPS)),
        "first": Label(bars, color=COLOURS["gradient"]),
        "added": added.plot([], [], color=COLOURS["gradient"])[0],
        "half": added.plot([], [], "o", color=COLOURS["gradient"], markersize=8, zorder=5)[0],
    }


def _nearest(number):
    return "the nearest" if number == 1 else f"the nearest {number}"


@functools.cache
def _loss_direction():
    return np.random.default_rng(4).normal(size=MOST_UNITS)


def _update_shares(artists, gain, activation, scale):
    run = run_network(gain, activation, SHARE_STEPS, MOST_UNITS, scale)
    share = shares(run, _loss_direction())
    if np.isnan(share).any():
        artists["bars"].set_data(np.zeros(SHARE_STEPS))
        artists["first"].say(SHARE_STEPS / 2, 0.25, "no gradient at all")
        artists["added"].set_data([], [])
        artists["half"].set_data([], [])
        return (
            f"Gain {gain:.2f} with {activation}, input scale {scale:.1f}: every term is 0, and there is nothing to "
            "share."
        )
    added = np.cumsum(share)
    near = int(np.argmax(added >= 0.9))
    artists["bars"].set_data(share)
    top = int(np.argmax(share))
    side, away = ("left", 1) if top < 30 else ("right", -1)
    high = share[top] > HIGH  # then the words go beside the bar
    place = (top + 0.8 * away * high, min(share[top], HIGH))
    artists["first"].say(*place, f"lag {top}: {100 * share[top]:.0f} %", ha=side, va="bottom", shift=(0, 3))
    artists["added"].set_data(np.arange(SHARE_STEPS), added)
    artists["half"].set_data([near], [added[near]])
    far = SHARE_STEPS - 2
    return (
        f"Gain {gain:.2f} with {activation}: {_nearest(near + 1)} of {SHARE_STEPS} lags "
        f"{'carries' if near == 0 else 'carry'} 90 % of the gradient or more; "
        f"lag 0 has {100 * share[0]:.1f} %, lag 20 has {readable(100 * share[20])} %, "
        f"lag {far} has {readable(100 * share[far])} %."
    )

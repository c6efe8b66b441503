"""The slider of the chapter: a weight, its powers, and the cliff in the loss."""

import numpy as np

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).smallest_subnormal)
TARGET = 1.0
WEIGHTS = np.linspace(0.9, 1.1, 201)
STEPS = 1000
LOG_ONLY = "shown on the log scale alone"
# The thin curves behind those that move.
FAN = (*np.linspace(0.9, 1.1, 11), 0.996, 1.004)
# What each scale shows: the limits of the value, of its derivative and of the loss.
LIMITS = {
    "log": ((1e-56, 1e56), (1e-56, 1e56), (1e-14, 1e94)),
    "linear": ((0, 3), (0, 1000), (0, 3)),
}
TICKS = {
    "log": ([1e-40, 1, 1e40], [1e-40, 1, 1e40], [1, 1e30, 1e60, 1e90]),
    "linear": ([0, 1, 2, 3], [0, 500, 1000], [0, 1, 2, 3]),
}


def powers():
    """One linear unit that hears 1 and then silence: its value, the derivative and the loss as W_s moves.

    y_T = W_s^(T-1),  dy_T/dW_s = (T-1) W_s^(T-2),  L = (y_T - 1)^2.
    """
    return LiveFigure(
        _draw_powers,
        _update_powers,
        {
            "weight": Slider(1.01, 0.9, 1.1, 0.001, label="recurrent weight Wₛ"),
            "steps": Slider(STEPS, 10, STEPS, 10, label="number of steps T"),
            "scale": Choice("log", ["log", "linear"], label="scale"),
        },
        """Left, a number that is multiplied by the recurrent weight at each of up to 1000 steps, above its
        derivative; right, the loss against the weight: a flat plain, a valley at 1 and a cliff.""",
        size=(8.6, 3.4),
        beforehand={"weight": 41, "steps": 10, "scale": 2},
        handles=lambda artists: [
            Handle(artists["dots"][2], x="weight"),
            *(Handle(dot, x="steps") for dot in artists["dots"][:2]),
        ],
    )


def _draw_powers(fig):
    grid = fig.add_gridspec(2, 2, width_ratios=[1.1, 1])
    value, slope, loss = axes = [fig.add_subplot(place) for place in (grid[0, 0], grid[1, 0], grid[:, 1])]
    value.set_title("Value at step $t$: $W_s^{\\,t-1}$")
    slope.set_title("Its derivative: $(t-1)\\, W_s^{\\,t-2}$")
    loss.set_title("Loss at the end: $(y_T - 1)^2$")
    value.tick_params(labelbottom=False)
    slope.set_xlabel("step $t$")
    loss.set_xlabel("recurrent weight $W_s$")
    loss.tick_params(axis="x", pad=7)
    t = np.arange(1, STEPS + 1.0)
    for weight in FAN:
        value.plot(t, weight ** (t - 1), color=COLOURS["state"], linewidth=0.8, alpha=0.25)
        slope.plot(t, (t - 1) * weight ** (t - 2), color=COLOURS["gradient"], linewidth=0.8, alpha=0.25)
    flat = loss.axvspan(0.9, 0.9, color="#CCCCCC", alpha=0.5, linewidth=0)
    cliff = loss.axvspan(1.1, 1.1, color=COLOURS["gradient"], alpha=0.15, linewidth=0)
    for ax, limits in zip(axes, ((0, STEPS * 1.02), (0, STEPS * 1.02), (0.9, 1.1)), strict=True):
        ax.set_xlim(*limits)
        _mark_limit(ax, LARGEST)
    _note_limit(value, 0.2, LARGEST, "float32 ends", "top")
    _note_limit(value, 0.2, SMALLEST, "smallest float32 above 0", "bottom")
    _note_limit(loss, 0.02, LARGEST, "float32 ends", "top")
    _mark_limit(value, SMALLEST)
    _set_scale(axes, "log")
    colours = (COLOURS["state"], COLOURS["gradient"], COLOURS["output"])
    return {
        "bands": [flat, cliff],
        "words": [Label(loss, color="#444444", weight="normal", rim=False) for _ in ("flat", "cliff")],
        "lines": [ax.plot([], [], color=colour)[0] for ax, colour in zip(axes, colours, strict=True)],
        "dots": [
            ax.plot([], [], color=colour, markersize=8, clip_on=False, zorder=5)[0]
            for ax, colour in zip(axes, colours, strict=True)
        ],
        "numbers": [Label(ax, color=colour) for ax, colour in zip(axes, colours, strict=True)],
    }


def _mark_limit(ax, height):
    ax.axhline(height, color=COLOURS["bound"], linewidth=1.2, linestyle=(0, (4, 3)), gid=LOG_ONLY)


def _note_limit(ax, x, height, words, side):
    ax.text(x, height, words, transform=ax.get_yaxis_transform(), color="#666666", va=side, gid=LOG_ONLY)


def _set_scale(axes, scale):
    for ax, limits, ticks in zip(axes, LIMITS[scale], TICKS[scale], strict=True):
        ax.set_yscale(scale)
        ax.set_ylim(*limits)
        ax.set_yticks(ticks)
        ax.minorticks_off()
        for artist in ax.findobj(lambda artist: artist.get_gid() == LOG_ONLY):
            artist.set_visible(scale == "log")


def _update_powers(artists, weight, steps, scale):
    axes = [line.axes for line in artists["lines"]]
    if axes[0].get_yscale() != scale:
        _set_scale(axes, scale)
    t = np.unique(np.linspace(1, steps, 250).astype(int))
    value, slope = weight ** (t - 1), (t - 1) * weight ** (t - 2)
    curves = ((t, value), (t, slope), (WEIGHTS, (WEIGHTS ** (steps - 1) - TARGET) ** 2))
    y, dy = float(value[-1]), float(slope[-1])
    points = ((steps, y), (steps, dy), (weight, (y - TARGET) ** 2))
    for ax, line, dot, number, curve, (x, height) in zip(
        axes, artists["lines"], artists["dots"], artists["numbers"], curves, points, strict=True
    ):
        line.set_data(*curve)
        low, high = ax.get_ylim()
        shown = min(max(height, low), high)
        dot.set_data([x], [shown])
        dot.set_marker("^" if height > high else "v" if height < low else "o")
        _place(number, ax, x, shown, readable(height, 3), beside=ax is axes[2])
    _shade(artists, steps)
    return _powers_in_words(weight, steps, y, dy)


def _place(label, ax, x, y, words, beside):
    """Put a number above its point, or below where there is no room; ``beside`` it where the curve is steep."""
    across, up = ax.transAxes.inverted().transform(ax.transData.transform((x, y)))
    if beside and across > 0.49:
        side = "left" if up > 0.98 and across < 0.7 else "right"
        label.say(x, y, words, ha=side, va="top" if up > 0.98 else "center", shift=(10 if side == "left" else -10, 0))
    else:
        side = "left" if across < 0.2 else "right" if across > 0.8 else "center"
        label.say(x, y, words, ha=side, va="top" if up > 0.75 else "bottom", shift=(0, -10 if up > 0.75 else 8))


def _shade(artists, steps):
    """Where the loss is flat, |dL/dW| < 0.01 to the left of the valley, and where it is a cliff, above 1000."""
    slope = 2 * (WEIGHTS ** (steps - 1) - TARGET) * (steps - 1) * WEIGHTS ** (steps - 2)
    flat, steep = WEIGHTS[(np.abs(slope) < 0.01) & (WEIGHTS < 1)], WEIGHTS[slope > 1000]
    spans = ((0.9, flat[-1] if flat.size else 0.9), (steep[0] if steep.size else 1.1, 1.1))
    names = ("flat", "cliff")
    for band, label, name, (start, stop) in zip(artists["bands"], artists["words"], names, spans, strict=True):
        band.set_bounds(start, 0, stop - start, 1)
        shown = name if stop - start > 0.03 else ""
        label.say((start + stop) / 2, 0.04, shown, va="bottom", transform=label.axes.get_xaxis_transform())


def _powers_in_words(weight, steps, y, dy):
    loss, slope = (y - TARGET) ** 2, 2 * (y - TARGET) * dy
    words = (
        f"Wₛ = {weight:.3f}: after {steps} steps the 1 has become {readable(y, 4)}, with derivative {readable(dy, 3)}; "
        f"the loss is {readable(loss, 3)} and its slope {readable(slope, 3)}. "
    )
    if y > LARGEST:
        step = int(np.log(LARGEST) / np.log(weight)) + 2
        return (
            words
            + f"In float32 the value is inf from step {step} on; one step of training makes the weight inf or NaN."
        )
    if loss > LARGEST:
        return words + "float32 can hold the value but not the loss, which is inf: no step of training can mend that."
    if y < SMALLEST:
        return words + "The value lies below the smallest number above 0 that float32 can hold."
    if abs(slope) < 0.01 and loss > 0.01:
        return words + "The ground is flat here: far from the goal, and no slope says which way to go."
    if abs(slope) > 1000:
        return words + "This is the cliff: a step along this slope lands far away."
    if loss == 0:
        return (
            words + "This is the goal, and the cliff begins right beside it."
            if steps > 100
            else words + "This is the goal."
        )
    return words + "Here the slope is of a size that training can use."

"""One GRU unit with its two gates in the hand, on a signal with a slow and a fast part."""

import ipywidgets as widgets
import numpy as np

from ...figures.label import Label
from ...live import LiveFigure
from ...style import COLOURS

T = 120
WEIGHT = 0.6  # from h to its own candidate
NEAR = 0.02
CORNERS = {
    (1, 0): "copy",
    (1, 1): "copy",
    (0, 1): "plain RNN",
    (0, 0): "no memory",
}


def signal():
    """A slow part that changes sign once and a fast part that does at every other step, each ``(T,)``."""
    t = np.arange(T)
    slow = np.where(t < T // 2, 0.5, -0.5)
    return slow, 0.8 * np.where((t // 2) % 2 == 0, 1.0, -1.0)


def gru_unit(x, z, r, weight=WEIGHT):
    """h_t = z h_{t-1} + (1 - z) tanh(x_t + weight r h_{t-1}) for gates that stand still: ``(T + 1,)``, h_0 = 0."""
    h = np.zeros(len(x) + 1)
    for t in range(len(x)):
        n = np.tanh(x[t] + weight * r * h[t])
        h[t + 1] = z * h[t] + (1 - z) * n
    return h


def corners():
    """The square of the two gates, and what the unit makes of a signal with a slow and a fast part."""
    options = {"min": 0, "max": 1, "step": 0.01, "readout_format": ".2f"}
    return LiveFigure(
        _draw,
        _update,
        {
            "update": widgets.FloatSlider(value=0.8, description="update gate z", **options),
            "reset": widgets.FloatSlider(value=1, description="reset gate r", **options),
        },
        """Left, the square of the two gates with its corners named and a dot at the present gates; right, a signal that
        jumps slowly and wiggles fast, the state of the GRU unit and that of a plain RNN unit.""",
        size=(9, 3.5),
    )


def _draw(fig):
    square, time = fig.subplots(1, 2, width_ratios=[1, 2.3])
    square.set(xlim=(-0.12, 1.12), ylim=(-0.2, 1.2), xlabel="update gate $z$", ylabel="reset gate $r$")
    square.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    square.set_title("The two gates")
    for (z, r), name in CORNERS.items():
        side = "left" if z == 0 else "right"
        square.text(z, r + (0.06 if r else -0.06), name, ha=side, va="bottom" if r else "top")
    square.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], color=COLOURS["bound"], linewidth=1)
    slow, fast = signal()
    t = np.arange(1, T + 1)
    time.plot(t, slow + fast, color=COLOURS["input"], linewidth=1, label="input $x_t$")
    time.plot(t, slow, color=COLOURS["bound"], linestyle="--", linewidth=1.2, label="its slow part")
    plain = gru_unit(slow + fast, 0, 1)[1:]
    time.plot(t, plain, color=COLOURS["output"], linestyle=":", linewidth=1.2, label="plain RNN")
    artists = {
        "dot": square.plot([], [], "o", color=COLOURS["state"], markersize=11)[0],
        "state": time.plot([], [], color=COLOURS["state"], label="GRU $h_t$")[0],
        "word": Label(square, color=COLOURS["state"]),
    }
    time.set(xlim=(1, T), ylim=(-1.4, 1.9), xlabel="step $t$", yticks=[-1, 0, 1])
    time.legend(loc="upper center", ncols=4, columnspacing=1, handlelength=1.4)
    time.set_title("What the unit makes of the signal")
    return artists


def correlation(left, right):
    """The correlation of two signals; 0 where one of them stands still."""
    spread = np.std(left) * np.std(right)
    return float(np.mean((left - left.mean()) * (right - right.mean())) / spread) if spread > 0 else 0.0


def _update(artists, update, reset):
    slow, fast = signal()
    h = gru_unit(slow + fast, update, reset)[1:]
    artists["dot"].set_data([update], [reset])
    artists["state"].set_data(np.arange(1, T + 1), h)
    # the number of steps after which 1/e of what was there is left, if nothing else came
    kept = -1 / np.log(update) if 0 < update < 1 else np.inf * update
    artists["word"].say(0.5, 0.5, f"keeps {kept:.0f} steps" if 1 <= kept < np.inf else "")
    with_slow, with_fast = correlation(h, slow), correlation(h, fast)
    return f"z = {update:.2f}, r = {reset:.2f}. {_corner_in_words(update, reset, kept)} " + (
        f"Its state goes with the slow part by a correlation of {with_slow:.2f}, with the fast part by {with_fast:.2f}."
    )


def _corner_in_words(z, r, kept):
    if z > 1 - NEAR / 10:
        return "The unit copies its state and takes nothing in; it started at 0 and stays there."
    if z < NEAR and r > 1 - NEAR:
        return "With z = 0 and r = 1 it is the plain RNN unit: the two lines lie on one another."
    if z < NEAR and r < NEAR:
        return "With both gates at 0 it has no memory at all: the state is tanh of the present input."
    if kept >= 1:
        return f"By the update gate alone, a fraction 1/e of the state is left after {kept:.0f} steps."
    return "It lives in the present: what it holds is mostly the candidate of this step."

"""One GRU unit with its two gates on sliders, on a signal with a slow and a fast part."""

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import correlation

T = 120
WEIGHT = 0.6  # from h to its own candidate
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
    """h_t = z h_{t-1} + (1 - z) tanh(x_t + weight r h_{t-1}) for gates that do not move: ``(T + 1,)``, h_0 = 0."""
    h = np.zeros(len(x) + 1)
    for t in range(len(x)):
        n = np.tanh(x[t] + weight * r * h[t])
        h[t + 1] = z * h[t] + (1 - z) * n
    return h


def corners():
    """The square of the two gates, and what the unit makes of a signal with a slow and a fast part."""
    options = {"min": 0, "max": 1, "step": 0.01}
    return LiveFigure(
        _draw,
        _update,
        {
            "update": Slider(0.8, label="update gate z", **options),
            "reset": Slider(1, label="reset gate r", **options),
        },
        """Left, the square of the two gates with a dot at the present gates, named at the corners; right, a signal that
        jumps slowly and wiggles fast, the state of the GRU unit and that of a plain RNN unit.""",
        size=(9, 3.5),
        handles=lambda artists: [Handle(artists["dot"], x="update", y="reset")],
    )


def _draw(fig):
    square, time = fig.subplots(1, 2, width_ratios=[1, 2.2])
    square.set(xlim=(-0.12, 1.12), ylim=(-0.2, 1.2), xlabel="update gate $z$", ylabel="reset gate $r$")
    square.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    square.set_title("The two gates")
    square.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], color=COLOURS["bound"], linewidth=1)
    slow, fast = signal()
    t = np.arange(1, T + 1)
    time.plot(t, slow + fast, color=COLOURS["input"], linewidth=1, label="input $x_t$")
    time.plot(t, slow, color=COLOURS["bound"], linestyle="--", linewidth=1.2, label="slow part")
    plain = gru_unit(slow + fast, 0, 1)[1:]
    time.plot(t, plain, color=COLOURS["output"], linestyle=":", linewidth=1.2, label="plain RNN")
    artists = {
        "dot": square.plot([], [], "o", color=COLOURS["state"], markersize=11)[0],
        "state": time.plot([], [], color=COLOURS["state"], label="GRU $h_t$")[0],
        "words": [Label(square, color=COLOURS["state"]) for _ in range(2)],
    }
    time.set(xlim=(1, T), ylim=(-1.4, 1.9), xlabel="step $t$", yticks=[-1, 0, 1])
    time.legend(loc="upper center", ncols=4, columnspacing=0.7, handlelength=1)
    time.set_title("What the unit makes of the signal")
    return artists


def _update(artists, update, reset):
    slow, fast = signal()
    h = gru_unit(slow + fast, update, reset)[1:]
    artists["dot"].set_data([update], [reset])
    artists["state"].set_data(np.arange(1, T + 1), h)
    name = CORNERS.get((update, reset), "")
    half = half_life(update)
    lines = ("half after", f"{half:.1f} steps") if not name and 1 <= half < np.inf else (name, "")
    top = 0.57 if not name else 0.86 if reset else 0.14
    for label, y, line in zip(artists["words"], (top, top - 0.17), lines, strict=True):
        label.say(0.5, y, line)
    with_slow, with_fast = correlation(h, slow), correlation(h, fast)
    return f"z = {update:.2f}, r = {reset:.2f}. {_in_words(update, reset, half)} " + (
        f"Its state goes with the slow part by a correlation of {with_slow:.2f}, with the fast part by {with_fast:.2f}."
    )


def half_life(z):
    """The number of steps after which half of a state is left along the direct path: ln 1/2 / ln z."""
    return np.log(0.5) / np.log(z) if 0 < z < 1 else np.inf * z if z else 0.0


def _in_words(z, r, half):
    if z == 1:
        return "The unit copies its state and takes nothing in; it started at 0 and stays there."
    if z == 0 and r == 1:
        return "It is the plain RNN unit: the two lines lie on one another."
    if z == 0 and r == 0:
        return "It has no memory at all: the state is tanh of the present input."
    if half >= 1:
        return f"Along the direct path, half of a state is left after {half:.1f} steps."
    return "It lives in the present: more than half of what it holds is the candidate of this step."

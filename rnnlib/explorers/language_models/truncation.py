"""Truncated BPTT in practice: the loss at each place of a window, with the state carried over and without."""

import ipywidgets as widgets
import numpy as np

from ...live import LiveFigure
from ...style import COLOURS
from ...tasks import flights
from . import runs

LOOKS = {
    "state set to zero": {"color": COLOURS["gradient"], "linestyle": "--", "marker": "s"},
    "state carried over": {"color": COLOURS["GRU"], "marker": "o"},
}


def windows():
    """The loss by the place in the window, for windows of different lengths, each trained on the same text."""
    measured = runs.results()["window"]  # (windows, [zero, carried], [mean, place 1, place 2, ...])
    floor = flights.entropy().per_word

    def draw(fig):
        left, right = fig.subplots(1, 2, width_ratios=[1.5, 1])
        left.set(
            xlim=(0, runs.WINDOWS[-1] + 1), ylim=(0.7, 1.6), xlabel="place in the window", ylabel="loss in nats a word"
        )
        left.set_title("What a word costs")
        right.set(xscale="log", xlim=(1.7, 47), ylim=(2.2, 3.2), xlabel="length of the window", ylabel="perplexity")
        right.set_xticks(runs.WINDOWS, [str(window) for window in runs.WINDOWS])
        right.minorticks_off()
        right.set_title("Over the whole text")
        left.axhline(floor, color=COLOURS["bound"], linestyle=":")
        right.axhline(np.exp(floor), color=COLOURS["bound"], linestyle=":", label="the grammar")
        artists = {}
        for k, (name, look) in enumerate(LOOKS.items()):
            small = look | {"markersize": 3.5}
            (artists[name],) = left.plot([], [], **small)
            right.plot(runs.WINDOWS, np.exp(measured[:, k, 0]), label=name, **small)
            (artists[f"{name} here"],) = right.plot([], [], look["marker"], color=look["color"], markersize=10)
        right.legend()
        return artists

    def update(artists, k):
        window = runs.WINDOWS[k]
        for name, values in zip(LOOKS, measured[k], strict=True):
            artists[name].set_data(np.arange(1, window + 1), values[1 : window + 1])
            artists[f"{name} here"].set_data([window], [np.exp(values[0])])
        zero, carried = measured[k, :, 1]
        return (
            f"Windows of {window} words. At the first place of a window a word costs {zero:.2f} nats where the state "
            f"was set to zero and {carried:.2f} where it was carried over; the grammar itself pays {floor:.2f} on "
            "average. "
            f"Perplexity over the whole text: {np.exp(measured[k, 0, 0]):.2f} and {np.exp(measured[k, 1, 0]):.2f}."
        )

    controls = {
        "k": widgets.SelectionSlider(
            value=1,
            options=[(str(window), k) for k, window in enumerate(runs.WINDOWS)],
            description="words in a window",
        )
    }
    alt = """Left, the loss of a word against its place in the window, for a network whose state is set to zero at the
    border of each window and for one whose state is carried over. Right, their perplexity against the length of the
    window. A dotted line is what the grammar itself reaches."""
    return LiveFigure(draw, update, controls, alt)

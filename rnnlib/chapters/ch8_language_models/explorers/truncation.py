"""Truncated BPTT in practice: the loss at each place of a window, with the state carried over and without."""

import numpy as np

from rnnlib.pictures.controls import Choice
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import flights

from .. import experiments

LOOKS = {
    "state set to zero": {"color": COLOURS["gradient"], "linestyle": "--", "marker": "s"},
    "state carried over": {"color": COLOURS["GRU"], "marker": "o"},
}


def windows():
    """The loss by the place in the window, for windows of different lengths, each trained on the same text."""
    # (windows, [zero, carried], [mean, place 1, place 2, ...]), the mean of all seeds
    measured = experiments.results()["window"].mean(axis=2)
    floor = flights.entropy().per_word

    def draw(fig):
        left, right = fig.subplots(1, 2, width_ratios=[1.5, 1])
        left.set(
            xscale="log",
            xlim=(0.9, 1.1 * experiments.WINDOWS[-1]),
            ylim=(0.7, 1.6),
            xlabel="place in the window",
            ylabel="loss in nats a word",
        )
        places = (1, *experiments.WINDOWS)
        left.set_xticks(places, [str(place) for place in places])
        left.minorticks_off()
        left.set_title("What a word costs")
        right.set(xscale="log", xlim=(1.7, 47), ylim=(2.2, 3.6), xlabel="length of the window", ylabel="perplexity")
        right.set_xticks(experiments.WINDOWS, [str(window) for window in experiments.WINDOWS])
        right.minorticks_off()
        right.set_title("Over the whole text")
        left.axhline(floor, color=COLOURS["bound"], linestyle=":")
        right.axhline(np.exp(floor), color=COLOURS["bound"], linestyle=":", label="the grammar")
        artists = {}
        for k, (name, look) in enumerate(LOOKS.items()):
            small = look | {"markersize": 3.5}
            (artists[name],) = left.plot([], [], **small)
            right.plot(experiments.WINDOWS, np.exp(measured[:, k, 0]), label=name, **small)
            (artists[f"{name} here"],) = right.plot([], [], look["marker"], color=look["color"], markersize=10)
        right.legend()
        return artists

    def update(artists, k):
        window = experiments.WINDOWS[k]
        for name, values in zip(LOOKS, measured[k], strict=True):
            artists[name].set_data(np.arange(1, window + 1), values[1 : window + 1])
            artists[f"{name} here"].set_data([window], [np.exp(values[0])])
        zero, carried = measured[k, :, 1]
        return (
            f"Windows of {window} words, the mean of {experiments.SEEDS} trainings. At the first place of a window a "
            f"word costs {zero:.2f} nats where the state was set to zero and {carried:.2f} where it was carried over; "
            f"the grammar itself pays {floor:.2f} on average. "
            f"Perplexity over the whole text: {np.exp(measured[k, 0, 0]):.2f} and {np.exp(measured[k, 1, 0]):.2f}."
        )

    controls = {
        "k": Choice(
            1,
            {str(window): k for k, window in enumerate(experiments.WINDOWS)},
            label="words in a window",
            shape="slider",
        )
    }
    alt = """Left, the loss of a word against its place in the window, for a network whose state is set to zero at the
    border of each window and for one whose state is carried over. Right, their perplexity against the length of the
    window. A dotted line is what the grammar itself reaches."""
    return LiveFigure(
        draw,
        update,
        controls,
        alt,
        handles=lambda artists: [
            Handle(artists[f"{name} here"], x=("k", lambda k: experiments.WINDOWS[k])) for name in LOOKS
        ],
    )

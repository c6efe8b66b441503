"""How long a unit with one weight keeps half of what it heard."""

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

LAGS = np.arange(61)


def half_life():
    """w^n of a linear unit against the lag n, and the lag at which half is left."""
    return LiveFigure(
        _draw,
        _update,
        {"weight": Slider(0.9, 0.5, 0.98, 0.01, label="recurrent weight w")},
        "The share of an input that is left, against the lag, and a dot where it is one half.",
        size=(8.0, 3.0),
        handles=lambda artists: [Handle(artists["half"], x=("weight", lambda weight: np.log(0.5) / np.log(weight)))],
    )


def _draw(fig):
    ax = fig.add_subplot(xlim=(0, 60), ylim=(0, 1.04), xlabel="lag $n$, steps back in time", ylabel="what is left")
    (left,) = ax.plot(LAGS, np.zeros(len(LAGS)), color=COLOURS["state"])
    (half,) = ax.plot([], [], "o", color=COLOURS["gradient"], markersize=9)
    return {"left": left, "half": half}


def _update(artists, weight):
    half, tenth = np.log([0.5, 0.1]) / np.log(weight)
    artists["left"].set_ydata(weight**LAGS)
    artists["half"].set_data([half], [0.5])
    return f"With w = {weight:.2f} one half is left after {half:.1f} steps and one tenth after {tenth:.1f}."

"""Three numbers to hold for a hundred steps: in a unit that squashes, and in a sum that keeps a share of itself."""

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures import gates as pictures
from rnnlib.pictures.live import LiveFigure

NUMBERS = np.array([0.2, 0.5, 0.8])
STEPS = 100


def squashed(weight):
    """S_t = tanh(w S_{t-1}) from each of NUMBERS on: ``(STEPS + 1, 3)``."""
    states = [NUMBERS]
    for _ in range(STEPS):
        states.append(np.tanh(weight * states[-1]))
    return np.array(states)


def summed(kept):
    """c_t = kept * c_{t-1} from each of NUMBERS on: ``(STEPS + 1, 3)``."""
    return NUMBERS * kept ** np.arange(STEPS + 1.0)[:, None]


def hold():
    """Three numbers over a hundred steps, with the weight of a tanh unit and the share that a sum keeps to move."""
    return LiveFigure(
        _draw,
        _update,
        {
            "weight": Slider(1.2, 0.5, 2.0, 0.05, label="weight w of the unit"),
            "kept": Slider(0.98, 0.9, 1.0, 0.005, label="share the sum keeps"),
        },
        """Two panels over 100 steps, each starting at 0.2, 0.5 and 0.8: left what a tanh unit makes of the three
        numbers, right what is left of them in a sum that keeps a share of itself at every step.""",
        size=(9.0, 3.0),
    )


def _draw(fig):
    left, right = fig.subplots(1, 2, sharey=True)
    artists = {
        "squashed": pictures.held_numbers(left, squashed(1.0), "Squashed: $S_t = \\tanh(w\\, S_{t-1})$"),
        "summed": pictures.held_numbers(right, summed(1.0), "Summed: $c_t = f\\, c_{t-1}$"),
    }
    left.set_ylabel("what is held")
    return artists


def _update(artists, weight, kept):
    ends = {}
    for name, states in (("squashed", squashed(weight)), ("summed", summed(kept))):
        for line, state in zip(artists[name], states.T, strict=True):
            line.set_ydata(state)
        ends[name] = states[-1]
    unit, total = (" and ".join((", ".join(texts[:2]), texts[2])) for texts in map(_texts, ends.values()))
    return (
        f"0.2, 0.5 and 0.8 were put in. After {STEPS} steps the unit with weight {weight:.2f} holds {unit}: "
        f"{_fate(weight, ends['squashed'])}. The sum that keeps {kept:.3f} a step holds {total}."
    )


def _texts(values):
    return [f"{value:.2f}" for value in values]


def _fate(weight, end):
    if end.max() < 0.005:
        return "all three are gone"
    if np.ptp(end) < 0.005:
        return "all three have become one number"
    return "the three are still apart, but they are not what was put in"

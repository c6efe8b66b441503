"""One unit of memory that leaks, to try the widgets with."""

import math

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

STEPS = 24
FIRST = 5
COLOURS_OF_INPUTS = (COLOURS["state"], COLOURS["input"])


def leaky_memory():
    """One linear unit that hears two inputs of 1: how much of each it still holds, at each step.

    S_t = w S_{t-1} + x_t.
    """
    return LiveFigure(
        _draw,
        _update,
        {
            "weight": Slider(0.5, 0, 1.02, 0.01, label="memory weight w"),
            "gap": Slider(8, 1, 13, label="steps apart"),
        },
        "Above, two inputs of size 1, some steps apart; below, what a memory that leaks holds at each step, by input.",
        size=(8.6, 3.4),
        handles=lambda artists: [Handle(artists["second"], x=("gap", lambda gap: FIRST + gap))],
    )


def remembered(weight, start):
    """What is left at steps 1 to STEPS of an input of 1 at step ``start``: the recursion, run."""
    state, states = 0.0, []
    for t in range(1, STEPS + 1):
        state = weight * state + (t == start)
        states.append(state)
    return np.array(states)


def steps_to_half(weight):
    """The first number of steps n with w^n <= 1/2, for 0 < w < 1."""
    return math.ceil(math.log(0.5) / math.log(weight))


def _draw(fig):
    inputs, memory = fig.subplots(2, 1, sharex=True, height_ratios=[1, 3.2])
    inputs.set_title("The input $x_t$: two knocks, and silence")
    inputs.set(yticks=[0, 1], ylim=(0, 1.35))
    memory.set_title("What the memory holds of each: $S_t = w\\, S_{t-1} + x_t$")
    memory.set(xlabel="step $t$", ylabel="state $S_t$", xlim=(0.3, STEPS + 0.7), ylim=(0, 3), yticks=[0, 1, 2, 3])
    memory.set_xticks(range(2, STEPS + 1, 2))
    bars = inputs.bar([FIRST, FIRST], [1, 1], width=0.6, color=COLOURS_OF_INPUTS)
    inputs.text(FIRST - 0.6, 0.5, "first input", ha="right", va="center", color=COLOURS["state"], weight="bold")
    edges = np.arange(STEPS + 1) + 0.5
    return {
        "second": bars[1],
        "words": Label(inputs, color="#1B7FB5", rim=False),
        "left": [
            memory.stairs(np.zeros(STEPS), edges, baseline=np.zeros(STEPS), fill=True, color=colour, linewidth=0)
            for colour in COLOURS_OF_INPUTS
        ],
    }


def _update(artists, weight, gap):
    second = FIRST + gap
    artists["second"].set_x(second - artists["second"].get_width() / 2)
    artists["words"].say(second + 0.6, 0.5, "second input", ha="left")
    parts = remembered(weight, FIRST), remembered(weight, second)
    floor = np.zeros(STEPS)
    for artist, part in zip(artists["left"], parts, strict=True):
        artist.set_data(floor + part, baseline=floor)
        floor = floor + part
    old, new = (part[-1] for part in parts)
    return (
        f"With w = {weight:.2f} {_fate(weight)}. At step {STEPS} the memory holds {readable(old + new, 3)}: "
        f"{readable(old, 3)} of the first input and {readable(new, 3)} of the second."
    )


def _fate(weight):
    if weight == 0:
        return "an input is forgotten at the next step"
    if weight == 1:
        return "nothing fades: the memory is the sum of all that came"
    if weight > 1:
        return "the past grows: an input counts more the longer ago it came"
    n = steps_to_half(weight)
    return f"no more than half of an input is left after {n} step{'s' * (n > 1)}"

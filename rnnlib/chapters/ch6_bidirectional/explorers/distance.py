"""What reading both ways does for gradients: the nearer end is nearer, each direction decays as before."""

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.gradients import inside, open_curve, set_open_curve
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import REACH_STEPS, input_gradients

LIMITS = (1e-12, 1e6)


def reach():
    """||dh/dx_k|| against the position k, for what a forward, a backward and a two-way network hold at the end."""
    return LiveFigure(
        _draw,
        _update,
        {
            "gain": Slider(0.8, 0.3, 3.0, 0.05, label="gain of Wₛ"),
            "steps": Slider(50, 10, REACH_STEPS, 5, label="number of steps T"),
            "cue": Slider(25, 1, REACH_STEPS, label="position k of the cue"),
        },
        """The size of the gradient that reaches the input at each position, on a log scale: falling to the left for the
        forward network, falling to the right for the backward network, and both together. A triangle marks where a
        curve leaves the picture.""",
        size=(9, 3.5),
        beforehand=("gain", "steps", "cue"),
        handles=lambda artists: [Handle(artists["cue"], x="cue")],
    )


def _draw(fig):
    ax = fig.subplots()
    ax.set_title("How much of the gradient reaches the input at position $k$")
    ax.set_yscale("log")
    ax.set(
        xlim=(1, REACH_STEPS),
        ylim=LIMITS,
        xlabel="position $k$ of the input",
        ylabel=r"$\Vert\partial h/\partial x_k\Vert$",
    )
    ax.axhline(1, color="#999999", linewidth=1)
    both = open_curve(ax, COLOURS["output"], linewidth=6, alpha=0.25, label="both: [$h^→_T$, $h^←_1$]")
    forward = open_curve(ax, COLOURS["state"], label="forward alone: $h^→_T$")
    backward = open_curve(ax, COLOURS["gradient"], linestyle=(0, (4, 2)), label="backward alone: $h^←_1$")
    cue = ax.plot([], [], color=COLOURS["bound"], linewidth=1.2, linestyle=":")[0]
    dots = ax.plot([], [], "o", color=COLOURS["output"], zorder=5)[0]
    ax.legend(loc="upper center", ncols=3)
    return {"both": both, "forward": forward, "backward": backward, "cue": cue, "dots": dots}


def _update(artists, gain, steps, cue):
    k = np.arange(1, steps + 1)
    forward, backward = (input_gradients(gain, steps, direction) for direction in (1, -1))
    both = np.hypot(forward, backward)
    for name, values in (("forward", forward), ("backward", backward), ("both", both)):
        set_open_curve(artists[name], k, values, LIMITS)
    place = min(cue, steps)
    artists["cue"].set_data([place, place], LIMITS)
    sizes = forward[place - 1], backward[place - 1]
    artists["dots"].set_data([place, place], inside(sizes, LIMITS))
    return (
        f"Gain {gain:.2f}, T = {steps}: from position {place} the forward network has {steps - place} steps to go, the "
        f"backward one {place - 1}. Their gradients there are {readable(sizes[0])} and {readable(sizes[1])}, together "
        f"{readable(both[place - 1])}. The largest anywhere is {readable(both.max())}, at position {both.argmax() + 1}."
    )

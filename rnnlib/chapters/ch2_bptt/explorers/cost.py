"""What a gradient costs: the sum over all pairs against the recursion."""

import numpy as np

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.backward import short
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

LONGEST = 200


def cost():
    """The steps back that the sum over all pairs (t, k) takes, and those of the recursion, as T grows."""
    return LiveFigure(
        _draw_cost,
        _update_cost,
        {
            "steps": Slider(50, 2, LONGEST, label="number of steps T"),
            "losses": Choice("every step", ["every step", "the last step"], label="loss at"),
        },
        """Left, the steps back that the plain sum takes, one for each pair of a loss and an earlier step: an area. The
        recursion takes one a step: a line. Right, their numbers against T on logarithmic axes.""",
        handles=lambda artists: [Handle(dot, x="steps") for dot in artists["dots"]],
    )


def steps_back(T, losses="every step"):
    """How often a gradient is taken one step back: by the sum over all pairs (t, k), and by the recursion."""
    return (T * (T - 1) // 2 if losses == "every step" else T - 1), T - 1


def _draw_cost(fig):
    pairs, counts = fig.subplots(1, 2, width_ratios=[1, 1.5])
    pairs.set(xlim=(0, LONGEST), ylim=(0, 1.4 * LONGEST), xlabel="loss at step $t$", ylabel="reached back to step $k$")
    pairs.set_yticks([0, 50, 100, 150, 200])
    pairs.set_title("Steps back taken")
    counts.set(xlim=(2, LONGEST * 25), ylim=(0.8, 1e5), xscale="log", yscale="log", xlabel="number of steps $T$")
    counts.set_title("How many")
    T = np.arange(2, LONGEST + 1)
    recursion = counts.plot(T, steps_back(T)[1], color=COLOURS["state"])[0]
    counts.text(LONGEST * 1.25, LONGEST, "recursion", color=COLOURS["state"], va="center")
    for height, words, colour in (
        (0.98, "sum over pairs: the area", "gradient"),
        (0.86, "recursion: the dashes", "state"),
    ):
        pairs.text(0.03, height, words, color=COLOURS[colour], va="top", transform=pairs.transAxes)
    return {
        "area": pairs.fill([0, 0, 0], [0, 0, 0], color=COLOURS["gradient"], alpha=0.45, linewidth=1.5)[0],
        "line": pairs.plot([], [], color=COLOURS["state"], linewidth=3, linestyle="--")[0],
        "naive": counts.plot([], [], color=COLOURS["gradient"])[0],
        "label": Label(counts, color=COLOURS["gradient"], weight="normal", rim=False),
        "dots": [counts.plot([], [], "o", color=COLOURS[colour], markersize=8)[0] for colour in ("gradient", "state")],
        "recursion": recursion,
    }


def _update_cost(artists, steps, losses):
    naive, recursion = steps_back(steps, losses)
    T = np.arange(2, LONGEST + 1)
    every = losses == "every step"
    all_naive = steps_back(T, losses)[0]
    corners = [(1, 1), (steps, 1), (steps, steps)] if every else [(steps, 1), (steps, 1), (steps, steps)]
    artists["area"].set_xy(corners)
    artists["line"].set_data([1, steps], [1, steps])
    artists["naive"].set_data(T, all_naive)
    artists["label"].say(LONGEST * 1.25, all_naive[-1] if every else 4 * all_naive[-1], "sum over pairs", ha="left")
    for dot, count in zip(artists["dots"], (naive, recursion), strict=True):
        dot.set_data([steps], [count])
    if not every:
        return (
            f"With one loss, at the last of {steps} steps, there is one walk back of {recursion} steps. "
            "Nothing can be saved: the two ways are the same."
        )
    if naive == recursion:
        return f"T = {steps}: one step back, whichever way it is done. The difference comes with longer sequences."
    return (
        f"T = {steps}: the sum over all pairs takes {readable(naive, 3)} steps back, T(T − 1)/2; the recursion takes "
        f"{recursion}. That is {short(naive / recursion)} times fewer, and the factor, T/2, grows with T."
    )

"""The picture of the laboratory: loss, gradient by lag, eigenvalues, and one sequence, all at one moment."""

import numpy as np

from rnnlib.pictures.figures.gradients import held
from rnnlib.pictures.style import COLOURS

from .assignments import assignment

SIZE = (10.6, 4.2)
LOSSES, NORMS, PLANE, HEIGHT = (1e-5, 1e2), (1e-9, 1e1), 2.0, 1.3
ALT = """Four panels of a training. Above, the loss by training step beside what guessing costs, and the eigenvalues of
the recurrent weights in the plane with the unit circle. Below, the norm of the gradient by the steps back from the end,
now and at the start, and the states or gates of the network over one sequence with its answer."""
# how the sentence calls a pinned curve, and its look; dots are what guessing costs
PIN_LOOKS = {
    "short dashes": ("#777777", (0, (3, 1))),
    "dash and dot": ("#CC79A7", "-."),
    "long dashes": ("#009E73", (0, (8, 2))),
    "dash and two dots": ("#A89200", (0, (5, 1, 1, 1, 1, 1))),
}
ENDS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def draw(fig):
    """Build the four panels; returns the artists that move."""
    grid = fig.add_gridspec(2, 2, width_ratios=(1.5, 1), height_ratios=(1, 1))
    loss, lags = fig.add_subplot(grid[0, 0]), fig.add_subplot(grid[1, 0])
    plane, sight = fig.add_subplot(grid[0, 1]), fig.add_subplot(grid[1, 1])
    loss.set(yscale="log", xlim=(0, ENDS[0]), ylim=(LOSSES[0], 1e4), xlabel="training step", ylabel="loss")
    loss.set_yticks([1e-4, 1e-2, 1, 1e2])
    loss.minorticks_off()
    loss.set_title("Loss; what guessing costs is dotted")
    lags.set(yscale="log", xlim=(0, 1), ylim=NORMS, xlabel="steps back from the end", ylabel="norm")
    lags.set_title("Gradient; dashed: at the start")
    plane.set(
        xlim=(-PLANE, PLANE), ylim=(-PLANE / 1.55, PLANE / 1.55), aspect="equal", xlabel="real", ylabel="imaginary"
    )
    plane.set_title("Eigenvalues of $W$")
    turn = np.linspace(0, 2 * np.pi, 97)
    plane.plot(np.cos(turn), np.sin(turn), color=COLOURS["bound"], linewidth=1)
    sight.set(xlabel="step of one sequence", ylabel="unit")
    sight.grid(visible=False)
    image = sight.imshow(np.zeros((1, 1)), aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1, origin="lower")
    artists = {
        "loss": loss.plot([], [], color=COLOURS["state"], linewidth=1.6)[0],
        "guessing": loss.axhline(1, color=COLOURS["bound"], linestyle=":"),
        "pins": [
            loss.plot([], [], color=color, linestyle=style, linewidth=1.3)[0] for color, style in PIN_LOOKS.values()
        ],
        "score": loss.text(0.985, 0.97, "", transform=loss.transAxes, ha="right", va="top"),
        "first lags": lags.plot([], [], color=COLOURS["bound"], linestyle="--")[0],
        "lags": lags.plot([], [], color=COLOURS["gradient"])[0],
        "lag": lags.axvline(0, color=COLOURS["target"], linestyle=":"),
        "lag words": lags.text(0, 2, "lag of the task ", ha="right", va="top"),
        "trail": plane.plot([], [], ".", color="#9DC3E0", markersize=3)[0],
        "eigenvalues": plane.plot([], [], "o", color=COLOURS["state"], markersize=5)[0],
        "none": plane.text(0, 0, "", ha="center", va="center"),
        "image": image,
        "answer": sight.text(0.5, 1.04, "", transform=sight.transAxes, ha="center", va="bottom"),
        "axes": {"loss": loss, "lags": lags, "sight": sight},
    }
    return artists


def show(artists, view):
    """Move the artists to what ``view`` says."""
    axes, task = artists["axes"], assignment(view.settings.task)
    steps, losses = view.loss
    artists["loss"].set_data(steps, held(losses, LOSSES) if len(losses) else losses)
    artists["guessing"].set_ydata([view.baseline] * 2)
    for k, line in enumerate(artists["pins"]):
        line.set_data(*(view.pinned[k] if k < len(view.pinned) else ([], [])))
    longest = max([view.steps, *(pin[0][-1] for pin in view.pinned if len(pin[0]))])
    _only_if_new(axes["loss"], "xlim", (0, next((end for end in ENDS if end >= longest), longest)))
    score = view.scores[1][-1] if len(view.scores[1]) else float("nan")
    artists["score"].set_text(f"{task.measure} on held-out data: {score:.3g}")

    reach = np.arange(len(view.lags))
    artists["lags"].set_data(reach, held(view.lags, NORMS))
    artists["first lags"].set_data(np.arange(len(view.first_lags)), held(view.first_lags, NORMS))
    _only_if_new(axes["lags"], "xlim", (0, max(len(reach) - 1, 1)))
    artists["lag"].set_xdata([view.settings.length] * 2)
    artists["lag words"].set_x(view.settings.length)
    for name in ("lag", "lag words"):
        artists[name].set_visible(view.settings.task == "recall")

    for name, values in (("trail", view.trail), ("eigenvalues", view.eigenvalues)):
        inside = np.clip(values.real, -PLANE, PLANE), np.clip(values.imag, -HEIGHT, HEIGHT)
        artists[name].set_data(*inside)
    artists["none"].set_text("" if len(view.eigenvalues) else "This cell has no recurrent weights.")

    units, length = view.sight.shape
    artists["image"].set_data(np.nan_to_num(view.sight, posinf=1, neginf=-1))
    extent = (0.5, length + 0.5, 0.5, units + 0.5)
    if tuple(artists["image"].get_extent()) != extent:
        artists["image"].set_extent(extent)
        axes["sight"].set(xlim=extent[:2], ylim=extent[2:])
    artists["answer"].set_text(view.answer)


def sentence(view, mission=None, playing=False):
    """What happens, in a sentence or two."""
    if view.trouble:
        return view.trouble
    task = assignment(view.settings.task)
    score = view.scores[1][-1] if len(view.scores[1]) else float("nan")
    goal = ""
    if mission is not None:
        won = len(view.scores[0]) and mission.won(view.settings, view.scores[0][-1], score)
        asked = f" The goal: {task.measure} {mission.goal:g} within {mission.steps} steps."
        goal = f" The goal is reached: {mission.teaches}" if won else asked
    if view.steps == 0:
        return f"Nothing is trained yet. Guessing costs {view.baseline:.3g}. {_reach(view)}{goal}"
    loss = view.loss[1][-1] if len(view.loss[1]) else float("nan")
    against = (
        "far below what guessing costs"
        if loss < 0.1 * view.baseline
        else "below what guessing costs"
        if loss < 0.9 * view.baseline
        else "near what guessing costs"
        if loss < 1.1 * view.baseline
        else "above what guessing costs"
    )
    return (
        f"Step {view.steps}{', training' if playing else ''}: the loss {loss:.3g} is {against}, {view.baseline:.3g}; "
        f"{task.measure} on held-out data {score:.3g}. {_reach(view)}{goal}"
    )


def _reach(view):
    """How much of the gradient at the end is left at the lag of the task, or at the first step."""
    lag = min(view.settings.length, len(view.lags) - 1)
    if not view.lags[0] > 0 or not np.isfinite(view.lags).all():
        return "No gradient is left to measure."
    left = view.lags[lag] / view.lags[0]
    if left < 1e-6:
        return f"{lag} steps back, less than a millionth of the gradient is left."
    return f"{lag} steps back, the gradient is {left:.2g} times what it is at the end."


def _only_if_new(ax, name, limits):
    if tuple(getattr(ax, f"get_{name}")()) != tuple(map(float, limits)):
        ax.set(**{name: limits})

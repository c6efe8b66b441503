"""One training in two libraries: the two loss curves, and how far they part if one thing is changed."""

import numpy as np

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from .. import experiments

FLOOR = 1e-17
OPTIONS = {
    "nothing": "same",
    "both biases are trained": "both biases trained",
    "the padding is counted": "padding counted",
    "PyTorch clips": "clipped by PyTorch",
    "float32": "float32",
}
SAYS = {
    "same": "Nothing differs but the order in which numbers are added.",
    "both biases trained": "The gates have two biases with the same gradient, and their sum moves twice as far.",
    "padding counted": "The mean is taken over padded steps too, whose target is a word that no one said.",
    "clipped by PyTorch": "Both clip at the same norm; PyTorch adds 0.000001 to the norm before it divides.",
    "float32": "Some seven digits are kept instead of sixteen.",
}


def one_change():
    """The losses of rnnlib and of PyTorch from one start, with one thing changed in PyTorch's training."""
    return LiveFigure(
        _draw,
        _update,
        {
            "change": Choice("both biases trained", OPTIONS, label="what differs", shape="list"),
            "step": Slider(30, 1, experiments.STEPS, label="training step"),
        },
        """Left, the loss of a GRU at each training step, in rnnlib and in PyTorch. Right, how far the two losses are
        apart, on a logarithmic axis, for five ways to differ, the chosen one thick.""",
        size=(9, 3.6),
        handles=lambda artists: [Handle(artists[name], x="step") for name in ("here", "gap")],
    )


def apart(change):
    """How far the losses of PyTorch and rnnlib are apart at each step, at least FLOOR."""
    return np.maximum(np.abs(experiments.losses()[change] - experiments.losses()[experiments.ours(change)]), FLOOR)


def _draw(fig):
    curves, gaps = fig.subplots(1, 2)
    steps = np.arange(1, experiments.STEPS + 1)
    curves.set(xlim=(0, experiments.STEPS + 1), ylim=(0.8, 4), xlabel="training step", ylabel="loss (nats)")
    curves.set_title("The same training twice")
    gaps.set(xlim=(0, experiments.STEPS + 1), ylim=(FLOOR, 10), yscale="log", xlabel="training step")
    gaps.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
    gaps.minorticks_off()
    gaps.set_title("How far the losses are apart")
    artists = {
        "ours": curves.plot([], [], color=COLOURS["state"], linewidth=4, alpha=0.5, label="rnnlib")[0],
        "theirs": curves.plot([], [], color=COLOURS["gradient"], linewidth=1.6, linestyle="--", label="PyTorch")[0],
        "here": curves.plot([], [], "o", color=COLOURS["gradient"])[0],
        "gap": gaps.plot([], [], "o", color=COLOURS["gradient"])[0],
        "words": Label(gaps, color="#A34700"),
    }
    for change in experiments.CHANGES:
        artists[change] = gaps.plot(steps, apart(change), color=COLOURS["bound"], linewidth=1)[0]
    curves.legend(loc="upper right")
    return artists


def _update(artists, change, step):
    steps = np.arange(1, experiments.STEPS + 1)
    theirs, ours, gap = experiments.losses()[change], experiments.losses()[experiments.ours(change)], apart(change)
    artists["theirs"].set_data(steps, theirs)
    artists["ours"].set_data(steps, ours)
    artists["here"].set_data([step], [theirs[step - 1]])
    artists["gap"].set_data([step], [gap[step - 1]])
    for name in experiments.CHANGES:
        artists[name].set_linewidth(2.6 if name == change else 1)
        artists[name].set_color(COLOURS["gradient"] if name == change else COLOURS["bound"])
    words = "none" if gap[step - 1] == FLOOR else readable(gap[step - 1])
    left = step > experiments.STEPS / 2
    below = gap[step - 1] > 1e-3
    artists["words"].say(step, gap[step - 1], words, ha="right" if left else "left", shift=(0, -14 if below else 14))
    return (
        f"Step {step}: the loss is {ours[step - 1]:.4f} in rnnlib and {theirs[step - 1]:.4f} in PyTorch, apart by "
        f"{words}; over all {experiments.STEPS} steps at most {readable(np.abs(theirs - ours).max())}. {SAYS[change]}"
    )

"""Where a trained LSTM lets gradients through: at the marks."""

from functools import cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures import gates as pictures
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import latest_mark
from rnnlib.unroll import unroll

from ..trainings import LATEST_STEPS, kept_and_written, train_latest

LOOKS = {
    "kept": {"color": COLOURS["memory"]},
    "written": {"color": COLOURS["input_gate"], "linestyle": (0, (4, 2))},
}


@cache
def trained_on_latest_mark():
    """A small LSTM taught to give the later of two marked numbers, and 20 sequences it has not seen."""
    return train_latest(0), latest_mark.draw_batch(np.random.default_rng(9), 20, LATEST_STEPS)


def marked_positions(model=None, batch=None):
    """What a trained LSTM does at the marked positions: what it keeps, writes and answers, example by example.

    ``model`` is a :class:`Model` of an LSTM with one output at the last step and ``batch`` the :class:`Batch` of
    the sequences to show, with numbers and marks as in :mod:`rnnlib.tasks.adding`. Left out, a small one is
    trained on :mod:`rnnlib.tasks.latest_mark`.
    """
    if model is None:
        model, batch = trained_on_latest_mark()
    seen = at_marks(model, batch)
    return LiveFigure(
        lambda fig: _draw_marked(fig, seen),
        lambda artists, example: _update_marked(artists, seen, example - 1),
        {"example": Slider(1, 1, batch.x.shape[1], label="example")},
        """From the top, over the steps of one sequence: how much the answer moves with each number; how much of the
        answer hangs on the memory and how much of the number is written into it, as two lines; the input gates and the
        forget gates of all units as maps. Triangles show the two marked steps.""",
        size=(9.0, 4.3),
    )


def at_marks(model, batch):
    """The gates and the gradients of a trained LSTM over a batch, as a dict.

    ``i, f`` the pixels of the gates for each sequence, the units sorted by how much they open (i) or close (f) at
    the marks; ``pull``, ``kept`` and ``written`` as in :func:`kept_and_written`; ``marks (T, B)`` true where a number
    is marked; ``answers`` and ``targets`` are ``(B,)``.
    """
    run = unroll(model.network, batch.x)
    marks = batch.x[..., 1] == 1
    gate = {name: getattr(run.trace, name) for name in ("i", "f")}
    change = {name: value[marks].mean(axis=0) - value[~marks].mean(axis=0) for name, value in gate.items()}
    return kept_and_written(model, batch) | {
        "i": _pixels(gate["i"][..., np.argsort(-change["i"])], "input_gate"),
        "f": _pixels(gate["f"][..., np.argsort(change["f"])], "forget_gate"),
        "marks": marks,
        "answers": model.read_out(run.outputs)[-1, :, 0],
        "targets": batch.targets[-1, :, 0],
    }


def _pixels(openings, gate):
    return [pictures.gate_pixels(openings[:, k], gate) for k in range(openings.shape[1])]


def _draw_marked(fig, seen):
    axes = pull_ax, memory_ax, *gate_axes = fig.subplots(4, 1, sharex=True, height_ratios=[1.3, 1.3, 1, 1])
    T = len(seen["pull"])
    highest = max(1.0, seen["pull"].max())
    artists = {"pull": pictures.bars(pull_ax, T, facecolor=COLOURS["gradient"])}
    (artists["marks"],) = pull_ax.plot([], [], "v", color=COLOURS["input"], markeredgecolor="black", markersize=9)
    pull_ax.set(ylim=(0, 1.3 * highest), yticks=[0, 1])
    pull_ax.set_ylabel("moves the answer\n$|\\partial O_T/\\partial v_t|$", rotation=0, ha="right", va="center")
    steps = np.arange(1, T + 1)
    for name, look in LOOKS.items():
        (artists[name],) = memory_ax.plot(steps, np.zeros(T), drawstyle="steps-mid", label=name, **look)
    memory_ax.set(ylim=(0, 1.15 * max(seen[name].max() for name in LOOKS)), yticks=[0, 1])
    memory_ax.set_ylabel("memory: kept —,\nwritten into it ┄", rotation=0, ha="right", va="center")
    for ax, letter, gate in zip(gate_axes, "if", ("input_gate", "forget_gate"), strict=True):
        artists[letter] = pictures.gate_map(ax, seen[letter][0], gate.replace("_", "\n") + "s")
    gate_axes[-1].set_xlabel("step t")
    gate_axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    for ax in axes:
        ax.tick_params(axis="x", length=0, labelbottom=ax is gate_axes[-1])
    return artists


def _update_marked(artists, seen, k):
    steps = np.flatnonzero(seen["marks"][:, k]) + 1
    pull = seen["pull"][:, k]
    pictures.set_bars(artists["pull"], pull, width=0.8)
    for name in LOOKS:
        artists[name].set_ydata(seen[name][:, k])
    top = artists["marks"].axes.get_ylim()[1]
    artists["marks"].set_data(steps, np.full(len(steps), 0.9 * top))
    for letter in "if":
        artists[letter].set_array(seen[letter][k])
    elsewhere = np.delete(pull, steps - 1).max()
    first, second = pull[steps - 1]
    kept = seen["kept"][steps - 1, k]
    return (
        f"Marks at steps {steps[0]} and {steps[1]}; the answer is {seen['answers'][k]:.2f}, the target "
        f"{seen['targets'][k]:.2f}. The answer moves by {first:.2f} for each unit of the first marked number and "
        f"{second:.2f} of the second; of any other number by {elsewhere:.2f} at most. The gradient at the memory is "
        f"{kept[0]:.2f} at the first mark and {kept[1]:.2f} at the second."
    )

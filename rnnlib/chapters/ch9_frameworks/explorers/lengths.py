"""A padded batch and the same batch packed: what is computed at each step, and what is not."""

from functools import cache

import numpy as np

from rnnlib.pictures.controls import Stepper, Switch
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import flights

SIZE = 12


def packing():
    """A batch of sequences of different lengths, step by step, in the order given or the longest first."""
    steps = int(lengths().max())
    return LiveFigure(
        _draw,
        _update,
        {
            "t": Stepper(12, 1, steps, label="step t"),
            "by_length": Switch(False, label="the longest first"),
        },
        """Rows of squares, one row a sequence: coloured where it has a word, empty where it is padded. A column is
        marked: the step that is computed. Below, how many sequences run at each step.""",
        size=(9, 3.8),
        handles=lambda artists: [Handle(artists["now"], x="t")],
    )


@cache
def lengths():
    """The lengths of a batch of requests, ``(SIZE,)``, as they were drawn."""
    return flights.draw_batch(np.random.default_rng(4), SIZE).lengths


def running(t):
    """How many sequences have a word at step ``t``, counted from 1."""
    return int(np.sum(lengths() >= t))


def _draw(fig):
    rows, count = fig.subplots(2, 1, sharex=True, height_ratios=[2.4, 1])
    steps = int(lengths().max())
    rows.set(xlim=(0.4, steps + 0.6), ylim=(SIZE + 0.6, 0.4), ylabel="sequence", yticks=[1, 4, 8, 12])
    rows.set_title("What is computed")
    rows.grid(False)
    count.bar(np.arange(1, steps + 1), [running(t) for t in range(1, steps + 1)], color="#BBBBBB", width=0.8)
    count.set(xlabel="step $t$", ylabel="running", ylim=(0, SIZE + 6), yticks=[0, 6, 12])
    count.set_xticks(range(5, steps + 1, 5))
    look = {"linestyle": "", "marker": "s", "markersize": 9}
    return {
        "words": rows.plot([], [], color=COLOURS["input"], **look)[0],
        "padding": rows.plot([], [], markerfacecolor="none", markeredgecolor="#CCCCCC", **look)[0],
        "now": rows.plot([], [], color=COLOURS["state"], **look)[0],
        "wasted": rows.plot([], [], markerfacecolor="none", markeredgecolor=COLOURS["gradient"], mew=2, **look)[0],
        "bar": count.bar([1], [0], color=COLOURS["state"], width=0.8),
        "number": Label(count, color=COLOURS["state"]),
    }


def _update(artists, t, by_length):
    order = np.argsort(-lengths(), kind="stable") if by_length else np.arange(SIZE)
    sizes, steps = lengths()[order], int(lengths().max())
    real = np.arange(1, steps + 1) <= sizes[:, None]
    row, step = np.mgrid[1 : SIZE + 1, 1 : steps + 1]
    for name, chosen in (
        ("words", real & (step != t)),
        ("padding", ~real & (step != t)),
        ("now", real & (step == t)),
        ("wasted", ~real & (step == t)),
    ):
        artists[name].set_data(step[chosen], row[chosen])
    artists["bar"][0].set_height(running(t))
    artists["bar"][0].set_x(t - 0.4)
    artists["number"].say(t, running(t) + 3, str(running(t)))
    where = f": the first {running(t)} rows" if by_length else ", here and there in the batch"
    first = "" if running(t) == SIZE else where
    real_steps, all_steps = int(lengths().sum()), SIZE * steps
    return (
        f"At step {t}, {running(t)} of {SIZE} sequences run{first}. Padded, {all_steps} steps are computed in all; "
        f"packed, {real_steps}, so {1 - real_steps / all_steps:.0%} are left out."
    )

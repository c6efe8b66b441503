"""What one state can carry: translators of several sizes, with attention and without, on rows of one to three dates."""

from functools import cache

import numpy as np

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.attention import QUIET
from rnnlib.pictures.figures.characters import Characters
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import dates

from ..experiments import KINDS, MOST, SIZES, exact_matches, held_out_rows, mean_lengths, texts_of, written_rows

LOOKS = {
    KINDS[0]: {"color": COLOURS["state"], "marker": "o", "linestyle": "-"},
    KINDS[1]: {"color": COLOURS["gradient"], "marker": "s", "linestyle": (0, (4, 2))},
}
EXAMPLES = 6
WRONG = "#C00000"
MISSING = "_"
LONGEST = 36  # symbols of three dates, each at most 11, and some that are too many


def bottleneck():
    """Exact match against the length of the input and against the size of the state, and rows as they are written."""
    return LiveFigure(
        _draw,
        _update,
        {
            "size": Choice(64, SIZES, label="state size H", shape="slider"),
            "count": Slider(2, 1, MOST, label="dates in the row below"),
            "example": Slider(1, 1, EXAMPLES, label="example"),
        },
        """Left, exact match against the number of characters read; right, against the size of the state; a curve with
        attention and one without. Below, a row of dates as it should be written and as each network writes it.""",
        size=(9.0, 3.66),
        beforehand=("size", "count", "example"),
        handles=lambda artists: [Handle(artists["size"], x="size")],
    )


@cache
def _exact_matches(kind, size):
    return exact_matches(written_rows(kind, size))


def _draw(fig):
    top, bottom = fig.subfigures(2, 1, height_ratios=[2.1, 1])
    by_length, by_size = top.subplots(1, 2, sharey=True, width_ratios=[1, 1])
    lengths = mean_lengths()
    by_length.set(xlim=(12, 66), ylim=(-4, 104), ylabel="exact match, %", yticks=[0, 50, 100])
    by_length.set_xticks(lengths, [f"{length:.0f}" for length in lengths])
    by_length.set_xlabel("characters read (1, 2 and 3 dates)")
    by_size.set(xscale="log", xlim=(6.5, 78), xlabel="state size H")
    by_size.set_xticks(SIZES, map(str, SIZES))
    by_size.minorticks_off()
    artists = {}
    for kind, look in LOOKS.items():
        artists[f"{kind} length"] = by_length.plot([], [], label=kind, **look)[0]
        artists[f"{kind} size"] = by_size.plot([], [], **look)[0]
    artists["size"] = by_size.plot([], [], color=QUIET, linewidth=1.2, linestyle=":")[0]
    by_length.legend(loc="center right")
    page = bottom.subplots()
    page.axis("off")
    page.set(xlim=(0, 45), ylim=(3.6, -0.6))
    for y, words in enumerate(("read", "right", *KINDS)):
        page.text(0, y, words, va="center", color=QUIET)
    artists["read"] = Label(page, color="#222222", weight="normal", rim=False)
    artists |= {f"line {k}": Characters(page) for k in range(3)}
    return artists


def _update(artists, size, count, example):
    said = []
    for kind in KINDS:
        right = _exact_matches(kind, size)
        artists[f"{kind} length"].set_data(mean_lengths(), 100 * right)
        every = [_exact_matches(kind, other)[count - 1] for other in SIZES]
        artists[f"{kind} size"].set_data(SIZES, 100 * np.array(every))
        said.append(f"{kind} {', '.join(f'{100 * share:.0f} %' for share in right)}")
    artists["size"].set_data([size, size], [-4, 104])
    batch = held_out_rows()[count - 1]
    wanted = dates.decode(batch.targets)[example - 1]
    written = [written_rows(kind, size)[count - 1][example - 1] for kind in KINDS]
    artists["read"].say(9, 0, texts_of(batch)[example - 1], ha="left")
    for k, line in enumerate((wanted, *written)):
        line = line[:LONGEST].ljust(len(wanted), MISSING)
        colours = [WRONG if k >= len(wanted) or c != wanted[k] else "#222222" for k, c in enumerate(line)]
        artists[f"line {k}"].write([(9.4 + place, k + 1) for place in range(len(line))], line, colours)
    told = [_told(wanted, line) for line in written]
    row = "a date" if count == 1 else f"a row of {count} dates"
    return (
        f"H = {size}, exact match on rows of one, two and three dates that no training has seen: {said[0]}; {said[1]}. "
        f"Below, {row} of {len(wanted)} symbols: with attention {told[0]}; without {told[1]}."
    )


def _told(wanted, line):
    """How many symbols of a line are wrong or missing, and how many too many."""
    wrong = sum(a != b for a, b in zip(wanted, line.ljust(len(wanted)), strict=False))
    more = len(line) - len(wanted)
    return (f"{wrong} wrong or missing" if wrong else "all right") + (f", {more} too many" if more > 0 else "")

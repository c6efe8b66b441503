"""Attention as pictures: the map of the weights, and lines from what is written to what was read."""

import numpy as np
from matplotlib.patches import Rectangle

from ..style import COLOURS
from .characters import Characters
from .gates import bars, set_bars

ROWS = 12  # symbols of the longest date, its end among them
COLUMNS = 40  # characters that the map has room for
LEAST_COLUMNS = 22
LEAST_LINE = 0.05  # weights below it have no line
READ = -1.35  # the row of the characters read
BAR = 1.8  # height of the weight 1, in rows
END = "∎"
SPACE = "␣"
UNKNOWN = "□"
QUIET = "#6E6E6E"
# The parts of a date: also told apart by their places and by the ideograph behind them.
PART_COLOURS = {"year": "#0072B2", "month": "#C04E00", "day": "#00795A"}


def part_colours(written):
    """A colour for each symbol of a Chinese date, up to the ideograph that ends its part."""
    colours, start = [QUIET] * len(written), 0
    for ideograph, part in zip("年月日", PART_COLOURS, strict=True):
        end = written.find(ideograph, start)
        if end >= 0:
            colours[start : end + 1] = [PART_COLOURS[part]] * (end + 1 - start)
            start = end + 1
    return colours


def shown(text, alphabet):
    """``text`` as it is drawn: spaces can be seen, and what is not in the alphabet is a box."""
    return "".join(SPACE if letter == " " else letter if letter in alphabet else UNKNOWN for letter in text)


def attention_map(ax):
    """An empty map, for :func:`show_attention`: return its artists by name.

    The characters read are above, with a bar for the weight of each; the symbols written are on the left.
    """
    ax.axis("off")
    ax.set_ylim(ROWS - 0.4, -4.1)
    grid = np.full((ROWS, COLUMNS), np.nan)
    edges = (np.arange(COLUMNS + 1) + 0.5, np.arange(ROWS + 1) - 0.5)
    for y, words in ((-2.5, "weight"), (READ, "read"), (0.0, "written")):
        ax.text(0, y, words, transform=ax.get_yaxis_transform(), va="center", color=QUIET)
    return {
        "weights": ax.pcolormesh(*edges, grid, cmap="Blues", vmin=0, vmax=1),
        "bars": bars(ax, COLUMNS, facecolor=COLOURS["state"]),
        "row": ax.add_patch(Rectangle((0, 0), 1, 1, fill=False, edgecolor=COLOURS["output"], linewidth=1.8, zorder=4)),
        "read": Characters(ax),
        "written": Characters(ax, weight="bold"),
    }


def show_attention(artists, read, written, weights, row=None):
    """Draw ``weights (len(written), len(read))``; ``row`` stands out, with its bars, and later rows are not drawn yet.

    Without ``row`` all rows are drawn and none stands out.
    """
    ax, seen = artists["weights"].axes, len(written) if row is None else row + 1
    columns = max(len(read), LEAST_COLUMNS)
    limits = (0.5 - 0.17 * columns, columns + 0.6)
    if ax.get_xlim() != limits:
        ax.set_xlim(limits)
    grid, heights = np.full((ROWS, COLUMNS), np.nan), np.zeros(COLUMNS)
    grid[:seen, : len(read)] = weights[:seen]
    artists["weights"].set_array(grid)
    if row is not None:
        heights[: len(read)] = weights[row]
        artists["row"].set_bounds(0.5, row - 0.5, len(read), 1)
    artists["row"].set_visible(row is not None)
    set_bars(artists["bars"], -2.2 - BAR * heights, -2.2)
    artists["read"].write([(k + 1, READ) for k in range(len(read))], read)
    artists["written"].write(
        [(0.5 - 0.03 * columns, k) for k in range(seen)], written[:seen], part_colours(written)[:seen]
    )


def crossing(ax, read, written, weights):
    """The characters read, below, the symbols written, above, and a line for every weight, the wider the larger.

    ``weights (len(written), len(read))``; lines of one part of the date have one colour.
    """
    ax.axis("off")
    across = np.linspace(1, len(read), len(written) + 2)[1:-1]
    ax.set(xlim=(0, len(read) + 1), ylim=(-0.35, 1.35))
    colours = part_colours(written)
    for x, colour, row in zip(across, colours, weights, strict=True):
        for s in np.flatnonzero(row > LEAST_LINE):
            ax.plot([s + 1, x], [0.1, 0.9], color=colour, linewidth=6 * row[s], alpha=0.6, solid_capstyle="butt")
    Characters(ax).write([(s + 1, 0) for s in range(len(read))], read)
    Characters(ax, weight="bold", scale=1.2).write([(x, 1) for x in across], written, colours)


def accuracy_by_step(ax, forced, free):
    """The share of right symbols at each step, with teacher forcing and running free: return the two lines."""
    steps = np.arange(1, len(forced) + 1)
    look = {"linestyle": (0, (4, 2)), "marker": "s", "color": COLOURS["gradient"]}
    lines = [
        *ax.plot(steps, forced, "o-", color=COLOURS["state"], label="teacher forcing"),
        *ax.plot(steps, free, label="free running", **look),
    ]
    ax.set(ylim=(-0.02, 1.05), xticks=steps, xlabel="step $t$ of the decoder", ylabel="share of right symbols")
    ax.legend(loc="lower left")
    return lines

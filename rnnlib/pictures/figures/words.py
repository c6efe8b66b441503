"""All the words of a small language with their probabilities, in a few columns that do not move."""

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from ..style import COLOURS, scale


def word_columns(fig, columns):
    """One panel for each of ``columns``, lists of words from the top: a bar for each word, and a stroke for the truth.

    Returns ``bars`` and ``strokes``, one collection for each column, for :func:`set_word_columns`.
    """
    artists = {"bars": [], "strokes": []}
    rows = max(map(len, columns))
    for ax, words in zip(fig.subplots(1, len(columns)), columns, strict=True):
        ax.set(xlim=(0, 1), ylim=(rows - 0.4, -0.6), xticks=[0, 0.5, 1])
        ax.set_xticklabels(["0", "½", "1"])
        ax.set_yticks(range(len(words)), words)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
        bars = PolyCollection([np.zeros((4, 2))] * len(words), facecolor=COLOURS["state"])
        strokes = LineCollection([], color=COLOURS["target"], linewidth=3 * scale(), capstyle="butt")
        artists["bars"].append(ax.add_collection(bars, autolim=False))
        artists["strokes"].append(ax.add_collection(strokes, autolim=False))
    return artists


def set_word_columns(artists, columns, bars, strokes):
    """Draw a bar of length ``bars[word]`` for each word, and a stroke at ``strokes[word]`` where there is one."""
    for words, polygons, lines in zip(columns, artists["bars"], artists["strokes"], strict=True):
        polygons.set_verts([_bar(row, bars.get(word, 0.0)) for row, word in enumerate(words)])
        rows = {row: strokes[word] for row, word in enumerate(words) if word in strokes}
        lines.set_segments([[(length, row - 0.46), (length, row + 0.46)] for row, length in rows.items()])


def _bar(row, length):
    return [(0, row - 0.33), (length, row - 0.33), (length, row + 0.33), (0, row + 0.33)]


def surprises(ax, words, nats):
    """A bar for what each of ``words`` costs, in nats, with the words below."""
    bars = ax.bar(range(len(words)), nats, 0.7, color=COLOURS["gradient"])
    ax.bar_label(bars, [f"{cost:.1f}" if cost > 0.05 else "0" for cost in nats], padding=2)
    ax.set_xticks(range(len(words)), words, rotation=90)
    ax.tick_params(axis="x", length=0)
    ax.grid(axis="x", visible=False)
    ax.set(ylabel="surprise in nats", ylim=(0, 1.2 * max(nats)))
    ax.set_title("The message is dear, the grammar is free")
    return bars

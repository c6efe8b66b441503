"""Pairs in a memory of a fixed size: which words come back, and the share of them against their number."""

from functools import lru_cache

import numpy as np
from matplotlib.collections import LineCollection

from rnnlib.pictures.controls import Choice, Switch
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import memories

LOOKS = {
    "sum": (COLOURS["state"], "-"),
    "gated sum": (COLOURS["forget_gate"], (0, (5, 2))),
    "delta rule, β = 1": (COLOURS["memory"], "-."),
    "delta rule, β = 0.5": (COLOURS["gradient"], (0, (1, 1))),
    "softmax attention": (COLOURS["output"], (0, (3, 1, 1, 1))),
}
SHORT = {"delta rule, β = 1": "delta, β = 1", "delta rule, β = 0.5": "delta, β = 0.5", "softmax attention": "softmax"}
SHARES = [f"{multiple:g} d" for multiple in memories.MULTIPLES]


def recall_by_age():
    """What a memory returns for each pair, from the oldest to the newest, and the share of right words by kind."""
    return LiveFigure(
        _draw,
        _update,
        {
            "kind": Choice("sum", list(memories.KINDS), label="memory", shape="list"),
            "multiple": Choice(
                1, dict(zip(SHARES, memories.MULTIPLES, strict=True)), label="pairs n, in widths", shape="slider"
            ),
            "d": Choice(32, list(memories.WIDTHS), label="width d", shape="buttons"),
            "twice": Switch(False, label="every key is written twice"),
        },
        """Left, for each stored pair from the oldest to the newest, how much of its word comes back: a line that ends
        in a dot where the right word is found, in a cross where another one is nearer. Right, the share of right words
        against the number of pairs for five kinds of memory, with a dot at the chosen one.""",
        size=(9, 3.5),
        beforehand=("kind", "multiple", "twice"),
        handles=lambda artists: [Handle(artists["here"], x="multiple")],
    )


@lru_cache(maxsize=256)
def one_draw(kind, d, n, twice):
    """The part of each word that comes back, and whether the nearest word is the right one, in order of writing."""
    signal, right, _ = memories.recall(memories.draw_pairs(np.random.default_rng(0), d, n, twice), kind)
    return signal, right


def expected(kind, d, n, twice):
    """The part that comes back on average over random keys, by age: a curve over the order of writing, or None.

    The sum and attention return the whole word. The gated sum keeps (1 - 1/d)^age of it; so does the delta rule with
    beta = 1, whose every write takes the share beta/d of what lies under the other keys. None where it depends on
    more: with beta below 1, and for attention over few pairs.
    """
    age = np.arange(n)[::-1]
    if kind == "sum":
        return np.ones(n)
    if kind in ("gated sum", "delta rule, β = 1") and not twice:
        return (1 - 1 / d) ** age
    return None


def _draw(fig):
    ages, shares = fig.subplots(1, 2, width_ratios=[1.6, 1])
    ages.set(xlim=(0, 1), ylim=(-0.8, 2.3), xlabel="order of writing: oldest to newest", xticks=[])
    ages.set(ylabel="part of the word", yticks=[0, 1, 2])
    ages.set_title("What comes back")
    shares.set(xlim=(1 / 9, 4.4), ylim=(0, 1.04), xscale="log", xlabel="pairs stored, in widths $n/d$")
    shares.set_xticks([1 / 8, 1 / 4, 1 / 2, 1, 2, 4], ["⅛", "¼", "½", "1", "2", "4"])
    shares.minorticks_off()
    shares.set(ylabel="share of right words")
    shares.set_title("Right words")
    artists = {
        "right": ages.add_collection(LineCollection([], colors=COLOURS["target"], linewidths=1.2, zorder=2)),
        "wrong": ages.add_collection(
            LineCollection([], colors=COLOURS["gradient"], linewidths=1.2, linestyles="dotted", zorder=2)
        ),
        "dots": ages.plot([], [], "o", color=COLOURS["target"], ms=4, label="right word", zorder=3)[0],
        "crosses": ages.plot([], [], "x", color=COLOURS["gradient"], ms=5, mew=1.5, label="another word", zorder=3)[0],
        "expected": ages.plot([], [], color="black", linewidth=1.2, label="expected")[0],
        "here": shares.plot([], [], "o", ms=11, mfc="none", mec="black", mew=2, zorder=5)[0],
        "share": Label(shares, color="#222222"),
    }
    for kind, (colour, dashes) in LOOKS.items():
        artists[kind] = shares.plot([], [], color=colour, linestyle=dashes, label=SHORT.get(kind, kind))[0]
    ages.legend(loc="upper left", ncols=3, columnspacing=0.5, handlelength=0.8)
    fig.legend(*shares.get_legend_handles_labels(), loc="outside lower center", ncols=5, handlelength=2)
    return artists


def _update(artists, kind, multiple, d, twice):
    n, place = round(multiple * d), memories.MULTIPLES.index(multiple)
    signal, right = one_draw(kind, d, n, twice)
    x = (np.arange(n) + 0.5) / n
    for name, marks, chosen in (("right", "dots", right), ("wrong", "crosses", ~right)):
        ends = np.clip(signal[chosen], -0.75, 2.0)
        artists[name].set_segments(np.stack((np.stack((x[chosen], 0 * ends), 1), np.stack((x[chosen], ends), 1)), 1))
        artists[marks].set_data(x[chosen], ends)
    curve = expected(kind, d, n, twice)
    artists["expected"].set_data(([], []) if curve is None else (x, curve))
    table = {name: [memories.accuracy(d, round(m * d), twice, name) for m in memories.MULTIPLES] for name in LOOKS}
    for name in LOOKS:
        artists[name].set_data(memories.MULTIPLES, table[name])
        artists[name].set_linewidth(3.4 if name == kind else 1.4)
    share = table[kind][place]
    artists["here"].set_data([multiple], [share])
    above = share < 0.5
    side = "right" if multiple >= 2 else "left" if multiple <= 1 / 4 else "center"
    artists["share"].say(
        multiple, share, f"{share:.0%}", ha=side, va="bottom" if above else "top", shift=(0, 10 if above else -10)
    )
    most = max(shares[place] for shares in table.values())
    best = [name for name in table if table[name][place] == most]
    all_alike = len(best) == len(table)
    stored = "each key written twice, and the newer word wanted" if twice else "each key written once"
    size = f"{n} pairs are kept" if kind == "softmax attention" else f"The memory has {d * d} numbers"
    half = max(n // 2, 1)
    halves = f"; in this draw {right[:half].mean():.0%} of the older half and {right[-half:].mean():.0%} of the newer"
    return (
        f"{n} pair{'s' * (n > 1)} at d = {d}, {stored}. {size}. {kind[0].upper()}{kind[1:]}: {share:.0%} right words "
        f"over {memories.SEEDS} draws{halves if n > 1 else ''}. Best here: "
        f"{'all alike' if all_alike else ' and '.join(best)}, {most:.0%}."
    )

"""Gates: a gated cell as a drawing, gates over time as maps, a memory as it is written, kept, read and erased."""

import matplotlib as mpl
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle

from ..style import COLOURS
from .networks import LINE, arrow, canvas, node

GATES = ("input_gate", "forget_gate", "output_gate")
# The width and height of a gauge, and how far left of its middle the words about it end.
_GAUGE, TEXT_AT = (0.6, 1.2), -0.5
# The places of the parts of the cell in its drawing; gauges are to the left of what they open.
PLACES = {
    "memory_before": (0.6, 3.0),
    "forget": (2.9, 3.0),
    "add": (5.4, 3.0),
    "memory": (8.2, 3.0),
    "write": (5.4, 1.3),
    "candidate": (5.4, -0.4),
    "read": (8.2, 4.7),
    "output": (10.6, 4.7),
    "input_gate": (3.9, 1.3),
    "forget_gate": (2.9, 4.7),
    "output_gate": (6.7, 4.7),
}
_BOXES = {"memory_before": "memory", "memory": "memory", "candidate": "input", "output": "output"}
_SIGNS = {"forget": "×", "write": "×", "read": "×", "add": "+"}
_WIRES = (
    *(("memory_before", "forget"), ("forget", "add"), ("add", "memory"), ("memory", "read"), ("read", "output")),
    *(("candidate", "write"), ("write", "add")),
    *(("input_gate", "write"), ("forget_gate", "forget"), ("output_gate", "read")),
)


def cell_diagram(ax, texts=None, *, wires=None, backward=False):
    """The single memory cell, four inputs and one output, in 13 by 7 units; return the levels of its three gauges.

    ``texts`` maps the boxes and gates of PLACES to the words there, ``wires`` pairs of places to the words
    beside the wire between them. A gate's gauge is half open until :func:`set_opening` moves its level.
    ``backward=True`` turns the arrows round, in the colour of the gradient.
    """
    texts, levels = texts or {}, {}
    canvas(ax, 13, 7, left=-0.9, bottom=-1.5)
    nodes = {}
    for place, kind in _BOXES.items():
        nodes[place] = node(ax, *PLACES[place], texts.get(place, ""), kind, width=1.9)
    for place, sign in _SIGNS.items():
        nodes[place] = node(ax, *PLACES[place], sign, "bound", width=0.7, height=0.7, round=True)
    for gate in GATES:
        (x, y), (width, height) = PLACES[gate], _GAUGE
        nodes[gate] = node(ax, x, y, "", gate, width=width, height=height)
        ax.text(x + TEXT_AT, y, texts.get(gate, ""), ha="right", va="center", linespacing=1.25)
        corner = (x - width / 2, y - height / 2)
        level = Rectangle(corner, width, height / 2, color=COLOURS[gate], linewidth=0, zorder=4)
        levels[gate] = ax.add_patch(level)
    for start, end in _WIRES:
        ends = (nodes[end], nodes[start]) if backward else (nodes[start], nodes[end])
        arrow(ax, *ends, colour=COLOURS["gradient"] if backward else COLOURS.get(_BOXES.get(start, start), LINE))
        if (start, end) in (wires or {}):
            _beside_wire(ax, start, end, wires[start, end])
    return levels


def _beside_wire(ax, start, end, words):
    """Write ``words`` right of an upright wire, or over the middle of what is seen of a level one."""
    (x, y), (x_end, y_end) = PLACES[start], PLACES[end]
    if x == x_end:
        ax.text(x + 0.15, (y + y_end) / 2, words, va="center")
    else:
        half = {place: 0.95 if place in _BOXES else 0.35 for place in (start, end)}
        ax.text((x + half[start] + x_end - half[end]) / 2, y + 0.2, words, ha="center")


def set_opening(level, opening):
    """Move a level of :func:`cell_diagram` to ``opening``, from 0 (closed) to 1 (open)."""
    level.set_height(_GAUGE[1] * opening)


def gate_pixels(values, gate):
    """The colours of a gate ``(T, N)``, ``(N, T, 3)`` bytes: white where it is closed, its own colour where open."""
    opening = np.transpose(values)[..., None]
    return np.round(255 * (1 - opening * (1 - np.array(to_rgb(COLOURS[gate]))))).astype(np.uint8)


def gate_map(ax, pixels, label=None):
    """Gates over time from :func:`gate_pixels`, a row each; steps count from 1. Returns the mesh, for ``set_array``."""
    N, T = pixels.shape[:2]
    # A mesh of so few cells is drawn five times faster than an image.
    mesh = ax.pcolormesh(np.arange(T + 1) + 0.5, np.arange(N + 1) + 0.5, pixels)
    ax.set(xlim=(0.5, T + 0.5), ylim=(N + 0.5, 0.5))
    ax.set_ylabel(label, rotation=0, ha="right", va="center")
    ax.set_yticks([])
    ax.grid(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return mesh


def gate_strips(ax, T, gates=GATES):
    """One strip a gate over ``T`` steps, its name beside it. Returns the mesh, for :func:`set_gate_strips`."""
    mesh = gate_map(ax, np.full((len(gates), T, 3), 255, np.uint8))
    ax.set_yticks(np.arange(1, len(gates) + 1), [gate.replace("_", " ") for gate in gates])
    ax.tick_params(axis="y", length=0, labelsize=mpl.rcParams["axes.labelsize"], labelcolor=mpl.rcParams["text.color"])
    for line in range(len(gates) + 1):
        ax.axhline(line + 0.5, color="white", linewidth=6)
    return mesh


def set_gate_strips(mesh, openings):
    """Fill the strips: ``openings`` maps the gates, in the order of the strips, to arrays ``(T,)``."""
    mesh.set_array(np.concatenate([gate_pixels(values[:, None], gate) for gate, values in openings.items()]))


def bars(ax, T, **look):
    """Room for ``T`` bars at 1..T as one artist, for :func:`set_bars`; ``look`` goes to the collection."""
    return ax.add_collection(PolyCollection(np.zeros((T, 4, 2)), **look), autolim=False)


def set_bars(collection, tops, bottoms=0.0, width=0.7):
    """Let the bars of :func:`bars` reach from ``bottoms`` to ``tops``, each ``(T,)``."""
    bottoms = np.broadcast_to(bottoms, tops.shape)
    middles = np.arange(1, len(tops) + 1)
    across = middles[:, None] + np.array([-1, -1, 1, 1]) * width / 2
    collection.set_verts(np.stack((across, np.stack((bottoms, tops, tops, bottoms), axis=1)), axis=-1))


LSTM_PARTS = ("written, i·g", "kept, f·c", "forgotten, (1−f)·c", "output h")


def memory_bars(ax, T, labels=LSTM_PARTS):
    """Room for a memory over ``T`` steps: what is written, kept and forgotten, and the output.

    ``labels`` names the four for the legend. Returns a dict of artists for :func:`set_memory_bars`: the bars
    ``written``, ``kept`` and ``lost``, and the dots ``output``.
    """
    lost_look = {"facecolor": "none", "edgecolor": COLOURS["bound"], "linestyle": (0, (2, 1.5)), "linewidth": 1.1}
    artists = {
        "written": bars(ax, T, facecolor=COLOURS["input_gate"]),
        "kept": bars(ax, T, facecolor=COLOURS["memory"], edgecolor="white", linewidth=0, hatch="//"),
        "lost": bars(ax, T, **lost_look),
        "output": ax.plot(np.arange(1, T + 1), np.zeros(T), "o", color=COLOURS["output"], zorder=5)[0],
    }
    ax.legend(artists.values(), labels, loc="upper left", ncols=4, columnspacing=1.2)
    ax.set(xlim=(0.4, T + 0.6), xlabel="step t", ylabel="memory c")
    return artists


def set_memory_bars(artists, kept, written, lost, output):
    """Give the bars of :func:`memory_bars` their heights, each ``(T,)`` and not negative."""
    set_bars(artists["kept"], kept)
    set_bars(artists["written"], kept + written, kept)
    set_bars(artists["lost"], kept + written + lost, kept + written)
    artists["output"].set_ydata(output)


def jacobian_map(ax, jacobian, title):
    """|∂(h_t, c_t)/∂(h_{t-1}, c_{t-1})| as a map ``(2H, 2H)``, in its four blocks. Returns the image."""
    size = len(jacobian) // 2
    image = ax.imshow(np.abs(jacobian), cmap=LinearSegmentedColormap.from_list("g", ["#FFFFFF", COLOURS["gradient"]]))
    for line in (ax.axhline, ax.axvline):
        line(size - 0.5, color=LINE, linewidth=1.2)
    middles = [(size - 1) / 2, size + (size - 1) / 2]
    ax.set_xticks(middles, ["$h_{t-1}$", "$c_{t-1}$"])
    ax.set_yticks(middles, ["$h_t$", "$c_t$"])
    ax.grid(False)
    ax.set_title(title)
    return image


def compare_bars(ax, series):
    """Bars side by side, one group a unit: ``series`` maps two names to arrays ``(H,)``. Returns the containers."""
    looks = ({"color": COLOURS["output_gate"]}, {"color": COLOURS["gradient"], "hatch": "//", "edgecolor": "white"})
    units = np.arange(1, len(next(iter(series.values()))) + 1)
    groups = [
        ax.bar(units + shift, values, 0.38, label=name, **look)
        for shift, (name, values), look in zip((-0.2, 0.2), series.items(), looks, strict=True)
    ]
    ax.axhline(0, color=LINE, linewidth=1)
    ax.set(xticks=units, xlabel="cell", ylim=(None, 1.6), yticks=[0, 0.5, 1])
    ax.legend(loc="upper left")
    return groups


def held_numbers(ax, states, title):
    """What units hold over time, a line for each start: ``states (T+1, N)``. Returns the lines."""
    lines = [
        ax.plot(state, color=COLOURS["state"], linestyle=look)[0]
        for state, look in zip(states.T, ("-", "--", "-."), strict=True)
    ]
    ax.set(title=title, xlabel="step t", xlim=(0, len(states) - 1), ylim=(0, 1))
    return lines

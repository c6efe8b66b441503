"""Networks as drawings: nodes, arrows, one network with its memory, a network unrolled through time.

Everything is drawn in the data coordinates of ``ax``, where one unit is about the height of a node; call
:func:`canvas` first. A node's colour says what it is ('input', 'state', 'memory', 'output', 'target',
'gradient': a key of ``style.COLOURS``). Nodes and arrows are returned, so that a caller can hide them,
colour them, or draw further arrows between the nodes.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.text import Text

from .. import style

LINE = "#666666"
GAP = 0.06


class Node(NamedTuple):
    """A box or an ellipse with its text, its centre ``(x, y)`` and its size ``(width, height)``."""

    patch: Patch
    text: Text
    centre: tuple
    size: tuple

    def edge(self, towards):
        """The point where an arrow between the centre and the point ``towards`` meets the node, with a small gap."""
        (x, y), (width, height) = self.centre, self.size
        dx, dy = towards[0] - x, towards[1] - y
        across, up = abs(dx) / (width / 2 + GAP), abs(dy) / (height / 2 + GAP)
        reach = np.hypot(across, up) if isinstance(self.patch, Ellipse) else max(across, up)
        return x + dx / reach, y + dy / reach

    @property
    def artists(self):
        """The artists of the node, from back to front."""
        return [self.patch, self.text]


@dataclass(frozen=True)
class Unrolled:
    """What :func:`unrolled` drew.

    ``inputs``, ``outputs`` and ``initial`` map a step t (a layer, for ``initial``) to its node; ``states`` maps
    ``(layer, t)`` to its node, layers counted from 0. ``arrows`` maps ``('input', layer, t)``,
    ``('recurrent', layer, t)`` (the arrow that arrives at step t), ``('output', layer, t)`` and
    ``('fed back', t)`` to the arrow.
    """

    inputs: dict = field(default_factory=dict)
    states: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)
    initial: dict = field(default_factory=dict)
    arrows: dict = field(default_factory=dict)


def canvas(ax, width, height, left=0.0, bottom=0.0):
    """Make ``ax`` a sheet of ``width`` by ``height`` units for drawing: no frame, no ticks, equal scales."""
    ax.set(xlim=(left, left + width), ylim=(bottom, bottom + height), aspect="equal")
    ax.axis("off")
    return ax


def tint(colour, amount=0.8):
    """``colour`` mixed with white: ``amount`` 0 leaves it, 1 is white."""
    return tuple(c + (1 - c) * amount for c in to_rgb(colour))


def node(ax, x, y, text, kind="state", *, width=1.0, height=0.8, round=False, **text_options):
    """A node with its centre at ``(x, y)``: a box with soft corners, or with ``round`` an ellipse.

    ``kind`` is a key of ``style.COLOURS``. ``text_options`` go to the text.
    """
    colour = style.COLOURS[kind]
    look = {"facecolor": tint(colour, 0.85), "edgecolor": colour, "linewidth": 1.6, "zorder": 3}
    if round:
        patch = Ellipse((x, y), width, height, **look)
    else:
        boxstyle = f"round,pad=0,rounding_size={0.2 * min(width, height)}"
        patch = FancyBboxPatch((x - width / 2, y - height / 2), width, height, boxstyle=boxstyle, **look)
    ax.add_patch(patch)
    options = {"ha": "center", "va": "center_baseline", "zorder": 4} | text_options
    return Node(patch, ax.text(x, y, text, **options), (x, y), (width, height))


def arrow(ax, start, end, *, colour=LINE, bend=0.0, **options):
    """An arrow from ``start`` to ``end``, each a :class:`Node` or a point ``(x, y)``; it ends at a node's edge.

    ``bend`` curves it: the height of the arc in units of its length, positive to the right of the way.
    ``options`` go to :class:`matplotlib.patches.FancyArrowPatch`.
    """
    (x0, y0), (x1, y1) = centres = [place.centre if isinstance(place, Node) else place for place in (start, end)]
    # the control point of the arc, towards which it leaves and from which it arrives
    over = (x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0)
    ends = [p.edge(over) if isinstance(p, Node) else c for p, c in zip((start, end), centres, strict=True)]
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "linewidth": 1.4, "zorder": 2, "color": colour}
    shape = {"connectionstyle": f"arc3,rad={bend}", "shrinkA": 0, "shrinkB": 0}
    patch = FancyArrowPatch(*ends, **shape, **(look | options))
    ax.add_patch(patch)
    return patch


def one_network(ax, memory="state"):
    """One network with its memory, in 5.6 by 4.6 units; return its nodes by name.

    ``memory`` says what is copied into it: 'state' (Elman), 'output' (Jordan), or None for a network without
    memory. The copy arrow is dashed: it takes one step of time.
    """
    canvas(ax, 5.6, 4.6, left=-1.3, bottom=-0.6)
    nodes = {
        "input": node(ax, 0, 0, "$x_t$", "input", width=1.4),
        "state": node(ax, 0, 1.7, "$S_t$", "state", width=1.4),
        "output": node(ax, 0, 3.4, "$O_t$", "output", width=1.4),
    }
    arrow(ax, nodes["input"], nodes["state"])
    arrow(ax, nodes["state"], nodes["output"])
    ax.text(-0.15, 0.85, "$W_x$", ha="right", va="center")
    ax.text(-0.15, 2.55, "$W_o$", ha="right", va="center")
    if memory is None:
        return nodes
    source = nodes[memory]
    remembered = {"state": "$S_{t-1}$", "output": "$O_{t-1}$"}[memory]
    nodes["memory"] = node(ax, 3.1, 1.7, remembered, "memory", width=1.6)
    arrow(ax, nodes["memory"], nodes["state"], colour=style.COLOURS["memory"])
    ax.text(1.5, 1.55, "$W_s$", ha="center", va="top")
    bend = -0.45 if memory == "state" else -0.3
    arrow(ax, source, nodes["memory"], colour=style.COLOURS["memory"], bend=bend, linestyle="--")
    ax.text(2.35, 3.0 if memory == "state" else 3.4, "copy,\none step later", ha="left", va="center")
    return nodes


def unrolled(
    ax,
    steps,
    *,
    layers=1,
    inputs=None,
    outputs=None,
    stacked=True,
    directions=None,
    memory="state",
    fed_back=(),
    initial=False,
    weights=False,
    labels=None,
    text_options=None,
    origin=(0.0, 0.0),
    spacing=(1.9, 1.6),
):
    """A network unrolled over ``steps`` steps, time to the right; return what was drawn as :class:`Unrolled`.

    ``steps`` is a number (steps 1..T) or the list of the step names. ``inputs`` and ``outputs`` are the steps
    that have an input and an output, all of them if left out. ``layers`` are drawn one above another, or side by
    side over the input with ``stacked=False`` (a bidirectional network: ``layers=2, directions=(1, -1)``); a layer
    of direction -1 runs from right to left. ``memory='output'`` draws a Jordan network, whose outputs feed the next
    state; ``fed_back`` are the steps whose output is the next input (a generator). ``initial`` shows the state
    before the first step, ``weights`` the names of the weights at the first arrows, ``weights='all'`` at every arrow.
    ``labels`` maps 'input', 'state' and 'output' to a function ``t -> text`` (for 'state' ``(layer, t) -> text``);
    ``text_options`` go to every text in a node. ``origin`` is the centre of the first input, ``spacing`` the distance
    of steps and of rows.
    """
    steps = list(range(1, steps + 1)) if isinstance(steps, int) else list(steps)
    inputs = steps if inputs is None else list(inputs)
    outputs = steps if outputs is None else list(outputs)
    directions = (1,) * layers if directions is None else directions
    labels = _LABELS[layers > 1] | (labels or {})
    (x0, y0), (dx, dy) = origin, spacing
    x = {t: x0 + k * dx for k, t in enumerate(steps)}
    top = y0 + (layers + 1) * dy
    look = {"width": min(1.25, 0.7 * dx)} | (text_options or {})
    net = Unrolled()
    for t in inputs:
        net.inputs[t] = node(ax, x[t], y0, labels["input"](t), "input", **look)
    for layer in range(layers):
        for t in steps:
            # layers side by side are shifted, so that each can be reached from the input
            shift = 0.0 if stacked else (layer - (layers - 1) / 2) * 0.3 * dx
            place = x[t] + shift, y0 + (layer + 1) * dy
            net.states[layer, t] = node(ax, *place, labels["state"](layer, t), "state", **look)
    for t in outputs:
        net.outputs[t] = node(ax, x[t], top, labels["output"](t), "output", **look)
    _connect(ax, net, steps, layers, stacked, directions, memory)
    for t, after in pairwise(steps):
        if t in fed_back:
            net.arrows["fed back", t] = _fed_back(ax, net.outputs[t], net.inputs[after], dx)
    if initial:
        _initial(ax, net, steps, layers, directions, dx, memory)
    if weights:
        named = len(steps) if weights == "all" else 1
        _name_weights(ax, net, steps, named, layers, origin, spacing)
    return net


_LABELS = {
    False: {
        "input": lambda t: f"$x_{{{t}}}$",
        "state": lambda layer, t: f"$S_{{{t}}}$",
        "output": lambda t: f"$O_{{{t}}}$",
    },
    True: {
        "input": lambda t: f"$x_{{{t}}}$",
        "state": lambda layer, t: f"$S^{{({layer + 1})}}_{{{t}}}$",
        "output": lambda t: f"$O_{{{t}}}$",
    },
}


def _connect(ax, net, steps, layers, stacked, directions, memory):
    """The arrows of :func:`unrolled`: up within a step, and along each layer from step to step."""
    for layer in range(layers):
        for t in steps:
            below = net.states.get((layer - 1, t)) if stacked and layer else net.inputs.get(t)
            if below:
                net.arrows["input", layer, t] = arrow(ax, below, net.states[layer, t])
            if t in net.outputs and (layer == layers - 1 or not stacked):
                net.arrows["output", layer, t] = arrow(ax, net.states[layer, t], net.outputs[t])
        ordered = steps[:: directions[layer]]
        for before, t in pairwise(ordered):
            source = net.states[layer, before] if memory == "state" else net.outputs[before]
            colour = style.COLOURS["memory"]
            net.arrows["recurrent", layer, t] = arrow(ax, source, net.states[layer, t], colour=colour)


def _fed_back(ax, output, next_input, dx):
    """The way of an output round to the input of the next step, between the two columns."""
    (x, top), (_, bottom) = output.centre, next_input.centre
    middle = x + dx / 2
    ax.plot(
        [x + 0.35 * dx, middle, middle], [top, top, bottom], color=style.COLOURS["output"], ls=":", lw=1.4, zorder=1
    )
    return arrow(ax, (middle, bottom), next_input, colour=style.COLOURS["output"], linestyle=":")


def _initial(ax, net, steps, layers, directions, dx, memory):
    """The state (or output) before the first step of each layer."""
    for layer in range(layers):
        first = steps[:: directions[layer]][0]
        state = net.states[layer, first]
        x, y = state.centre
        letter = "S" if memory == "state" else "O"
        text = f"${letter}_0$" if layers == 1 else f"${letter}^{{({layer + 1})}}_0$"
        net.initial[layer] = node(ax, x - directions[layer] * dx, y, text, "memory", width=min(1.25, 0.7 * dx))
        colour = style.COLOURS["memory"]
        net.arrows["recurrent", layer, first] = arrow(ax, net.initial[layer], state, colour=colour)


def _name_weights(ax, net, steps, named, layers, origin, spacing):
    """The names of the weights beside the arrows of the first ``named`` steps of layers on top of one another."""
    (x0, y0), (dx, dy) = origin, spacing
    for k, t in enumerate(steps[:named]):
        x = x0 + k * dx
        for layer in range(layers):
            number = f"^{{({layer + 1})}}" if layers > 1 else ""
            y = y0 + (layer + 1) * dy
            if ("input", layer, t) in net.arrows:
                ax.text(x - 0.1, y - dy / 2, f"$W{number}_x$", ha="right", va="center")
            if k + 1 < len(steps):
                ax.text(x + dx / 2, y + 0.12, f"$W{number}_s$", ha="center", va="bottom")
        if t in net.outputs:
            ax.text(x - 0.1, y0 + (layers + 0.5) * dy, "$W_o$", ha="right", va="center")

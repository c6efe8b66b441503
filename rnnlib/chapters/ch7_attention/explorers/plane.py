"""Dot attention in the plane: a query turns among five memory vectors, and takes a weighted mean of them."""

import numpy as np
from matplotlib.patches import Polygon

from rnnlib.attention import DotAttention, attend
from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.gates import bars, set_bars
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

MEMORY = np.array([(2.0, 0.4), (1.0, 1.8), (-1.2, 1.3), (-1.7, -0.7), (0.5, -1.6)])
HULL_EDGE = "#BBBBBB"


def look_up():
    """A query by its direction and length, the weights it gives to five memory vectors, and the context."""
    return LiveFigure(
        _draw,
        _update,
        {
            "direction": Slider(60, 0, 360, 5, label="direction of q, degrees"),
            "length": Slider(1.0, 0, 8, 0.25, label="length of q"),
            "real": Slider(5, 1, 5, label="real items; the rest is padding"),
        },
        """Left, five memory vectors in the plane, a query as an arrow and the context as a dot between them; right, the
        weight of each memory vector as a bar.""",
        beforehand=("direction", "length", "real"),
        handles=lambda artists: [
            Handle(artists["tip"], angle="direction", radius=("length", lambda length: min(length, 2.2)))
        ],
    )


def looked_up(direction, length, real):
    """The query ``(2,)``, the weights ``(5,)`` and the context ``(2,)`` of dot attention over MEMORY."""
    angle = np.deg2rad(direction)
    query = length * np.array([np.cos(angle), np.sin(angle)])
    attended = attend(DotAttention(), query[None, None], MEMORY[:, None], np.array([real]))
    return query, attended.weights[0, 0], attended.context[0, 0]


def _draw(fig):
    plane, weights = fig.subplots(1, 2, width_ratios=[1, 1.35])
    plane.set(xlim=(-2.6, 2.9), ylim=(-2.3, 2.6), aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    plane.set_title("Query, memory, context")
    hull = plane.add_patch(Polygon(MEMORY, facecolor="#F2F2F2", edgecolor=HULL_EDGE, zorder=1))
    dots = plane.scatter(*MEMORY.T, color=COLOURS["memory"], zorder=4)
    names = [Label(plane, color=COLOURS["output"], weight="normal") for _ in MEMORY]
    query = plane.plot([], [], color=COLOURS["state"], zorder=3)[0]
    tip = plane.plot([], [], "s", color=COLOURS["state"], markersize=5, zorder=5)[0]
    context = plane.plot([], [], "D", color=COLOURS["gradient"], markersize=9, zorder=6)[0]
    weights.set_title("Weights: softmax of $q^\\top m_s$")
    weights.set(xlim=(0.4, 5.6), ylim=(0, 1.14), yticks=[0, 0.5, 1], ylabel="weight $w_s$")
    weights.set_xticks(range(1, 6), [f"$m_{s}$" for s in range(1, 6)])
    weights.grid(visible=False, axis="x")
    return {
        "hull": hull,
        "dots": dots,
        "names": names,
        "query": query,
        "tip": tip,
        "context": context,
        "query name": Label(plane, color=COLOURS["state"]),
        "context name": Label(plane, color=COLOURS["gradient"]),
        "bars": bars(weights, len(MEMORY), facecolor=COLOURS["state"]),
        "numbers": [Label(weights, color=COLOURS["output"], weight="normal") for _ in MEMORY],
    }


def _update(artists, direction, length, real):
    query, weights, context = looked_up(direction, length, real)
    is_real = np.arange(len(MEMORY)) < real
    artists["dots"].set_facecolor([COLOURS["memory"] if here else "white" for here in is_real])
    # a line where two items are left, nothing where there is one
    artists["hull"].set_xy(MEMORY[:real] if real > 1 else np.repeat(MEMORY[:1], 3, axis=0))
    for s, (name, place) in enumerate(zip(artists["names"], MEMORY, strict=True)):
        name.say(*(place * (1 + 0.42 / np.linalg.norm(place))), f"m{'₁₂₃₄₅'[s]}")
    drawn = query * min(1, 2.2 / max(length, 1e-9))
    artists["query"].set_data([0, drawn[0]], [0, drawn[1]])
    artists["tip"].set_data(drawn[:1], drawn[1:])
    aside = np.array([np.sin(angle := np.deg2rad(direction)), -np.cos(angle)])
    artists["query name"].say(*(drawn / 2), "q", shift=tuple(12 * aside))
    artists["context"].set_data(context[:1], context[1:])
    artists["context name"].say(*context, "c", shift=(0, -16))
    set_bars(artists["bars"], weights)
    for s, number in enumerate(artists["numbers"]):
        number.say(s + 1, weights[s], f"{weights[s]:.2f}" if is_real[s] else "pad", va="bottom", shift=(0, 3))
    best = int(weights.argmax())
    if real == 1:
        return "One item is real: its weight is 1 whatever the query, and the context is that item."
    items = f"the {real} real items"
    if length == 0:
        return f"A query of length 0 scores 0 everywhere: each of {items} gets 1/{real}, and the context is their mean."
    scores = ", ".join(f"{score:.2f}" for score in MEMORY[:real] @ query)
    where = ", ".join(f"{number:.2f}" for number in context)
    return (
        f"The scores are {scores}. Softmax makes them weights that add up to 1; the largest, {weights[best]:.2f}, goes "
        f"to m{'₁₂₃₄₅'[best]}. The context ({where}) lies among {items}."
    )

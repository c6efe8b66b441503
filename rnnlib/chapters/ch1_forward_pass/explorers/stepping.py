"""The hand-worked network, one motion at a time."""

import numpy as np

from rnnlib.pictures import style
from rnnlib.pictures.controls import Choice, Slider, Stepper
from rnnlib.pictures.figures import networks
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.live import LiveFigure
from rnnlib.unroll import unroll

from .. import experiments

ORDERS = {
    "(1, 1), (1, 1), (2, 2)": ((1, 1), (1, 1), (2, 2)),
    "(2, 2), (1, 1), (1, 1)": ((2, 2), (1, 1), (1, 1)),
    "(1, 1), (2, 2), (1, 1)": ((1, 1), (2, 2), (1, 1)),
}
PHASES = (
    "the input arrives",
    "input and memory are added up",
    "the output is read",
    "the state is copied to the memory",
)

ROWS = {"input": 0.0, "state": 1.6, "output": 3.2}
# the memory is to the left, one box above the other
PLACES = {(kind, k): (1.8 * k, y) for kind, y in ROWS.items() for k in (0, 1)}
PLACES |= {("memory", k): (-2.2, 2.1 - k) for k in (0, 1)}
COLUMNS = (0.15, 0.85, 2.1, 3.3, 4.4)


def stepper():
    """The network with all weights 1, one motion at a time: input, sum, output, copy."""

    def draw(fig):
        left, right = fig.subplots(1, 2, width_ratios=(1, 1.25))
        networks.canvas(left, 6.9, 4.6, left=-2.9, bottom=-0.7)
        nodes = {
            (kind, k): networks.node(
                left, x, y, "", kind, width=0.95, height=0.85 if kind == "memory" else 0.95, round=kind != "memory"
            )
            for (kind, k), (x, y) in PLACES.items()
        }
        ways = {"add": [], "read": [], "copy": []}
        for a in (0, 1):
            for b in (0, 1):
                ways["add"].append((nodes["input", a], nodes["state", b], style.COLOURS["input"], 0))
                ways["add"].append((nodes["memory", a], nodes["state", b], style.COLOURS["memory"], 0))
                ways["read"].append((nodes["state", a], nodes["output", b], style.COLOURS["state"], 0))
        ways["copy"].append((nodes["state", 0], nodes["memory", 0], style.COLOURS["memory"], 0.35))
        ways["copy"].append((nodes["state", 1], nodes["memory", 1], style.COLOURS["memory"], -0.2))
        lit = {}
        for name, ends in ways.items():
            dash = {"linestyle": "--"} if name == "copy" else {}
            for a, b, _, bend in ends:
                networks.arrow(left, a, b, colour="#D9D9D9", bend=bend, linewidth=1.0, **dash)
            lit[name] = [
                networks.arrow(left, a, b, colour=c, bend=bend, linewidth=2.4, **dash) for a, b, c, bend in ends
            ]
        for text, kind in (("$x_t$", "input"), ("$S_t$", "state"), ("$O_t$", "output")):
            left.text(2.55, ROWS[kind], text, va="center")
        left.text(-2.2, 2.75, "memory", ha="center", va="bottom", color=style.COLOURS["memory"])
        right.set(xlim=(0, 5), ylim=(-2.1, 4))
        right.axis("off")
        for k, head in enumerate(("$t$", "$x_t$", "memory $S_{t-1}$", "$S_t$", "$O_t$")):
            right.text(COLUMNS[k], 3.45, head, ha="center", va="center", weight="bold")
        right.plot([0, 5], [2.95, 2.95], color="#999999", lw=1)
        plain = {"color": "#222222", "weight": "normal", "rim": False}
        cells = [[Label(right, **plain) for _ in COLUMNS] for _ in range(3)]
        phase, work = Label(right, color="#222222", rim=False), Label(right, **plain)
        values = {kind: [Label(left, **plain) for _ in (0, 1)] for kind in ROWS | {"memory": 0}}
        return values | lit | {"cells": cells, "phase": phase, "work": work}

    def update(artists, order, moment, memory_weight):
        x = np.array(ORDERS[order], dtype=float)
        S = unroll(experiments.all_ones(memory_weight), x[:, None]).states[0][:, 0]
        O = S @ np.ones((2, 2))
        step, phase = divmod(moment - 1, 4) if moment else (0, -1)
        shown = {
            "input": x[step] if phase >= 0 else None,
            "state": S[step + 1] if phase >= 1 else None,
            "output": O[step + 1] if phase >= 2 else None,
            "memory": S[step + (phase == 3)],
        }
        for kind, vector in shown.items():
            for k, label in enumerate(artists[kind]):
                label.say(*PLACES[kind, k], "" if vector is None else f"{vector[k]:g}")
        for lit, name in ((1, "add"), (2, "read"), (3, "copy")):
            for way in artists[name]:
                way.set_visible(phase == lit)
        for t, row in enumerate(artists["cells"]):
            entries = (str(t + 1), _pair(x[t]), _pair(S[t]), _pair(S[t + 1]), _pair(O[t + 1]))
            reached = 5 if t < step else {-1: 2, 0: 3, 1: 4}.get(phase, 5) if t == step else 2
            for k, (cell, entry) in enumerate(zip(row, entries, strict=True)):
                cell.say(COLUMNS[k], 2.35 - 0.95 * t, entry if k < reached else "")
        now, work = _phase_words(step, phase, x, S, O, memory_weight)
        artists["phase"].say(0.05, -0.85, now, ha="left")
        artists["work"].say(0.05, -1.6, work, ha="left")
        return f"{now}. {work}." if moment else f"Nothing has come in yet. {work}."

    controls = {
        "moment": Stepper(0, 0, 12, label="moment"),
        "order": Choice(next(iter(ORDERS)), list(ORDERS), label="inputs"),
        "memory_weight": Slider(1.0, 0, 2, 0.5, label="memory weights"),
    }
    alt = """A network of two inputs, two linear hidden units with a memory, and two outputs, with the numbers that flow
    through it, beside a table of inputs, memory, states and outputs."""
    return LiveFigure(draw, update, controls, alt, beforehand=("moment", "order", "memory_weight"))


def _pair(vector):
    return f"({vector[0]:g}, {vector[1]:g})"


def _phase_words(step, phase, x, S, O, weight):
    """What happens at this moment, and the sum that is done for one unit."""
    if phase < 0:
        return "Before the start", f"The memory is (0, 0). Its weights are all {weight:g}"
    a, m = x[step][0], S[step][0]
    work = (
        f"The memory still holds {_pair(S[step])}",
        f"Each unit: 1·{a:g} + 1·{a:g} + {weight:g}·{m:g} + {weight:g}·{m:g} = {S[step + 1][0]:g}",
        f"Each output: 1·{S[step + 1][0]:g} + 1·{S[step + 1][0]:g} = {O[step + 1][0]:g}",
        f"The memory now holds {_pair(S[step + 1])}",
    )[phase]
    return f"t = {step + 1}: {PHASES[phase]}", work

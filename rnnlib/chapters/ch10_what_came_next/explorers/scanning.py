"""A scan, one round after the other: what each entry covers, and what it has cost."""

import numpy as np
from matplotlib.collections import LineCollection

from rnnlib.pictures.controls import Choice, Slider, Stepper
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

MOST = 16
# what each step keeps and adds: h_t = A[t] h_{t-1} + B[t]
A = np.array([0.5, 0.8, 0.9, 0.5, 0.6, 1.0, 0.5, 0.8, 0.9, 0.2, 1.0, 0.5, 0.7, 0.9, 0.5, 0.6])
B = np.array([1, 3, -2, 1, 2, -1, 4, 0, 1, 2, -3, 1, 2, 0, -1, 2.0])
KEPT = {"mild": A, "huge": np.full(MOST, 1e40)}


def scan_stepper():
    """The rounds of a parallel scan, to be taken one at a time, and the stretch that a chosen entry covers."""
    return LiveFigure(
        _draw,
        _update,
        {
            "round": Stepper(0, 0, 4, label="round"),
            "steps": Slider(8, 2, MOST, label="steps T"),
            "entry": Slider(6, 1, MOST, label="entry t"),
            "kept": Choice("mild", {"0.2 to 1": "mild", "10⁴⁰": "huge"}, label="kept at a step", shape="buttons"),
        },
        """Rows of dots, one row a round, one dot a step. Each dot of a round is joined to the dot above it and to one
        further left, twice as far as in the round before. The number in a dot says how many steps it covers.""",
        size=(9, 3.5),
        beforehand=("round", "steps", "kept"),
        handles=lambda artists: [Handle(artists["chosen"], x=("entry", lambda entry: entry - 0.5), y="round")],
    )


def rounds_of(steps):
    """The rounds that a scan over ``steps`` entries takes: the reach 1, 2, 4, ... below ``steps``."""
    return (steps - 1).bit_length()


def cards(steps, kept="mild"):
    """What the entries hold before the first round and after each: a and b, ``(rounds + 1, steps)`` each."""
    a, b = [KEPT[kept][:steps]], [B[:steps]]
    for k in range(rounds_of(steps)):
        reach = 2**k
        factors, added = a[-1].copy(), b[-1].copy()
        with np.errstate(over="ignore"):  # the sentence tells of it
            added[reach:] = a[-1][reach:] * b[-1][:-reach] + b[-1][reach:]
            factors[reach:] = a[-1][reach:] * a[-1][:-reach]
        a.append(factors)
        b.append(added)
    return np.array(a), np.array(b)


def covered(entry, row):
    """How many steps the entry covers after ``row`` rounds, the last of them its own."""
    return min(entry, 2**row)


def joins(steps, row):
    """How many entries are joined in round ``row``, counted from 1."""
    return max(steps - 2 ** (row - 1), 0)


def _draw(fig):
    ax = fig.subplots()
    ax.set_axis_off()
    artists = {
        "ahead": ax.plot([], [], "o", ms=23, mfc="none", mec="#DDDDDD", ls="", zorder=1)[0],
        "straight": ax.add_collection(LineCollection([], colors="#BBBBBB", linewidths=1.2, zorder=1)),
        "joined": ax.add_collection(LineCollection([], colors=COLOURS["input"], linewidths=1.4, zorder=2)),
        "tree": ax.add_collection(LineCollection([], colors=COLOURS["gradient"], linewidths=3, zorder=2)),
        "open": ax.plot([], [], "o", ms=23, mfc="white", mec=COLOURS["state"], ls="", zorder=3)[0],
        "done": ax.plot([], [], "o", ms=23, mfc=COLOURS["state"], mec=COLOURS["state"], ls="", zorder=3)[0],
        "chosen": ax.plot([], [], "o", ms=28, mfc="none", mec=COLOURS["gradient"], mew=2.5, ls="", zorder=4)[0],
        "card": Label(ax, color=COLOURS["gradient"]),
        "cost": Label(ax, color="#222222", weight="normal"),
    }
    for k in range(MOST):
        artists[f"number {k}"] = Label(ax, color="#222222", rim=False, zorder=5)
    for k in range(5):
        artists[f"round {k}"] = Label(ax, color="#222222", weight="normal")
    return artists


def _update(artists, round, steps, entry, kept):
    last, entry = rounds_of(steps), min(entry, steps)
    row = min(round, last)
    x, y = np.arange(steps) + 0.5, np.arange(last + 1)
    ax, limits = artists["chosen"].axes, {"xlim": (0, 1.36 * steps), "ylim": (1.42 * last, -0.16 * last)}
    if {name: getattr(ax, f"get_{name}")() for name in limits} != limits:
        ax.set(**limits)
    points = {True: [], False: []}
    straight, joined = [], []
    for k in range(row + 1):
        for t in range(steps):
            points[covered(t + 1, k) == t + 1].append((x[t], y[k]))
            if k and t >= 2 ** (k - 1):
                joined.append([(x[t - 2 ** (k - 1)], y[k - 1]), (x[t], y[k])])
            if k:
                straight.append([(x[t], y[k - 1]), (x[t], y[k])])
    artists["ahead"].set_data(*np.reshape([(place, y[k]) for k in range(row + 1, last + 1) for place in x], (-1, 2)).T)
    artists["straight"].set_segments(straight)
    artists["joined"].set_segments(joined)
    artists["tree"].set_segments(_tree(entry - 1, row, x, y))
    artists["done"].set_data(*np.reshape(points[True], (-1, 2)).T)
    artists["open"].set_data(*np.reshape(points[False], (-1, 2)).T)
    artists["chosen"].set_data([x[entry - 1]], [y[row]])
    for t in range(MOST):
        length = str(covered(t + 1, row)) if t < steps else ""
        artists[f"number {t}"].say(x[min(t, steps - 1)], y[row], length)
        artists[f"number {t}"].set_facecolor("white" if covered(t + 1, row) == t + 1 else "#222222")
    for k in range(5):
        words = f"round {k}: {2 ** (k - 1)} back" if k else "each step alone"
        artists[f"round {k}"].say(1.02 * steps, y[min(k, last)], words if k <= last else "", ha="left")
        artists[f"round {k}"].set_facecolor("#222222" if k <= row else "#999999")
    a, b = cards(steps, kept)
    spent, length = sum(joins(steps, k) for k in range(1, row + 1)), covered(entry, row)
    whole = length == entry
    start = "h₀" if whole else f"h{str(entry - length).translate(SUBSCRIPTS)}"
    card = f"h{str(entry).translate(SUBSCRIPTS)} = {_number(a[row, entry - 1])}·{start} {_signed(b[row, entry - 1])}"
    artists["card"].say(0.02 * steps, 1.27 * last, card, ha="left")
    artists["cost"].say(0.55 * steps, 1.27 * last, _cost(row, spent, steps), ha="left")
    first = entry - length + 1
    stretch = f"step {entry} alone" if length == 1 else f"steps {first} to {entry}"
    finished = sum(covered(t, row) == t for t in range(1, steps + 1))
    done = f"after {_count(row, 'round')} and {_count(spent, 'join')}"
    if row == last:
        in_turn = f"the loop makes {_count(steps - 1, 'join')}, one after another"
        state = f"All {steps} entries are finished {done}; {in_turn}"
    else:
        state = f"{finished} of {steps} entries {'is' if finished == 1 else 'are'} finished {done}"
    return f"Entry {entry} covers {stretch}: {card}. {state}.{_overflow(a[row], b[row])}"


def _overflow(a, b):
    """What has become infinite in the cards of a round."""
    if np.isfinite(a).all():
        return ""
    first = int(np.argmax(~np.isfinite(b))) + 1
    states = "" if np.isfinite(b).all() else f", and so do the states from step {first} on, as they do in the loop"
    return f" Eight factors of 10⁴⁰ are 10³²⁰, more than float64 can hold: they overflow to infinity{states}."


def _cost(row, spent, steps):
    return f"{_count(row, 'round')}, {_count(spent, 'join')}; the loop: {_count(steps - 1, 'join')} in turn"


def _count(number, what):
    return f"{number} {what}{'s' * (number != 1)}"


SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _signed(number):
    return f"{'+' if number >= 0 else '−'} {_number(abs(number))}"


def _number(number):
    return "∞" if np.isinf(number) else f"{number:.3g}" if number < 1e6 else readable(number, 1)


def _tree(t, row, x, y):
    """The lines by which entry ``t`` has come together, up to ``row``."""
    lines, level = [], {t}
    for k in range(row, 0, -1):
        above = set()
        for place in level:
            above.add(place)
            lines.append([(x[place], y[k - 1]), (x[place], y[k])])
            if place >= 2 ** (k - 1):
                above.add(place - 2 ** (k - 1))
                lines.append([(x[place - 2 ** (k - 1)], y[k - 1]), (x[place], y[k])])
        level = above
    return lines

"""The backward pass as drawings: the walk over three steps, and the two directions of the error."""

import numpy as np
from matplotlib.patches import FancyBboxPatch

from ..style import COLOURS
from .label import Label
from .networks import arrow, canvas, unrolled

# The places of things in the walk, in the units of `networks.canvas`.
COLUMN, ROW, FIRST, INPUTS = 3.0, 1.3, 3.85, 2.05
WIDE, RING = 1.75, (1.85, 0.82)  # a node, and the frame round the place of the walk
LEDGER = {"W_o": (1.1, "∂L/∂Wₒ"), "W_x": (0.62, "∂L/∂Wₓ"), "W_s": (0.14, "∂L/∂Wₛ")}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def name(letter, t):
    """A letter with its step as a subscript in plain Unicode: ``S₃``."""
    return letter + str(t).translate(SUBSCRIPTS)


def short(value):
    """A number with at most two decimals and no more than four figures, and a real minus sign."""
    size = abs(value)
    digits = 2 if size < 10 else 1 if size < 100 else 0
    text = f"{value:.1g}" if 0 < size < 0.005 else f"{round(value, digits) + 0.0:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return text.replace("-", "−")


class Slot(Label):
    """A label whose place is fixed and whose words change."""

    def __init__(self, ax, x, y, *, ha="left", color):
        super().__init__(ax, color=color, weight="normal", rim=False, zorder=7)
        self.spot = {"x": x, "y": y, "ha": ha}

    def write(self, words, weight="normal"):
        """Show ``words`` in the place of those before."""
        self._weight = weight
        self.say(words=words, **self.spot)


def place(t, stage=1):
    """The centre of the output (stage 0) or the state (stage 1 and 2) of step t."""
    return FIRST + COLUMN * (t - 1), INPUTS + ROW * (1 if stage else 2)


def backward_walk(ax, inputs, W_x, W_o):
    """An unrolled network above a ledger with one column a step; return the artists that a walk fills in.

    The keys are tuples. Texts for numbers: ``('S', t)`` and ``('O', t)`` in the nodes; ``('target', t)``,
    ``('d_output', t)``, ``('d_state', t)`` and ``('delta', t)`` beside them; ``('term', weight, t)`` and
    ``('sum', weight)`` in the ledger; ``('weight',)`` for W_s. Arrows ``('down', t)`` and ``('back', t)``;
    ``('ring',)`` the frame round the place of the walk.
    """
    canvas(ax, 14.2, 5.7, left=-0.45, bottom=-0.15)
    steps = len(inputs)
    labels = {
        "input": lambda t: f"{name('x', t)} = {short(inputs[t - 1])}",
        "state": lambda layer, t: "",
        "output": lambda t: "",
    }
    net = unrolled(
        ax,
        steps,
        initial=True,
        labels=labels,
        origin=(FIRST, INPUTS),
        spacing=(COLUMN, ROW),
        text_options={"width": WIDE},
    )
    net.initial[0].text.set_text("")
    height, end = place(0)[1], place(steps + 1)[0] - 0.75
    black, orange = "#222222", COLOURS["gradient"]
    artists = {}

    def number(key, x, y, label, color):
        """A label that does not move, and after it the number that does."""
        ax.text(x - 0.06, y, label, ha="right", va="center_baseline", color=color)
        artists[key] = Slot(ax, x + 0.06, y, color=color)

    for t in range(steps + 1):
        x = place(t)[0]
        number(("S", t), x - (0.3 if t else 0.12), height, name("S", t), black)
        number(("d_state", t), x + (1.65 if t else 0.2), height + ROW / 2, name("∂L/∂S", t), orange)
        if t == 0:
            continue
        number(("O", t), x - 0.3, height + ROW, name("O", t), black)
        number(("target", t), x + 1.42, height + ROW, name("Y", t), COLOURS["target"])
        number(("d_output", t), x + 0.2, height + ROW + 0.64, name("∂L/∂O", t), orange)
        number(("delta", t), x + 0.75, height - ROW / 2, name("δ", t), orange)
        pull = {"colour": COLOURS["gradient"], "linewidth": 2.6, "mutation_scale": 16, "zorder": 5}
        artists["down", t] = arrow(ax, (x, height + ROW - 0.42), (x, height + 0.42), **pull)
        artists["back", t] = arrow(ax, (x - WIDE / 2, height), (x - COLUMN + WIDE / 2, height), **pull)
        for weight, (y, _) in LEDGER.items():
            artists["term", weight, t] = Slot(ax, x, y, ha="center", color=orange)
    for weight, (y, words) in LEDGER.items():
        ax.text(0.1, y, words, va="center_baseline")
        number(("sum", weight), end, y, "=", orange)
    ax.plot([0.1, 13.4], [1.42, 1.42], color="#BBBBBB", linewidth=0.8)
    ax.text(end, 1.5, "sum", ha="center", va="bottom")
    ax.text(FIRST - 0.12, INPUTS + ROW / 2, f"Wₓ = {short(W_x)}", ha="right", va="center_baseline")
    ax.text(FIRST - 0.12, height + ROW / 2, f"Wₒ = {short(W_o)}", ha="right", va="center_baseline")
    number(("weight",), FIRST - 0.79 * COLUMN, height - ROW / 2, "Wₛ =", black)
    look = {"boxstyle": "round,pad=0.05", "fill": False, "edgecolor": COLOURS["gradient"], "linewidth": 2, "zorder": 6}
    artists["ring",] = ax.add_patch(FancyBboxPatch((0, 0), *RING, **look))
    return artists


def two_directions(ax, steps, layers=2):
    """A stacked network unrolled, with the error on its way back through time and down through the layers."""
    canvas(ax, 1.9 * steps + 6.6, 1.6 * (layers + 2) - 0.5, left=-1.6, bottom=-0.55)
    net = unrolled(ax, steps, layers=layers, origin=(0.6, 0.0))
    pull = {"colour": COLOURS["gradient"], "linewidth": 2.4, "mutation_scale": 15, "zorder": 5}
    for (layer, t), state in net.states.items():
        above = net.outputs[t] if layer == layers - 1 else net.states[layer + 1, t]
        (x, y), (_, top) = state.centre, above.centre
        arrow(ax, (x + 0.24, top - 0.42), (x + 0.24, y + 0.42), **pull)
        if t > 1:
            arrow(ax, (x - 0.65, y - 0.2), (x - 1.25, y - 0.2), **pull)
    right = 0.6 + 1.9 * (steps - 1) + 1.0
    words = {"color": COLOURS["gradient"], "va": "center"}
    ax.text(right, 1.6 * (layers + 0.5), "from the loss: $W_o^T\\, \\partial L_t/\\partial O_t$", **words)
    ax.text(right, 1.6 * (layers - 0.5), "down: $W_x^{(2)\\,T}\\, \\delta_t^{(2)}$", **words)
    ax.text(right, 1.6, "back: $W_s^{(1)\\,T}\\, \\delta_{t+1}^{(1)}$", **words)
    return net


def continued_wave(ax, truth, forced, free, given):
    """A wave, what a network says that is fed with it, and what it says alone after ``given`` true values."""
    ax.set(xlabel="step $t$", ylabel="value", ylim=(-1.6, 1.9))
    ax.plot(truth, color=COLOURS["target"], linewidth=5, alpha=0.35, label="truth")
    ax.plot(forced, color=COLOURS["output"], linewidth=1.4, label="fed the truth")
    alone = range(given - 1, len(truth))
    ax.plot(alone, free[given - 1 :], color=COLOURS["gradient"], linestyle="--", label="fed its own output")
    ax.axvline(given - 0.5, color=COLOURS["bound"], linewidth=1)
    return ax.legend(ncols=3, loc="upper right")


def jump(curve, profile, losses, along, fractions):
    """A loss that falls and jumps at its last step, and the loss along that step.

    ``losses`` by training step; ``along`` the weight and the loss, two arrays, at the ``fractions`` of the last step.
    """
    last = len(losses) - 1
    curve.plot(losses, color=COLOURS["output"])
    curve.set(yscale="log", xlabel="training step", ylabel="loss", ylim=(1, 1000), xlim=(0, last + 2))
    profile.plot(*along, color=COLOURS["output"])
    profile.set(yscale="log", xlabel="recurrent weight $W_s$", ylabel="loss", ylim=(1, 2000))
    for fraction, step, colour, drop in ((0, last - 1, "state", -14), (1, last, "gradient", 6)):
        at = [np.interp(fraction, fractions, values) for values in along]
        look = {"color": COLOURS[colour], "markersize": 9, "zorder": 4}
        curve.plot(step, losses[step], "o", **look)
        profile.plot(*at, "o", **look)
        profile.annotate(f"step {step}", at, (-10, drop), textcoords="offset points", ha="right", color=COLOURS[colour])

"""The reset gate before the matrix product, or after it: where the two forms differ."""

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

UNITS = 6


def _draws():
    rng = np.random.default_rng(12)
    W_nh = rng.normal(size=(UNITS, UNITS)) / np.sqrt(UNITS)
    h = rng.uniform(-1, 1, size=UNITS)
    return W_nh, h, np.linspace(-1, 1, UNITS)[rng.permutation(UNITS)]


def candidates(r, W_nh, h, b_nh=0.0):
    """tanh(W_nh (r * h) + b_nh) and tanh(r * (W_nh h + b_nh)), the two forms of the candidate with no input."""
    return np.tanh(W_nh @ (r * h) + b_nh), np.tanh(r * (W_nh @ h + b_nh))


def reset_forms():
    """The candidate of six units in both forms, for reset gates that are alike or not, and a bias inside."""
    return LiveFigure(
        _draw,
        _update,
        {
            "mean": Slider(0.5, 0, 1, 0.01, label="mean of the reset gates"),
            "spread": Slider(0.4, 0, 1, 0.01, label="how far they differ"),
            "bias": Slider(0, -1, 1, 0.05, label="bias of the recurrent product"),
        },
        """Left, the reset gates of six units as bars; right, their candidates, side by side: with the reset before the
        matrix product, tanh(W (r⊙h) + b), and after it, tanh(r⊙(W h + b)).""",
        size=(9, 3.4),
        beforehand=("mean", "spread", "bias"),
    )


def gates_around(mean, spread, pattern):
    """Reset gates around ``mean``, kept within 0 and 1."""
    return np.clip(mean + 0.5 * spread * pattern, 0, 1)


def _draw(fig):
    gates, values = fig.subplots(1, 2, width_ratios=[1, 1.6])
    units = np.arange(1, UNITS + 1)
    gates.set(xlim=(0.4, UNITS + 0.6), ylim=(0, 1.08), xticks=units, xlabel="unit", ylabel="reset gate $r$")
    gates.set_title("The reset gates")
    values.set(xlim=(0.4, UNITS + 0.6), ylim=(-1.25, 1.5), xticks=units, xlabel="unit", ylabel="candidate $n$")
    values.set_yticks([-1, 0, 1])
    values.set_title("The candidate, in both forms")
    values.axhline(0, color="#999999", linewidth=1)
    artists = {
        "gates": gates.bar(units, np.zeros(UNITS), 0.6, color=COLOURS["reset_gate"]),
        "before": values.bar(units - 0.19, np.zeros(UNITS), 0.36, color=COLOURS["candidate"], label="reset before"),
        "after": values.bar(
            units + 0.19,
            np.zeros(UNITS),
            0.36,
            facecolor="white",
            edgecolor=COLOURS["state"],
            hatch="///",
            label="reset after",
        ),
        "gap": Label(values, color=COLOURS["gradient"]),
    }
    values.legend(loc="upper left", ncols=2)
    return artists


def _update(artists, mean, spread, bias):
    W_nh, h, pattern = _draws()
    r = gates_around(mean, spread, pattern)
    before, after = candidates(r, W_nh, h, bias)
    for name, heights in (("gates", r), ("before", before), ("after", after)):
        for bar, height in zip(artists[name], heights, strict=True):
            bar.set_height(height)
    gap = np.abs(before - after)
    worst = int(gap.argmax())
    artists["gap"].say(
        np.clip(worst + 1, 2, UNITS - 1), -1.22, f"{gap[worst]:.2f} apart" if gap[worst] > 0.005 else "", va="bottom"
    )
    if gap[worst] < 1e-12 and np.all(r == 1):
        return "The two forms agree: all gates are wide open, so neither form takes anything away."
    if gap[worst] < 1e-12:
        return "The two forms agree: gates that are all alike can be taken out of the product, where no bias is inside."
    reasons = ["the gates differ from unit to unit"] * bool(np.ptp(r) > 0)
    reasons += ["the bias is inside the reset in one form only"] * (bias != 0)
    return f"The two forms differ by up to {readable(gap[worst])} (unit {worst + 1}), since {' and '.join(reasons)}."

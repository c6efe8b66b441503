"""The Lyapunov exponent of a random network: against its gain, and seen in two runs that begin a hair apart."""

import functools

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import CHAOS_UNITS, COUNTED, apart, exponents

GAINS = np.round(np.arange(0.2, 4.01, 0.1), 1)
SHOWN, FIRST = 100, 1e-6
LIMITS = (1e-16, 1e6)
LOW, HIGH = -1.8, 0.6
NEAR_0 = 0.02  # an exponent measured over a few hundred steps is not known more exactly


def lyapunov():
    """The largest Lyapunov exponent of 64 tanh units against the gain, and the distance of two runs, step by step."""
    return LiveFigure(
        _draw,
        _update,
        {
            "gain": Slider(1.0, GAINS[0], GAINS[-1], 0.1, label="gain of Wₛ"),
            "scale": Slider(0.5, 0, 2, 0.25, label="input scale"),
        },
        """Left, the Lyapunov exponent of a random network against its gain: below 0 on the left, above 0 on the right.
        Right, on a log scale, the distance between two runs that begin a hair apart, step by step, with the straight
        line of the exponent.""",
        size=(8.8, 3.3),
    )


@functools.lru_cache(maxsize=64)
def curve(scale):
    """The exponent at each of GAINS."""
    return exponents(GAINS, scale)


def _draw(fig):
    left, right = fig.subplots(1, 2, width_ratios=[1, 1.25])
    left.set_title("Exponent against gain")
    left.set(xlim=(0, GAINS[-1] + 0.1), ylim=(LOW, HIGH), xlabel="gain", ylabel="Lyapunov exponent $\\lambda$")
    left.axhline(0, color="#999999", linewidth=1)
    left.text(0.15, 0.05, "chaos", va="bottom", color="#555555")
    left.text(GAINS[-1], -0.05, "forgets", va="top", ha="right", color="#555555")
    right.set_title("Two runs, a hair apart")
    right.set(yscale="log", xlim=(0, SHOWN), ylim=LIMITS, xlabel="step $t$", ylabel="distance")
    right.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
    right.minorticks_off()
    artists = {
        "curve": left.plot([], [], color=COLOURS["state"])[0],
        "dot": left.plot([], [], "o", color=COLOURS["gradient"], markersize=9, zorder=5)[0],
        "number": Label(left, color=COLOURS["gradient"]),
        "line": right.plot([], [], color=COLOURS["bound"], linestyle=(0, (4, 2)), label=r"$10^{-6}\, e^{\lambda t}$")[
            0
        ],
        "apart": right.plot([], [], color=COLOURS["gradient"], label="distance")[0],
    }
    right.legend(loc="upper left", handlelength=1.6, borderpad=0.2, labelspacing=0.2)
    return artists


def _update(artists, gain, scale):
    found = curve(scale)
    exponent = float(found[np.argmin(np.abs(GAINS - gain))])
    artists["curve"].set_data(GAINS, found)
    artists["dot"].set_data([gain], [exponent])
    side = "left" if gain < 2.6 else "right"
    low = exponent < -1
    va, shift = ("bottom", (9, 4)) if low else ("top", (6 if side == "left" else -2, -8))
    artists["number"].say(gain, exponent, _rounded(exponent), ha=side, va=va, shift=shift)
    distances, t = apart(gain, scale, SHOWN, FIRST), np.arange(SHOWN + 1)
    # a distance of 0 is not drawn
    artists["apart"].set_data(t, np.where(distances > 0, distances, np.nan))
    line = FIRST * np.exp(exponent * t)
    artists["line"].set_data(t, np.where((line >= LIMITS[0]) & (line <= LIMITS[1]), line, np.nan))
    return _in_words(gain, scale, exponent, distances[-1])


def _rounded(exponent):
    """Two decimals, without a minus before a zero."""
    return f"{round(exponent, 2) + 0.0:.2f}"


def _in_words(gain, scale, exponent, last):
    words = (
        f"Gain {gain:.1f}, input scale {scale:.2f}, {CHAOS_UNITS} tanh units: the exponent is {_rounded(exponent)}, "
        f"a factor of {np.exp(exponent):.2f} a step. Two runs {readable(FIRST)} apart are {readable(last)} apart "
        f"after {SHOWN} steps. "
    )
    if abs(exponent) < NEAR_0:
        return words + f"This is the edge, as nearly as {COUNTED} steps can tell: neither vanishing nor chaos."
    if exponent < 0:
        return words + "Below 0: the network forgets where it began, and its gradients vanish."
    return words + "Above 0: chaos, and gradients explode."

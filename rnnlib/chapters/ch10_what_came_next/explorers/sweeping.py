"""Newton over a whole sequence: the error at every step after every sweep, by the gain of the recurrent matrix."""

from functools import cache

import numpy as np

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import newton

T, SWEEPS = 200, 24
FLOOR = -12
KINDS = {"every unit sees all": "mixing", "every unit sees itself alone": "alone"}


def sweeps_against_gain():
    """The error of a parallel evaluation, sweep by sweep, and how many sweeps are needed against the gain."""
    return LiveFigure(
        _draw,
        _update,
        {
            "gain": Slider(0.9, newton.GAINS[0], newton.GAINS[-1], 0.1, label="gain of Wₛ"),
            "kind": Choice("mixing", KINDS, label="network", shape="buttons"),
        },
        """Left, the size of the error by step, across, and by sweep, down: pale where the states are right. Right, the
        sweeps that are needed against the gain, one dot a network, with a line at the chosen gain.""",
        size=(9, 3.6),
        handles=lambda artists: [Handle(artists["line"], x="gain")],
    )


@cache
def errors(kind):
    """log10 of the largest error of a state, ``(gain, sweep, step)``, at least FLOOR; sweep 0 is the guess."""
    drawn = [newton.draw_network(gain, 0, T, kind) for gain in newton.GAINS]
    W, x = np.stack([W for W, _ in drawn]), np.stack([x for _, x in drawn], axis=1)
    truth = newton.by_loop(W, x)
    off = np.stack([np.abs(h - truth).max(axis=2) for h in newton.guesses(W, x, SWEEPS)])
    return np.log10(np.maximum(off, 10.0**FLOOR)).transpose(2, 0, 1)


def _draw(fig):
    front, needed = fig.subplots(1, 2, width_ratios=[1.5, 1])
    image = front.imshow(
        np.zeros((SWEEPS + 1, T)),
        extent=(0, T, SWEEPS + 0.5, -0.5),
        aspect="auto",
        cmap="magma_r",
        vmin=FLOOR,
        vmax=0,
        interpolation="nearest",
    )
    front.set(xlabel="step $t$", ylabel="sweep")
    front.grid(False)
    front.set_title("Error")
    scale = fig.colorbar(image, ax=front, ticks=[-12, -8, -4, 0], pad=0.02)
    scale.ax.set_yticklabels(["$10^{-12}$", "$10^{-8}$", "$10^{-4}$", "1"])
    needed.set(xlabel=f"gain of $W_s$ ($T = {newton.LENGTHS[-1]}$)", ylabel="sweeps until $10^{-10}$", yscale="log")
    needed.set(xlim=(0.4, 2.1), ylim=(3, 300))
    needed.set_yticks([4, 10, 50, 200], ["4", "10", "50", "200+"])
    needed.minorticks_off()
    needed.set_title("Eight networks")
    return {
        "image": image,
        "line": needed.axvline(1, color="black", linewidth=1.4, linestyle="--"),
        "dots": needed.plot([], [], "o", color=COLOURS["state"], ms=5, alpha=0.6)[0],
        "words": Label(front, color="#222222", weight="normal", rim=False),
    }


def _update(artists, gain, kind):
    place = newton.GAINS.index(round(gain, 1))
    image = errors(kind)[place]
    artists["image"].set_data(image)
    counts, exponent = newton.newton_table()[newton.LENGTHS[-1], kind]
    artists["line"].set_xdata([gain, gain])
    gains = np.repeat(newton.GAINS, newton.SEEDS) + np.tile(np.linspace(-0.03, 0.03, newton.SEEDS), len(newton.GAINS))
    artists["dots"].set_data(gains, np.minimum(counts, newton.MOST).ravel())
    done = image.max(axis=1) <= np.log10(newton.TOLERANCE)
    here = f"after {done.argmax()} sweeps" if done.any() else f"not all right in {SWEEPS} sweeps"
    artists["words"].say(T, -0.5, f"all right {here}" if done.any() else here, ha="right", va="bottom", shift=(0, 6))
    low, high = counts[place].min(), counts[place].max()
    many = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
    if np.isinf(high):
        many = f"{low:.0f} to more than {newton.MOST}" if np.isfinite(low) else f"more than {newton.MOST}"
    growth = exponent[place].mean()
    done_here = f"all {T} states of this network are right {here}" if done.any() else f"the {T} states are {here}"
    return (
        f"Gain {gain:.1f}: {done_here}. Over {newton.LENGTHS[-1]} steps eight "
        f"networks need {many} sweeps. A small error changes by the factor {np.exp(growth):.2f} a step, on average."
    )

"""The delta rule with beta on a slider: where the answer for a key goes, and the eigenvalues of one step and of two."""

import numpy as np

from rnnlib.delta_rule import delta_step
from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.gradients import eigenvalue_plane
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

BEFORE, WANTED = np.array([-0.6, 0.5]), np.array([0.8, 1.1])


def correcting():
    """What the memory answers before and after a delta step, and the eigenvalues of one step and of two."""
    return LiveFigure(
        _draw,
        _update,
        {
            "beta": Slider(0.5, 0.0, 2.0, 0.05, label="step size β"),
            "degrees": Slider(60, 0, 90, 5, label="angle between two keys in degrees"),
        },
        """Left, the answer of the memory before a step, the value that is wanted, and a line from the one through the
        other: the answer after the step lies on it. Right, in the plane with the unit circle, the eigenvalue of one
        step along its key, and the two of two steps whose keys enclose an angle.""",
        size=(9, 3.7),
        handles=lambda artists: [
            Handle(artists["after"], points=("beta", lambda beta: answer_after(beta).tolist())),
            Handle(artists["one"], x=("beta", lambda beta: 1 - beta)),
        ],
    )


def answer_after(beta):
    """What a memory that answers BEFORE for a key answers after a delta step towards WANTED."""
    k = np.array([0.6, 0.8])
    S, _ = delta_step(np.outer(BEFORE, k), k, WANTED, beta)
    return S @ k


def transition(beta, degrees):
    """I - beta k k^T for a key at an angle."""
    k = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    return np.eye(2) - beta * np.outer(k, k)


def two_steps(beta, degrees):
    """The eigenvalues of two delta steps whose keys enclose the angle, the larger part above the axis first."""
    values = np.linalg.eigvals(transition(beta, 0.0) @ transition(beta, degrees)).astype(complex)
    return values[np.lexsort((-values.real, -values.imag))]


def _draw(fig):
    values, plane = fig.subplots(1, 2, width_ratios=[1.7, 1])
    end = 2 * WANTED - BEFORE
    values.plot(*np.stack((BEFORE, end)).T, color=COLOURS["bound"], linewidth=1.4, linestyle="--", zorder=1)
    values.plot(*BEFORE, "s", color=COLOURS["state"], ms=9, zorder=3)
    values.plot(*WANTED, "*", color=COLOURS["target"], ms=17, zorder=3)
    values.annotate("answer $Sk$ before", BEFORE, (8, -14), textcoords="offset points", color=COLOURS["state"])
    values.annotate("wanted $v$", WANTED, (10, -13), textcoords="offset points", color=COLOURS["target"])
    values.set(xlim=(-1.1, 3.0), ylim=(-0.1, 2.15), xlabel="first entry", ylabel="second entry")
    values.set_title("What is read at $k$")
    artists = {
        "arrow": values.plot([], [], color=COLOURS["memory"], linewidth=4, zorder=2)[0],
        "after": values.plot([], [], "o", color=COLOURS["memory"], ms=12, zorder=4)[0],
        "word": Label(values, color="#9B4F7C"),
        "two": eigenvalue_plane(plane, reach=1.3),
        "one": plane.plot([], [], "o", color=COLOURS["memory"], ms=11, zorder=2)[0],
    }
    artists["two"].set(marker="D", markersize=7, color=COLOURS["gradient"], label="two steps")
    artists["one"].set_label("one step, $1-\\beta$")
    plane.set_title("Eigenvalues")
    plane.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.0)
    return artists


def _update(artists, beta, degrees):
    after = answer_after(beta)
    artists["arrow"].set_data(*np.stack((BEFORE, after)).T)
    artists["after"].set_data([after[0]], [after[1]])
    artists["word"].say(-1.0, 1.98, f"the error times {_minus(1 - beta)}", ha="left")
    artists["one"].set_data([1 - beta], [0])
    pair = two_steps(beta, degrees)
    artists["two"].set_data(pair.real, pair.imag)
    return f"{_one(beta)} {_two(beta, degrees, pair)}"


def _minus(number):
    return f"{number:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _one(beta):
    left = _minus(1 - beta)
    if beta == 0:
        return "β = 0: nothing is written, the error stays as it is."
    if beta < 1:
        return f"β = {beta:.2f}: the error at the key is multiplied by {left}; a part of it is corrected."
    if beta == 1:
        return "β = 1: the answer is the wanted value; what was there for this key is gone."
    if beta < 2:
        return f"β = {beta:.2f}: the error is multiplied by {left}: past the mark, with its sign reversed, and smaller."
    return "β = 2: the error is multiplied by −1: a reflection, as large as before."


def _two(beta, degrees, pair):
    if beta == 0:
        return "Two such steps change nothing either."
    where = " and ".join(_minus(value.real) for value in pair)
    if np.abs(pair[0].imag) < 1e-9:
        effect = "nothing is reversed" if pair.real.min() > -1e-9 else "what they reverse, they turn by half a turn"
        return f"Two steps with keys {degrees}° apart have the real eigenvalues {where}: {effect}."
    size, angle = np.abs(pair[0]), np.degrees(np.angle(pair[0]))
    words = f"Two steps with keys {degrees}° apart turn by {angle:.0f}° and keep {size:.2f} of the size."
    if beta == 2 and 360 % (2 * degrees) == 0:
        words += f" After {360 // (2 * degrees)} such pairs all is as before: a counter modulo {360 // (2 * degrees)}."
    return words

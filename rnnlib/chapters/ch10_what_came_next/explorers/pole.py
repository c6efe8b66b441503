"""One eigenvalue in the plane, and what is left of an impulse over a thousand steps."""

import functools

import numpy as np

from rnnlib.pictures.controls import Slider
from rnnlib.pictures.figures.gradients import eigenvalue_plane
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

STEPS = 1000
REACH = 1.35


def impulse_memory():
    """lambda^t in the plane, and its real part against t, for an eigenvalue of a chosen radius and angle."""
    return LiveFigure(
        _draw,
        _update,
        {
            "radius": Slider(0.99, 0.97, 1.01, 0.001, label="radius |λ|"),
            "degrees": Slider(4, 0, 180, label="angle of λ in degrees"),
        },
        """Left, an eigenvalue and its conjugate beside the unit circle, with the path of its powers; right, what a
        linear unit with this eigenvalue still holds of an impulse, over 1000 steps, between plus and minus the
        powers of the radius.""",
        size=(8.8, 3.4),
        beforehand={"radius": 41, "degrees": 3},
        handles=lambda artists: [Handle(artists["eigenvalues"].axes, radius="radius", angle="degrees")],
    )


@functools.lru_cache(maxsize=1024)
def response(radius, degrees):
    """h_t of h_t = lambda h_{t-1} + x_t after an impulse at t = 0: lambda^t for t = 0..STEPS, complex."""
    t = np.arange(STEPS + 1)
    return radius**t * np.exp(1j * np.radians(degrees) * t)


def steps_to(factor, radius):
    """After how many steps radius^t is ``factor``; inf where it never is."""
    return np.log(factor) / np.log(radius) if radius != 1 else np.inf


def _draw(fig):
    plane, memory = fig.subplots(1, 2, width_ratios=[1, 2.1])
    plane.set_title("Powers of $\\lambda$")
    memory.set_title("Left of an impulse at $t = 0$")
    memory.set(xlim=(0, STEPS), ylim=(-REACH, REACH), xlabel="steps $t$", yticks=[-1, 0, 1])
    artists = {
        "path": plane.plot([], [], color=COLOURS["memory"], linewidth=0.9, zorder=2)[0],
        "eigenvalues": eigenvalue_plane(plane, reach=REACH),
        "upper": memory.plot([], [], color=COLOURS["bound"], linestyle=(0, (4, 2)), label="$\\pm|\\lambda|^t$")[0],
        "lower": memory.plot([], [], color=COLOURS["bound"], linestyle=(0, (4, 2)))[0],
        "left": memory.plot([], [], color=COLOURS["memory"], linewidth=1.2, label="real part of $\\lambda^t$")[0],
        "words": Label(memory, color=COLOURS["memory"]),
    }
    memory.legend(loc="lower right", ncols=2, handlelength=1.6, borderpad=0.2)
    return artists


def _update(artists, radius, degrees):
    powers, t = response(radius, degrees), np.arange(STEPS + 1)
    sizes = np.abs(powers)
    seen = powers[(sizes > 0.01) & (sizes < 2 * REACH)]
    artists["path"].set_data(seen.real, seen.imag)
    artists["eigenvalues"].set_data([powers[1].real] * 2, [powers[1].imag, -powers[1].imag])
    artists["left"].set_data(t, powers.real)
    artists["upper"].set_data(t[::10], sizes[::10])
    artists["lower"].set_data(t[::10], -sizes[::10])
    artists["words"].say(STEPS, 1.17, _rate(radius), ha="right", shift=(-6, 0))
    return _in_words(radius, degrees)


def _rate(radius):
    if radius == 1:
        return "nothing is lost"
    if radius > 1:
        return f"doubles every {steps_to(2, radius):.0f} steps"
    return f"half is gone after {steps_to(0.5, radius):.0f} steps"


def _in_words(radius, degrees):
    end = readable(radius**STEPS, 3)
    turn = f"It turns once in {readable(360 / degrees, 3)} steps. " if degrees else "It does not turn. "
    words = f"|λ| = {radius:.3f}: after 1000 steps {end} of the impulse is there. " + turn
    if radius == 1:
        return words + "On the unit circle nothing fades, and nothing that has come in ever leaves."
    if radius > 1:
        return words + "Outside the circle the memory explodes, as in chapter 3."
    return words + "The radius alone decides how long it lasts; the angle decides how fast it turns."

"""Powers of a matrix: where the eigenvalues lie, and how the norm gets to where they send it."""

import functools

import numpy as np

from rnnlib.gradient_flow import largest_singular_value, spectral_radius
from rnnlib.initializers import orthogonal, scaled_normal
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.gradients import bound_by_lag, eigenvalue_plane, held, norm_axes, norms_by_lag
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

SIZE = 12
STEPS = 60
LIMITS = (1e-8, 1e8)
SHEAR = 5.0
KINDS = ["symmetric", "orthogonal", "random", "non-normal"]


def matrices():
    """Eigenvalues of W_s, the matrix W_s^n, and ||W_s^n|| against n, for four kinds of matrix."""
    return LiveFigure(
        _draw,
        _update,
        {
            "kind": Choice("symmetric", KINDS, label="kind of Wₛ"),
            "radius": Slider(0.9, 0.5, 1.5, 0.01, label="spectral radius ρ"),
            "power": Slider(10, 0, STEPS, label="power n"),
        },
        """Left, the eigenvalues of the recurrent matrix beside the unit circle; in the middle, the entries of its
        n-th power; right, the norm of the powers on a log scale, between the spectral radius and the bound.""",
        size=(8.8, 3.2),
        beforehand={"kind": 4, "radius": 7, "power": 12},
        handles=lambda artists: [
            Handle(artists["eigenvalues"].axes, radius="radius"),
            Handle(artists["dot"], x="power"),
        ],
    )


@functools.cache
def _unit(kind):
    """A matrix of the kind with spectral radius 1, or for a kind that is not scaled as a whole its parts."""
    rng = np.random.default_rng(3)
    if kind == "orthogonal":
        return orthogonal(rng, SIZE, SIZE)
    matrix = scaled_normal(rng, SIZE, SIZE)
    if kind == "symmetric":
        matrix = matrix + matrix.T
    return matrix / spectral_radius(matrix)


def recurrent_matrix(kind, radius):
    """W_s of the given spectral radius; the non-normal one is [[radius, 5], [0, radius]]."""
    if kind == "non-normal":
        return np.array([[radius, SHEAR], [0.0, radius]])
    return radius * _unit(kind)


@functools.lru_cache(maxsize=1024)
def _powers(kind, radius):
    """W_s, its eigenvalues, all its powers ``(STEPS + 1, N, N)`` and their norms."""
    matrix = recurrent_matrix(kind, radius)
    powers = [np.eye(len(matrix))]
    for _ in range(STEPS):
        powers.append(powers[-1] @ matrix)
    powers = np.stack(powers)
    return matrix, np.linalg.eigvals(matrix), powers, np.linalg.norm(powers, 2, axis=(1, 2))


def _draw(fig):
    plane, image, norms = fig.subplots(1, 3, width_ratios=[1, 1, 1.35])
    plane.set_title("Eigenvalues")
    image.set_title("Entries of $W_s^{\\,n}$")
    image.set(xticks=[], yticks=[], aspect="equal")
    image.grid(visible=False)
    norms.set_title("Norm of $W_s^{\\,n}$")
    norm_axes(norms, STEPS, LIMITS, label="")
    norms.set_xlabel("power $n$")
    entries = image.imshow(
        np.zeros((2, 2)), cmap="PuOr_r", vmin=-1, vmax=1, extent=(0, 1, 0, 1), interpolation="nearest"
    )
    image.set_xlabel("violet ≤ −1,\nbrown ≥ 1")
    artists = {
        "eigenvalues": eigenvalue_plane(plane),
        "entries": entries,
        "bound": bound_by_lag(norms, label="$\\sigma_{\\max}^{\\,n}$"),
        "radius": norms.plot([], [], color=COLOURS["state"], linestyle=":", label="$\\rho^{\\,n}$")[0],
        "norms": norms_by_lag(norms, label="$\\Vert W_s^{\\,n}\\Vert$"),
        "dot": norms.plot([], [], "o", color=COLOURS["gradient"], markersize=8, zorder=5, clip_on=False)[0],
        "number": Label(norms, color=COLOURS["gradient"]),
    }
    norms.legend(loc="lower left")
    return artists


def _update(artists, kind, radius, power):
    matrix, eigenvalues, powers, norms = _powers(kind, radius)
    artists["eigenvalues"].set_data(eigenvalues.real, eigenvalues.imag)
    artists["entries"].set_data(powers[power])
    n = np.arange(STEPS + 1.0)
    sigma = largest_singular_value(matrix)
    artists["bound"].set_data(n, held(sigma**n, LIMITS))
    artists["radius"].set_data(n, held(radius**n, LIMITS))
    artists["norms"].set_data(n, held(norms, LIMITS))
    height = held(norms[power], LIMITS)
    artists["dot"].set_data([power], [height])
    side = "left" if power < STEPS / 2 else "right"
    up = height > 1e5
    artists["number"].say(
        power, height, readable(norms[power]), ha=side, va="top" if up else "bottom", shift=(0, -10 if up else 9)
    )
    return _in_words(kind, radius, power, norms, sigma)


def _in_words(kind, radius, power, norms, sigma):
    peak = int(np.argmax(norms))
    words = (
        f"{kind}, ρ = {radius:.2f}, σ_max = {readable(sigma, 3)}: the norm of Wₛ to the power {power} is "
        f"{readable(norms[power], 3)}. "
    )
    if kind in ("symmetric", "orthogonal"):
        end = "stays 1" if radius == 1 else "shrinks at every step" if radius < 1 else "grows at every step"
        return words + f"Here σ_max equals ρ: the norm is ρ to the power n, and {end}."
    if radius < 1 and peak:
        rise = f"It rises to {readable(norms[peak], 3)} at n = {peak} before it falls: "
        return words + rise + "ρ < 1 says where it ends, not how it gets there."
    if radius < 1:
        return words + "It is never above its start; in the end it falls by ρ a step."
    if kind == "non-normal" and radius == 1:
        return words + "With ρ = 1 it grows without end, by about 5 a step, which is not an explosion."
    if radius == 1:
        return words + "With ρ = 1 it neither vanishes nor explodes."
    return words + "In the end it grows by ρ a step, and it is never above the bound."

"""What reading both ways does for gradients: the nearer end is nearer, each direction decays as before."""

from functools import cache

import ipywidgets as widgets
import numpy as np

from ...cells import Elman
from ...figures.gradients import held
from ...figures.numbers import readable
from ...gradient_flow import spectral_radius, step_jacobians
from ...initializers import scaled_normal
from ...live import LiveFigure
from ...style import COLOURS
from ...unroll import unroll

LONGEST = 60
UNITS = 8
LIMITS = (1e-12, 1e6)


def reach():
    """||dh/dx_k|| against the position k, for what a forward, a backward and a two-way network hold at the end."""
    return LiveFigure(
        _draw,
        _update,
        {
            "gain": widgets.FloatSlider(value=0.8, min=0.3, max=2.0, step=0.05, description="gain of Wₛ"),
            "steps": widgets.IntSlider(value=50, min=10, max=LONGEST, step=5, description="number of steps T"),
            "cue": widgets.IntSlider(value=25, min=1, max=LONGEST, description="position k of the cue"),
        },
        """The size of the gradient that reaches the input at each position, on a log scale: falling to the left for the
        forward network, falling to the right for the backward network, and the larger of the two for both.""",
        size=(9, 3.5),
    )


@cache
def _draws(direction):
    """A recurrent matrix of spectral radius 1, input weights and inputs, drawn once for each direction."""
    rng = np.random.default_rng(5 + direction)
    matrix = scaled_normal(rng, UNITS, UNITS)
    x = np.random.default_rng(9).normal(size=(LONGEST, 1, 1))
    return matrix / spectral_radius(matrix), scaled_normal(rng, UNITS, 1), 0.5 * x


@cache
def input_gradients(gain, steps, direction):
    """||d h_final / d x_k|| for k = 1..T of an Elman network that reads forward (1) or backward (-1): ``(T,)``.

    d h_T / d x_k = (prod_{j=k+1..T} d h_j / d h_{j-1}) diag(f'(z_k)) W_x, in the order of the reading; the Frobenius
    norm.
    """
    recurrent, from_input, x = _draws(direction)
    cell = Elman.from_params({"W_x": from_input, "W_s": gain * recurrent, "b_s": np.zeros(UNITS)})
    run = unroll(cell, x[:steps][::direction])
    slopes = cell.activation.slope(run.outputs[:, 0])
    product, norms = np.eye(UNITS), []
    for jacobian, slope in zip(step_jacobians(run)[::-1], slopes[::-1], strict=True):
        norms.append(np.linalg.norm(product @ (slope[:, None] * from_input)))
        product = product @ jacobian
    return np.array(norms[::-1])[::direction]


def _draw(fig):
    ax = fig.subplots()
    ax.set_title("How much of the gradient reaches the input at position $k$")
    ax.set_yscale("log")
    ax.set(
        xlim=(1, LONGEST),
        ylim=LIMITS,
        xlabel="position $k$ of the input",
        ylabel=r"$\Vert\partial h/\partial x_k\Vert$",
    )
    ax.axhline(1, color="#999999", linewidth=1)
    both = ax.plot([], [], color=COLOURS["output"], linewidth=6, alpha=0.25, label="both: [$h^→_T$, $h^←_1$]")[0]
    forward = ax.plot([], [], color=COLOURS["state"], label="forward alone: $h^→_T$")[0]
    backward = ax.plot([], [], color=COLOURS["gradient"], linestyle=(0, (4, 2)), label="backward alone: $h^←_1$")[0]
    cue = ax.plot([], [], color=COLOURS["bound"], linewidth=1.2, linestyle=":")[0]
    dots = ax.plot([], [], "o", color=COLOURS["output"], zorder=5)[0]
    ax.legend(loc="upper center", ncols=3)
    return {"both": both, "forward": forward, "backward": backward, "cue": cue, "dots": dots}


def _update(artists, gain, steps, cue):
    k = np.arange(1, steps + 1)
    forward, backward = (input_gradients(gain, steps, direction) for direction in (1, -1))
    both = np.hypot(forward, backward)
    for name, values in (("forward", forward), ("backward", backward), ("both", both)):
        artists[name].set_data(k, held(values, LIMITS))
    place = min(cue, steps)
    artists["cue"].set_data([place, place], LIMITS)
    sizes = forward[place - 1], backward[place - 1]
    artists["dots"].set_data([place, place], held(sizes, LIMITS))
    near = min(place - 1, steps - place)
    return (
        f"Gain {gain:.2f}, T = {steps}: from position {place} the forward network has {steps - place} steps to go, the "
        f"backward one {place - 1}. Their gradients there are {readable(sizes[0])} and {readable(sizes[1])}; the "
        f"nearer end is {near} steps away, and beyond that both decay, or grow, as they did alone."
    )

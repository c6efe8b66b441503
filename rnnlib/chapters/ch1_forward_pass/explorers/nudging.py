"""Which outputs an input reaches."""

from functools import cache
from itertools import pairwise

import numpy as np

from rnnlib.cells import Elman
from rnnlib.initializers import orthogonal
from rnnlib.pictures import style
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures import networks
from rnnlib.pictures.live import LiveFigure
from rnnlib.tdnn import TDNN
from rnnlib.unroll import unroll

INFLUENCE_STEPS = 16
WINDOW = 4
LEAST = 1e-17
NETWORKS = ("Elman, tanh", "Elman, linear", f"window of {WINDOW} (TDNN)", "no memory (window of 1)")


@cache
def _influence_parts():
    """Fixed draws for the influence explorer: input, weights, readout."""
    rng = np.random.default_rng(4)
    x = 0.8 * rng.normal(size=(INFLUENCE_STEPS, 1, 1))
    return x, 0.5 * rng.normal(size=(12, 1)), orthogonal(rng, 12, 12), rng.normal(size=(3, 12)) / np.sqrt(12)


def influence_network(kind, gain):
    """The network ``kind`` of NETWORKS with its recurrent weights ``gain`` times an orthogonal matrix."""
    _, W_x, W_s, _ = _influence_parts()
    if kind.startswith("Elman"):
        params = {"W_x": W_x, "W_s": gain * W_s, "b_s": np.zeros(12)}
        return Elman.from_params(params, activation=kind.split()[-1])
    return TDNN(1, 12, WINDOW if kind == NETWORKS[2] else 1, rng=np.random.default_rng(5))


def nudged_outputs(kind, gain, k, nudge):
    """How far O_t and h_t move, ``(T,)`` each, when ``nudge`` is added to x_k (k from 1)."""
    x, _, _, W_o = _influence_parts()
    nudged = x.copy()
    nudged[k - 1] += nudge
    network = influence_network(kind, gain)
    before, after = unroll(network, x).outputs[:, 0], unroll(network, nudged).outputs[:, 0]
    return tuple(np.linalg.norm(d, axis=-1) for d in ((after - before) @ W_o.T, after - before))


def influence():
    """Nudge one input: which outputs move, and by how much."""
    steps = np.arange(1, INFLUENCE_STEPS + 1)

    def draw(fig):
        top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=(1, 1.35))
        top.set(xlim=(0.3, INFLUENCE_STEPS + 0.7), ylim=(-0.55, 2.55))
        top.set_title("The deeper the colour, the further it moves")
        for y in (0, 1):
            for t in steps:
                networks.arrow(top, (t, y + 0.22), (t, y + 0.78), colour="#AAAAAA", linewidth=1, mutation_scale=8)
        plain = {"colour": "#AAAAAA", "linewidth": 1, "mutation_scale": 8}
        # the ways of a memory, from state to state; those of a window, from the inputs before; without either none
        memory = [networks.arrow(top, (t + 0.2, 1), (after - 0.2, 1), **plain) for t, after in pairwise(steps)]
        window = [
            networks.arrow(top, (t - back, 0.22), (t - 0.12, 0.8), **plain)
            for t in steps
            for back in range(1, WINDOW)
            if t > back
        ]
        top.set_yticks([0, 1, 2], ["input $x_t$", "state $S_t$", "output $O_t$"])
        top.tick_params(length=0, labelbottom=False)
        top.grid(False)
        top.spines[:].set_visible(False)
        circles = {
            row: top.scatter(steps, np.full(len(steps), y), s=190, edgecolor=colour, facecolor="white", zorder=3)
            for row, y, colour in (
                ("inputs", 0, style.COLOURS["input"]),
                ("states", 1, style.COLOURS["state"]),
                ("outputs", 2, style.COLOURS["output"]),
            )
        }
        bottom.set(yscale="log", ylim=(LEAST / 10, 1e3), xlabel="step t", ylabel="how far $O_t$ moves")
        bottom.set_xticks(steps)
        bottom.set_yticks([LEAST, 1e-12, 1e-8, 1e-4, 1], ["exactly 0", "10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
        bottom.minorticks_off()
        (stems,) = bottom.plot([], [], "-", color=style.COLOURS["state"], lw=2)
        (moved,) = bottom.plot([], [], "o", color=style.COLOURS["state"])
        (still,) = bottom.plot([], [], "o", mfc="white", color=style.COLOURS["bound"])
        return circles | {"memory": memory, "window": window, "stems": stems, "moved": moved, "still": still}

    def update(artists, network, k, nudge, gain):
        outputs, states = nudged_outputs(network, gain, k, nudge)
        for name, shown in (("memory", network.startswith("Elman")), ("window", network == NETWORKS[2])):
            for way in artists[name]:
                way.set_visible(shown)
        artists["inputs"].set_facecolor(
            [networks.tint(style.COLOURS["input"], 0.0 if t == k and nudge else 1.0) for t in steps]
        )
        for name, change in (("states", states), ("outputs", outputs)):
            # from white at 1e-6 to full colour at 1
            depth = np.clip(1 + np.log10(np.maximum(change, LEAST)) / 6, 0, 1)
            artists[name].set_facecolor([networks.tint(style.COLOURS["state"], 1 - d) for d in depth])
        moves = outputs > 0
        heights = np.maximum(outputs, LEAST)
        artists["moved"].set_data(steps[moves], heights[moves])
        artists["still"].set_data(steps[~moves], heights[~moves])
        stems = np.full((3, len(steps)), np.nan)
        stems[0], stems[1] = LEAST / 10, np.where(moves, heights, np.nan)
        artists["stems"].set_data(np.repeat(steps, 3), stems.T.ravel())
        why_off = " This network has no memory, so the memory gain does nothing." if _without_effect(network) else ""
        return _influence_sentence(k, nudge, outputs) + why_off

    controls = {
        "k": Slider(3, 1, INFLUENCE_STEPS, label="nudged input k"),
        "nudge": Slider(1.0, -2, 2, 0.1, label="size of the nudge"),
        "gain": Slider(0.8, 0, 1.3, 0.05, label="memory gain"),
        "network": Choice(NETWORKS[0], NETWORKS, label="network"),
    }
    alt = """A network unrolled over sixteen steps, coloured by how far each state and output moves when one input is
    nudged, above the size of the change of every output on a logarithmic axis."""
    return LiveFigure(
        draw, update, controls, alt, size=(9.0, 3.7), beforehand=("k", "network", "gain"), off=_without_effect
    )


def _influence_sentence(k, nudge, outputs):
    if nudge == 0:
        return "The nudge is 0, so nothing moves."
    moved = np.flatnonzero(outputs) + 1
    earlier = "No output before it moves" if k > 1 else "There is no output before it"
    name = f"x{_subscript(k)}"
    if len(moved) == 1:
        return f"{name} is nudged by {nudge:g}. {earlier}, and only O{_subscript(k)} feels it: by {outputs[k - 1]:.2g}."
    at, last = outputs[k - 1], moved[-1]
    return (
        f"{name} is nudged by {nudge:g}. {earlier}. O{_subscript(k)} moves by {at:.2g}, "
        f"O{_subscript(last)} by {outputs[last - 1]:.2g}"
        + ("." if last == INFLUENCE_STEPS else ", and after that nothing moves at all.")
    )


def _without_effect(network, **others):
    return [] if network.startswith("Elman") else ["gain"]


def _subscript(number):
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))

"""The walk back over three steps, one move at a time."""

import numpy as np

from rnnlib.activations import get_activation
from rnnlib.pictures.controls import Choice, Slider, Stepper
from rnnlib.pictures.figures.backward import LEDGER, RING, name, place, short
from rnnlib.pictures.figures.backward import backward_walk as draw_walk
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure

# The three-step network of the chapter: D = H = O = 1, no biases.
W_X, W_O, S_0 = 1.0, 2.0, 2.0
INPUTS, TARGETS = (1.0, 3.0, 1.0), (3.0, 10.0, 5.0)
STEPS = len(INPUTS)


def backward_walk():
    """The backward pass over three steps, one move at a time, each term entering the sum it belongs to."""
    return LiveFigure(
        lambda fig: draw_walk(fig.add_subplot(), INPUTS, W_X, W_O),
        _update_walk,
        {
            "move": Stepper(0, 0, 3 * STEPS + 1, label="move of the walk back"),
            "weight": Slider(0.5, -1.5, 1.5, 0.1, label="recurrent weight Wₛ"),
            "losses": Choice("the last step", ["the last step", "every step"], label="loss at"),
            "activation": Choice("linear", ["linear", "tanh"], label="activation"),
        },
        """A network of one unit unrolled over three steps. The backward pass walks over it from right to left; under
        each step the terms that it leaves for the gradients of the three weights are collected and summed.""",
        beforehand=("move", "weight", "losses", "activation"),
        handles=lambda artists: [
            Handle(artists["ring",], points=("move", lambda move: place(*_reached(max(move, 1)))))
        ],
    )


def walk(weight, losses, activation):
    """The walk of :func:`backward_walk` as numbers: the forward values, and those of the backward pass by step."""
    f = get_activation(activation)
    S, O = {0: S_0}, {}
    for t, x in enumerate(INPUTS, start=1):
        S[t] = float(f.function(np.array([W_X * x + weight * S[t - 1]]))[0])
        O[t] = W_O * S[t]
    d_outputs, from_future, d_states, deltas = {}, {STEPS: 0.0}, {}, {}
    for t in range(STEPS, 0, -1):
        d_outputs[t] = O[t] - TARGETS[t - 1] if losses == "every step" or t == STEPS else 0.0
        d_states[t] = W_O * d_outputs[t] + from_future[t]
        deltas[t] = d_states[t] * float(f.slope(np.array([S[t]]))[0])
        from_future[t - 1] = weight * deltas[t]
    d_states[0] = from_future[0]
    terms = {
        "W_o": {t: (d_outputs[t], S[t]) for t in deltas},
        "W_x": {t: (deltas[t], INPUTS[t - 1]) for t in deltas},
        "W_s": {t: (deltas[t], S[t - 1]) for t in deltas},
    }
    return {
        "S": S,
        "O": O,
        "d_outputs": d_outputs,
        "from_future": from_future,
        "d_states": d_states,
        "deltas": deltas,
        "terms": terms,
    }


def _update_walk(artists, move, weight, losses, activation):
    v = walk(weight, losses, activation)
    for letter in "SO":
        for t, value in v[letter].items():
            artists[letter, t].write(short(value))
    artists["weight",].write(short(weight))
    sums = dict.fromkeys(LEDGER, 0.0)
    for t in range(1, STEPS + 1):
        counted = losses == "every step" or t == STEPS
        # the moves that deal with the output of step t, with its state, and with its terms
        output, state, term = (3 * (STEPS - t) + stage for stage in (1, 2, 3))
        _write(artists["target", t], counted, short(TARGETS[t - 1]))
        _write(artists["d_output", t], counted and move >= output, short(v["d_outputs"][t]))
        _write(artists["d_state", t], move >= state, short(v["d_states"][t]))
        _write(artists["delta", t], move >= term, short(v["deltas"][t]))
        artists["down", t].set_visible(counted and move >= state)
        artists["back", t].set_visible(move >= (term + 2 if t > 1 else term + 1))
        for key, since in (("W_o", output), ("W_x", term), ("W_s", term)):
            left, right = v["terms"][key][t]
            product = short(left * right)
            if move == since and (counted or key != "W_o"):
                _write(artists["term", key, t], True, f"{short(left)} × {short(right)} = {product}", "bold")
            else:
                _write(artists["term", key, t], move >= since, product)
            sums[key] += left * right * (move >= since)
    _write(artists["d_state", 0], move > 3 * STEPS, short(v["d_states"][0]))
    for key, value in sums.items():
        _write(artists["sum", key], move >= (1 if key == "W_o" else 3), short(value), "bold")
    artists["ring",].set_visible(move > 0)
    t, stage = _reached(move)
    x, y = place(t, stage)
    artists["ring",].set_bounds(x - RING[0] / 2, y - RING[1] / 2, *RING)
    return _say_walk(v, move, t, stage, losses, sums)


def _reached(move):
    """The step and the stage of a move: steps are counted down, with three moves each, and 0 comes last."""
    return (STEPS - (move - 1) // 3, (move - 1) % 3) if move <= 3 * STEPS else (0, 1)


def _write(text, shown, words, weight="normal"):
    text.write(words if shown else "", weight)


def _say_walk(v, move, t, stage, losses, sums):
    if move == 0:
        return "The forward pass is done and nothing has gone back yet. Every gradient still waits for its terms."
    if t == 0:
        return (
            f"All terms are in: ∂L/∂Wₒ = {short(sums['W_o'])}, ∂L/∂Wₓ = {short(sums['W_x'])}, "
            f"∂L/∂Wₛ = {short(sums['W_s'])}. What is left over goes to the state before the first step: "
            f"∂L/∂S₀ = {short(v['d_states'][0])}."
        )
    if stage == 0:
        if losses == "the last step" and t < STEPS:
            return f"Step {t}: no loss looks at {name('O', t)}. No gradient comes from there, and Wₒ gets no term."
        return (
            f"Step {t}: the loss pulls at the output with Oₜ − Yₜ = {short(v['d_outputs'][t])}. "
            f"Times the state it saw, {name('S', t)} = {short(v['S'][t])}, this is the term of step {t} for Wₒ."
        )
    if stage == 1:
        future = f"Wₛ {name('δ', t + 1)} = {short(v['from_future'][t])}"
        later = future if t < STEPS else "nothing, for this is the last step"
        return (
            f"Step {t}: two streams meet at {name('S', t)}. From its own output comes "
            f"Wₒ {name('∂L/∂O', t)} = {short(W_O * v['d_outputs'][t])}, from the future {later}; "
            f"together {short(v['d_states'][t])}."
        )
    slope = v["deltas"][t] / v["d_states"][t] if v["d_states"][t] else 1.0
    return (
        f"Step {t}: through the activation, with slope {short(slope)}, the gradient becomes "
        f"{name('δ', t)} = {short(v['deltas'][t])}. Times {name('x', t)} it is the term of Wₓ, "
        f"times {name('S', t - 1)} that of Wₛ."
    )

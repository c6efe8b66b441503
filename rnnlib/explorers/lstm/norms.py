"""What is left of the gradient some steps back, in a plain RNN and in cells with a gate that keeps."""

from functools import cache

import ipywidgets as widgets
import numpy as np

from ...activations import sigmoid
from ...cells import LSTM, Elman
from ...figures import gradients as curves
from ...figures.numbers import readable
from ...live import LiveFigure
from ...style import COLOURS
from ...unroll import bptt, unroll

LAGS, UNITS = 100, 16
BIASES = np.arange(-2.0, 9.0)
GAINS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
LIMITS = (1e-20, 1e20)
SIGNAL = np.random.default_rng(3).normal(size=(LAGS, 1, 1))


def norms_by_lag(run):
    """||dL/dstate_{T-lag}|| for the lags 0..T of each sequence, ``(T+1, B)``, where L is the mean of h_T times sqrt(H).

    L's gradient at h_T has length 1, so lag 0 is 1 and the rest is what is left of it.
    """
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = run.outputs.shape[-1] ** -0.5
    states = bptt(run, d_outputs, keep_state_gradients=True).states
    return np.sqrt(sum(np.sum(part**2, axis=-1) for part in states))[::-1]


@cache
def left_in_rnn(gain):
    """The gradient by lag of a plain RNN whose recurrent weights have this gain, ``(101, 1)``."""
    return norms_by_lag(unroll(Elman(1, UNITS, rng=np.random.default_rng(1), gain=gain), SIGNAL))


@cache
def left_in_gated(kind, gate, gain):
    """The gradient by lag of a gated cell and along its direct path, the product of its ``gate``: each ``(101, 11)``.

    ``kind`` is a class of cells. The columns are the BIASES of the gate. The bias comes in as a second, constant input
    that reaches this gate alone, so that one batch holds all of them. The direct path is the largest product of gates.
    """
    params = kind(1, UNITS, rng=np.random.default_rng(1), gain=gain).params
    to_gate = np.repeat(np.array(kind.blocks) == gate, UNITS)[:, None]
    weights = {"W_x": np.concatenate((params["W_x"], to_gate), axis=1), "b": np.zeros_like(params["b"])}
    biases = np.broadcast_to(BIASES[:, None], (LAGS, len(BIASES), 1))
    run = unroll(kind.from_params(params | weights), np.concatenate((SIGNAL + 0 * biases, biases), axis=-1))
    direct = np.cumprod(getattr(run.trace, gate)[::-1], axis=0).max(axis=-1)
    return norms_by_lag(run), np.concatenate((np.ones((1, len(BIASES))), direct))


def what_is_left(looks, norms, say, control, alt):
    """The explorer of gradients against the lag: one curve for each of ``looks``, by its name.

    ``norms(gain)`` gives the curves in that order, ``(101, 1)`` or a column for each of the BIASES.
    ``say(bias, **ends)`` puts into words what is left at the end of each; ``control`` names the slider of the bias.
    """
    for gain in GAINS:
        norms(gain)

    def draw(fig):
        ax = fig.subplots()
        curves.norm_axes(ax, LAGS, LIMITS, label="norm of the gradient")
        ax.set_title("What is left of the gradient some steps back")
        lines = [curves.norms_by_lag(ax, np.ones(LAGS + 1), label=name, **look) for name, look in looks.items()]
        ax.legend(loc="upper left", ncols=len(looks))
        return dict(zip(looks, lines, strict=True))

    def update(artists, bias, gain):
        column = int(bias - BIASES[0])
        left = [values[:, column % values.shape[1]] for values in norms(gain)]
        for line, values in zip(artists.values(), left, strict=True):
            line.set_ydata(curves.held(values, LIMITS))
        return say(bias, *(readable(values[-1]) for values in left))

    controls = {
        "bias": widgets.IntSlider(value=1, min=int(BIASES[0]), max=int(BIASES[-1]), description=control),
        "gain": widgets.SelectionSlider(
            value=1.0, options=[(f"{gain:g}", gain) for gain in GAINS], description="gain of the recurrent weights"
        ),
    }
    return LiveFigure(draw, update, controls, alt)


def gradient_norm():
    """The size of the gradient against the lag: an RNN, an LSTM, and the LSTM's direct path along its memory."""
    return what_is_left(
        {
            "RNN": {"color": COLOURS["RNN"], "linestyle": "-."},
            "LSTM": {"color": COLOURS["LSTM"]},
            "product of forget gates": {"color": COLOURS["forget_gate"], "linestyle": "--"},
        },
        lambda gain: (left_in_rnn(gain), *left_in_gated(LSTM, "f", gain)),
        lambda bias, rnn, lstm, forget_gates: (
            f"Of a gradient of 1 the RNN has {rnn} left after {LAGS} steps, the LSTM {lstm}. Its forget gates alone "
            f"let {forget_gates} through. A forget bias of {bias} keeps {sigmoid(bias):.3f} a step, before the input "
            "and the state have their say."
        ),
        "bias of the forget gate",
        """On a logarithmic scale, how much of the gradient of the last step is left up to 100 steps earlier: in an RNN,
        in an LSTM, and along the LSTM's direct path, the product of its forget gates.""",
    )

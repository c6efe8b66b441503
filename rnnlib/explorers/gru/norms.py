"""The gradient against the lag: plain RNN, LSTM and GRU in one picture."""

from functools import cache

import ipywidgets as widgets
import numpy as np

from ...activations import sigmoid
from ...cells import GRUResetAfter
from ...figures import gradients as curves
from ...figures.numbers import readable
from ...live import LiveFigure
from ...style import COLOURS
from ...unroll import unroll
from ..lstm.gradients import FORGET_BIASES, GAINS, LAGS, UNITS, norms_by_lag, norms_of_both

LIMITS = (1e-20, 1e20)


@cache
def norms_of_gru(gain):
    """The gradient by lag of a GRU and its direct path, the product of its update gates: each ``(101, 11)``.

    The columns are the biases of the update gate. As for the LSTM, the bias comes in as a second, constant input, so
    that one batch holds all of them.
    """
    signal = np.random.default_rng(3).normal(size=(LAGS, 1, 1))
    params = GRUResetAfter(1, UNITS, rng=np.random.default_rng(1), gain=gain).params
    to_update_gates = np.repeat([[0.0], [1.0], [0.0]], UNITS, axis=0)
    gru = GRUResetAfter.from_params(params | {"W_x": np.concatenate((params["W_x"], to_update_gates), axis=1)})
    biases = np.broadcast_to(FORGET_BIASES[:, None], (LAGS, len(FORGET_BIASES), 1))
    run = unroll(gru, np.concatenate((np.broadcast_to(signal, biases.shape), biases), axis=-1))
    direct = np.cumprod(run.trace.z[::-1], axis=0).max(axis=-1)
    return norms_by_lag(run), np.concatenate((np.ones((1, len(FORGET_BIASES))), direct))


def gradient_norms():
    """The size of the gradient against the lag for an RNN, an LSTM and a GRU, and the product of the update gates."""
    for gain in GAINS:
        norms_of_both(gain)
        norms_of_gru(gain)
    return LiveFigure(
        _draw,
        _update,
        {
            "bias": widgets.IntSlider(
                value=1,
                min=int(FORGET_BIASES[0]),
                max=int(FORGET_BIASES[-1]),
                description="bias of the gate that keeps",
            ),
            "gain": widgets.SelectionSlider(
                value=1.0, options=[(f"{gain:g}", gain) for gain in GAINS], description="gain of the recurrent weights"
            ),
        },
        """On a logarithmic scale, how much of the gradient of the last step is left up to 100 steps earlier: in a plain
        RNN, in an LSTM, in a GRU, and along the GRU's direct path, the product of its update gates.""",
    )


def _draw(fig):
    ax = fig.subplots()
    curves.norm_axes(ax, LAGS, LIMITS, label="norm of the gradient")
    looks = {
        "RNN": {"color": COLOURS["RNN"], "linestyle": "-."},
        "LSTM": {"color": COLOURS["LSTM"], "linestyle": (0, (6, 1.5))},
        "GRU": {"color": COLOURS["GRU"]},
        "product of update gates": {"color": COLOURS["update_gate"], "linestyle": "--"},
    }
    artists = {name: curves.norms_by_lag(ax, np.ones(LAGS + 1), label=name, **look) for name, look in looks.items()}
    ax.set_title("What is left of the gradient some steps back")
    ax.legend(loc="upper left", ncols=4)
    return artists


def _update(artists, bias, gain):
    column = int(bias - FORGET_BIASES[0])
    rnn, lstm, _ = norms_of_both(gain)
    gru, direct = norms_of_gru(gain)
    left = dict(zip(artists, (rnn, lstm[:, column], gru[:, column], direct[:, column]), strict=True))
    for name, line in artists.items():
        line.set_ydata(curves.held(left[name], LIMITS))
    end = {name: readable(norms[-1]) for name, norms in left.items()}
    return (
        f"Gates that keep start at {sigmoid(bias):.3f}. Of a gradient of 1, {LAGS} steps back, the RNN has "
        f"{end['RNN']} left, the LSTM {end['LSTM']}, the GRU {end['GRU']}; the product of the update gates alone is "
        f"{end['product of update gates']}."
    )

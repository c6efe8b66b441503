"""The gradient against the lag: plain RNN, LSTM and GRU in one picture."""

from rnnlib.activations import sigmoid
from rnnlib.cells import LSTM, GRUResetAfter
from rnnlib.chapters.ch4_lstm.explorers.norms import what_is_left
from rnnlib.pictures.style import COLOURS

from ..experiments import LAGS, left_in_gated, left_in_rnn


def gradient_norms():
    """The size of the gradient against the lag for an RNN, an LSTM and a GRU, and the product of the update gates."""
    return what_is_left(
        {
            "RNN": {"color": COLOURS["RNN"], "linestyle": "-."},
            "LSTM": {"color": COLOURS["LSTM"], "linestyle": (0, (6, 1.5))},
            "GRU": {"color": COLOURS["GRU"]},
            "direct path": {"color": COLOURS["update_gate"], "linestyle": "--"},
        },
        lambda gain, draw: (
            left_in_rnn(gain, draw),
            left_in_gated(LSTM, "f", gain, draw)[0],
            *left_in_gated(GRUResetAfter, "z", gain, draw),
        ),
        lambda bias, rnn, lstm, gru, direct: (
            f"Gates that keep start at {sigmoid(bias):.3f}. Of a gradient of 1, {LAGS} steps back, the RNN has {rnn} "
            f"left, the LSTM {lstm}, the GRU {gru}; along the GRU's direct path alone it is {direct}."
        ),
        "bias of the gate that keeps",
        """On a logarithmic scale, how much of the gradient of the last step is left up to 100 steps earlier: in a plain
        RNN, in an LSTM, in a GRU, and along the GRU's direct path through its update gates. A triangle marks where a
        curve leaves the picture.""",
    )

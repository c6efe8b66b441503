"""The gradient against the lag: plain RNN, LSTM and GRU in one picture."""

from ...activations import sigmoid
from ...cells import LSTM, GRUResetAfter
from ...style import COLOURS
from ..lstm.norms import LAGS, left_in_gated, left_in_rnn, what_is_left


def gradient_norms():
    """The size of the gradient against the lag for an RNN, an LSTM and a GRU, and the product of the update gates."""
    return what_is_left(
        {
            "RNN": {"color": COLOURS["RNN"], "linestyle": "-."},
            "LSTM": {"color": COLOURS["LSTM"], "linestyle": (0, (6, 1.5))},
            "GRU": {"color": COLOURS["GRU"]},
            "product of update gates": {"color": COLOURS["update_gate"], "linestyle": "--"},
        },
        lambda gain: (left_in_rnn(gain), left_in_gated(LSTM, "f", gain)[0], *left_in_gated(GRUResetAfter, "z", gain)),
        lambda bias, rnn, lstm, gru, update_gates: (
            f"Gates that keep start at {sigmoid(bias):.3f}. Of a gradient of 1, {LAGS} steps back, the RNN has {rnn} "
            f"left, the LSTM {lstm}, the GRU {gru}; the product of the update gates alone is {update_gates}."
        ),
        "bias of the gate that keeps",
        """On a logarithmic scale, how much of the gradient of the last step is left up to 100 steps earlier: in a plain
        RNN, in an LSTM, in a GRU, and along the GRU's direct path, the product of its update gates.""",
    )

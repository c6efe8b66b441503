"""What is left of the gradient some steps back, in a plain RNN and in cells with a gate that keeps."""

import numpy as np

from rnnlib.activations import sigmoid
from rnnlib.cells import LSTM
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures import gradients as curves
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from ..experiments import BIASES, DRAWS, LAGS, left_in_gated, left_in_rnn

GAINS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
LIMITS = (1e-20, 1e20)


def what_is_left(looks, norms, say, control, alt):
    """The explorer of gradients against the lag: one curve for each of ``looks``, by its name.

    ``norms(gain, draw)`` gives the curves in that order, ``(101, 1)`` or a column for each of the BIASES.
    ``say(bias, *ends)`` puts into words what is left at the end of each; ``control`` names the slider of the bias.
    """

    def draw(fig):
        ax = fig.subplots()
        curves.norm_axes(ax, LAGS, LIMITS, label="norm of the gradient")
        ax.set_title("What is left of the gradient some steps back")
        artists = {name: curves.open_curve(ax, label=name, **look) for name, look in looks.items()}
        ax.legend(loc="upper left", ncols=len(looks))
        return artists

    def update(artists, bias, gain, draw):
        column = int(bias - BIASES[0])
        left = [values[:, column % values.shape[1]] for values in norms(gain, draw)]
        for curve, values in zip(artists.values(), left, strict=True):
            curves.set_open_curve(curve, np.arange(LAGS + 1), values, LIMITS)
        return say(bias, *(readable(values[-1]) for values in left))

    controls = {
        "bias": Slider(1, int(BIASES[0]), int(BIASES[-1]), label=control),
        "gain": Choice(
            1.0, {f"{gain:g}": gain for gain in GAINS}, label="gain of the recurrent weights", shape="slider"
        ),
        "draw": Slider(DRAWS[0], DRAWS[0], DRAWS[-1], label="draw of weights and noise"),
    }
    return LiveFigure(draw, update, controls, alt, size=(9.0, 3.4))


def gradient_norm():
    """The size of the gradient against the lag: an RNN, an LSTM, and the LSTM's direct path along its memory."""
    return what_is_left(
        {
            "RNN": {"color": COLOURS["RNN"], "linestyle": "-."},
            "LSTM": {"color": COLOURS["LSTM"]},
            "direct path": {"color": COLOURS["forget_gate"], "linestyle": "--"},
        },
        lambda gain, draw: (left_in_rnn(gain, draw), *left_in_gated(LSTM, "f", gain, draw)),
        lambda bias, rnn, lstm, direct: (
            f"Of a gradient of 1 the RNN has {rnn} left after {LAGS} steps, the LSTM {lstm}; along its direct path "
            f"alone it is {direct}. A forget bias of {bias} keeps {sigmoid(bias):.3f} a step, before the input and the "
            "state have their say."
        ),
        "bias of the forget gate",
        """On a logarithmic scale, how much of the gradient of the last step is left up to 100 steps earlier: in an RNN,
        in an LSTM, and along the LSTM's direct path through its read-out and its forget gates. A triangle marks where a
        curve leaves the picture.""",
    )

"""One step of the LSTM, backward."""

import numpy as np

from rnnlib.activations import sigmoid
from rnnlib.cells import LSTM
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import bptt, unroll


class LSTMBackwardStep(FunctionExercise):
    """Write one step of the LSTM backward: the stacked deltas of the blocks i, f, g, o, and the gradient at c_{t-1}.

    d_h and d_c are what has arrived at h_t and c_t from later steps and from above; c_t = f c_{t-1} + i g.
    """

    number = "4.4"
    title = "One step of the LSTM, backward"
    difficulty = 3
    returns = ("delta", "d_c_previous")
    praise = "From here everything is a matrix product: dW_h = delta h_previous^T, d_h_previous = W_h^T delta."
    hints = (
        "First finish the gradient at c_t: d_c has arrived along the memory; add what comes through h_t = o tanh(c_t).",
        "Each gate's delta is: the gradient at what it multiplies into, times its partner, times the slope of the "
        "gate.",
        "The slope of a sigmoid is i (1 - i), of the candidate 1 - g^2: both from the outputs, which you are given.",
        "c_{t-1} reaches c_t through the forget gate alone, so d_c_previous is the finished gradient times f.",
    )

    @staticmethod
    def answer(d_h, d_c, c_previous, i, f, g, o):
        tanh_c = np.tanh(f * c_previous + i * g)
        total = d_c + d_h * o * (1 - tanh_c**2)
        delta_i = total * g * i * (1 - i)
        delta_f = total * c_previous * f * (1 - f)
        delta_g = total * i * (1 - g**2)
        delta_o = d_h * tanh_c * o * (1 - o)
        return np.concatenate((delta_i, delta_f, delta_g, delta_o), axis=-1), total * f

    mistakes = (
        Slip(
            {"tanh_c = np.tanh(f * c_previous + i * g)": "tanh_c = np.tanh(c_previous)"},
            "You took the tanh of the old memory, c_{t-1}. h_t shows the new one: c_t = f c_{t-1} + i g.",
        ),
        Slip(
            {"(1 - tanh_c**2)": "(1 - (f * c_previous + i * g) ** 2)"},
            "The slope of tanh is 1 - c_t^2 in yours. It is one minus the square of what comes out of the tanh, not of "
            "what goes in.",
        ),
        Slip(
            {"total * g * i * (1 - i)": "total * i * i * (1 - i)", "total * i * (1 - g**2)": "total * g * (1 - g**2)"},
            "In i g each of the two has the other as its partner: the delta of i carries g, the delta of g carries i.",
        ),
        Slip(
            {"axis=-1), total * f": "axis=-1), delta_f"},
            "delta is right. What goes on to c_{t-1} is what has arrived at c_t times the forget gate; yours is the "
            "delta of the gate itself.",
        ),
        Slip(
            {"total = d_c + ": "total = "},
            "What arrives along the memory from step t+1, d_c, is lost. It is the very gradient that an LSTM is "
            "built to keep: add to it what comes through h_t.",
        ),
        Slip(
            {"total = d_c + d_h * o * (1 - tanh_c**2)": "total = d_c"},
            "What comes through h_t is lost: only the gradient along the memory is used. h_t = o tanh(c_t), so c_t has "
            "a part in it.",
        ),
        Slip(
            {"c_previous * f * (1 - f)": "(f * c_previous + i * g) * f * (1 - f)"},
            "You used c_t in the delta of the forget gate. The gate was multiplied with the memory before the step, "
            "c_previous.",
        ),
        Slip(
            {" * (1 - tanh_c**2)": ""},
            "On the way from h_t to c_t the slope of tanh is missing: h_t = o tanh(c_t).",
        ),
        Slip(
            {"d_h * o * (1 - tanh_c**2)": "d_h * (1 - tanh_c**2)"},
            "On the way from h_t to c_t the output gate is missing: h_t = o tanh(c_t).",
        ),
        Slip(
            {"1 - tanh_c**2": "1 - tanh_c"},
            "On the way from h_t to c_t the slope of tanh lacks a square: it is 1 - tanh^2.",
        ),
        Slip(
            {"(1 - tanh_c**2)": "(1 - np.tanh(c_previous) ** 2)"},
            "On the way from h_t to c_t the slope of tanh is taken at the memory before the step. h_t shows c_t, which "
            "is f c_previous + i g.",
        ),
        Slip(
            {" * i * (1 - i)": "", " * f * (1 - f)": "", " * (1 - g**2)": "", " * o * (1 - o)": ""},
            "These are the gradients at the gates themselves. delta is the gradient at the pre-activations: one factor "
            "more for each block, the slope of its activation.",
        ),
        Slip(
            {"(1 - g**2)": "(1 - np.tanh(g) ** 2)"},
            "The slope of the candidate is taken at tanh(g). You are given g = tanh(z_g) already, and the slope in "
            "terms of the output is 1 - g^2.",
        ),
        Slip(
            {"(1 - g**2)": "g * (1 - g)"},
            "The slope of the candidate is that of a sigmoid, g (1 - g). The candidate is a tanh: 1 - g^2.",
        ),
        Slip(
            {
                "* i * (1 - i)": "* sigmoid(i) * (1 - sigmoid(i))",
                "* f * (1 - f)": "* sigmoid(f) * (1 - sigmoid(f))",
                "* o * (1 - o)": "* sigmoid(o) * (1 - sigmoid(o))",
            },
            "The slopes of the gates are taken at sigmoid(i) and so on. You are given the gates themselves, so the "
            "sigmoid has been applied already.",
        ),
        Slip(
            {"total * g * i": "total * c_previous * i", "total * c_previous * f": "total * g * f"},
            "The partners of input and forget gate have changed places: c_t = f c_{t-1} + i g.",
        ),
        Slip(
            {"d_h * tanh_c * o": "total * tanh_c * o"},
            "The delta of the output gate is made with the gradient at the memory. The gate acts on h_t alone: what "
            "arrives there is d_h.",
        ),
        Slip(
            {"d_h * tanh_c * o": "d_h * (f * c_previous + i * g) * o"},
            "You used the memory itself in the delta of the output gate. The gate was multiplied with tanh(c_t).",
        ),
        Slip(
            {"total * i * (1 - g**2)": "total * (1 - g**2)"},
            "In the delta of the candidate the input gate is missing: c_t has i g in it.",
        ),
        Slip(
            {"delta_g, delta_o)": "delta_o, delta_g)"},
            "The blocks are stacked as i, f, o, g. In the weights they are in the order i, f, g, o.",
        ),
        Slip(
            {"axis=-1), total * f": "axis=-1), d_c * f"},
            "delta is right. d_c_previous uses d_c as it arrived: what came through h_t has to go on to c_{t-1} as "
            "well.",
        ),
        Slip(
            {"axis=-1), total * f": "axis=-1), total"},
            "delta is right. On the way to c_{t-1} the gradient passes the forget gate: c_t = f c_{t-1} + i g.",
        ),
        Slip(
            {"axis=-1), total * f": "axis=-1), total * f * (1 - f)"},
            "delta is right. On the way to c_{t-1} the gradient passes the gate f, not its slope: going along the "
            "memory no activation is passed.",
        ),
    )

    def draw(self, rng):
        B, H = sizes(rng, 2)
        shape = (B, H)
        c_previous, g = 1.5 * rng.normal(size=shape), np.tanh(rng.normal(size=shape))
        i, f, o = (sigmoid(rng.normal(size=shape)) for _ in range(3))
        gates = {"i": i, "f": f, "g": g, "o": o}
        return {"d_h": rng.normal(size=shape), "d_c": rng.normal(size=shape), "c_previous": c_previous} | gates

    def reference(self, d_h, d_c, c_previous, i, f, g, o):
        # A cell without weights whose bias makes these very gates; the input is the bias of each sequence.
        z = np.concatenate((np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))), axis=-1)
        H = i.shape[-1]
        cell = LSTM.from_params({"W_x": np.eye(4 * H), "W_h": np.zeros((4 * H, H)), "b": np.zeros(4 * H)})
        gradients = bptt(unroll(cell, z[None], (0 * d_h, c_previous)), d_h[None], (0 * d_h, d_c))
        return gradients.x[0], gradients.initial_state[1]


lstm_backward_step = LSTMBackwardStep()

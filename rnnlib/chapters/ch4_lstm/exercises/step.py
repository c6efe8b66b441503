"""One step of the LSTM."""

import numpy as np

import rnnlib
from rnnlib.cells import LSTM
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import unroll


class LSTMStep(FunctionExercise):
    """Write one step of the LSTM for a batch. The rows of W_x, W_h and b are the blocks i, f, g, o."""

    number = "4.3"
    title = "One step of the LSTM"
    difficulty = 2
    returns = ("h_t", "c_t")
    praise = "Six lines of formula, and the memory meets no matrix on its way."
    hints = (
        "First all four pre-activations at once, x @ W_x.T + h @ W_h.T + b, a (B, 4H) array. np.split cuts it in four.",
        "i, f and o go through the sigmoid (rnnlib.sigmoid), g through tanh.",
        "Then the memory, c_t = f * c_previous + i * g, and the output from the new memory.",
    )

    @staticmethod
    def answer(x, h_previous, c_previous, W_x, W_h, b):
        z_i, z_f, z_g, z_o = np.split(x @ W_x.T + h_previous @ W_h.T + b, 4, axis=-1)
        i, f, g, o = rnnlib.sigmoid(z_i), rnnlib.sigmoid(z_f), np.tanh(z_g), rnnlib.sigmoid(z_o)
        c = f * c_previous + i * g
        return o * np.tanh(c), c

    mistakes = (
        Slip(
            {"c = f * c_previous + i * g": "c = np.tanh(f * c_previous + i * g)"},
            "The memory itself went through tanh. It adds and is not squashed; tanh comes on the way out, in "
            "h_t = o tanh(c_t).",
        ),
        Slip(
            {"z_i, z_f, z_g, z_o = np": "z_i, z_o, z_f, z_g = np"},
            "Your blocks are in the order i, o, f, g, as in ONNX. Here the rows of W_x, W_h and b are the blocks i, f, "
            "g, o.",
        ),
        Slip(
            {"z_i, z_f, z_g, z_o": "z_i, z_f, z_o, z_g"},
            "The blocks are cut in the order i, f, o, g. Here, as in PyTorch, they are i, f, g, o: the third "
            "is the candidate. See the section on gate orders.",
        ),
        Slip(
            {"z_i, z_f, z_g, z_o": "z_f, z_i, z_g, z_o"},
            "Input and forget gate have changed places: the first block writes the candidate, the second keeps the "
            "memory.",
        ),
        Slip(
            {"z_i, z_f, z_g, z_o": "z_f, z_i, z_o, z_g"},
            "The blocks are cut in the order f, i, o, g. Here, as in PyTorch, they are i, f, g, o.",
        ),
        Slip(
            {"z_i, z_f, z_g, z_o": "z_i, z_g, z_f, z_o"},
            "The blocks are cut in the order i, g, f, o. Here, as in PyTorch, they are i, f, g, o.",
        ),
        Slip(
            {"o * np.tanh(c)": "o * c"},
            "c_t is right. The memory is squashed by tanh before the output gate shows it; it may be larger than 1, "
            "the output may not.",
        ),
        Slip(
            {"o * np.tanh(c)": "np.tanh(o * c)"},
            "c_t is right. The tanh is around the gate as well: the memory is squashed first, then the gate lets a "
            "part of it through.",
        ),
        Slip(
            {"o * np.tanh(c)": "o * np.tanh(c_previous)"},
            "c_t is right. The output is read from the memory before this step; it should be read from the new one.",
        ),
        Slip(
            {"o * np.tanh(c)": "np.tanh(c)"},
            "c_t is right. The output gate is missing: h_t shows the whole memory.",
        ),
        Slip(
            {"np.tanh(c), c": "np.tanh(c), np.tanh(c)"},
            "h_t is right. As c_t you return the squashed memory. What goes on to the next step is the memory itself: "
            "the tanh is for the output alone.",
        ),
        Slip(
            {"np.tanh(z_g)": "rnnlib.sigmoid(z_g)"},
            "The candidate went through a sigmoid. It has to be able to lower the memory too, so its activation is "
            "tanh.",
        ),
        Slip(
            {"np.tanh(z_g)": "z_g"},
            "The candidate is not squashed: g is tanh of its pre-activation.",
        ),
        Slip(
            {"rnnlib.sigmoid(z_i)": "z_i", "rnnlib.sigmoid(z_f)": "z_f", "rnnlib.sigmoid(z_o)": "z_o"},
            "The gates have no activation. A gate lies between 0 and 1: it is the sigmoid of its pre-activation.",
        ),
        Slip(
            {"rnnlib.sigmoid": "np.tanh"},
            "The gates went through tanh. A gate lies between closed, 0, and open, 1, and never below: it is a "
            "sigmoid.",
        ),
        Slip(
            {"f * c_previous": "(1 - f) * c_previous"},
            "The memory is multiplied by 1 - f. An open forget gate keeps: see what the notes say and the numbers say "
            "about it.",
        ),
        Slip(
            {"+ i * g": "+ (1 - f) * g"},
            "The candidate is written with 1 - f, as in a cell whose gates are coupled. Here it has a gate of its own, "
            "i.",
        ),
        Slip({"+ i * g": "+ g"}, "The input gate is missing: the whole candidate is written at every step."),
        Slip({"f * c_previous": "c_previous"}, "The forget gate is missing: the whole memory is kept at every step."),
        Slip(
            {"f * c_previous + ": ""},
            "The memory of the step before is lost: c_t is made of the candidate alone. It is kept by the forget gate.",
        ),
        Slip(
            {"f * c_previous": "f * h_previous"},
            "The forget gate was given h_previous. It keeps the memory, c_previous; h is heard by the gates, through "
            "W_h.",
        ),
        Slip({" + b,": ","}, "The bias is missing. It is added to all four pre-activations, before sigmoid and tanh."),
        Slip(
            {" + h_previous @ W_h.T": ""},
            "h_previous plays no part. The gates hear what the cells put out one step before, through W_h.",
        ),
        Slip(
            {"h_previous @ W_h.T": "c_previous @ W_h.T"},
            "The gates were given the memory, c_previous. They hear what was put out, h_previous.",
        ),
        Slip(
            {
                "x @ W_x.T + h_previous @ W_h.T": "np.concatenate((x, h_previous), axis=-1) "
                "@ np.concatenate((W_h, W_x), axis=-1).T"
            },
            "x and h_previous were joined in one order, W_x and W_h in the other. So x meets weights of the state.",
        ),
    )

    def draw(self, rng):
        B, D, H = sizes(rng, 3)
        return {
            "x": rng.normal(size=(B, D)),
            "h_previous": rng.normal(size=(B, H)),
            "c_previous": 2 * rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(4 * H, D)) / 2,
            "W_h": rng.normal(size=(4 * H, H)) / 2,
            "b": rng.normal(size=4 * H),
        }

    def reference(self, x, h_previous, c_previous, W_x, W_h, b):
        cell = LSTM.from_params({"W_x": W_x, "W_h": W_h, "b": b})
        return unroll(cell, x[None], (h_previous, c_previous)).final_state


lstm_step = LSTMStep()

"""One step of a network: Elman's, and Jordan's."""

import numpy as np

from rnnlib.cells import Elman, Jordan
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import unroll


class RNNStep(FunctionExercise):
    """Write one step of an Elman network, for a whole batch at once."""

    number = "1.2"
    title = "One step of the RNN"
    difficulty = 1
    returns = ("S_t",)
    praise = "The same line serves every time step, every sequence of the batch and every size."
    hints = (
        "Three things are added before the tanh: one from the input, one from the memory, and a bias.",
        "Rows are sequences: x_t has the shape (B, D) and W_x the shape (H, D). Which product gives (B, H)?",
        "With row vectors the product W x of the formula is written x @ W.T in code.",
    )

    @staticmethod
    def answer(x_t, S_previous, W_x, W_s, b_s):
        return np.tanh(x_t @ W_x.T + S_previous @ W_s.T + b_s)

    mistakes = (
        Slip(
            {" + S_previous @ W_s.T": ""},
            "The memory plays no part: S_previous is not used, so the answer to a word is the same whatever came "
            "before it. See the formula of S_t under “The formula”.",
        ),
        Slip({" + b_s": ""}, "The bias b_s is missing. It is added before the tanh, once for each hidden unit."),
        Slip(
            {"np.tanh": ""},
            "This is the sum before the activation. The state is f of it, and f is tanh here.",
        ),
        Slip(
            {"W_s.T": "W_s"},
            "The recurrent matrix lacks its transpose: S @ W_s multiplies by the transpose of what the formula "
            "says. W_s is square, so no shape complains. Treat it as you treated W_x.",
        ),
        Slip(
            {" + S_previous @ W_s.T + b_s)": " + b_s) + S_previous @ W_s.T"},
            "The memory is added after the tanh. It belongs inside: input and memory are weighed together, and then "
            "squashed.",
        ),
        Slip(
            {"S_previous @ W_s.T": "S_previous"},
            "The memory goes in without its weights. In the formula S_{t-1} is multiplied by W_s.",
        ),
        Slip(
            {"W_x.T + S_previous @ W_s.T + b_s)": "W_x.T + b_s) + np.tanh(S_previous @ W_s.T)"},
            "Input and memory each go through a tanh of their own. There is one tanh, around the sum of all three.",
        ),
        Slip({" + b_s)": ") + b_s"}, "The bias is added after the tanh. It belongs inside, with the two products."),
        Slip(
            {"np.tanh(": "1 / (1 + np.exp(-(", " + b_s)": " + b_s)))"},
            "The sum is right, the activation is not: this is the sigmoid, which lies between 0 and 1. Here f is tanh.",
        ),
        Slip(
            {"np.tanh(": "np.maximum(0, "},
            "The sum is right, the activation is not: this is the rectifier, max(0, z). Here f is tanh.",
        ),
        Slip(
            {"x_t @ W_x.T + ": ""},
            "The input plays no part: the network hears nothing. In the formula x_t is multiplied by W_x.",
        ),
        Slip(
            {"+ b_s": "- b_s"},
            "The bias is taken away. It is added, as the products are.",
        ),
        Slip(
            {"@ W_s.T": "* np.diag(W_s)"},
            "Each unit hears itself alone: only the diagonal of W_s is used. Every unit hears all of them, in a "
            "matrix product, @.",
        ),
        Slip(
            {"np.tanh(x_t @ W_x.T + S_previous @ W_s.T + b_s)": "np.tanh(x_t @ W_x.T) + S_previous @ W_s.T + b_s"},
            "The tanh closes too early: only the input is squashed. Its bracket holds all three.",
        ),
    )

    def draw(self, rng):
        B, D, H = sizes(rng, 3)
        return {
            "x_t": rng.normal(size=(B, D)),
            "S_previous": rng.normal(size=(B, H)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, H)) / 2,
            "b_s": rng.normal(size=H),
        }

    def reference(self, x_t, S_previous, W_x, W_s, b_s):
        cell = Elman.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s})
        return unroll(cell, x_t[None], S_previous).final_state[0]


class JordanStep(FunctionExercise):
    """Write one step of a Jordan network, whose memory is the output; return the state and the output."""

    number = "1.4"
    title = "One step of a Jordan network"
    difficulty = 2
    returns = ("S_t", "O_t")
    praise = "Only one thing has changed against Elman: what is put aside. It is O that goes on to the next step."
    hints = (
        "Two lines: first the state, from the input and the memory; then the output, from the state.",
        "The memory is O_{t-1}, of shape (B, O), and W_s has the shape (H, O). Which product gives (B, H)?",
        "The tanh belongs to the state. The output is read from it by W_o and b_o and is not squashed.",
    )

    @staticmethod
    def answer(x_t, O_previous, W_x, W_s, b_s, W_o, b_o):
        S_t = np.tanh(x_t @ W_x.T + O_previous @ W_s.T + b_s)
        O_t = S_t @ W_o.T + b_o
        return S_t, O_t

    mistakes = (
        Slip(
            {" + O_previous @ W_s.T": ""},
            "The memory plays no part: O_previous is not used. It enters the state through W_s.",
        ),
        Slip(
            {"O_t = S_t @ W_o.T + b_o": "O_t = np.tanh(S_t @ W_o.T + b_o)"},
            "The state is right; the output has been squashed as well. In the formula of O_t there is no f.",
        ),
        Slip({"np.tanh": ""}, "The activation is missing: S_t is f of the sum, and f is tanh here."),
        Slip(
            {"return S_t": "return x_t @ W_x.T + O_previous @ W_s.T + b_s"},
            "The output is right; as S_t you return the sum before the tanh.",
        ),
        Slip(
            {
                "S_t = np.tanh": "S_t = ",
                "O_t = S_t @": "O_t = np.tanh(S_t) @",
                "return S_t, O_t": "return S_t, np.tanh(O_t)",
            },
            "The tanh came a line too late. S_t itself is squashed, and the output is not.",
        ),
        Slip({" + b_s": ""}, "The bias b_s is missing. It is added before the tanh; b_o belongs to the output."),
        Slip({" + b_o": ""}, "The state is right; the bias b_o of the output is missing."),
        Slip({" + b_s)": ") + b_s"}, "The bias b_s is added after the tanh. It belongs inside, with the two products."),
        Slip(
            {"W_o.T + b_o": "W_o.T + b_o + O_previous"},
            "The state is right; the memory has been added to the output once more. It goes into the state alone.",
        ),
        Slip(
            {"O_previous @": "np.tanh(O_previous) @"},
            "The memory is squashed before it is used. It is a copy of the output, as it was said.",
        ),
        Slip(
            {"return S_t, O_t": "return S_t, O_previous"},
            "The state is right; the output you return is the old one. Read the new one from the new state.",
        ),
        Slip(
            {"O_t = S_t @ W_o.T + b_o": "O_t = np.exp(S_t @ W_o.T + b_o); O_t = O_t / O_t.sum(-1, keepdims=True)"},
            "The state is right; the output went through a softmax. What goes back into the memory is the output "
            "itself, as the formula of O_t has it.",
        ),
        Slip(
            {"O_previous @ W_s.T": "np.tanh(O_previous @ W_s.T)"},
            "What comes from the memory is squashed twice. One tanh is enough, around the sum of all three.",
        ),
        Slip(
            {"np.tanh(": "1 / (1 + np.exp(-(", " + b_s)": " + b_s)))"},
            "The activation is the sigmoid, which lies between 0 and 1. Here f is tanh.",
        ),
    )

    def draw(self, rng):
        B, D, H, O = sizes(rng, 4)
        return {
            "x_t": rng.normal(size=(B, D)),
            "O_previous": rng.normal(size=(B, O)),
            "W_x": rng.normal(size=(H, D)) / 2,
            "W_s": rng.normal(size=(H, O)) / 2,
            "b_s": rng.normal(size=H),
            "W_o": rng.normal(size=(O, H)) / 2,
            "b_o": rng.normal(size=O),
        }

    def reference(self, x_t, O_previous, W_x, W_s, b_s, W_o, b_o):
        cell = Jordan.from_params({"W_x": W_x, "W_s": W_s, "b_s": b_s, "W_o": W_o, "b_o": b_o})
        run = unroll(cell, x_t[None], O_previous)
        return run.trace.hidden[0], run.final_state[0]


rnn_step = RNNStep()
jordan_step = JordanStep()

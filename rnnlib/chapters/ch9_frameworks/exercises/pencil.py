"""Pencil work of chapter 9: what a default start of the forget gate keeps."""

import numpy as np

from rnnlib.judging import PencilExercise, Slip


class GateStart(PencilExercise):
    """An LSTM starts with its forget gate at sigmoid(bias): how much of the memory is left after 10 steps?

    Give it for a bias of 1, as in Keras, and for a bias of 0, about which PyTorch draws it; then the bias at which half
    is left after 10 steps.
    """

    number = "9.4"
    title = "What the default keeps"
    difficulty = 1
    names = ("left at bias 1", "left at bias 0", "bias for a half")
    tolerance = 0.0005
    praise = (
        "45 times as much is left after 10 steps, from one default. A port that overlooks it learns something else."
    )
    hints = (
        "Ten steps multiply the memory ten times by the gate: sigmoid(bias) to the power of 10.",
        "For the last: which gate has 0.5 as its tenth power? Then undo the sigmoid: bias = ln(gate / (1 − gate)).",
    )

    @staticmethod
    def answer():
        keras = (1 / (1 + np.exp(-1))) ** 10
        torch = 0.5**10
        gate = 0.5 ** (1 / 10)
        return keras, torch, np.log(gate / (1 - gate))

    mistakes = (
        Slip(
            {"(1 / (1 + np.exp(-1))) ** 10": "1 / (1 + np.exp(-1))"},
            "left at bias 1: that is the gate itself, what is left after one step. Ten steps multiply by it ten times.",
        ),
        Slip(
            {"(1 / (1 + np.exp(-1))) ** 10": "1 / (1 + np.exp(-10))"},
            "left at bias 1: that is sigmoid(10). The tenth power is taken of the gate, after the sigmoid.",
        ),
        Slip(
            {"(1 / (1 + np.exp(-1))) ** 10": "10 / (1 + np.exp(-1))"},
            "left at bias 1: ten steps multiply by the gate ten times; they do not add it ten times.",
        ),
        Slip({"torch = 0.5**10": "torch = 0"}, "left at bias 0: sigmoid(0) is not 0. It is a half, at each step."),
        Slip(
            {"torch = 0.5**10": "torch = 0.5"},
            "left at bias 0: a half is left after one step, and ten follow one another.",
        ),
        Slip(
            {"np.log(gate / (1 - gate))": "gate"},
            "The first two are right. The third is the gate; the bias is asked for, so undo the sigmoid.",
        ),
        Slip(
            {"np.log(gate / (1 - gate))": "np.log(gate)"},
            "The first two are right. The logarithm alone undoes the exponential. The sigmoid is undone by "
            "ln(gate / (1 − gate)).",
        ),
    )


gate_start = GateStart()

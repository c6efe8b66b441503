"""Pencil work of chapter 1: the all-ones network."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import PencilExercise, Slip
from rnnlib.unroll import unroll


class AllOnes(PencilExercise):
    """Run the all-ones network by hand over the inputs (2, 0), (1, 1), (0, 3): one entry of S_2, S_3 and O_3."""

    number = "1.1"
    title = "The all-ones network by hand"
    difficulty = 1
    names = ("S_2", "S_3", "O_3")
    praise = "The memory carries the past, and every passage through it doubles what it holds."
    hints = (
        "Both hidden units always have the same value, since all weights are equal. So one number a state is enough.",
        "Each hidden unit adds four numbers: the two of the input and the two of the memory.",
        "The memory holds the whole state of the step before: two numbers. S_1 is 2, so at step 2 the memory adds 4.",
    )

    @staticmethod
    def answer():
        S_1 = (2 + 0) + (0 + 0)
        S_2 = (1 + 1) + (S_1 + S_1)
        S_3 = (0 + 3) + (S_2 + S_2)
        O_3 = S_3 + S_3
        return S_2, S_3, O_3

    def reference(self):
        ones = {"W_x": np.ones((2, 2)), "W_s": np.ones((2, 2)), "b_s": np.zeros(2)}
        x = np.array([(2.0, 0.0), (1.0, 1.0), (0.0, 3.0)])
        states = unroll(Elman.from_params(ones, activation="linear"), x[:, None]).outputs[:, 0]
        return states[1, 0], states[2, 0], states[2].sum()

    mistakes = (
        Slip(
            {" + (S_1 + S_1)": "", " + (S_2 + S_2)": ""},
            "The memory was left out: these are the sums of the inputs alone, as in a network without memory. Each "
            "hidden unit also adds the two numbers in the memory, which hold the state of the step before.",
        ),
        Slip(
            {"(S_1 + S_1)": "S_1", "(S_2 + S_2)": "S_2"},
            "The memory went in only once. It holds two numbers, one for each hidden unit, and a hidden unit is "
            "connected to both. Count the arrows into one hidden unit in the stepper.",
        ),
        Slip(
            {"(S_2 + S_2)": "(S_1 + S_1)"},
            "At step 3 the memory still holds S_1. It is overwritten after every step: at step 3 it holds S_2. In the "
            "stepper this is the dashed copy.",
        ),
        Slip(
            {"O_3 = S_3 + S_3": "O_3 = S_3"},
            "The output adds both hidden units; only one of them went in.",
        ),
        Slip(
            {"(S_1 + S_1)": "4 * S_1", "(S_2 + S_2)": "4 * S_2"},
            "The outputs went into the memory, as in a Jordan network. Here the memory is a copy of the state. See "
            "the picture of the two networks under “A memory”.",
        ),
        Slip(
            {"(2 + 0)": "(0 + 3)", "(0 + 3)": "(2 + 0)"},
            "The inputs were read in the reverse order: this is right for (0, 3), (1, 1), (2, 0). The order matters.",
        ),
        Slip(
            {"(0 + 0)": "(1 + 1)"},
            "At step 1 the memory holds zeros. Yours seems to have held ones, or the first input already.",
        ),
        Slip(
            {"O_3 = S_3 + S_3": "O_3 = S_3 + S_3 + 3"},
            "The output is read from the hidden units alone; the input of the step went in too.",
        ),
        Slip(
            {"(1 + 1) +": "(1 * 1) +", "(0 + 3) +": "(0 * 3) +"},
            "The two inputs of a step were multiplied with one another. A unit adds what comes in: 1 times the one, "
            "and 1 times the other.",
        ),
        Slip(
            {"S_3 = (0 + 3) + (S_2 + S_2)": "S_3 = (0 + 3) + (S_2 + S_2) + (S_1 + S_1)"},
            "At step 3 the memory holds S_2 alone: S_1 was overwritten, and lives on inside S_2.",
        ),
    )


all_ones = AllOnes()

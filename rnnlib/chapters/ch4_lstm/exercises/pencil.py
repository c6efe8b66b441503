"""Pencil work of chapter 4: the memory cell."""

import numpy as np

from rnnlib.judging import PencilExercise, Slip

from ..explorers.cell import memory_cell, worked_inputs

HAND_INPUTS = np.array([(2, 1, 0), (5, -1, 0), (3, 1, 1), (4, 0, 1)], dtype=float)


class CellByHand(PencilExercise):
    """Give the memory after each of the four steps (2, 1, 0), (5, -1, 0), (3, 1, 1), (4, 0, 1), then the four outputs.

    The weights are those of the hand-worked cell, and it starts with an empty memory.
    """

    number = "4.1"
    title = "The memory cell by hand"
    difficulty = 1
    names = ("c_1", "c_2", "c_3", "c_4", "h_1", "h_2", "h_3", "h_4")
    praise = "Written, cleared, written again, kept; and shown only where x_3 calls for it."
    hints = (
        "x_2 = 1 writes x_1, x_2 = -1 clears, x_2 = 0 leaves the memory alone.",
        "x_3 = 1 opens the output gate. It does not change the memory.",
        "At the second step the input gate gets 100 times -1 minus 10: it is closed. And the forget gate?",
    )

    @staticmethod
    def answer():
        # memory after the step = forget gate * memory before + input gate * x_1
        c_1 = 1 * 0 + 1 * 2
        c_2 = 0 * c_1 + 0 * 5
        c_3 = 1 * c_2 + 1 * 3
        c_4 = 1 * c_3 + 0 * 4
        # output = output gate * memory
        return c_1, c_2, c_3, c_4, 0 * c_1, 0 * c_2, 1 * c_3, 1 * c_4

    def reference(self):
        run = memory_cell(**worked_inputs(HAND_INPUTS))
        return *run["c"], *run["h"]

    mistakes = (
        Slip(
            {
                "1 * 0 + 1 * 2": "0 * 0 + 1 * 2",
                "0 * c_1 + 0 * 5": "1 * c_1 + 0 * 5",
                "1 * c_2 + 1 * 3": "0 * c_2 + 1 * 3",
                "1 * c_3 + 0 * 4": "0 * c_3 + 0 * 4",
            },
            "You read an open forget gate as one that forgets. Open, near 1, it keeps the memory; closed, it loses it.",
        ),
        Slip(
            {"0 * c_1 + 0 * 5": "1 * c_1 + 0 * 5"},
            "At the second step you kept the memory. x_2 = -1 gives the forget gate 100 times -1 plus 10, far below "
            "zero, so it closes, and a closed forget gate loses the memory. See the section on the forget gate.",
        ),
        Slip(
            {"0 * c_1 + 0 * 5": "1 * c_1 + 1 * 5", "1 * c_2 + 1 * 3": "0 * c_2 + 1 * 8"},
            "At the second step you wrote x_1. The input gate gets 100 times -1 minus 10 there: it is closed, and the "
            "forget gate with it.",
        ),
        Slip(
            {"0 * c_1 + 0 * 5": "0 * c_1 + 1 * 5"},
            "At the second step the old memory goes, and nothing new comes: the input gate gets 100 times -1 minus 10, "
            "so it is closed too.",
        ),
        Slip(
            {"0 * c_1 + 0 * 5": "1 * c_1 + 1 * -5"},
            "At the second step x_1 was taken away from the memory. x_2 = -1 multiplies no memory: it closes both "
            "gates, so the memory is lost.",
        ),
        Slip(
            {"1 * c_3 + 0 * 4": "1 * c_3 + 1 * 4"},
            "At the fourth step you added x_1. With x_2 = 0 the input gate gets -10 and stays closed; x_3 opens "
            "only the output gate.",
        ),
        Slip(
            {"1 * c_3 + 0 * 4": "0 * c_3 + 1 * 4"},
            "At the fourth step you wrote x_1 over the memory. With x_2 = 0 nothing is written and nothing cleared.",
        ),
        Slip(
            {"1 * c_3 + 0 * 4": "0 * c_3 + 0 * 4"},
            "You cleared the memory after it was read. Reading does not erase: only x_2 = -1 does.",
        ),
        Slip(
            {"c_4, 0 * c_1, 0 * c_2": "c_4, 1 * c_1, 1 * c_2"},
            "The memory is right. The output is not the memory: it is what the output gate lets through, and x_3 is "
            "0 at the first step.",
        ),
        Slip(
            {"0 * c_2, 1 * c_3, 1 * c_4": "0 * c_2, 1 * c_2, 1 * c_3"},
            "The memory is right. The outputs show the memory before the step; it is written first, and then shown.",
        ),
        Slip(
            {"0 * c_2, 1 * c_3, 1 * c_4": "0 * c_2, 1 * 3, 1 * 4"},
            "The memory is right. The output at the fourth step shows x_1; the output gate lets the memory through.",
        ),
        Slip(
            {"0 * c_2, 1 * c_3, 1 * c_4": "0 * c_2, 1, 1"},
            "The memory is right. The outputs are the output gate itself; it is multiplied by the memory.",
        ),
    )


cell_by_hand = CellByHand()

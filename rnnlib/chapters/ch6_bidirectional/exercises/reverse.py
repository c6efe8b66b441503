"""Reversing a padded batch."""

import numpy as np

from rnnlib.judging import FunctionExercise, Mistake, Slip, sizes
from rnnlib.wrappers import reorder, reversed_order


class ReverseWithin(FunctionExercise):
    """Reverse each sequence of a padded batch x (T, B, D) within its length; leave the padding where it is."""

    number = "6.4"
    title = "Reverse within the lengths"
    difficulty = 2
    returns = ("reversed x",)
    praise = "Applied twice it gives back what came in, which is how the backward outputs are put in order again."
    hints = (
        "Go through the batch: sequence b fills the steps 0 to lengths[b] - 1 of column b.",
        "Copy x, and then write x[:n, b][::-1] into the first n steps of column b.",
    )

    @staticmethod
    def answer(x, lengths):
        result = x.copy()
        for b, n in enumerate(lengths):
            result[:n, b] = x[:n, b][::-1]
        return result

    mistakes = (
        Mistake(
            lambda x, lengths: x[::-1],
            "The whole row is reversed, so the padding comes first: the classic bug of this chapter. Each sequence "
            "has a length of its own.",
        ),
        Mistake(
            lambda x, lengths: x[:, ::-1],
            "The batch is reversed: the sequences changed places. Time is the first axis of x.",
        ),
        Mistake(
            lambda x, lengths: x[:, :, ::-1],
            "The features are reversed within each step. Time is the first axis of x, features are the last.",
        ),
        Slip(
            {"enumerate(lengths)": "enumerate([min(lengths)] * len(lengths))"},
            "Every sequence is reversed within the shortest length. Each has its own.",
        ),
        Slip(
            {"enumerate(lengths)": "enumerate([lengths[0]] * len(lengths))"},
            "Every sequence is reversed within the length of the first one. Each has its own: lengths[b].",
        ),
        Slip(
            {"[::-1]": ""},
            "Nothing has changed. In NumPy a slice like x[::-1] is a new view: it has to be written somewhere.",
        ),
        Slip(
            {"enumerate(lengths)": "enumerate(lengths - 1)"},
            "The last word of each sequence stays where it is. The slice x[:n] ends before index n, so it needs no "
            "minus 1.",
        ),
        Slip(
            {"enumerate(lengths)": "enumerate(np.minimum(lengths + 1, len(x)))"},
            "One step of padding is drawn in, and comes first. Sequence b ends at index lengths[b] - 1.",
        ),
        Slip(
            {"x.copy()": "0 * x"},
            "The sequences are right; the padding has become 0. Leave it as it is: begin with a copy of x.",
        ),
        Slip(
            {"x[:n, b][::-1]": "x[-n:, b][::-1]"},
            "You counted the length from the end of the row, where the padding is. A sequence fills the first n steps.",
        ),
        Slip(
            {"result[:n, b] =": "result[-n:, b] ="},
            "The reversed words are at the end of the row. They stay in the first n steps, and the padding after them.",
        ),
        Slip(
            {"x[:n, b][::-1]": "result[:n, b][np.minimum(np.arange(n), n - 1 - np.arange(n))]"},
            "The second half of each sequence mirrors the first: values were overwritten before they had been read. "
            "Read "
            "from x and write into a copy.",
        ),
        Slip(
            {"result[:n, b] = x[:n, b][::-1]": "result[b, :n] = x[b, :n][::-1]"},
            "The two axes are taken for one another: x is (T, B, D), so sequence b is x[:, b].",
        ),
    )

    def draw(self, rng):
        B, D = sizes(rng, 2, least=3)
        T = B + int(rng.integers(2, 5))
        lengths = np.append(rng.permutation(np.arange(2, T))[: B - 1], T)
        return {"x": rng.normal(size=(T, B, D)), "lengths": rng.permutation(lengths)}

    def reference(self, x, lengths):
        return reorder(x, reversed_order(*x.shape[:2], lengths))


reverse_within = ReverseWithin()

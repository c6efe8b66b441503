"""What a language model reads, and what it should say."""

import numpy as np

from rnnlib.cells import Elman
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.sampling import one_hot_inputs


class Shift(FunctionExercise):
    """Make inputs and targets of a text (T, B) of whole numbers: x (T, B, V), one-hot, and the targets (T, B).

    At each step the target is the word of the text and the input is the word before it; at the first step, where
    there is none, the input is zeros.
    """

    number = "8.3"
    title = "The text, one step later"
    difficulty = 1
    returns = ("x", "targets")
    praise = "The text is its own teacher: nobody had to label a word."
    hints = (
        "np.eye(V)[k] is the one-hot row of the word k; with an array of words it gives one row for each.",
        "Begin with x = np.zeros((T, B, V)). Which part of it is filled by which part of the text?",
        "x[1:] holds the steps from the second on. They read text[:-1], all words but the last.",
    )

    @staticmethod
    def answer(text, V):
        x = np.zeros((*text.shape, V))
        x[1:] = np.eye(V)[text[:-1]]
        return x, text

    mistakes = (
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x[:] = np.eye(V)[text]"},
            "Nothing is shifted: each step reads the very word that it should say, so copying is enough.",
        ),
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x[:-1] = np.eye(V)[text[1:]]"},
            "Shifted the wrong way: each step reads the word after the one it should say.",
        ),
        Slip(
            {"return x, text": "return x, np.concatenate((text[1:], text[:1]))"},
            "Inputs and targets are both shifted, so the word after the next is wanted. One shift is enough.",
        ),
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x[:] = np.eye(V)[np.concatenate((text[-1:], text[:-1]))]"},
            "The first step reads the last word of the text, which nobody has said yet: np.roll brings round what "
            "falls off at the end.",
        ),
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x[:] = np.eye(V)[np.concatenate((text[:1], text[:-1]))]"},
            "The first step reads the first word, the one it should say. Before it there is nothing: zeros.",
        ),
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x[:, 1:] = np.eye(V)[text[:, :-1]]"},
            "The shift goes from text to text, over the batch. Time is the first axis.",
        ),
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x = np.eye(V)[text[:-1]]", "return x, text": "return x, text[1:]"},
            "The shift is right, but a step is missing: here the first word should be predicted as well, from zeros.",
        ),
        Slip(
            {"x[1:] = np.eye(V)[text[:-1]]": "x[1:] = text[:-1, :, None]"},
            "The inputs hold the numbers of the words. The number 7 is not seven times the number 1: each word needs a "
            "place of its own, one-hot.",
        ),
    )

    def draw(self, rng):
        T, B, V = sizes(rng, 3, least=3)
        return {"text": rng.integers(V, size=(T, B)), "V": V}

    def reference(self, text, V):
        reader = Elman(max(V, int(text.max()) + 1), 1, rng=np.random.default_rng(0))
        return one_hot_inputs(text[:-1], reader)[..., :V], text


shift = Shift()

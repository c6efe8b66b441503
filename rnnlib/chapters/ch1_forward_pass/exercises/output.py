"""From outputs to probabilities."""

import numpy as np

from rnnlib.activations import softmax
from rnnlib.judging import FunctionExercise, Slip, sizes


class Temperature(FunctionExercise):
    """Turn outputs O_t (B, O) into probabilities (B, O) at a temperature: each row sums to 1."""

    number = "1.5"
    title = "Probabilities at a temperature"
    difficulty = 1
    returns = ("p_t",)
    praise = "Dividing the scores by the temperature flattens or sharpens them; the softmax does the rest."
    hints = (
        "The temperature acts on the scores, before the exponential.",
        "Each row is one distribution: the sum in the denominator runs over the last axis, axis=-1.",
        "keepdims=True lets a sum of shape (B, 1) divide an array of shape (B, O).",
    )

    @staticmethod
    def answer(O_t, temperature):
        e = np.exp(O_t / temperature)
        return e / e.sum(axis=-1, keepdims=True)

    mistakes = (
        Slip(
            {" / temperature": ""},
            "This is the plain softmax. The temperature is not used, or it is in both numerator and denominator and "
            "cancels.",
        ),
        Slip(
            {"/ temperature": "* temperature"},
            "The scores are multiplied by the temperature, so a high temperature makes the network surer. It should "
            "be the other way round. See “One step of a language model”.",
        ),
        Slip(
            {" / temperature": "", "keepdims=True)": "keepdims=True) / temperature"},
            "The division comes too late: after the softmax it only makes the rows sum to something other than 1.",
        ),
        Slip(
            {"/ e.sum": "/ np.exp(O_t).sum"},
            "The temperature is in the numerator alone, so the rows do not sum to 1. The denominator is the sum of "
            "the very numbers in the numerator.",
        ),
        Slip(
            {" / e.sum(axis=-1, keepdims=True)": ""},
            "These are the exponentials. They are positive, but they do not sum to 1 yet.",
        ),
        Slip(
            {"axis=-1": "axis=0"},
            "The columns sum to 1, not the rows: the sum runs over the batch. Which axis holds the words?",
        ),
        Slip(
            {"axis=-1, keepdims=True": ""},
            "All numbers of the batch together sum to 1. Each row is a distribution of its own: a sum without axis "
            "adds up everything.",
        ),
        Slip(
            {"return e / e.sum(axis=-1, keepdims=True)": "return np.log(e / e.sum(axis=-1, keepdims=True))"},
            "These are the logarithms of the probabilities, and negative. The probabilities themselves are wanted.",
        ),
        Slip(
            {"np.exp": ""},
            "The scores are divided by their sum, without an exponential. A score can be negative, a probability "
            "cannot: the exponential makes it positive first.",
        ),
        Slip(
            {"O_t / temperature": "-O_t / temperature"},
            "A minus sign has come in: the word with the highest score gets the lowest probability.",
        ),
        Slip(
            {"return e / e.sum(axis=-1, keepdims=True)": "return 1 / (1 + 1 / e)"},
            "This is the sigmoid of each score: every word is judged by itself, and a row does not sum to 1. The "
            "words share one probability among them.",
        ),
        Slip(
            {"e.sum": "e.max"},
            "The row is divided by its largest entry, so the likeliest word has probability 1. Divide by the sum.",
        ),
        Slip(
            {"return e / e.sum(axis=-1, keepdims=True)": "return (e == e.max(axis=-1, keepdims=True)).astype(float)"},
            "Here the likeliest word takes all, as at temperature 0. The others keep a share.",
        ),
    )

    def draw(self, rng):
        B, O = sizes(rng, 2)
        return {"O_t": rng.normal(size=(B, O)), "temperature": rng.choice([0.4, 0.7, 1.8, 2.5]) + rng.uniform(0, 0.2)}

    def reference(self, O_t, temperature):
        return softmax(O_t / temperature)


temperature = Temperature()

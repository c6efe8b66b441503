"""Pencil work of chapter 8: perplexity, and the entropy of a grammar."""

import numpy as np

from rnnlib.judging import PencilExercise, Slip
from rnnlib.losses import softmax_cross_entropy


class ByHand(PencilExercise):
    """A model gives the four words of a sentence the probabilities 1/2, 1/4, 1 and 1/8: its perplexity?

    Then a grammar: A is "b" with probability 1/2, and "a A" with probability 1/2. The entropy of what A can say, in
    nats (ln 2 = 0.693), and its mean number of words?
    """

    number = "8.1"
    title = "Perplexity and entropy by hand"
    difficulty = 1
    names = ("perplexity", "entropy of A", "mean length of A")
    praise = "Perplexity counts the words a model cannot decide between; entropy says how few it can be."
    hints = (
        "In powers of 2 the surprises are 1, 2, 0 and 3. Their mean is the power of 2 that you look for.",
        "Drawing a way of A costs ln 2. Half of the time there is another A to draw: H = ln 2 + H / 2.",
        "The length in the same way: one word for certain, and half of the time another A.",
    )

    @staticmethod
    def answer():
        surprises = np.log([2, 4, 1, 8])
        # H = ln 2 + H/2,  L = 1 + L/2
        H, L = np.log(2) / (1 - 1 / 2), 1 / (1 - 1 / 2)
        return np.exp(surprises.mean()), H, L

    def reference(self):
        p = np.array([1 / 2, 1 / 4, 1, 1 / 8])
        outputs = np.log(np.stack((p, 1 - p + 1e-300), axis=-1))[:, None]
        loss, _ = softmax_cross_entropy(outputs, np.zeros((4, 1), dtype=int))
        # A says n times "a" and then "b", with probability 2^-(n+1)
        n = np.arange(60)
        return np.exp(loss / 4), np.sum((n + 1) * np.log(2) / 2.0 ** (n + 1)), np.sum((n + 1) / 2.0 ** (n + 1))

    mistakes = (
        Slip(
            {"np.exp(surprises.mean())": "surprises.mean()"},
            "This is the mean surprise in nats. The perplexity is e to this power.",
        ),
        Slip(
            {"np.exp(surprises.mean())": "np.log2([2, 4, 1, 8]).mean()"},
            "This is the mean surprise in bits. The perplexity is 2 to this power.",
        ),
        Slip(
            {"np.exp(surprises.mean())": "np.exp(np.log2([2, 4, 1, 8]).mean())"},
            "The surprises were taken in bits and the power to the base e. Take the same base twice.",
        ),
        Slip(
            {"[2, 4, 1, 8]": "[2, 4, 8]"},
            "The word that was certain was left out of the mean. Its surprise is 0, and it counts as a word.",
        ),
        Slip(
            {"np.exp(surprises.mean())": "np.exp(surprises).mean()"},
            "You took the mean of 2, 4, 1 and 8. Probabilities of words in a row are multiplied, so the mean is taken "
            "of the logarithms.",
        ),
        Slip(
            {"surprises.mean()": "surprises.sum()"},
            "This is one over the probability of the whole sentence. Perplexity is for one word: divide the sum by 4 "
            "before e is raised to it.",
        ),
        Slip(
            {"np.exp(surprises.mean())": "1 / np.mean([1 / 2, 1 / 4, 1, 1 / 8])"},
            "You took the mean of the probabilities. The mean is taken of their logarithms.",
        ),
        Slip(
            {"np.log(2) / (1 - 1 / 2)": "np.log(2)"},
            "ln 2 is the entropy of the first choice alone. Half of the time there is another A, with choices of its "
            "own.",
        ),
        Slip(
            {"np.log(2) / (1 - 1 / 2)": "2.0"},
            "The entropy is right in bits. In nats each choice between two costs ln 2.",
        ),
        Slip(
            {", 1 / (1 - 1 / 2)": ", 1.5"},
            "You counted one A more and then stopped: 1 + 1/2. That A can hold another one, and so on: L is on "
            "both sides of its equation.",
        ),
        Slip(
            {", 1 / (1 - 1 / 2)": ", 1.0"},
            'The mean length counts the number of "a" alone; the "b" at the end is a word too.',
        ),
    )


by_hand = ByHand()

"""From the probabilities of words to a perplexity."""

import numpy as np

from rnnlib.judging import FunctionExercise, Slip
from rnnlib.losses import softmax_cross_entropy


class Perplexity(FunctionExercise):
    """The perplexity of a model on requests of different lengths.

    p (T, B) holds the probability that the model gave to the word that came; of request b the first lengths[b] steps
    count, the rest is padding.
    """

    number = "8.2"
    title = "Perplexity"
    difficulty = 2
    returns = ("perplexity",)
    praise = "Every word counts once, padding not at all, and the mean is taken of the logarithms."
    hints = (
        "The loss of a word is -ln p. Take the mean over the words that count, and exp of that mean.",
        "np.arange(T)[:, None] < lengths is a (T, B) array that is True where a step counts.",
        "An array indexed with such a mask gives the entries where it is True, in one row: array[mask].mean().",
    )

    @staticmethod
    def answer(p, lengths):
        counts = np.arange(len(p))[:, None] < lengths
        loss = -np.log(p[counts]).mean()
        return np.exp(loss)

    mistakes = (
        Slip({"p[counts]": "p"}, "The padding is counted too. Only the first lengths[b] steps of request b are words."),
        Slip(
            {"return np.exp(loss)": "return loss"},
            "This is the mean loss, in nats. The perplexity is exp of it.",
        ),
        Slip(
            {"-np.log(p[counts]).mean()": "-np.log2(p[counts]).mean()"},
            "The logarithm is to the base 2 and the power to the base e. Take the same base twice.",
        ),
        Slip(
            {"-np.log(p[counts])": "np.log(p[counts])"},
            "The sign is missing, so it is smaller than 1: one over the perplexity.",
        ),
        Slip(
            {"-np.log(p[counts]).mean()": "np.log((1 / p[counts]).mean())"},
            "This is the mean of 1/p. One word with a tiny probability would decide alone. The mean is taken of the "
            "logarithms.",
        ),
        Slip(
            {"np.log(p[counts]).mean()": "np.log(p[counts].mean())"},
            "The mean is taken before the logarithm. The loss of each word is -ln p, and the mean is taken of those.",
        ),
        Slip(
            {".mean()": ".sum() / p.size"},
            "The sum is divided by all steps, padding included. Divide by the number of words that count.",
        ),
        Slip(
            {".mean()": ".sum() / len(lengths)"},
            "The loss is divided by the number of requests: this is a whole request's. Perplexity is for one word.",
        ),
        Slip(
            {"-np.log(p[counts]).mean()": "np.mean([-np.log(p[:n, b]).mean() for b, n in enumerate(lengths)])"},
            "Each request has the same weight here, the short ones too. Each word should have.",
        ),
        Slip(
            {"< lengths": "<= lengths"},
            "One step too many counts in each request: steps are counted from 0, so the last word is at "
            "lengths[b] - 1.",
        ),
        Slip(
            {"< lengths": "< lengths - 1"},
            "The last word of each request is left out. The end has to be predicted as well.",
        ),
        Slip(
            {".mean()": ".sum()"},
            "This is exp of the sum: one over the probability of the whole batch. Perplexity is for one word, so take "
            "the mean.",
        ),
        Slip(
            {"return np.exp(loss)": "return 2**loss"},
            "The logarithm is to the base e and the power to the base 2. Take the same base twice.",
        ),
        Slip(
            {"np.exp(loss)": "np.mean([np.exp(-np.log(p[:n, b]).mean()) for b, n in enumerate(lengths)])"},
            "This is the mean of the perplexities of the requests. Take one mean, over the losses of all words, and "
            "exp last.",
        ),
    )

    def draw(self, rng):
        B, T = int(rng.integers(3, 6)), int(rng.integers(8, 11))
        return {"p": rng.uniform(0.05, 0.95, size=(T, B)), "lengths": rng.permutation(np.arange(2, T))[:B]}

    def reference(self, p, lengths):
        outputs = np.log(np.stack((p, np.maximum(1 - p, 1e-12)), axis=-1))
        mask = np.arange(len(p))[:, None] < lengths
        loss, _ = softmax_cross_entropy(outputs, np.zeros(p.shape, dtype=int), mask)
        return np.exp(loss / mask.sum())


perplexity = Perplexity()

"""Worked out by hand."""

import numpy as np

from rnnlib.attention import DotAttention, attend
from rnnlib.judging import Mistake, PencilExercise

HAND_MEMORY = np.array([(2.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
HAND_QUERY = np.array([np.log(2.0), 0.0])


class AttentionByHand(PencilExercise):
    """Give the three weights and the two numbers of the context, for m_1 = (2, 0), m_2 = (0, 1), m_3 = (1, 1).

    The query is q = (ln 2, 0), the attention is dot attention.
    """

    number = "7.3"
    title = "Attention by hand"
    difficulty = 1
    names = ("w_1", "w_2", "w_3", "c_1", "c_2")
    praise = "The weights are 4, 1 and 2 sevenths: each score of ln 2 more doubles the weight."
    hints = (
        "First the scores, q^T m_s: only the first number of each memory vector counts here, times ln 2.",
        "Then exp of each score. exp(ln 2) = 2 and exp(2 ln 2) = 4. What do the three add up to?",
        "The context is the sum of the memory vectors, each times its weight.",
    )

    @staticmethod
    def answer():
        powers = [4, 1, 2]  # exp(2 ln 2), exp(0), exp(ln 2)
        w = [power / 7 for power in powers]
        return [*w, 2 * w[0] + w[2], w[1] + w[2]]

    def reference(self):
        attended = attend(DotAttention(), HAND_QUERY[None, None], HAND_MEMORY[:, None])
        return [*attended.weights[0, 0], *attended.context[0, 0]]

    mistakes = (
        Mistake(
            lambda: [2 * np.log(2), 0, np.log(2), 5 * np.log(2), np.log(2)],
            "These are the scores. The weights are their softmax: exp of each, divided by the sum of the three.",
        ),
        Mistake(
            lambda: [2 / 3, 0, 1 / 3, 5 / 3, 1 / 3],
            "You divided the scores by their sum. Softmax takes exp of each score first; a score of 0 does not mean "
            "a weight of 0.",
        ),
        Mistake(
            lambda: [4, 1, 2, 10, 3],
            "These are the exponentials. The weights add up to 1: divide by the sum of the three.",
        ),
        Mistake(
            lambda: [4 / 7, 1 / 7, 2 / 7, 2, 0],
            "The context is not the memory vector with the largest weight, but the mean of all "
            "three under the weights.",
        ),
        Mistake(
            lambda: [4 / 7, 1 / 7, 2 / 7, 1, 2 / 3],
            "In the context each memory vector counts by its weight; you took the plain mean.",
        ),
        Mistake(
            lambda: [4 / 7, 1 / 7, 2 / 7, 10, 3],
            "For the context you used 4, 1 and 2; the sum has to be divided by 7 there as well.",
        ),
        Mistake(
            lambda: [2 * np.log(2), 0, np.log(2), 10 / 7, 3 / 7],
            "These are the scores, q · m. Weights are what softmax makes of them: positive, and with the sum 1.",
        ),
    )


attention_by_hand = AttentionByHand()

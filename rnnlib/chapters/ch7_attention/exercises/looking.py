"""Attention, forward: weights from scores, contexts from weights."""

import numpy as np

from rnnlib.activations import softmax
from rnnlib.attention import DotAttention, attend
from rnnlib.judging import FunctionExercise, Slip, sizes

# a piece of the solution of exercise 7.4
LARGEST = " - scores.max(axis=-1, keepdims=True)"


class AttentionWeights(FunctionExercise):
    """Turn scores (T, B, S) into weights (T, B, S): softmax over the S memory vectors, with the padding left out.

    lengths (B,) says how many of the memory vectors of each sequence are real; the others get the weight 0.
    """

    number = "7.4"
    title = "Weights that ignore the padding"
    difficulty = 2
    returns = ("weights",)
    praise = "Each row adds up to 1 over what is real. A score of minus infinity is a weight of exactly 0."
    hints = (
        "Which places are real? np.arange(S) < lengths[:, None] is a (B, S) array of True and False.",
        "np.where(real, scores, -np.inf) gives the padding a score whose exponential is 0. Do it before the softmax.",
        "Subtract the largest score of each row before exp: it changes nothing, and no exponential overflows.",
        "Softmax along the last axis: divide by .sum(axis=-1, keepdims=True).",
    )

    @staticmethod
    def answer(scores, lengths):
        real = np.arange(scores.shape[-1]) < lengths[:, None]
        scores = np.where(real, scores, -np.inf)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    mistakes = (
        Slip(
            {"np.where(real, scores, -np.inf)": "scores"},
            "The padding gets weights too. lengths plays no part in your answer: the scores behind the length have to "
            "be taken out.",
        ),
        Slip(
            {"-np.inf": "0"},
            "The scores of the padding are set to 0. exp(0) is 1, so it still gets a weight. Which score has the "
            "exponential 0?",
        ),
        Slip(
            {
                "np.where(real, scores, -np.inf)": "scores",
                "powers / powers.sum(axis=-1, keepdims=True)": "powers / powers.sum(axis=-1, keepdims=True) * real",
            },
            "The padding has the weight 0, but what is left adds up to less than 1: it was taken out after the "
            "softmax. Take it out before.",
        ),
        *(
            Slip(
                {"axis=-1": f"axis={axis}", **others},
                f"Your softmax runs over {over}. For each step of each sequence the weights have to add up to 1 over "
                f"the memory, the last axis. {more}",
            )
            for axis, over in ((0, "the steps t of the decoder"), (1, "the sequences of the batch"))
            for others, more in (
                ({}, "Where there is nothing but padding, 0 is divided by 0."),
                ({"-np.inf": "-1e30"}, "A very low score for the padding will do."),
                ({LARGEST: ""}, "And subtract the largest score first: np.exp overflows."),
            )
        ),
        *(
            Slip(
                {
                    "np.where(real, scores, -np.inf)": "scores",
                    "powers / powers": "real * powers / (real * powers)",
                    **largest,
                },
                f"You take the padding out after np.exp. With small scores that is right, with large ones {ends}. Take "
                "it out before.",
            )
            for largest, ends in (
                ({}, "the padding can have all of the weight, and then 0 is divided by 0"),
                ({LARGEST: ""}, "np.exp overflows"),
            )
        ),
        Slip(
            {LARGEST: ""},
            "With small scores it is right. With large ones np.exp overflows: exp(800) is more than float64 can hold. "
            "Subtract the largest score of each row first.",
        ),
        Slip(
            {"np.exp(scores - scores.max(axis=-1, keepdims=True))": "np.where(real, scores, 0)"},
            "The scores are divided by their sum, so that a score below zero becomes a weight below zero. np.exp makes "
            "every score positive first.",
        ),
        Slip(
            {"< lengths": "<= lengths"},
            "One place too many is taken for real. With counting from 0, the places 0 to lengths - 1 are real.",
        ),
        Slip(
            {"lengths[:, None]": "(lengths[:, None] - 1)"},
            "The last real place is left out. With counting from 0, the places 0 to lengths - 1 are real.",
        ),
        Slip(
            {"lengths[:, None]": "lengths.min()"},
            "Every sequence is cut at the shortest length. Each has its own.",
        ),
        Slip(
            {"real, scores, -np.inf": "real, 0 * scores, -np.inf"},
            "Every real place gets the same weight: the scores play no part.",
        ),
        Slip(
            {" / powers.sum(axis=-1, keepdims=True)": ""},
            "The exponentials are not yet weights: each row has to be divided by its sum.",
        ),
        Slip(
            {"real, scores": "~real, scores"},
            "The wrong half is kept: the padding has weights, and the real places have none.",
        ),
    )

    def draw(self, rng):
        T, B = sizes(rng, 2)
        S = B + int(rng.integers(2, 5))
        return {"scores": 3 * rng.normal(size=(T, B, S)), "lengths": rng.permutation(np.arange(1, S))[:B]}

    def cases(self, seed=None):
        # scores whose exponentials overflow
        *first, last = super().cases(seed)
        return [*first, last | {"scores": 400 * last["scores"]}]

    def reference(self, scores, lengths):
        # dot attention over the unit vectors: the score of memory s is the s-th number of the query
        S, B = scores.shape[-1], scores.shape[1]
        memory = np.repeat(np.eye(S)[:, None], B, axis=1)
        return attend(DotAttention(), scores, memory, lengths).weights


class Context(FunctionExercise):
    """From weights (T, B, S) and memory (S, B, N) make the contexts (T, B, N): c_t = sum over s of w_ts m_s."""

    number = "7.5"
    title = "The context vectors"
    difficulty = 2
    returns = ("context",)
    praise = "One weighted mean for every step and every sequence, without a loop."
    hints = (
        "Write it with loops over t and b first: context[t, b] = weights[t, b] @ memory[:, b].",
        "np.einsum needs a letter for each axis: weights are tbs, memory is sbn, the result is tbn.",
    )

    @staticmethod
    def answer(weights, memory):
        return np.einsum("tbs,sbn->tbn", weights, memory)

    mistakes = (
        Slip(
            {"sbn->tbn": "scn->tbn"},
            "The memories of all sequences are mixed into each context. Sequence b may look at the memory of sequence "
            "b alone: the letter b has to be in both.",
        ),
        Slip(
            {"tbn": "tn"},
            "The contexts of all sequences are added up. Each sequence has its own: b has to be in the result.",
        ),
        Slip(
            {'tbn", weights, memory)': 'tbn", np.eye(weights.shape[-1])[weights.argmax(axis=-1)], memory)'},
            "Each context is the memory vector with the largest weight. Attention takes all of them, each by its "
            "weight: an argmax has no gradient.",
        ),
        Slip(
            {'tbn", weights': 'tbn", np.ones_like(weights) / weights.shape[-1]'},
            "Each context is the plain mean of the memory; the weights play no part.",
        ),
        Slip(
            {'tbn", weights, memory)': 'tbn", weights, memory) / weights.shape[-1]'},
            "The sum is divided by S once more. The weights add up to 1 already, so the sum is the mean.",
        ),
        Slip(
            {"->tbn": "->sbn"},
            "The sum runs over t, and there is one vector for each place of the memory. A context belongs to a step t: "
            "sum over s.",
        ),
        Slip(
            {"->tbn": "->tbsn"},
            "The products w_ts m_s are right, and not yet added up: the sum over s is missing.",
        ),
        Slip(
            {'tbn", weights, memory)': 'tbn", weights, memory[::-1])'},
            "The memory is read from its end: the weight of place s meets the vector of another place.",
        ),
    )

    def draw(self, rng):
        T, B, S, N = sizes(rng, 4)
        return {"weights": softmax(2 * rng.normal(size=(T, B, S))), "memory": rng.normal(size=(S, B, N))}

    def reference(self, weights, memory):
        return attend(DotAttention(), *with_unit_vectors(weights, memory)).context[..., memory.shape[0] :]


def with_unit_vectors(weights, memory):
    """Queries ``(T, B, S+N)`` and a memory ``(S, B, S+N)`` for which dot attention has these very weights.

    The memory begins with the unit vectors and the query with the logarithms of the weights.
    """
    S, B, N = memory.shape
    places = np.repeat(np.eye(S)[:, None], B, axis=1)
    queries = np.concatenate((np.log(weights), np.zeros((*weights.shape[:2], N))), axis=-1)
    return queries, np.concatenate((places, memory), axis=-1)


attention_weights = AttentionWeights()
context = Context()

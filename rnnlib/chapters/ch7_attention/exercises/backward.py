"""Attention, backward."""

import numpy as np

from rnnlib.activations import softmax
from rnnlib.attention import DotAttention, attend, attend_back
from rnnlib.judging import FunctionExercise, Slip, sizes

from .looking import with_unit_vectors


class AttentionBack(FunctionExercise):
    """Go backward through c_t = sum_s w_ts m_s and w_t = softmax(scores_t).

    From dL/dc (T, B, N) to dL/dscores (T, B, S), and to the part of dL/dm (S, B, N) that comes through the sum.
    """

    number = "7.6"
    title = "Backward through the weights"
    difficulty = 3
    returns = ("d_scores", "d_memory")
    praise = "The scores of a row only compete: the gradients of each row add up to 0."
    hints = (
        "First the gradient at the weights: dL/dw_ts is the inner product of dL/dc_t with m_s.",
        "Softmax backward: d_scores = w * (d_w - something that is the same for the whole row).",
        "That something is the sum over s of w_ts * d_w_ts.",
        "m_s is in every c_t: its gradient is the sum over t of w_ts dL/dc_t.",
    )

    @staticmethod
    def answer(d_context, weights, memory):
        d_weights = np.einsum("tbn,sbn->tbs", d_context, memory)
        mean = (weights * d_weights).sum(axis=-1, keepdims=True)
        d_scores = weights * (d_weights - mean)
        d_memory = np.einsum("tbs,tbn->sbn", weights, d_context)
        return d_scores, d_memory

    mistakes = (
        Slip(
            {"weights * (d_weights - mean)": "d_weights"},
            "Your d_scores is the gradient at the weights. One step is missing: backward through the softmax.",
        ),
        Slip(
            {"(d_weights - mean)": "d_weights"},
            "In the softmax a part is missing: raising one score lowers the weights of all others, because they share "
            "the sum below the line.",
        ),
        Slip(
            {"(d_weights - mean)": "(1 - weights) * d_weights"},
            "w (1 - w) is the slope of a sigmoid. In a softmax each weight depends on every score, not on its own "
            "alone.",
        ),
        Slip(
            {"(weights * d_weights).sum(": "d_weights.mean("},
            "You subtract the plain mean of d_w over the row. It has to be the mean under the weights.",
        ),
        Slip(
            {"(weights * d_weights).sum(": "d_weights.sum("},
            "You subtract the plain sum of d_w over the row. It has to be the mean under the weights: each d_w times "
            "its weight.",
        ),
        Slip(
            {"weights * (d_weights - mean)": "d_weights - mean"},
            "d_scores lacks a factor: the weight of the place itself, in front of the bracket.",
        ),
        Slip(
            {"weights * (d_weights - mean)": "weights * d_weights - mean"},
            "The brackets are missing: the mean is multiplied by the weight as well.",
        ),
        Slip(
            {"axis=-1": "axis=0"},
            "The sum in the softmax runs over the steps t. Each step has a softmax of its own, over the places s.",
        ),
        Slip(
            {"axis=-1": "axis=1"},
            "The sum in the softmax runs over the batch. Each sequence has a softmax of its own, over the places s.",
        ),
        Slip(
            {"d_weights - mean": "d_weights + mean"},
            "The sign in the bracket is wrong: what one score gains, the others lose.",
        ),
        Slip(
            {'->sbn", weights': '->sbn", np.ones_like(weights)'},
            "d_scores is right. d_memory adds up dL/dc over the steps without the weights: a place that nobody looked "
            "at has no part in the contexts.",
        ),
        Slip(
            {'->sbn", weights': '->sbn", d_scores'},
            "d_scores is right. In d_memory the weights say how much of m_s is in c_t; you used the gradient "
            "at the scores. (What comes through the scores is left to the backward pass of the score.)",
        ),
    )

    def draw(self, rng):
        T, B, S, N = sizes(rng, 4)
        weights = softmax(2 * rng.normal(size=(T, B, S)))
        return {"d_context": rng.normal(size=(T, B, N)), "weights": weights, "memory": rng.normal(size=(S, B, N))}

    def reference(self, d_context, weights, memory):
        # the gradient at the logarithms in the query is that at the scores
        S = memory.shape[0]
        attended = attend(DotAttention(), *with_unit_vectors(weights, memory))
        padded = np.concatenate((np.zeros((*d_context.shape[:2], S)), d_context), axis=-1)
        gradients = attend_back(DotAttention(), attended, padded)
        return gradients.queries[..., :S], gradients.memory[..., S:]


attention_back = AttentionBack()

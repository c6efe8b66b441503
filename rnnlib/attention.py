"""Attention: a query looks over a memory and takes a weighted mean of it.

context_t = sum_s w_ts m_s with w_t = softmax over s of score(q_t, m_s). All queries are served at once: where a
decoder's states are the queries, attention comes after its run (Luong, Pham & Manning 2015).
"""

from typing import NamedTuple

import numpy as np

from .activations import softmax
from .cells.base import outer_sum
from .checks import check_array, check_dtype, check_lengths, check_rng, check_size
from .describe import call_text, fields_text
from .initializers import scaled_normal


class DotAttention:
    """score(q, m) = q^T m: no parameters, and queries and memory of one size (Luong, Pham & Manning 2015)."""

    def __init__(self):
        self.params = {}

    def __repr__(self):
        return call_text(self)

    def score(self, queries, memory):
        """The scores ``(T, B, S)`` of queries ``(T, B, N)`` and memory ``(S, B, N)``, and what the way back needs."""
        # all products q_t^T m_s: (B, T, N) times (B, N, S)
        return (queries.swapaxes(0, 1) @ memory.transpose(1, 2, 0)).swapaxes(0, 1), ()

    def score_back(self, d_scores, queries, memory, trace):
        """From the gradient of the scores to those of the parameters, by name, of the queries and of the memory."""
        # dq_t = sum_s dscore_ts m_s;   dm_s = sum_t dscore_ts q_t
        d_queries = (d_scores.swapaxes(0, 1) @ memory.swapaxes(0, 1)).swapaxes(0, 1)
        d_memory = (d_scores.transpose(1, 2, 0) @ queries.swapaxes(0, 1)).swapaxes(0, 1)
        return {}, d_queries, d_memory


class AdditiveAttention:
    """score(q, m) = v^T tanh(W_q q + W_m m), a small network of A hidden units (Bahdanau, Cho & Bengio 2015).

    Parameters: ``W_q (A, M)``, ``W_m (A, N)``, ``v (A,)`` for queries of size M and a memory of size N.
    """

    def __init__(self, query_size, memory_size, size, *, rng, dtype=np.float64):
        """Draw the weights from scaled normals. ``query_size`` is M, ``memory_size`` is N, ``size`` is A.

        Raises TypeError or ValueError for sizes that are not positive whole numbers, for a ``rng`` that is not a
        generator, and for a dtype other than float64 and float32.
        """
        sizes = {"query_size": query_size, "memory_size": memory_size, "size": size}
        M, N, A = (check_size(*item) for item in sizes.items())
        check_rng("rng", rng)
        dtype = check_dtype("dtype", dtype)
        drawn = {"W_q": scaled_normal(rng, A, M), "W_m": scaled_normal(rng, A, N), "v": scaled_normal(rng, 1, A)[0]}
        self.params = {name: value.astype(dtype) for name, value in drawn.items()}

    def __repr__(self):
        (A, M), N = self.params["W_q"].shape, self.params["W_m"].shape[1]
        return call_text(self, M=M, N=N, A=A)

    def score(self, queries, memory):
        """The scores ``(T, B, S)`` of queries ``(T, B, M)`` and memory ``(S, B, N)``, and what the way back needs."""
        # e_ts = tanh(W_q q_t + W_m m_s), (T, B, S, A);   score_ts = v^T e_ts
        from_memory = (memory @ self.params["W_m"].T).swapaxes(0, 1)
        e = np.tanh((queries @ self.params["W_q"].T)[:, :, None] + from_memory)
        return e @ self.params["v"], (e,)

    def score_back(self, d_scores, queries, memory, trace):
        """From the gradient of the scores to those of the parameters, by name, of the queries and of the memory."""
        (e,) = trace
        # de_ts = dscore_ts v * (1 - e_ts^2), summed over s for the queries and over t for the memory
        d_e = d_scores[..., None] * ((1 - e * e) * self.params["v"])
        d_q, d_m = d_e.sum(axis=2), d_e.sum(axis=0).swapaxes(0, 1)
        params = {
            "W_q": outer_sum(d_q, queries),
            "W_m": outer_sum(d_m, memory),
            "v": d_scores.reshape(-1) @ e.reshape(-1, e.shape[-1]),
        }
        return params, d_q @ self.params["W_q"], d_m @ self.params["W_m"]


class Attended(NamedTuple):
    """What :func:`attend` returns.

    ``context (T, B, N)``; ``weights (T, B, S)``, each row a distribution over the memory, the attention map;
    ``queries``, ``memory`` and ``trace``, what :func:`attend_back` needs.
    """

    context: np.ndarray
    weights: np.ndarray
    queries: np.ndarray
    memory: np.ndarray
    trace: tuple

    def __repr__(self):
        return fields_text(self)


class AttentionGradients(NamedTuple):
    """``params`` by name, ``queries (T, B, M)`` and ``memory (S, B, N)``."""

    params: dict
    queries: np.ndarray
    memory: np.ndarray

    def __repr__(self):
        return fields_text(self)


def attend(attention, queries, memory, lengths=None):
    """context_t = sum_s w_ts m_s,  w_t = softmax_s(score(q_t, m_s)): the :class:`Attended`.

    ``queries (T, B, M)``; ``memory (S, B, N)``; ``lengths (B,)`` how much of the memory is real for each sequence:
    what is padded gets the weight 0. Raises TypeError or ValueError for wrong types, shapes, empty axes, numbers
    that are not finite, and sizes that the attention does not take.
    """
    check_array("queries", queries, T=None, B=None, M=None)
    check_array("memory", memory, dtype=queries.dtype, S=None, B=queries.shape[1], N=None)
    check_sizes(attention, queries.shape[-1], memory.shape[-1])
    S, B = memory.shape[:2]
    scores, trace = attention.score(queries, memory)
    if lengths is not None:
        real = np.arange(S) < check_lengths("lengths", lengths, B, S)[:, None]
        scores = np.where(real, scores, -np.inf)
    weights = softmax(scores)
    context = (weights.swapaxes(0, 1) @ memory.swapaxes(0, 1)).swapaxes(0, 1)
    return Attended(context, weights, queries, memory, trace)


def attend_back(attention, attended, d_context):
    """The :class:`AttentionGradients` of a loss whose gradient at the contexts is ``d_context (T, B, N)``.

    dw_ts = m_s^T dcontext_t,  dscore_ts = w_ts (dw_ts - sum_r w_tr dw_tr),  dm_s = sum_t w_ts dcontext_t + its part
    through the scores. Raises TypeError or ValueError for a wrong type or shape.
    """
    if not isinstance(attended, Attended):
        raise TypeError(f"attended: expected what attend(...) returns, got {type(attended).__name__}")
    _, weights, queries, memory, trace = attended
    check_sizes(attention, queries.shape[-1], memory.shape[-1])
    T, B, N = attended.context.shape
    check_array("d_context", d_context, dtype=memory.dtype, T=T, B=B, N=N)
    d_weights = (d_context.swapaxes(0, 1) @ memory.transpose(1, 2, 0)).swapaxes(0, 1)
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=-1, keepdims=True))
    params, d_queries, d_memory = attention.score_back(d_scores, queries, memory, trace)
    d_memory = d_memory + (weights.transpose(1, 2, 0) @ d_context.swapaxes(0, 1)).swapaxes(0, 1)
    return AttentionGradients(params, d_queries, d_memory)


def check_sizes(attention, query_size, memory_size):
    """Raise TypeError or ValueError unless ``attention`` is one, and takes these sizes."""
    if isinstance(attention, DotAttention):
        expected = (memory_size, memory_size)
    elif isinstance(attention, AdditiveAttention):
        expected = attention.params["W_q"].shape[1], attention.params["W_m"].shape[1]
    else:
        raise TypeError(f"attention: expected DotAttention() or AdditiveAttention(...), got {attention!r}")
    if (query_size, memory_size) != expected:
        raise ValueError(
            f"attention: expected queries of size {expected[0]} and a memory of size {expected[1]}, "
            f"got {query_size} and {memory_size}"
        )

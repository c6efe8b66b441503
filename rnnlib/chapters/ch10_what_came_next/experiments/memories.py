"""Pairs of a key and a word, written into a memory one after the other, and what is read back."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnlib.activations import softmax

RECALL = Path(__file__).parents[1] / "trained" / "recall.npz"
WORDS = 64
WIDTHS = (8, 16, 32, 64)
# the numbers of pairs that are measured, in multiples of the width
MULTIPLES = (1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1, 3 / 2, 2, 3, 4)
SEEDS = 16
KINDS = ("sum", "gated sum", "delta rule, β = 1", "delta rule, β = 0.5", "softmax attention")
BETAS = {"delta rule, β = 1": 1.0, "delta rule, β = 0.5": 0.5}


class Writing(NamedTuple):
    """Pairs in the order in which they are written: ``keys (N, d)`` of length 1, and ``words (N,)`` by number.

    ``vocabulary (64, d)`` holds a random vector of length 1 for each word. ``asked`` is how many of the last pairs are
    asked for at the end: all, unless every key was written twice.
    """

    keys: np.ndarray
    words: np.ndarray
    vocabulary: np.ndarray
    asked: int

    @property
    def values(self):
        """The vectors of the words, ``(N, d)``."""
        return self.vocabulary[self.words]


def draw_pairs(rng, d, n, twice=False):
    """``n`` random keys with random words; ``twice``, every key comes again, in another order, with another word."""
    vocabulary, keys = unit(rng.normal(size=(WORDS, d))), unit(rng.normal(size=(n, d)))
    words = rng.integers(WORDS, size=n)
    if not twice:
        return Writing(keys, words, vocabulary, n)
    again, others = rng.permutation(n), rng.integers(WORDS, size=n)
    return Writing(np.concatenate((keys, keys[again])), np.concatenate((words, others)), vocabulary, n)


def unit(a):
    """The vectors along the last axis, made of length 1."""
    return a / np.linalg.norm(a, axis=-1, keepdims=True)


def gate(d):
    """What the gated sum keeps at each write: it forgets over some d of them."""
    return 1 - 1 / d


def read_back(kind, keys, values, asked):
    """What the memory ``kind`` returns for the last ``asked`` keys after all pairs were written, ``(asked, d)``.

    sum: S = sum_t v_t k_t^T. Gated sum: S_t = (1 - 1/d) S_{t-1} + v_t k_t^T. Delta rule:
    S_t = S_{t-1} - beta (S_{t-1} k_t - v_t) k_t^T. Each answers S k. Softmax attention keeps every pair and answers
    sum_t p_t v_t with p = softmax(sqrt(d) k_t . k): keys of length 1 need the factor, or p is nearly uniform.
    Best matrix: the least squares solution, which sees all pairs at once.
    """
    (N, d), questions = keys.shape, keys[-asked:]
    if kind == "softmax attention":
        return softmax(np.sqrt(d) * questions @ keys.T) @ values
    if kind == "best matrix":
        return questions @ np.linalg.lstsq(keys, values, rcond=None)[0]
    if kind in BETAS:
        S = np.zeros((d, d))
        for k, v in zip(keys, values, strict=True):
            S -= BETAS[kind] * np.outer(S @ k - v, k)
        return questions @ S.T
    kept = gate(d) if kind == "gated sum" else 1.0
    return questions @ (kept ** np.arange(N)[::-1, None] * keys).T @ values


def recall(writing, kind):
    """For each pair that is asked for: how much of its word comes back, whether the nearest word is right, the error.

    The first is the part of the answer along the right word, 1 where it is all there; the last is |S k - v|^2.
    """
    answers = read_back(kind, writing.keys, writing.values, writing.asked)
    wanted, words = writing.values[-writing.asked :], writing.words[-writing.asked :]
    right = (answers @ writing.vocabulary.T).argmax(axis=1) == words
    return np.sum(answers * wanted, axis=1), right, np.sum((answers - wanted) ** 2, axis=1)


def recall_run(d, multiple, twice, kind):
    """The share of right words and the mean squared error over SEEDS draws of ``multiple * d`` pairs."""
    found = []
    for seed in range(SEEDS):
        writing = draw_pairs(np.random.default_rng(seed), d, round(multiple * d), twice)
        _, right, error = recall(writing, kind)
        found.append((right.mean(), error.mean()))
    return np.mean(found, axis=0)


@cache
def recall_table():
    """The shares of right words, ``(width, multiple, twice, kind)``, the best matrix last, and the errors likewise."""
    with np.load(RECALL) as file:
        return file["recall"][..., 0], file["recall"][..., 1]


def accuracy(d, pairs, twice, kind):
    """The share of right words at one place of :func:`recall_table`, by the number of pairs."""
    return float(recall_table()[0][_place(d, pairs, twice, kind)])


def error(d, pairs, twice, kind):
    """The mean squared error at one place of :func:`recall_table`, by the number of pairs."""
    return float(recall_table()[1][_place(d, pairs, twice, kind)])


def _place(d, pairs, twice, kind):
    multiple = [round(m * d) for m in MULTIPLES].index(pairs)
    return WIDTHS.index(d), multiple, int(twice), (*KINDS, "best matrix").index(kind)

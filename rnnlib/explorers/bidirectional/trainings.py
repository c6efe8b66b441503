"""The taggers behind chapter 6, trained once and kept while the kernel lives, and what is measured on them."""

from functools import cache

import numpy as np

from ...activations import softmax
from ...cells import Elman
from ...model import Model
from ...optimizers import Adam
from ...tasks import slot_filling
from ...training import train
from ...unroll import bptt, unroll
from ...wrappers import Bidirectional

LONGEST = 4
UNITS = 24
STEPS = 300
NETWORKS = ("one-way", "two-way")
KINDS = (
    slot_filling.VERBS,
    slot_filling.CITIES,
    slot_filling.MONTHS,
    slot_filling.DAYS,
    slot_filling.FILLERS,
)


def new_tagger(kind, rng, cell=Elman):
    """An untrained tagger: ``cell`` with UNITS units, alone ('one-way') or as a pair that reads both ways."""
    size = len(slot_filling.WORDS), UNITS
    network = cell(*size, rng=rng) if kind == "one-way" else Bidirectional(cell(*size, rng=rng), cell(*size, rng=rng))
    return Model(network, len(slot_filling.TAGS), rng=rng)


def draw_either(rng, size=32):
    """Requests whose verb stands before or after the city."""
    return slot_filling.draw_batch(rng, size, LONGEST, verb="either")


@cache
def taggers():
    """A trained tagger of each kind, on the same requests, by name."""
    models = {}
    for kind in NETWORKS:
        rng = np.random.default_rng(0)
        models[kind] = new_tagger(kind, rng)
        train(models[kind], draw_either, STEPS, Adam(0.01), rng=rng, clip=1.0, description=kind)
    return models


def city_accuracy(model, verb, size=400, seed=1):
    """The share of right tags at the city, on ``size`` new requests with the verb 'before' or 'after' it."""
    batch = slot_filling.draw_batch(np.random.default_rng(seed), size, LONGEST, verb)
    places = [slot_filling.TAGS.index("destination"), slot_filling.TAGS.index("departure")]
    city = np.isin(batch.targets, places)
    return float(np.mean(model.predict(batch.x, batch.lengths)[city] == batch.targets[city]))


def input_jacobians(model, x):
    """dO_t/dx_k for every pair of steps of one sequence ``x (T, 1, D)``: ``(T, T, O, D)``, first t, then k.

    The sequence is repeated T times, and copy t asks for output t; one backward pass an output.
    """
    T = len(x)
    run = unroll(model.network, np.repeat(x, T, axis=1))
    rows = []
    for weights in model.readout["W_o"]:
        d_outputs = np.zeros_like(run.outputs)
        d_outputs[np.arange(T), np.arange(T)] = weights
        rows.append(bptt(run, d_outputs).x)
    return np.stack(rows).transpose(2, 1, 0, 3)


def alternatives(words):
    """For each word the words of its kind that could stand in its place, as indices; none for "on"."""
    return [
        [slot_filling.WORD_INDEX[other] for kind in KINDS if word in kind for other in kind if other != word]
        for word in words
    ]


def saliency_map(model, words):
    """How strongly O_t answers to x_k, to first order: ``(T, T)``, row t, column k.

    max over the words w' that could stand at k of ||dO_t/dx_k (e_w' - e_w)||: the derivative in the directions that
    an input can take.
    """
    x, _ = slot_filling.encode([words])
    jacobians = input_jacobians(model, x)
    sizes = np.zeros((len(words), len(words)))
    for k, others in enumerate(alternatives(words)):
        own = jacobians[:, k, :, slot_filling.WORD_INDEX[words[k]]]
        for other in others:
            sizes[:, k] = np.maximum(sizes[:, k], np.linalg.norm(jacobians[:, k, :, other] - own, axis=-1))
    return sizes


def exchange_map(model, words):
    """How much O_t changes when the word at k is exchanged: ``(T, T)``, row t, column k.

    max over the words w' that could stand at k of ||O_t(with w') - O_t||.
    """
    x, _ = slot_filling.encode([words])
    before = model.outputs(x)[:, 0]
    sizes = np.zeros((len(words), len(words)))
    for k, others in enumerate(alternatives(words)):
        for other in others:
            exchanged = x.copy()
            exchanged[k, 0] = np.eye(x.shape[-1])[other]
            change = np.linalg.norm(model.outputs(exchanged)[:, 0] - before, axis=-1)
            sizes[:, k] = np.maximum(sizes[:, k], change)
    return sizes


def probabilities(model, words):
    """p_t over the tags for every word of one request: ``(T, O)``."""
    x, _ = slot_filling.encode([words])
    return softmax(model.outputs(x))[:, 0]


def outputs_with_padding(model, words, padded, within_length):
    """O_t for the words of a request that stands in a batch with ``padded`` steps of padding behind it: ``(T, O)``.

    The backward network reads the row reversed within the request's length, or, the classic mistake, the whole row
    reversed, padding first.
    """
    T = len(words)
    x, _ = slot_filling.encode([[*words, *[slot_filling.PADDING] * padded]])
    lengths = np.array([T]) if within_length else None
    return model.outputs(x, lengths)[:T, 0]

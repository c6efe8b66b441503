"""The taggers behind chapter 6, trained once and kept while the kernel lives, and what is measured on them.

``RESULTS``, the same over ten seeds, is written by ``tools/train_gated_networks.py``.
"""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.activations import softmax
from rnnlib.cells import Elman
from rnnlib.gradient_flow import spectral_radius, step_jacobians
from rnnlib.initializers import scaled_normal
from rnnlib.model import Model
from rnnlib.optimizers import Adam
from rnnlib.shared import shared
from rnnlib.tasks import slot_filling
from rnnlib.training import train
from rnnlib.unroll import bptt, unroll
from rnnlib.wrappers import Bidirectional

RESULTS = Path(__file__).parent / "trained" / "seeds.npz"
SEEDS = range(10)
LONGEST = 4
UNITS = 24
STEPS = 300
NETWORKS = ("one-way", "two-way")
FORWARD, BACKWARD = "network.forward.", "network.backward."
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
    """Requests whose verb comes before or after the city."""
    return slot_filling.draw_batch(rng, size, LONGEST, verb="either")


class SharedTagger(Model):
    """A two-way tagger whose halves share one set of weights: each of them gets the sum of both gradients."""

    def loss_and_gradients(self, batch, **options):
        loss, gradients, run = super().loss_and_gradients(batch, **options)
        for name in [name for name in gradients if name.startswith(BACKWARD)]:
            twin = FORWARD + name.removeprefix(BACKWARD)
            gradients[name] = gradients[twin] = gradients[name] + gradients[twin]
        return loss, gradients, run


def shared_tagger(rng):
    """An untrained :class:`SharedTagger`."""
    size = len(slot_filling.WORDS), UNITS
    cell = Elman(*size, rng=rng)
    network = Bidirectional(cell, Elman.from_params({name: array.copy() for name, array in cell.params.items()}))
    return SharedTagger(network, len(slot_filling.TAGS), rng=rng)


@shared
def train_tagger(kind, seed):
    """A trained tagger: 'one-way', 'two-way' or 'shared', two-way with one set of weights for both halves."""
    rng = np.random.default_rng(seed)
    model = shared_tagger(rng) if kind == "shared" else new_tagger(kind, rng)
    train(model, draw_either, STEPS, Adam(0.01), rng=rng, clip=1.0, progress=False)
    return model


@cache
def taggers():
    """A trained tagger of each kind, on the same requests, by name."""
    from tqdm.auto import tqdm

    return {kind: train_tagger(kind, 0) for kind in tqdm(NETWORKS, desc="training two taggers")}


def with_forward_weights(model):
    """A copy of a two-way tagger whose backward half has the weights of the forward one."""
    copy = new_tagger("two-way", np.random.default_rng(0))
    for name, array in copy.params.items():
        array[...] = model.params[name.replace(BACKWARD, FORWARD)]
    return copy


def measure_seeds(seeds=SEEDS):
    """The share of right tags at the city from every seed: ``<name> (seeds, 2)``, verb before it and verb after it."""
    found = {name: [] for name in (*NETWORKS, "untrained", "copied", "shared")}
    for seed in seeds:
        models = {kind: train_tagger(kind, seed) for kind in (*NETWORKS, "shared")}
        models["copied"] = with_forward_weights(models["two-way"])
        models["untrained"] = new_tagger("two-way", np.random.default_rng(seed))
        for name, model in models.items():
            found[name].append([city_accuracy(model, verb) for verb in ("before", "after")])
    return {name: np.array(values) for name, values in found.items()}


@cache
def seeds():
    """What :func:`measure_seeds` found, as saved in RESULTS."""
    with np.load(RESULTS) as file:
        return {name: file[name] for name in file.files}


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
    """For each word the words of its kind that could take its place, as indices; none for "on"."""
    return [
        [slot_filling.WORD_INDEX[other] for kind in KINDS if word in kind for other in kind if other != word]
        for word in words
    ]


def saliency_map(model, words):
    """How strongly O_t answers to x_k, to first order: ``(T, T)``, row t, column k.

    max over the words w' that could be at k of ||dO_t/dx_k (e_w' - e_w)||: the derivative in the directions that
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

    max over the words w' that could be at k of ||O_t(with w') - O_t||.
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
    """O_t for the words of a request in a batch with ``padded`` steps of padding behind it: ``(T, O)``.

    The backward network reads the row reversed within the request's length, or, the classic mistake, the whole row
    reversed, padding first.
    """
    T = len(words)
    x, _ = slot_filling.encode([[*words, *[slot_filling.PADDING] * padded]])
    lengths = np.array([T]) if within_length else None
    return model.outputs(x, lengths)[:T, 0]


# The networks whose gradients are compared by position: steps at most, and units.
REACH_STEPS, REACH_UNITS = 60, 8


@cache
def _draws(direction, draw=0):
    """A recurrent matrix of spectral radius 1, input weights and inputs, drawn once for each direction."""
    rng = np.random.default_rng(5 + direction + 10 * draw)
    matrix = scaled_normal(rng, REACH_UNITS, REACH_UNITS)
    x = np.random.default_rng(9 + 10 * draw).normal(size=(REACH_STEPS, 1, 1))
    return matrix / spectral_radius(matrix), scaled_normal(rng, REACH_UNITS, 1), 0.5 * x


@cache
def input_gradients(gain, steps, direction, draw=0):
    """||d h_final / d x_k|| for k = 1..T of an Elman network that reads forward (1) or backward (-1): ``(T,)``.

    d h_T / d x_k = (prod_{j=k+1..T} d h_j / d h_{j-1}) diag(f'(z_k)) W_x, in the order of the reading; the Frobenius
    norm. ``gain`` is the spectral radius of the recurrent matrix; each ``draw`` has weights and inputs of its own.
    """
    recurrent, from_input, x = _draws(direction, draw)
    cell = Elman.from_params({"W_x": from_input, "W_s": gain * recurrent, "b_s": np.zeros(REACH_UNITS)})
    run = unroll(cell, x[:steps][::direction])
    slopes = cell.activation.slope(run.outputs[:, 0])
    product, norms = np.eye(REACH_UNITS), []
    for jacobian, slope in zip(step_jacobians(run)[::-1], slopes[::-1], strict=True):
        norms.append(np.linalg.norm(product @ (slope[:, None] * from_input)))
        product = product @ jacobian
    return np.array(norms[::-1])[::direction]


def both_gradients(gain, steps, draw=0):
    """The same for what both directions hold together: the root of the sum of squares, ``(T,)``."""
    return np.hypot(*(input_gradients(gain, steps, direction, draw) for direction in (1, -1)))

"""What the notebook and the explorers of chapter 2 share: a random network, run, and trainings over many seeds."""

import functools
from pathlib import Path

import numpy as np

from rnnlib.cells import Elman
from rnnlib.losses import softmax_cross_entropy
from rnnlib.model import Model
from rnnlib.optimizers import SGD, Adam, clip_by_norm
from rnnlib.shared import shared
from rnnlib.tasks import recall, slot_filling
from rnnlib.tdnn import TDNN
from rnnlib.training import train
from rnnlib.truncation import truncated_bptt
from rnnlib.unroll import unroll

RESULTS = Path(__file__).parent / "trained" / "taggers.npz"
UNITS = 16

# The two taggers of the chapter, and how many other trainings of each were run beforehand.
TAGGERS = ("window", "RNN")
TAGGER_SEEDS, FARTHEST = 8, 4


def random_network(gain, activation, steps, seed=5):
    """An Elman network with recurrent weights of the given gain, run over random inputs; the run and dL_t/dS_t."""
    rng = np.random.default_rng(seed)
    cell = Elman(4, UNITS, activation=activation, rng=rng)
    cell.params["W_s"] = cell.params["W_s"] * gain
    run = unroll(cell, rng.normal(size=(steps, 1, 4)))
    return run, rng.normal(size=(steps, 1, UNITS)) / np.sqrt(UNITS)


@shared
def train_in_window(window, seed, longest=4, lags=(8, 20, 60)):
    """Learn to recall a class at lags 1..``longest`` by truncated BPTT; what the network then can do at other lags.

    Every loss looks back over ``window`` steps. 16 tanh units of gain 0.5, 300 steps of SGD with the rate 0.3, clipped
    at 1, a lag drawn for each batch. Returns the share of right answers at each of ``lags`` on new sequences.
    Guessing is right in one half.
    """
    rng = np.random.default_rng(seed)
    model = Model(Elman(3, UNITS, rng=rng, gain=0.5), recall.CLASSES, rng=rng)
    optimizer = SGD(0.3)
    for _ in range(300):
        batch = recall.draw_batch(rng, 32, int(rng.integers(1, longest, endpoint=True)))
        run = unroll(model.network, batch.x)
        _, d_logits = softmax_cross_entropy(model.read_out(run.outputs), batch.targets, batch.mask)
        d_logits = d_logits / len(batch.x[0])
        gradients = truncated_bptt(run, d_logits @ model.readout["W_o"], window).params
        gradients = {f"network.{name}": value for name, value in gradients.items()}
        # dL/dW_o = sum_t dL/dO_t S_t^T
        gradients |= {
            "W_o": np.tensordot(d_logits, run.outputs, axes=((0, 1), (0, 1))),
            "b_o": d_logits.sum(axis=(0, 1)),
        }
        optimizer.update(model.params, clip_by_norm(gradients, 1.0)[0])
    shares = []
    for lag in lags:
        test = recall.draw_batch(rng, 400, lag)
        shares.append(float(np.mean(model.predict(test.x)[-1] == test.targets[-1])))
    return shares


@shared
def tagger_accuracy(name, seed, distance=FARTHEST):
    """Train one of TAGGERS for 300 steps on verbs 1 to 4 words back: right tags of new cities at ``distance``."""
    rng = np.random.default_rng(seed)
    size = len(slot_filling.WORDS), 24
    network = TDNN(*size, window=3, rng=rng) if name == "window" else Elman(*size, rng=rng)
    model = Model(network, len(slot_filling.TAGS), rng=rng)
    train(model, lambda rng: slot_filling.draw_batch(rng, 32), 300, Adam(0.01), rng=rng, clip=1.0, progress=False)
    pairs = [slot_filling.draw_request(rng, distance) for _ in range(500)]
    said = model.predict(*slot_filling.encode([words for words, _ in pairs]))[distance]
    return float(np.mean(said == [slot_filling.TAGS.index(tags[distance]) for _, tags in pairs]))


@functools.cache
def trained():
    """The results that ``tools/train_first_networks.py`` has saved, as a dict of arrays."""
    with np.load(RESULTS) as found:
        return {name: found[name] for name in found.files}

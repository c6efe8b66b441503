"""The trainings of chapter 10: which networks count a stream of bits, and which add."""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.cells import LSTM, Elman, GRUResetAfter
from rnnlib.delta_rule import DeltaRule
from rnnlib.mingru import MinGRU
from rnnlib.model import Batch, Model
from rnnlib.optimizers import Adam
from rnnlib.shared import shared
from rnnlib.tasks import adding
from rnnlib.training import train
from rnnlib.unroll import unroll

COUNTING = Path(__file__).parents[1] / "trained" / "counting.npz"
SEEDS, T, FAR, BATCH, EVERY, SOLVED = 12, 20, 1000, 32, 10, 0.99

# name: the network from a generator, and the learning rate
NETWORKS = {
    "Elman": (lambda rng: Elman(2, 8, rng=rng), 0.03),
    "LSTM": (lambda rng: LSTM(2, 8, rng=rng), 0.03),
    "GRU": (lambda rng: GRUResetAfter(2, 8, rng=rng), 0.03),
    "minGRU, gate in (0, 1)": (lambda rng: MinGRU(2, 16, rng=rng), 0.03),
    "minGRU, gate in (−1, 1)": (lambda rng: MinGRU(2, 16, rng=rng, gate="tanh"), 0.03),
    "delta rule, β up to 1": (lambda rng: DeltaRule(2, 4, 4, rng=rng), 0.05),
    "delta rule, β up to 2": (lambda rng: DeltaRule(2, 4, 4, rng=rng, top=2.0), 0.05),
    "two delta steps, β up to 2": (lambda rng: DeltaRule(2, 4, 4, rng=rng, top=2.0, writes=2), 0.03),
}
# modulus: the training steps, and the networks trained
CONTESTS = {
    2: (300, [name for name in NETWORKS if not name.startswith("two")]),
    3: (1000, ["GRU", "minGRU, gate in (−1, 1)", "delta rule, β up to 2", "two delta steps, β up to 2"]),
}


def draw_counts(rng, size, steps, modulus=2):
    """Random bits, one-hot, and at each step the number of ones so far modulo ``modulus``; 2 is the parity."""
    bits = rng.integers(2, size=(steps, size))
    return Batch(np.eye(2)[bits], bits.cumsum(axis=0) % modulus)


def held_out(steps, modulus=2):
    """200 sequences that no model is trained on."""
    return draw_counts(np.random.default_rng(6), 200, steps, modulus)


def constant_answer(batch):
    """The accuracy of the best answer that is the same at every step of every sequence."""
    return float(np.bincount(batch.targets.ravel()).max() / batch.targets.size)


def new_model(name, seed, modulus=2):
    """The untrained model."""
    make, _ = NETWORKS[name]
    return Model(make(np.random.default_rng(seed)), modulus, rng=np.random.default_rng(100 + seed))


def train_to_count(name, seed, modulus=2, steps=None, measure=None, **options):
    """Train on sequences of T bits: the model and its history. Options as in :func:`rnnlib.train`."""
    model, (_, rate) = new_model(name, seed, modulus), NETWORKS[name]
    options = {"measure_every": EVERY, "progress": False} | options
    history = train(
        model,
        lambda rng: draw_counts(rng, BATCH, T, modulus),
        steps or CONTESTS[modulus][0],
        Adam(rate),
        rng=np.random.default_rng(200 + seed),
        clip=1.0,
        measure=measure or (lambda model: model.accuracy(held_out(T, modulus))),
        **options,
    )
    return model, history


def transitions(network):
    """What the network multiplies its state by after the input 0 and after the input 1.

    A minGRU: the two values of the gate of the unit whose gates differ most. A delta rule: 1 - beta for each input, and
    the cosine of the angle between the two keys. Others: NaN.
    """
    found = np.full(3, np.nan)
    if isinstance(network, MinGRU):
        gates = unroll(network, np.eye(2)[:, None]).z[:, 0]
        found[:2] = gates[:, np.ptp(gates, axis=0).argmax()]
    if isinstance(network, DeltaRule) and network.writes == 1:
        run = unroll(network, np.eye(2)[:, None])
        found[:] = *(1 - run.beta[:, 0, 0]), run.k[0, 0] @ run.k[1, 0]
    return found


def by_stretch(model, modulus=2):
    """The accuracy over each stretch of T steps of sequences of FAR steps, ``(FAR / T,)``."""
    batch = held_out(FAR, modulus)
    return (model.predict(batch.x) == batch.targets).reshape(FAR // T, -1).mean(axis=1)


@shared
def counting_run(name, seed, modulus):
    """Accuracy before and in training; after it :func:`by_stretch`; the :func:`transitions` at each measurement."""
    seen = []

    def measure(model):
        seen.append(transitions(model.network))
        return model.accuracy(held_out(T, modulus))

    model, history = train_to_count(name, seed, modulus, measure=measure)
    return history.curve()[1], by_stretch(model, modulus), np.array(seen)


ADDERS = ("GRU", "minGRU")
ADDING_STEPS, ADDING_T, KEEPING = 200, 50, 3.0


def new_adder(name, seed):
    """A GRU of 14 units or a minGRU of 32 for the adding problem, with update gates that start with a bias of 3."""
    rng = np.random.default_rng(seed)
    if name == "minGRU":
        return Model(MinGRU(2, 32, rng=rng, update_bias=KEEPING), 1, loss="squared_error", rng=rng)
    gru = GRUResetAfter(2, 14, rng=rng)
    gru.params["b"][14:28] = KEEPING
    return Model(gru, 1, loss="squared_error", rng=rng)


def train_to_add(name, seed, measure, **options):
    """Train on the adding problem with ADDING_T steps: the model and its history."""
    model = new_adder(name, seed)
    history = train(
        model,
        lambda rng: adding.draw_batch(rng, BATCH, ADDING_T),
        ADDING_STEPS,
        Adam(0.03),
        rng=np.random.default_rng(200 + seed),
        clip=1.0,
        measure=measure,
        measure_every=20,
        **options,
    )
    return model, history


@shared
def adding_run(name, seed):
    """The loss on 200 new sequences, every 20 steps."""
    new = adding.draw_batch(np.random.default_rng(6), 200, ADDING_T)
    return train_to_add(name, seed, lambda model: model.loss(new), progress=False)[1].curve()[1]


@cache
def counting_table():
    """The arrays of COUNTING by name.

    ``2.accuracy (network, seed, measurement)``, ``2.far (network, seed, stretch)`` and ``2.transitions (network, seed,
    measurement, 3)`` for the networks of CONTESTS[2], likewise 3; ``adding (adder, seed, measurement)``.
    """
    with np.load(COUNTING) as file:
        return dict(file)


def solved(modulus):
    """How many of SEEDS starts end with SOLVED on new sequences, by network."""
    accuracy = counting_table()[f"{modulus}.accuracy"][..., -1]
    return dict(zip(CONTESTS[modulus][1], (accuracy >= SOLVED).sum(axis=1).tolist(), strict=True))


def far(modulus):
    """The accuracy over each stretch of T steps, by network: arrays ``(SEEDS, FAR / T)``."""
    return dict(zip(CONTESTS[modulus][1], counting_table()[f"{modulus}.far"], strict=True))

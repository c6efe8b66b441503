"""The trainings on the adding problem that chapters 4 and 5 repeat over ten seeds, and what is seen inside an LSTM.

``RESULTS`` is written by ``tools/train_gated_networks.py``.
"""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.cells import LSTM, Elman, GRUResetAfter
from rnnlib.model import Model
from rnnlib.optimizers import Adam
from rnnlib.shared import shared
from rnnlib.tasks import adding, latest_mark
from rnnlib.training import train
from rnnlib.unroll import bptt, unroll

RESULTS = Path(__file__).parent / "trained" / "seeds.npz"
SEEDS = range(10)
STEPS, BATCH, TRAIN, EVERY = 50, 32, 300, 20
LATEST_STEPS = 20
CONSTANT = 1 / 12
# a network has left the line of the constant answer when its loss is below half of that
LEARNED = CONSTANT / 2

# name: how the network is made from a generator, and the learning rate of Adam
ADDERS = {
    "RNN, orthogonal": (lambda rng: Elman(2, 25, rng=rng, recurrent="orthogonal"), 0.003),
    "ReLU RNN, identity": (lambda rng: Elman(2, 25, rng=rng, recurrent="identity", activation="relu"), 0.003),
    "LSTM, forget bias 0": (lambda rng: LSTM(2, 12, rng=rng, forget_bias=0.0), 0.03),
    "LSTM, forget bias 1": (lambda rng: LSTM(2, 12, rng=rng, forget_bias=1.0), 0.03),
    "LSTM, forget bias 3": (lambda rng: LSTM(2, 12, rng=rng, forget_bias=3.0), 0.03),
    "GRU": (lambda rng: GRUResetAfter(2, 14, rng=rng), 0.03),
}


@cache
def held_out():
    """The 200 sequences on which every adder is measured, and none is trained."""
    return adding.draw_batch(np.random.default_rng(6), 200, STEPS)


def adder(kind, seed):
    """An untrained network for the adding problem with its readout, by its name in ADDERS."""
    make, _ = ADDERS[kind]
    return Model(make(np.random.default_rng(seed)), 1, loss="squared_error", rng=np.random.default_rng(100 + seed))


@shared
def train_adder(kind, seed, rate=None, measure=None):
    """A trained adder and its history; ``measure(model)``, by default the loss on :func:`held_out`, every 20 steps."""
    model = adder(kind, seed)
    history = train(
        model,
        lambda rng: adding.draw_batch(rng, BATCH, STEPS),
        TRAIN,
        Adam(ADDERS[kind][1] if rate is None else rate),
        rng=np.random.default_rng(200 + seed),
        clip=1.0,
        measure=measure or (lambda model: model.loss(held_out())),
        measure_every=EVERY,
        progress=False,
    )
    return model, history


def right_sums(model):
    """The share of held-out sums within 0.1 of the truth."""
    batch = held_out()
    return float(np.mean(np.abs(model.outputs(batch.x)[-1] - batch.targets[-1]) < 0.1))


def kept_and_written(model, batch):
    """How much a trained LSTM keeps of each moment, and how much it writes, step by step: a dict of ``(T, B)``.

    ``kept`` is ||dO_T/dc_t||, what the answer still owes to the memory at t. ``written`` is the mean over the cells of
    |dc_t/dv_t|, weighted by how much the answer reads of each, |dO_T/dc_t|. ``pull`` is |dO_T/dv_t|, the effect of
    both.
    """
    run, cell = unroll(model.network, batch.x), model.network
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = model.readout["W_o"][0]
    gradients = bptt(run, d_outputs, keep_state_gradients=True)
    i, f, g, o = (getattr(run.trace, name) for name in "ifgo")
    before, memory = run.states[1][:-1], run.states[1][1:]
    w_i, w_f, w_g, _ = np.split(cell.params["W_x"][:, 0], 4)
    # dc_t/dv_t through the input gate, the forget gate and the candidate
    write = g * i * (1 - i) * w_i + before * f * (1 - f) * w_f + i * (1 - g**2) * w_g
    # dO_T/dc_t, whether it is read now or later
    read = np.abs(gradients.states[1][1:] + gradients.states[0][1:] * o * (1 - np.tanh(memory) ** 2))
    return {
        "kept": np.linalg.norm(read, axis=-1),
        "written": np.sum(read * np.abs(write), axis=-1) / np.sum(read, axis=-1),
        "pull": np.abs(gradients.x[..., 0]),
    }


def opposite_moves(model, batch):
    """How i and f of a trained LSTM move: the share of steps with opposite signs, and their correlation, cell by cell.

    The correlations are ``(H,)``.
    """
    trace = unroll(model.network, batch.x).trace
    opposite = np.diff(trace.i, axis=0) * np.diff(trace.f, axis=0) < 0
    pairs = (np.moveaxis(part, -1, 0).reshape(part.shape[-1], -1) for part in (trace.i, trace.f))
    return float(np.mean(opposite)), np.array([np.corrcoef(i, f)[0, 1] for i, f in zip(*pairs, strict=True)])


@shared
def train_latest(seed):
    """A small LSTM that was taught to give the later of two marked numbers out of twenty."""
    rng = np.random.default_rng(seed)
    model = Model(LSTM(2, 8, rng=rng), 1, loss="squared_error", rng=rng)

    def draw_batch(rng):
        return latest_mark.draw_batch(rng, BATCH, LATEST_STEPS)

    train(model, draw_batch, TRAIN, Adam(0.02), rng=rng, clip=1.0, progress=False)
    return model


def at_latest(model, sequences=500):
    """What such an LSTM does on new sequences, as a dict.

    ``right`` is the share of answers within 0.1; ``closing`` the largest drop of a unit's mean forget gate at a mark;
    ``kept`` and ``pull`` are the means at the first mark, at the second and at all other steps, as in
    :func:`kept_and_written`.
    """
    batch = latest_mark.draw_batch(np.random.default_rng(8), sequences, LATEST_STEPS)
    marks = batch.x[..., 1] == 1
    first = marks & (np.cumsum(marks, axis=0) == 1)
    seen, openings = kept_and_written(model, batch), unroll(model.network, batch.x).trace.f
    return {
        "right": np.mean(np.abs(model.outputs(batch.x)[-1] - batch.targets[-1]) < 0.1),
        "closing": (openings[~marks].mean(axis=0) - openings[marks].mean(axis=0)).max(),
    } | {name: [seen[name][part].mean() for part in (first, marks & ~first, ~marks)] for name in ("kept", "pull")}


def measure_seeds(seeds=SEEDS):
    """Every adder from every seed, and the latest mark, as a dict of arrays with one row a seed.

    ``<name>: loss`` held-out loss every 20 steps, ``right`` the share of sums within 0.1, ``clipped`` the share of
    steps whose gradient was clipped; for the LSTM with forget bias 1 also ``kept``, ``written`` and ``pull`` at the
    marks and elsewhere, ``opposite`` and ``correlation`` as :func:`opposite_moves` gives them.
    """
    found = {}
    for kind in ADDERS:
        rows = {"loss": [], "right": [], "clipped": []}
        for seed in seeds:
            model, history = train_adder(kind, seed)
            rows["loss"].append(history.curve()[1])
            rows["right"].append(right_sums(model))
            rows["clipped"].append(np.mean(np.array(history.gradient_norm) > 1))
            if kind == "LSTM, forget bias 1":
                batch = held_out()
                marks = batch.x[..., 1] == 1
                for name, values in kept_and_written(model, batch).items():
                    rows.setdefault(name, []).append((values[marks].mean(), values[~marks].mean()))
                opposite, correlation = opposite_moves(model, batch)
                rows.setdefault("opposite", []).append(opposite)
                rows.setdefault("correlation", []).append(correlation)
        found |= {f"{kind}: {name}": np.array(values) for name, values in rows.items()}
    latest = [at_latest(train_latest(seed)) for seed in seeds]
    return found | {f"latest mark: {name}": np.array([row[name] for row in latest]) for name in latest[0]}


@cache
def seeds():
    """What :func:`measure_seeds` found, as saved in RESULTS."""
    with np.load(RESULTS) as file:
        return {name: file[name] for name in file.files}


def learned(kind):
    """For each seed, whether this adder left the line of the constant answer in its 300 steps: ``(10,)`` of bools."""
    return seeds()[f"{kind}: loss"][:, -1] < LEARNED

"""What the notebook, the explorers and the tests of chapter 3 share: networks of a given gain, and trainings.

The trainings whose results lie in ``trained/`` are run by ``python tools/train_remedies.py``.
"""

import functools
from pathlib import Path

import numpy as np

from rnnlib.cells import Elman
from rnnlib.gradient_flow import spectral_radius
from rnnlib.initializers import scaled_normal
from rnnlib.model import Model
from rnnlib.optimizers import SGD
from rnnlib.shared import shared
from rnnlib.tasks import adding, recall
from rnnlib.training import train
from rnnlib.unroll import unroll

RESULTS = Path(__file__).parent / "trained" / "remedies.npz"
LONGEST = 100

# Where the weights of 16 units start, and the rates that each start is tried with.
STARTS = {
    "normal, gain 0.5": {"gain": 0.5},
    "normal, gain 1": {"gain": 1.0},
    "orthogonal": {"recurrent": "orthogonal"},
    "identity and ReLU": {"recurrent": "identity", "activation": "relu"},
}
RATES = (0.03, 0.3)
START_SEEDS, START_LAG = 16, 40

# The adding problem, with and without clipping: the threshold, and whether it holds for the norm or for each value.
CLIPPING = {"free": (None, "norm"), "clipped by norm": (1.0, "norm"), "clipped by value": (0.1, "value")}
ADDER_SEEDS, ADDER_STEPS, ADDER_LENGTH = 8, 3000, 20
BLOCK = 10  # steps of training of which the largest loss is kept


@functools.cache
def _draws(units):
    """A recurrent matrix of spectral radius 1, input weights, and inputs of unit size, drawn once for each H."""
    rng = np.random.default_rng(11)
    matrix = scaled_normal(rng, units, units)
    return matrix / spectral_radius(matrix), scaled_normal(rng, units, 1), rng.normal(size=(LONGEST, 1, 1))


def run_network(gain, activation, steps, units, scale):
    """An Elman network whose W_s has spectral radius ``gain``, run over ``steps`` inputs of size ``scale``."""
    recurrent, from_input, x = _draws(units)
    params = {"W_x": from_input, "W_s": gain * recurrent, "b_s": np.zeros(units)}
    return unroll(Elman.from_params(params, activation=activation), scale * x[:steps])


def norms_at_lags(run, lags):
    """||dS_T/dS_{T-n}|| for n in ``lags``, with dS_t/dS_{t-1} = diag(f'(z_t)) W_s: ``(len(lags),)``."""
    cell = run.cell
    slopes = cell.activation.slope(run.outputs[:, 0])
    jacobians = slopes[:, :, None] * cell.params["W_s"]
    product, products = np.eye(cell.state_size), []
    for n in range(len(run) + 1):
        if n:
            product = product @ jacobians[-n]
        if n in lags:
            products.append(product)
    return np.linalg.norm(np.stack(products), 2, axis=(1, 2))


@shared
def recall_accuracy(lag, seed, rate=0.3, **start):
    """Train 16 units for 200 steps of SGD, clipped at 1, to recall one of two classes; right answers on new sequences.

    ``start`` are options of :class:`rnnlib.Elman`. Guessing is right in one half.
    """
    rng = np.random.default_rng(seed)
    model = Model(Elman(3, 16, rng=rng, **start), recall.CLASSES, rng=rng)
    train(model, lambda rng: recall.draw_batch(rng, 32, lag), 200, SGD(rate), rng=rng, clip=1.0, progress=False)
    test = recall.draw_batch(rng, 400, lag)
    return float(np.mean(model.predict(test.x)[-1] == test.targets[-1]))


@shared
def train_adder(seed, clip, kind="norm", steps=ADDER_STEPS):
    """Train 16 ReLU units, started as the identity, on the adding problem; the history and what became of it.

    Returns the :class:`rnnlib.History`, the mean squared error on new sequences, and the numbers of units that are 0 on
    all of them before and after the training. Always answering 1 has the error 1/6.
    """
    rng = np.random.default_rng(seed)
    cell = Elman(2, 16, rng=rng, recurrent="identity", activation="relu")
    model = Model(cell, 1, loss="squared_error", rng=rng)
    test = adding.draw_batch(np.random.default_rng(10**6), 1000, ADDER_LENGTH)
    dead = dead_units(model, test)
    history = train(
        model,
        lambda rng: adding.draw_batch(rng, 32, ADDER_LENGTH),
        steps,
        SGD(0.1),
        rng=rng,
        clip=clip,
        clip_kind=kind,
        progress=False,
    )
    return history, 2 * model.loss(test), dead, dead_units(model, test)


def dead_units(model, batch):
    """How many units are 0 at every step of every sequence of ``batch``: no gradient reaches their weights."""
    return int(np.sum(np.all(unroll(model.network, batch.x).outputs == 0, axis=(0, 1))))


def constant_answer_error():
    """The mean squared error of always answering 1 in the adding problem: the variance of a sum of two, 2/12."""
    return 2 / 12


@functools.cache
def trained():
    """The results that ``tools/train_remedies.py`` has saved, as a dict of arrays."""
    with np.load(RESULTS) as found:
        return {name: found[name] for name in found.files}


# Lyapunov exponents: a random tanh network with this many units, and the steps that are left out and counted.
CHAOS_UNITS, SETTLE, COUNTED = 64, 100, 400


@functools.cache
def _chaos_draws(seed):
    """W_s of gain 1, the input weights, the inputs, a start and a direction, drawn once for each seed."""
    rng = np.random.default_rng(seed)
    matrix = scaled_normal(rng, CHAOS_UNITS, CHAOS_UNITS)
    steps = SETTLE + COUNTED
    return matrix, *(rng.normal(size=size) for size in (CHAOS_UNITS, steps, CHAOS_UNITS, CHAOS_UNITS))


def exponents(gains, scale, seed=0):
    """The largest Lyapunov exponent of S_t = tanh(g W_s S_{t-1} + scale w_x x_t) for each gain g: ``(len(gains),)``.

    lambda = mean over t of log ||J_t u_{t-1}||,  u_t = J_t u_{t-1} / ||J_t u_{t-1}||,  J_t = diag(1 - S_t^2) g W_s

    W_s has normal entries of standard deviation 1/sqrt(H), w_x and x_t normal ones of standard deviation 1. All gains
    run side by side, over the same inputs; the first SETTLE steps are left out.
    """
    matrix, from_input, x, start, direction = _chaos_draws(seed)
    gains = np.asarray(gains, dtype=float)[:, None]
    S, u = np.tile(start, (len(gains), 1)), np.tile(direction / np.linalg.norm(direction), (len(gains), 1))
    total = np.zeros(len(gains))
    for t, x_t in enumerate(x):
        S = np.tanh(gains * (S @ matrix.T) + scale * x_t * from_input)
        u = (1 - S**2) * (gains * (u @ matrix.T))
        length = np.linalg.norm(u, axis=1)
        u /= length[:, None]
        if t >= SETTLE:
            total += np.log(length)
    return total / COUNTED


def apart(gain, scale, steps, first=1e-6, seed=0):
    """The distance at each step between two runs that begin ``first`` apart, after SETTLE steps: ``(steps + 1,)``."""
    matrix, from_input, x, start, direction = _chaos_draws(seed)
    S = np.stack((start, start))
    for x_t in x[:SETTLE]:
        S = np.tanh(gain * (S @ matrix.T) + scale * x_t * from_input)
    S[1] += first * direction / np.linalg.norm(direction)
    distances = [np.linalg.norm(S[1] - S[0])]
    for x_t in x[SETTLE : SETTLE + steps]:
        S = np.tanh(gain * (S @ matrix.T) + scale * x_t * from_input)
        distances.append(np.linalg.norm(S[1] - S[0]))
    return np.array(distances)

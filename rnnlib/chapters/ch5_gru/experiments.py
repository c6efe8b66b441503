"""What the notebook and the explorers of chapter 5 share, and the trainings it repeats over ten seeds.

``RESULTS`` is written by ``tools/train_gated_networks.py``.
"""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.cells import GRUResetAfter
from rnnlib.chapters.ch4_lstm.experiments import BIASES, DRAWS, LAGS, left_in_gated, left_in_rnn, over_draws
from rnnlib.chapters.ch4_lstm.trainings import LEARNED, SEEDS, held_out, learned, train_adder
from rnnlib.chapters.ch4_lstm.trainings import seeds as adders
from rnnlib.model import Model
from rnnlib.optimizers import Adam
from rnnlib.shared import shared
from rnnlib.tasks import two_time_scales
from rnnlib.training import train
from rnnlib.unroll import unroll

__all__ = [
    "BIASES",
    "DRAWS",
    "LAGS",
    "LEARNED",
    "correlation",
    "held_out",
    "left_in_gated",
    "left_in_rnn",
    "over_draws",
    "train_adder",
]

RESULTS = Path(__file__).parent / "trained" / "seeds.npz"
CONTEST = {"LSTM": "LSTM, forget bias 1", "GRU": "GRU"}
RATES = (0.003, 0.01, 0.03, 0.1)
SLOW, UNITS, STEPS, BURN_IN = 30.0, 14, 60, 20


def correlation(left, right):
    """The correlation of two signals; 0 where one of them is constant."""
    spread = np.std(left) * np.std(right)
    return float(np.mean((left - left.mean()) * (right - right.mean())) / spread) if spread > 0 else 0.0


def gates_of_adders():
    """How i and f move in the LSTMs of chapter 4 that learned to add: shares of opposite moves and correlations.

    The shares are ``(networks,)``, the correlations ``(networks, H)``.
    """
    rows = learned("LSTM, forget bias 1")
    return tuple(adders()[f"LSTM, forget bias 1: {name}"][rows] for name in ("opposite", "correlation"))


def new_listener(seed, rng=None):
    """An untrained GRU of 14 units with a readout for two signals."""
    rng = np.random.default_rng(seed) if rng is None else rng
    return Model(GRUResetAfter(1, UNITS, rng=rng), 2, loss="squared_error", rng=rng)


@shared
def train_listener(seed):
    """A listener that is taught to tell the slow part of a signal from the fast one."""
    rng = np.random.default_rng(seed)
    model = new_listener(seed, rng)

    def draw_batch(rng):
        return two_time_scales.draw_batch(rng, 16, STEPS, slow=SLOW)

    train(model, draw_batch, 300, Adam(0.02), rng=rng, clip=1.0, progress=False)
    return model


def listen(model, sequences=1000):
    """What the units of a trained listener do on new sequences, as a dict.

    ``error`` is the mean squared error of the last 20 steps; ``z`` and ``r`` are the mean gates of each unit, ``slow``
    and ``fast`` how closely its state follows each part, |correlation|: each ``(H,)``.
    """
    batch = two_time_scales.draw_batch(np.random.default_rng(9), sequences, STEPS, slow=SLOW)
    run = unroll(model.network, batch.x)
    states = run.outputs[BURN_IN:].reshape(-1, UNITS)
    parts = (batch.targets[BURN_IN:, :, part].ravel() for part in (0, 1))
    slow, fast = (np.array([abs(correlation(state, part)) for state in states.T]) for part in parts)
    error = np.mean((model.read_out(run.outputs) - batch.targets)[-20:] ** 2)
    z, r = (part.mean(axis=(0, 1)) for part in (run.trace.z, run.trace.r))
    return {"error": error, "z": z, "r": r, "slow": slow, "fast": fast}


def measure_seeds(seeds=SEEDS):
    """LSTM and GRU on the adding problem at four learning rates, and the listeners, with one row a seed: a dict.

    ``<name>, <rate>`` is the held-out loss every 20 steps; the rest is as :func:`listen` gives it.
    """
    found = {
        f"{name}, {rate}": np.array([train_adder(kind, seed, rate)[1].curve()[1] for seed in seeds])
        for name, kind in CONTEST.items()
        for rate in RATES
    }
    heard = [listen(train_listener(seed)) for seed in seeds]
    return found | {name: np.array([part[name] for part in heard]) for name in heard[0]}


@cache
def seeds():
    """What :func:`measure_seeds` found, as saved in RESULTS."""
    with np.load(RESULTS) as file:
        return {name: file[name] for name in file.files}

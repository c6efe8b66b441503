"""What the notebook and the explorers of chapters 4 and 5 measure on untrained cells: what is left of a gradient, and
what one unclipped step does. What is trained is in ``trainings``."""

from functools import cache

import numpy as np

from rnnlib.cells import LSTM, Elman
from rnnlib.model import Model
from rnnlib.optimizers import SGD
from rnnlib.shared import shared
from rnnlib.tasks import adding
from rnnlib.training import train
from rnnlib.unroll import bptt, unroll

LAGS, UNITS = 100, 16
BIASES = np.arange(-2.0, 9.0)
DRAWS = range(1, 6)
STUCK = 0.49


def signal(draw):
    """The noise of one draw, ``(100, 1, 1)``."""
    return np.random.default_rng(draw + 2).normal(size=(LAGS, 1, 1))


def norms_by_lag(run):
    """||dL/dstate_{T-lag}|| for the lags 0..T of each sequence, ``(T+1, B)``, where L is the mean of h_T times sqrt(H).

    L's gradient at h_T has length 1, so lag 0 is 1 and the rest is what is left of it.
    """
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = run.outputs.shape[-1] ** -0.5
    states = bptt(run, d_outputs, keep_state_gradients=True).states
    return np.sqrt(sum(np.sum(part**2, axis=-1) for part in states))[::-1]


def direct_path(run, gate):
    """The norm of that part of the gradient which meets no matrix, for the lags 0..T of each sequence, ``(T+1, B)``.

    LSTM: ||u * kappa_T * f_T * ... * f_{T-lag+1}|| with kappa_T = o_T (1 - tanh^2 c_T), what reading lets through;
    GRU: ||u * z_T * ... * z_{T-lag+1}||. u is the gradient at h_T, of length 1.
    """
    openings = getattr(run.trace, gate)[::-1]
    kept = np.concatenate((np.ones((1, *openings.shape[1:])), np.cumprod(openings, axis=0)))
    return np.linalg.norm(openings.shape[-1] ** -0.5 * read_slope(run) * kept, axis=-1)


def read_slope(run):
    """kappa_T = o_T (1 - tanh^2 c_T) of an LSTM's last step, ``(B, H)``; 1 for a cell that shows its state whole."""
    return run.trace.o[-1] * (1 - np.tanh(run.states[1][-1]) ** 2) if hasattr(run.trace, "o") else 1.0


@cache
def left_in_rnn(gain, draw=1):
    """The gradient by lag of a plain RNN whose recurrent weights have this gain, ``(101, 1)``."""
    return norms_by_lag(unroll(Elman(1, UNITS, rng=np.random.default_rng(draw), gain=gain), signal(draw)))


@cache
def gated_run(kind, gate, gain, draw=1):
    """The run of a gated cell over the noise, once for each of the BIASES of its ``gate``: a batch of 11.

    ``kind`` is a class of cells. The bias comes in as a second, constant input that reaches this gate alone, so that
    one batch holds all of them.
    """
    params = kind(1, UNITS, rng=np.random.default_rng(draw), gain=gain).params
    to_gate = np.repeat(np.array(kind.blocks) == gate, UNITS)[:, None]
    weights = {"W_x": np.concatenate((params["W_x"], to_gate), axis=1), "b": np.zeros_like(params["b"])}
    biases = np.broadcast_to(BIASES[:, None], (LAGS, len(BIASES), 1))
    return unroll(kind.from_params(params | weights), np.concatenate((signal(draw) + 0 * biases, biases), axis=-1))


@cache
def left_in_gated(kind, gate, gain, draw=1):
    """The gradient by lag of a gated cell, and along its direct path: each ``(101, 11)``, a column for each bias."""
    run = gated_run(kind, gate, gain, draw)
    return norms_by_lag(run), direct_path(run, gate)


@cache
def over_draws(kind, gate, gain, draws=20):
    """What is left after 100 steps for each bias, over ``draws`` draws of weights and noise, as a dict.

    ``whole`` and ``direct`` are ``(draws, 11)``; for an LSTM ``gates``, the largest product of its gates, ``memory``,
    the largest |c_T|, and ``slope``, the mean of kappa_T, are too.
    """
    found = {"whole": [], "direct": [], "gates": [], "memory": [], "slope": []}
    for draw in range(1, draws + 1):
        run = gated_run(kind, gate, gain, draw)
        whole, direct = left_in_gated(kind, gate, gain, draw)
        found["whole"].append(whole[-1])
        found["direct"].append(direct[-1])
        if kind is LSTM:
            found["gates"].append(np.prod(run.trace.f, axis=0).max(axis=-1))
            found["memory"].append(np.abs(run.states[1][-1]).max(axis=-1))
            found["slope"].append(read_slope(run).mean(axis=-1))
    return {name: np.array(values) for name, values in found.items() if values}


def stuck(network, x):
    """The share of gate openings within 0.01 of 0 or 1, where the slope of a sigmoid is almost nothing."""
    trace = unroll(network, x).trace
    return float(np.mean(np.abs(np.stack((trace.i, trace.f, trace.o)) - 0.5) > STUCK))


@shared
def one_wild_step(seed, clip, gain=6.0):
    """One step of SGD on an LSTM with large recurrent weights: gradient norm, stuck gates before and after."""
    rng = np.random.default_rng(seed)
    model = Model(LSTM(2, UNITS, rng=rng, gain=gain), 1, loss="squared_error", rng=rng)
    seen = adding.draw_batch(np.random.default_rng(6), 200, 50).x
    before = stuck(model.network, seen)
    history = train(model, lambda rng: adding.draw_batch(rng, 16, 50), 1, SGD(0.1), rng=rng, clip=clip, progress=False)
    return history.gradient_norm[0], before, stuck(model.network, seen)

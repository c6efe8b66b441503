"""A nonlinear recurrence solved over the whole sequence at once, by Newton's method, and how fast that is."""

from functools import cache
from pathlib import Path

import numpy as np

NEWTON = Path(__file__).parents[1] / "trained" / "newton.npz"
H, INPUT = 8, 0.5
GAINS = tuple(round(0.5 + 0.1 * k, 1) for k in range(16))
LENGTHS, SEEDS, MOST = (100, 1000), 8, 200
TOLERANCE = 1e-10


def draw_network(gain, seed, T, kind="mixing"):
    """W (H, H) with the spectral radius ``gain`` and inputs x (T, H) of size INPUT, for h_t = tanh(W h_{t-1} + x_t).

    'mixing': W is Gaussian. 'alone': W is gain times the identity, so that every unit sees itself alone.
    """
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(H, H))
    W = gain * (W / np.abs(np.linalg.eigvals(W)).max() if kind == "mixing" else np.eye(H))
    return W, INPUT * rng.normal(size=(T, H))


def by_loop(W, x):
    """h_t = tanh(W h_{t-1} + x_t) from h_0 = 0, one step after another. W (..., H, H), x (T, ..., H)."""
    h, state = np.empty_like(x), np.zeros_like(x[0])
    for t in range(len(x)):
        state = h[t] = np.tanh(_times(W, state) + x[t])
    return h


def sweep(W, x, h):
    """One Newton step for all t at once, from the guess ``h (T, ..., H)``: the next guess.

    f_t = tanh(W h_{t-1} + x_t),  J_t = diag(1 - f_t^2) W,  d_t = J_t d_{t-1} + (f_t - h_t),  h_t + d_t

    The recurrence of d is linear, so a scan can do it; here a loop does. The guess is kept within [-1, 1], where every
    tanh is. Source: Lim et al. (2024), Parallelizing non-linear sequential models over the sequence length.
    """
    f, J = linearise(W, x, h)
    new, d = np.empty_like(h), np.zeros_like(h[0])
    for t in range(len(x)):
        d = _times(J[t], d) + (f[t] - h[t])
        new[t] = h[t] + d
    return np.clip(new, -1, 1)


def linearise(W, x, h):
    """f_t = tanh(W h_{t-1} + x_t) and its Jacobian J_t at the guess ``h``, for every t at once."""
    before = np.concatenate((np.zeros_like(h[:1]), h[:-1]))
    f = np.tanh(_times(W, before) + x)
    return f, (1 - f * f)[..., None] * W


def guesses(W, x, most=MOST):
    """The guess 0 and that after each sweep, one after the other."""
    h = np.zeros_like(x)
    yield h
    for _ in range(most):
        h = sweep(W, x, h)
        yield h


def lyapunov(W, h):
    """The mean growth of ln |d_t| along the states ``h (T, ..., H)``: the largest Lyapunov exponent."""
    direction, total = np.ones_like(h[0]) / np.sqrt(h.shape[-1]), 0.0
    for h_t in h:
        direction = (1 - h_t * h_t) * _times(W, direction)
        size = np.linalg.norm(direction, axis=-1, keepdims=True)
        direction, total = direction / size, total + np.log(size[..., 0])
    return total / len(h)


def newton_run(T, kind):
    """The sweeps until TOLERANCE, inf where MOST were too few, and the Lyapunov exponent: ``(2, gain, seed)``."""
    drawn = [draw_network(gain, seed, T, kind) for gain in GAINS for seed in range(SEEDS)]
    W, x = np.stack([W for W, _ in drawn]), np.stack([x for _, x in drawn], axis=1)
    truth, needed = by_loop(W, x), np.full(len(drawn), np.inf)
    for count, h in enumerate(guesses(W, x)):
        near = np.abs(h - truth).max(axis=(0, 2)) <= TOLERANCE
        needed = np.where(near & (needed == np.inf), count, needed)
        if near.all():
            break
    return np.stack((needed, lyapunov(W, truth))).reshape(2, len(GAINS), SEEDS)


@cache
def newton_table():
    """:func:`newton_run` by its arguments (T, kind)."""
    with np.load(NEWTON) as file:
        return {(T, kind): file[f"{kind}.{T}"] for kind in ("mixing", "alone") for T in LENGTHS}


def combinations(T):
    """How often a scan over T steps joins two of them: T - reach in the rounds with the reach 1, 2, 4, ..."""
    return sum(T - 2**k for k in range((T - 1).bit_length()))


def multiplications(T, H, sweeps):
    """The multiplications of the loop, T products W h, and of ``sweeps`` scans that join matrices (H, H)."""
    return T * H**2, sweeps * combinations(T) * (H**3 + H**2)


def _times(W, h):
    return (W @ h[..., None])[..., 0]

"""A layer whose state is a matrix: the delta rule, which stores the value v under the key k and corrects what is there.

Linear attention is the same layer without the correction: S_t = S_{t-1} + v_t k_t^T.
"""

from dataclasses import dataclass

import numpy as np

from .activations import sigmoid
from .checks import check_array, check_dtype, check_lengths, check_number, check_rng, check_size, check_state
from .initializers import scaled_normal
from .unroll import Gradients

LARGEST_BETA = 2
# what is added under the root, so that a key of length 0 stays one
TINY = 1e-12


def delta_step(S, k, v, beta):
    """One write into a memory: the new S and the error e = S k - v that it corrects.

    S' = S - beta (S k - v) k^T = S (I - beta k k^T) + beta v k^T

    a gradient step with the rate beta on |S k - v|^2 / 2. Read at k afterwards, the error is (1 - beta) e for |k| = 1.
    ``S (..., d_v, d_k)``, ``k (..., d_k)`` of length 1, ``v (..., d_v)``, and ``beta`` a number or ``(..., 1)``, from 0
    to 2: beyond it every step makes the error larger, and the memory grows without end.

    Raises ValueError for a beta outside 0 to 2 and for a key longer than 1.
    Source: Schlag, Irie & Schmidhuber (2021), Linear transformers are secretly fast weight programmers.
    """
    low, high = np.min(beta), np.max(beta)
    if not (low >= 0 and high <= LARGEST_BETA):
        raise ValueError(
            f"beta: expected numbers from 0 to {LARGEST_BETA}, got {low if not low >= 0 else high}: the error is "
            "multiplied by 1 - beta, so outside it grows at every step"
        )
    longest = np.sqrt(np.max(np.sum(k * k, axis=-1)))
    if not longest <= 1 + 1e-6:
        raise ValueError(f"k: expected keys of length 1, got one of length {longest:.4g}: divide each by its length")
    return _write(S, k, v, beta)


class DeltaRule:
    """A layer that reads q, k, v and beta off its input and keeps a matrix, ``S (d_v, d_k)``.

    q_t = W_q x_t + b_q,  k_t = u_t / |u_t| with u_t = W_k x_t + b_k,  v_t = W_v x_t + b_v,
    beta_t = top sigmoid(W_beta x_t + b_beta),
    S_t = S_{t-1} (I - beta_t k_t k_t^T) + beta_t v_t k_t^T,  o_t = S_t q_t.

    Nothing that is read off the input sees the state. ``top`` is the largest beta: up to 1 the layer can only weaken
    what it holds, up to 2 it can also reverse it. With ``writes`` above 1 each input makes so many writes in turn, each
    with k, v and beta of its own (DeltaProduct). The state is one array ``(B, d_v * d_k)``.

    Raises TypeError or ValueError for sizes below 1 and a ``top`` that is not above 0 and at most 2.
    Source: Schlag, Irie & Schmidhuber (2021), Linear transformers are secretly fast weight programmers; top = 2:
    Grazzi et al. (2024), Unlocking state-tracking in linear RNNs through negative eigenvalues; writes: Siems et al.
    (2025), DeltaProduct: improving state-tracking in linear RNNs via Householder products.
    """

    def __init__(self, input_size, key_size, value_size, *, rng, top=1.0, writes=1, dtype=np.float64):
        self.input_size = check_size("input_size", input_size)
        self.key_size, self.output_size = check_size("key_size", key_size), check_size("value_size", value_size)
        self.top = check_number("top", top, above=0, most=LARGEST_BETA)
        self.writes, self.dtype = check_size("writes", writes), check_dtype("dtype", dtype)
        check_rng("rng", rng)
        rows = {"q": key_size, "k": writes * key_size, "v": writes * value_size, "beta": writes}
        self.params = {f"W_{part}": scaled_normal(rng, n, input_size).astype(self.dtype) for part, n in rows.items()}
        self.params |= {f"b_{part}": np.zeros(n, self.dtype) for part, n in rows.items()}

    def __repr__(self):
        sizes = f"D={self.input_size}, S {self.output_size}×{self.key_size}"
        return f"DeltaRule({sizes}, beta up to {self.top:g}{f', {self.writes} writes' if self.writes > 1 else ''})"

    def project(self, part, x):
        """W x_t + b of ``part`` ('q', 'k', 'v' or 'beta') for all steps, ``(T, B, rows)``."""
        return x @ self.params[f"W_{part}"].T + self.params[f"b_{part}"]

    def check_state(self, name, state, batch):
        """Return ``state`` as a tuple of one array ``(B, d_v * d_k)``, zeros for None; else raise."""
        return check_state(name, state, {"S": self.output_size * self.key_size}, batch, self.dtype)

    def unroll(self, x, state=None, lengths=None):
        """All projections at once, then one write after the other: the :class:`DeltaRun`."""
        check_array("x", x, dtype=self.dtype, T=None, B=None, D=self.input_size)
        (T, B), d_v, d_k = x.shape[:2], self.output_size, self.key_size
        mask = None if lengths is None else np.arange(T)[:, None] < check_lengths("lengths", lengths, B, T)
        u, v, a = (_by_write(self.project(part, x), self.writes) for part in ("k", "v", "beta"))
        length = np.sqrt(np.sum(u * u, axis=-1, keepdims=True) + TINY)
        k, gate = u / length, sigmoid(a)
        beta = self.top * gate
        if mask is not None:
            beta = beta * np.repeat(mask, self.writes, axis=0)[..., None]  # nothing is written past the end
        S, e = np.empty((len(k) + 1, B, d_v, d_k), self.dtype), np.empty_like(v)
        S[0] = self.check_state("state", state, B)[0].reshape(B, d_v, d_k)
        for t in range(len(k)):
            S[t + 1], e[t] = _write(S[t], k[t], v[t], beta[t])
        return DeltaRun(self, x, self.project("q", x), k, length, e, gate, beta, S, mask)


@dataclass(frozen=True)
class DeltaRun:
    """A :class:`DeltaRule` unrolled, with n writes a step: what the backward pass and the figures need.

    ``q (T, B, d_k)``; by write ``k (nT, B, d_k)`` and the ``length`` of each key before it was made 1, the errors
    ``e (nT, B, d_v)``, ``gate`` and ``beta (nT, B, 1)``, and the memory ``S (nT+1, B, d_v, d_k)``, the first the
    initial one. ``mask (T, B)`` is true where a step is part of its sequence, or None where all are.
    """

    network: DeltaRule
    x: np.ndarray
    q: np.ndarray
    k: np.ndarray
    length: np.ndarray
    e: np.ndarray
    gate: np.ndarray
    beta: np.ndarray
    S: np.ndarray
    mask: np.ndarray | None = None

    @property
    def memory(self):
        """S_t after each step, ``(T, B, d_v, d_k)``."""
        return self.S[self.network.writes :: self.network.writes]

    @property
    def outputs(self):
        """o_t = S_t q_t, ``(T, B, d_v)``; zero at padded steps."""
        outputs = _read(self.memory, self.q)
        return outputs if self.mask is None else outputs * self.mask[..., None]

    @property
    def final_state(self):
        """The memory after the last step of each sequence: a tuple of one array ``(B, d_v * d_k)``."""
        return (self.S[-1].reshape(len(self.S[-1]), -1),)

    def __len__(self):
        """T, the number of steps."""
        return len(self.x)

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        n = self.network.writes
        by_write = (array[n * start : n * stop] for array in (self.k, self.length, self.e, self.gate, self.beta))
        mask = None if self.mask is None else self.mask[start:stop]
        S = self.S[n * start : n * stop + 1]
        return DeltaRun(self.network, self.x[start:stop], self.q[start:stop], *by_write, S, mask)

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """Back through S_t = S_{t-1} - beta_t e_t k_t^T with e_t = S_{t-1} k_t - v_t, G_t = dL/dS_t:

        dL/dq_t = S_t^T dL/do_t,  dL/dv_t = beta_t G_t k_t,  dL/dbeta_t = -e_t . G_t k_t,
        dL/dk_t = -beta_t (G_t^T e_t + S_{t-1}^T G_t k_t),
        G_{t-1} = G_t (I - beta_t k_t k_t^T) + dL/do_{t-1} q_{t-1}^T.
        """
        network, n, S, k, beta, e = self.network, self.network.writes, self.S, self.k, self.beta, self.e
        T, B = self.x.shape[:2]
        check_array("d_outputs", d_outputs, dtype=network.dtype, T=T, B=B, H=network.output_size)
        if self.mask is not None:
            d_outputs = d_outputs * self.mask[..., None]
        G = network.check_state("d_final_state", d_final_state, B)[0].reshape(S[0].shape)
        kept = np.empty((T + 1, *G.shape), network.dtype) if keep_state_gradients else None
        d_k, d_v, d_beta = np.empty_like(k), np.empty_like(e), np.empty_like(beta)
        for t in reversed(range(len(k))):
            if t % n == n - 1:  # the step is read after its last write
                G = G + _outer(d_outputs[t // n], self.q[t // n])
                if kept is not None:
                    kept[t // n + 1] = G
            g = _read(G, k[t])
            d_v[t] = beta[t] * g
            d_beta[t] = -np.sum(e[t] * g, axis=-1, keepdims=True)
            d_k[t] = -beta[t] * (_read(G.swapaxes(-1, -2), e[t]) + _read(S[t].swapaxes(-1, -2), g))
            G = G - _outer(beta[t] * g, k[t])
        if kept is not None:
            kept[0] = G
        slopes = {
            "q": _read(self.memory.swapaxes(-1, -2), d_outputs),
            # k = u / |u|: what lies along k only changes the length
            "k": _by_step((d_k - k * np.sum(k * d_k, axis=-1, keepdims=True)) / self.length, n),
            "v": _by_step(d_v, n),
            # beta is top * gate inside its sequence, and 0 past its end
            "beta": _by_step(d_beta * beta * (1 - self.gate), n),
        }
        params = {f"W_{part}": np.tensordot(slope, self.x, axes=((0, 1), (0, 1))) for part, slope in slopes.items()}
        params |= {f"b_{part}": slope.sum(axis=(0, 1)) for part, slope in slopes.items()}
        d_x = sum(slope @ network.params[f"W_{part}"] for part, slope in slopes.items())
        states = None if kept is None else (kept.reshape(T + 1, B, -1),)
        return Gradients(params, d_x, (G.reshape(B, -1),), states)


def _write(S, k, v, beta):
    """S - beta e k^T, and e = S k - v."""
    e = _read(S, k) - v
    return S - _outer(beta * e, k), e


def _read(S, q):
    """S q for matrices ``(..., d_v, d_k)`` and vectors ``(..., d_k)``."""
    return (S @ q[..., None])[..., 0]


def _outer(v, k):
    """v k^T for vectors ``(..., d_v)`` and ``(..., d_k)``."""
    return v[..., None] * k[..., None, :]


def _by_write(a, writes):
    """``(T, B, writes * N)`` as ``(T * writes, B, N)``: the writes of a step follow one another."""
    T, B = a.shape[:2]
    return a.reshape(T, B, writes, -1).swapaxes(1, 2).reshape(T * writes, B, -1)


def _by_step(a, writes):
    """``(T * writes, B, N)`` as ``(T, B, writes * N)``, the inverse of :func:`_by_write`."""
    B, N = a.shape[1:]
    return a.reshape(-1, writes, B, N).swapaxes(1, 2).reshape(-1, B, writes * N)

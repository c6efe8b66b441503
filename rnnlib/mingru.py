"""The minimal GRU: gates that see the input only, so that the recurrence is linear and a scan can run it."""

from dataclasses import dataclass

import numpy as np

from .activations import get_activation
from .cells.base import outer_sum
from .checks import (
    check_array,
    check_choice,
    check_dtype,
    check_floats,
    check_lengths,
    check_number,
    check_rng,
    check_size,
    check_state,
)
from .describe import call_text, options_of
from .initializers import scaled_normal
from .unroll import Gradients

GATES = ("sigmoid", "tanh")


def scan(a, b, start):
    """h_t = a_t * h_{t-1} + b_t for t = 1..T, all steps in ceil(log2 T) rounds: h ``(T, ...)``.

    In each round the stretch of steps that ends at t is joined with the one before it, for all t at once:
    (a, b) after (a', b') is (a a', a b' + b). ``a`` and ``b`` are ``(T, ...)``, ``start`` is h_0. Raises TypeError or
    ValueError for what are not arrays of one float type and of shapes that fit. Source: Hillis & Steele (1986).
    """
    axes = {"T": None} | {f"axis {k}": n for k, n in enumerate(check_floats("a", a).shape[1:], 1)}
    check_array("a", a, finite=False, **axes)
    check_array("b", b, dtype=a.dtype, finite=False, **(axes | {"T": len(a)}))
    check_array("start", start, dtype=a.dtype, finite=False, **{axis: n for axis, n in axes.items() if axis != "T"})
    a, h, reach = a.copy(), b.copy(), 1
    h[0] += a[0] * start
    while reach < len(h):
        h[reach:] += a[reach:] * h[:-reach]
        a[reach:] *= a[:-reach].copy()
        reach *= 2
    return h


class MinGRU:
    """h_t = z_t * h_{t-1} + (1 - z_t) * n_t,  z_t = f(W_z x_t + b_z),  n_t = W_n x_t + b_n: z = 1 keeps the state.

    Gate and candidate see x_t alone, so h_t is linear in h_{t-1}, and :func:`scan` finds all steps in log2 T rounds.
    With f = sigmoid the gate lies in (0, 1), as in the paper; with f = tanh in (-1, 1), and the state can change its
    sign from step to step. It goes through :func:`rnnlib.unroll` and :func:`rnnlib.bptt` as a cell does.

    Parameters: ``W_x (2H, D)`` and ``b (2H,)``; the blocks of rows are z, n.
    Source: Feng et al. (2024), Were RNNs all we needed? There z is the share of what is new, our 1 - z.
    """

    def __init__(self, input_size, state_size, *, rng, gate="sigmoid", update_bias=0.0, dtype=np.float64):
        """Draw W_x from a scaled normal. ``gate`` is f, 'sigmoid' or 'tanh'; ``update_bias`` is the start of b_z.

        Raises TypeError or ValueError for sizes that are not positive whole numbers, for a ``rng`` that is not a
        generator, for an unknown gate, and for a dtype other than float64 and float32.
        """
        D, H = check_size("input_size", input_size), check_size("state_size", state_size)
        self.gate = get_activation(check_choice("gate", gate, GATES))
        dtype = check_dtype("dtype", dtype)
        b = np.repeat([check_number("update_bias", update_bias), 0.0], H)
        self.params = {"W_x": scaled_normal(check_rng("rng", rng), 2 * H, D).astype(dtype), "b": b.astype(dtype)}

    def __repr__(self):
        return call_text(self, D=self.input_size, H=self.output_size, **options_of(self, gate=self.gate.name))

    @property
    def input_size(self):
        """D, the size of x_t."""
        return self.params["W_x"].shape[1]

    @property
    def output_size(self):
        """H, the size of h_t."""
        return len(self.params["b"]) // 2

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.params["W_x"].dtype

    def check_params(self):
        """Raise TypeError or ValueError unless the parameters have the right shapes and one dtype."""
        check_array("b", self.params["b"], dtype=self.dtype, finite=False, out=None)
        check_array("W_x", self.params["W_x"], finite=False, out=2 * self.output_size, **{"in": None})

    def check_state(self, name, state, batch):
        """Return ``state`` as a tuple of one array ``(B, H)``, zeros for None; else raise TypeError or ValueError."""
        return check_state(name, state, {"h": self.output_size}, batch, self.dtype)

    def unroll(self, x, state=None, lengths=None):
        """One product over the whole sequence, then a scan: the :class:`MinGRURun`."""
        self.check_params()
        check_array("x", x, dtype=self.dtype, T=None, B=None, D=self.input_size)
        T, B = x.shape[:2]
        (h_0,) = self.check_state("state", state, B)
        lengths = np.full(B, T) if lengths is None else check_lengths("lengths", lengths, B, T)
        mask = np.arange(T)[:, None] < lengths
        # z_t = f(W_z x_t + b_z);   n_t = W_n x_t + b_n
        z, n = np.split(x @ self.params["W_x"].T + self.params["b"], 2, axis=-1)
        z = self.gate.function(z)
        real = mask[..., None]
        # past its end a sequence keeps its state: h_t = 1 * h_{t-1} + 0
        h = scan(np.where(real, z, 1), np.where(real, (1 - z) * n, 0), h_0)
        return MinGRURun(self, x, z, n, np.concatenate((h_0[None], h)), mask)


@dataclass(frozen=True)
class MinGRURun:
    """A :class:`MinGRU` over a sequence: ``z`` and ``n (T, B, H)``, and ``states (T+1, B, H)`` from h_0 on."""

    network: MinGRU
    x: np.ndarray
    z: np.ndarray
    n: np.ndarray
    states: np.ndarray
    mask: np.ndarray

    def __repr__(self):
        return call_text(self, self.network, T=len(self), B=self.x.shape[1])

    @property
    def outputs(self):
        """h_t, ``(T, B, H)``; zero at padded steps."""
        return self.states[1:] * self.mask[..., None]

    @property
    def final_state(self):
        """The state after the last step of each sequence: a tuple of one array ``(B, H)``."""
        return (self.states[-1],)

    def __len__(self):
        """T, the number of steps."""
        return len(self.x)

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        steps = slice(start, stop)
        states = self.states[start : stop + 1]
        return MinGRURun(self.network, self.x[steps], self.z[steps], self.n[steps], states, self.mask[steps])

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """The same scan from the other end: dL/dh_t = dL/d(output_t) + z_{t+1} * dL/dh_{t+1}."""
        network, z, n = self.network, self.z, self.n
        T, B, H = z.shape
        check_array("d_outputs", d_outputs, dtype=network.dtype, T=T, B=B, H=H)
        (d_final,) = network.check_state("d_final_state", d_final_state, B)
        real, one_step = self.mask[..., None], np.ones((1, B, H), z.dtype)
        # from h_T down to h_0: what arrives at h_T from outside, then z_T, ..., z_1
        factors = np.concatenate((one_step, np.where(real, z, 1)[::-1]))
        arriving = np.concatenate(((d_outputs * real)[::-1], 0 * one_step))
        d_states = scan(factors, arriving, d_final)[::-1]
        # delta_z = dL/dh_t * (h_{t-1} - n_t) f'(.);   delta_n = dL/dh_t * (1 - z_t)
        d_h = d_states[1:] * real
        delta = np.concatenate((d_h * (self.states[:-1] - n) * network.gate.slope(z), d_h * (1 - z)), axis=-1)
        params = {"W_x": outer_sum(delta, self.x), "b": delta.sum(axis=(0, 1))}
        kept = (d_states,) if keep_state_gradients else None
        return Gradients(params, delta @ network.params["W_x"], (d_states[0],), kept)

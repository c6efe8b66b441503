"""The engine: a network unrolled through time, and backpropagation through it.

The loops over time of the whole package are the two in this module. The input projection of all steps is
one matrix product before the loop; each weight gradient is one matrix product after it.
"""

from dataclasses import dataclass
from functools import singledispatch
from typing import NamedTuple

import numpy as np

from .cells import Cell
from .checks import check_array, check_lengths

# how many deltas the backward pass works on at a time: 2 MB of float64
BLOCK_ENTRIES = 2**18


@dataclass(frozen=True)
class Run:
    """A cell unrolled over a sequence: everything that the backward pass and the figures need.

    ``x (T, B, D)`` the input; ``states`` a tuple of arrays ``(T+1, B, N)``, one a state name, where entry 0
    is the initial state; ``trace`` the gates and the like by name: ``run.trace.f`` is ``(T, B, H)``;
    ``mask (T, B)`` true where a step is part of its sequence, or None where all are.
    """

    cell: Cell
    x: np.ndarray
    states: tuple
    trace: tuple
    mask: np.ndarray | None = None

    @property
    def outputs(self):
        """What the cell outputs, ``(T, B, N)``; zero at padded steps."""
        outputs = self.states[0][1:]
        return outputs if self.mask is None else outputs * self.mask[..., None]

    @property
    def final_state(self):
        """The state after the last step of each sequence: a tuple of arrays ``(B, N)``."""
        return tuple(part[-1] for part in self.states)

    @property
    def states_before(self):
        """The state before each step, ``(T, B, N)`` a state name."""
        return tuple(part[:-1] for part in self.states)

    @property
    def states_after(self):
        """The state after each step, ``(T, B, N)`` a state name."""
        return tuple(part[1:] for part in self.states)

    def __len__(self):
        """T, the number of steps."""
        return len(self.x)

    def part(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        mask = None if self.mask is None else self.mask[start:stop]
        states = tuple(part[start : stop + 1] for part in self.states)
        trace = self.trace._make(part[start:stop] for part in self.trace)
        return Run(self.cell, self.x[start:stop], states, trace, mask)


class Gradients(NamedTuple):
    """What :func:`bptt` returns.

    ``params`` the gradient of every parameter by name; ``x (T, B, D)`` that of the input;
    ``initial_state`` that of each part of the state before the first step, ``(B, N)``;
    ``states`` on request dL/dstate_t for t = 0..T, each ``(T+1, B, N)``, else None.
    """

    params: dict
    x: np.ndarray
    initial_state: tuple
    states: tuple | None


@singledispatch
def unroll(network, x, state=None, lengths=None):
    """Run ``network`` over the sequence ``x (T, B, D)`` and return the :class:`Run`.

    state_t = step(W_x x_t + b, state_{t-1}) for t = 1..T.

    ``state`` is the state before the first step, a tuple of arrays ``(B, N)`` (a single array where the cell
    has one state); zeros if it is left out. ``lengths (B,)`` gives the length of each sequence of a padded
    batch: past it the state stays as it is and the output is zero.

    Raises TypeError or ValueError for wrong types, shapes, empty axes and non-finite numbers.
    """
    raise TypeError(f"network: expected a cell or a wrapper of cells, got {type(network).__name__}")


@unroll.register
def _(cell: Cell, x, state=None, lengths=None):
    cell.check_params(finite=False)
    check_array("x", x, dtype=cell.dtype, T=None, B=None, D=cell.input_size)
    T, B = x.shape[:2]
    state = cell.zero_state(B) if state is None else cell.check_state("state", state, B)
    mask = None if lengths is None else np.arange(T)[:, None] < check_lengths("lengths", lengths, B, T)
    states = tuple(np.empty((T + 1, B, part.shape[1]), cell.dtype) for part in state)
    _put(state, states, 0)
    # a_t = W_x x_t + b for all steps at once, each block of rows an array of its own: (T, G, B, H)
    W_x = cell.blocks_of(cell.input_weight)
    a = x[:, None] @ np.ascontiguousarray(W_x.swapaxes(1, 2))
    a += cell.params[cell.bias].reshape(len(W_x), 1, -1)
    trace = cell.new_trace(a.swapaxes(0, 1))
    W_T = np.ascontiguousarray(cell.blocks_of(cell.recurrent_weight).swapaxes(1, 2))
    run = Run(cell, x, states, trace, mask)
    previous = state
    steps = zip(range(T), a, by_step(run.states_after), by_step(trace), strict=True)
    for t, a_t, state, trace_t in steps:
        cell.step(W_T, a_t, previous, state, trace_t)
        if mask is not None:
            _keep(state, previous, mask[t])
        previous = state
    return run


@singledispatch
def bptt(run, d_outputs, d_final_state=None, keep_state_gradients=False):
    """Backpropagation through time over ``run``: the :class:`Gradients` of a loss L.

    ``d_outputs (T, B, N)`` is dL/d(output_t); ``d_final_state`` is the gradient that arrives at the state
    after the last step from outside, zeros if it is left out. Going back from t = T,

    dL/dstate_{t-1} = (d state_t / d state_{t-1})^T dL/dstate_t + dL/d(output_{t-1}).

    Raises TypeError or ValueError for wrong types, shapes and non-finite numbers.
    Source: Werbos (1990), Backpropagation through time: what it does and how to do it.
    """
    raise TypeError(f"run: expected what unroll(...) returns, got {type(run).__name__}")


@bptt.register
def _(run: Run, d_outputs, d_final_state=None, keep_state_gradients=False):
    cell = run.cell
    T, B = run.x.shape[:2]
    check_array("d_outputs", d_outputs, dtype=cell.dtype, T=T, B=B, H=cell.output_size)
    d_state = cell.zero_state(B) if d_final_state is None else cell.check_state("d_final_state", d_final_state, B)
    kept = tuple(np.empty_like(part) for part in run.states) if keep_state_gradients else None
    d_x, params = np.empty_like(run.x), {}
    # a block of steps at a time, so that what is worked on stays in the cache
    size = max(1, BLOCK_ENTRIES // (B * len(cell.params[cell.bias])))
    for stop in range(T, 0, -size):
        start = max(stop - size, 0)
        part = run.part(start, stop)
        kept_part = kept and tuple(array[start : stop + 1] for array in kept)
        slopes, d_state = _walk_back(part, d_outputs[start:stop], d_state, kept_part)
        d_x[start:stop] = cell.input_gradient(slopes)
        for name, gradient in cell.weight_gradients(part, slopes).items():
            params[name] = params[name] + gradient if name in params else gradient
    return Gradients(params, d_x, d_state, kept)


def _walk_back(run, d_outputs, d_state, kept):
    """From the last step to the first: the slopes, which are deltas now, and the gradient at the initial state."""
    cell, mask = run.cell, run.mask
    if mask is not None:
        d_outputs = d_outputs * mask[..., None]
    slopes = cell.slopes(run.states_before, run.states_after, run.trace)
    W = cell.blocks_of(cell.recurrent_weight)
    steps = zip(range(len(run)), d_outputs, by_step(slopes), by_step(run.trace), strict=True)
    for t, d_output, slopes_t, trace_t in reversed(list(steps)):
        d_state = (d_state[0] + d_output, *d_state[1:])
        if kept is not None:
            _put(d_state, kept, t + 1)
        d_previous = cell.step_back(W, d_state, slopes_t, trace_t)
        if mask is not None:
            _keep(d_previous, d_state, mask[t])
        d_state = d_previous
    if kept is not None:
        _put(d_state, kept, 0)
    if mask is not None:
        for part in slopes:
            np.copyto(part, 0, where=~mask[..., None])
    return slopes, d_state


def by_step(arrays):
    """The arrays, which end in ``(T, B, N)``, one step after the other."""
    return zip(*(np.moveaxis(part, -3, 0) for part in arrays), strict=True)


def _put(parts, stacked, t):
    """Write the parts of a state into entry t of the stacked arrays."""
    for part, array in zip(parts, stacked, strict=True):
        array[t] = part


def _keep(new, old, real):
    """For the sequences that have ended, ``new`` is what ``old`` was."""
    if not real.all():
        for part, before in zip(new, old, strict=True):
            np.copyto(part, before, where=~real[:, None])

"""The engine: a network unrolled through time, and backpropagation through it.

The loops over time of the whole package are the two in this module. The input projection of all steps is
one matrix product before the loop; each weight gradient is one matrix product after it.
"""

from dataclasses import dataclass
from functools import cached_property, singledispatch
from typing import NamedTuple

import numpy as np

from .cells import Cell
from .checks import check_array, check_lengths


@dataclass(frozen=True)
class Run:
    """A cell unrolled over a sequence: everything that the backward pass and the figures need.

    ``x (T, B, D)`` the input; ``states`` a tuple of arrays ``(T+1, B, N)``, one a state name, where entry 0
    is the initial state; ``steps`` the trace of each step; ``mask (T, B)`` true where a step is part of its
    sequence, or None where all are.
    """

    cell: Cell
    x: np.ndarray
    states: tuple
    steps: list
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

    @cached_property
    def trace(self):
        """The traces of all steps stacked by name: ``run.trace.f`` is ``(T, B, H)``."""
        kind = type(self.steps[0])
        return kind(*(np.stack(part) for part in zip(*self.steps, strict=True)))

    def __len__(self):
        """T, the number of steps."""
        return len(self.x)

    def part(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        mask = None if self.mask is None else self.mask[start:stop]
        states = tuple(part[start : stop + 1] for part in self.states)
        return Run(self.cell, self.x[start:stop], states, self.steps[start:stop], mask)


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
    check_array("x", x, dtype=cell.dtype, T=None, B=None, D=cell.input_size)
    T, B = x.shape[:2]
    state = cell.zero_state(B) if state is None else cell.check_state("state", state, B)
    mask = None if lengths is None else np.arange(T)[:, None] < check_lengths("lengths", lengths, B, T)
    states = tuple(np.empty((T + 1, *part.shape), cell.dtype) for part in state)
    for stacked, part in zip(states, state, strict=True):
        stacked[0] = part
    # a_t = W_x x_t + b for all steps at once
    a = x @ cell.params[cell.input_weight].T + cell.params[cell.bias]
    steps = []
    for t in range(T):
        new_state, trace = cell.step(a[t], state)
        state = new_state if mask is None else _where(mask[t], new_state, state)
        steps.append(trace)
        for stacked, part in zip(states, state, strict=True):
            stacked[t + 1] = part
    return Run(cell, x, states, steps, mask)


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
    cell, mask = run.cell, run.mask
    T, B = run.x.shape[:2]
    check_array("d_outputs", d_outputs, dtype=cell.dtype, T=T, B=B, H=cell.output_size)
    d_state = cell.zero_state(B) if d_final_state is None else cell.check_state("d_final_state", d_final_state, B)
    if mask is not None:
        d_outputs = d_outputs * mask[..., None]
    da, dq, d_states = [None] * T, [None] * T, [None] * (T + 1)
    for t in reversed(range(T)):
        d_state = (d_state[0] + d_outputs[t], *d_state[1:])
        d_states[t + 1] = d_state
        previous = tuple(part[t] for part in run.states)
        state = tuple(part[t + 1] for part in run.states)
        da[t], dq[t], d_previous = cell.step_back(d_state, previous, state, run.steps[t])
        if mask is not None:
            da[t], dq[t] = _where(mask[t], (da[t], dq[t]), (0.0, 0.0))
            d_previous = _where(mask[t], d_previous, d_state)
        d_state = d_previous
    d_states[0] = d_state
    da, dq = np.stack(da), np.stack(dq)
    d_states = tuple(np.stack(part) for part in zip(*d_states, strict=True))
    at_steps = tuple(part[1:] if mask is None else part[1:] * mask[..., None] for part in d_states)
    params = cell.weight_gradients(run, da, dq, at_steps)
    d_x = da @ cell.params[cell.input_weight]
    return Gradients(params, d_x, d_state, d_states if keep_state_gradients else None)


def _where(real, new, old):
    """``new`` for the sequences whose step is real, ``old`` for those that have ended."""
    return tuple(np.where(real[:, None], n, o) for n, o in zip(new, old, strict=True))

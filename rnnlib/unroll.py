"""The engine: a network unrolled through time, and backpropagation through it.

The loops over time of the whole package are the two in this module. The input projection of all steps is
one matrix product before the loop; each weight gradient is one matrix product after it.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from .checks import check_array, check_lengths
from .describe import call_text, fields_text

# how many deltas the backward pass works on at a time: 2 MB of float64
BLOCK_ENTRIES = 2**18


class Network(Protocol):
    """What :func:`unroll` takes: a cell, a wrapper, or anything else that has these.

    ``params`` maps names to arrays, all of ``dtype``; an array that is changed in place changes the network.
    ``input_size`` is D and ``output_size`` is N, the sizes of what it reads and writes at each step.
    """

    params: dict
    input_size: int
    output_size: int
    dtype: np.dtype

    def unroll(self, x, state=None, lengths=None):
        """The :class:`NetworkRun` over ``x (T, B, D)``; ``state`` and ``lengths`` as in :func:`unroll`."""


class NetworkRun(Protocol):
    """What :func:`unroll` returns: everything that the backward pass needs.

    ``outputs (T, B, N)`` is zero at padded steps. ``final_state`` is the state after the last step of each sequence,
    an array or a nest of tuples of arrays whose first axis is the batch; :func:`unroll` takes it back as ``state``.
    """

    outputs: np.ndarray
    final_state: tuple

    def __len__(self):
        """T, the number of steps."""

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """The :class:`Gradients`, as :func:`bptt` says."""


def unroll(network, x, state=None, lengths=None):
    """Run ``network`` over the sequence ``x (T, B, D)`` and return its run, a :class:`Run` where it is a cell.

    state_t = step(W_x x_t + b, state_{t-1}) for t = 1..T.

    ``state`` is the state before the first step, a tuple of arrays ``(B, N)`` (a single array where the cell
    has one state); zeros if it is left out. ``lengths (B,)`` gives the length of each sequence of a padded
    batch: past it the state stays as it is and the output is zero.

    Raises TypeError or ValueError for wrong types, shapes, empty axes and non-finite numbers.
    """
    return check_run("run", check_network("network", network).unroll(x, state, lengths))


def bptt(run, d_outputs, d_final_state=None, keep_state_gradients=False):
    """Backpropagation through time over ``run``: the :class:`Gradients` of a loss L.

    ``d_outputs (T, B, N)`` is dL/d(output_t); ``d_final_state`` is the gradient that arrives at the state
    after the last step from outside, zeros if it is left out. Going back from t = T,

    dL/dstate_{t-1} = (d state_t / d state_{t-1})^T dL/dstate_t + dL/d(output_{t-1}).

    Raises TypeError or ValueError for wrong types, shapes and non-finite numbers.
    Source: Werbos (1990), Backpropagation through time: what it does and how to do it.
    """
    return check_run("run", run).bptt(d_outputs, d_final_state, keep_state_gradients)


def check_network(name, value):
    """Return ``value`` if it is a :class:`Network`; else raise TypeError that says what it lacks."""
    return _check_protocol(name, value, Network, ("unroll",), "a cell or a wrapper of cells")


def check_run(name, value):
    """Return ``value`` if it is a :class:`NetworkRun`; else raise TypeError that says what it lacks."""
    return _check_protocol(name, value, NetworkRun, ("bptt", "window"), "what unroll(...) returns")


def _check_protocol(name, value, protocol, methods, expected):
    """Return ``value`` if it has what the protocol declares and its methods; without the first it is something else."""
    if isinstance(value, type):
        kind = value.__name__
        raise TypeError(f"{name}: expected {expected}, got the class {kind}: make one with {kind}(...)")
    # on the type, so that no property is computed
    own = getattr(value, "__dict__", ())
    wanted = (methods[0], *protocol.__annotations__, *methods[1:])
    missing = [member for member in wanted if member not in own and not hasattr(type(value), member)]
    if methods[0] in missing:
        raise TypeError(f"{name}: expected {expected}, got {type(value).__name__}")
    if missing:
        raise TypeError(
            f"{name}: expected a {protocol.__name__}, got {type(value).__name__} without {', '.join(missing)}: "
            f"help(rnnlib.{protocol.__name__}) says what each is for"
        )
    return value


@dataclass(frozen=True)
class Run:
    """A cell unrolled over a sequence: everything that the backward pass and the figures need.

    ``x (T, B, D)`` the input; ``states`` a tuple of arrays ``(T+1, B, N)``, one a state name, where entry 0
    is the initial state; ``trace`` the gates and the like by name: ``run.trace.f`` is ``(T, B, H)``;
    ``mask (T, B)`` true where a step is part of its sequence, or None where all are.

    Nothing is copied: ``x`` and the weights are the caller's, and ``final_state`` shows the last entry of ``states``.
    Change any of them only when :func:`bptt` is done with the run.
    """

    cell: object
    x: np.ndarray
    states: tuple
    trace: tuple
    mask: np.ndarray | None = None

    def __repr__(self):
        return call_text(self, self.cell, T=len(self), B=self.x.shape[1])

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

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        mask = None if self.mask is None else self.mask[start:stop]
        states = tuple(part[start : stop + 1] for part in self.states)
        trace = self.trace._make(part[start:stop] for part in self.trace)
        return Run(self.cell, self.x[start:stop], states, trace, mask)

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """As :func:`bptt`: the loop over time, a block of steps at a time, then one product for each weight."""
        cell = self.cell
        T, B = self.x.shape[:2]
        check_array("d_outputs", d_outputs, dtype=cell.dtype, T=T, B=B, H=cell.output_size)
        d_state = cell.check_state("d_final_state", d_final_state, B)
        kept = tuple(np.empty_like(part) for part in self.states) if keep_state_gradients else None
        d_x, params = np.empty_like(self.x), {}
        # a block of steps at a time, so that what is worked on stays in the cache
        size = max(1, BLOCK_ENTRIES // (B * len(cell.params[cell.bias])))
        for stop in range(T, 0, -size):
            start = max(stop - size, 0)
            part = self.window(start, stop)
            kept_part = kept and tuple(array[start : stop + 1] for array in kept)
            slopes, d_state = _walk_back(part, d_outputs[start:stop], d_state, kept_part)
            d_x[start:stop] = cell.input_gradient(slopes)
            for name, gradient in cell.weight_gradients(part, slopes).items():
                params[name] = params[name] + gradient if name in params else gradient
        return Gradients(params, d_x, d_state, kept)


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

    def __repr__(self):
        return fields_text(self)


def unroll_cell(cell, x, state=None, lengths=None):
    """The :class:`Run` of a cell: one product over the whole sequence, then the loop over time."""
    cell.check_params(finite=False)
    check_array("x", x, dtype=cell.dtype, T=None, B=None, D=cell.input_size)
    T, B = x.shape[:2]
    state = cell.check_state("state", state, B)
    mask = None if lengths is None else np.arange(T)[:, None] < check_lengths("lengths", lengths, B, T)
    states = tuple(np.empty((T + 1, B, part.shape[1]), cell.dtype) for part in state)
    _put(state, states, 0)
    # a_t = W_x x_t + b for all steps at once, each block of rows an array of its own: (T, G, B, H)
    W_x = cell.blocks_of(cell.input_weight)
    a = x[:, None] @ np.ascontiguousarray(W_x.swapaxes(1, 2))
    a += cell.params[cell.bias].reshape(len(W_x), 1, -1)
    trace = cell.new_trace(a.swapaxes(0, 1))
    weights = cell.forward_weights()
    run = Run(cell, x, states, trace, mask)
    previous = state
    steps = zip(range(T), a, by_step(run.states_after), traces(trace), strict=True)
    for t, a_t, state, trace_t in steps:
        cell.step(weights, a_t, previous, state, trace_t)
        if mask is not None:
            _keep(state, previous, mask[t])
        previous = state
    return run


def _walk_back(run, d_outputs, d_state, kept):
    """From the last step to the first: the slopes, which are deltas now, and the gradient at the initial state."""
    cell, mask = run.cell, run.mask
    if mask is not None:
        d_outputs = d_outputs * mask[..., None]
    slopes = cell.slopes(run.states_before, run.states_after, run.trace)
    weights = cell.backward_weights()
    steps = zip(range(len(run)), d_outputs, by_step(slopes), traces(run.trace), strict=True)
    for t, d_output, slopes_t, trace_t in reversed(list(steps)):
        d_state = (d_state[0] + d_output, *d_state[1:])
        if kept is not None:
            _put(d_state, kept, t + 1)
        d_previous = cell.step_back(weights, d_state, slopes_t, trace_t)
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


def traces(trace):
    """The trace of one step after the other, its arrays by name."""
    return map(trace._make, by_step(trace))


def _put(parts, stacked, t):
    """Write the parts of a state into entry t of the stacked arrays."""
    for part, array in zip(parts, stacked, strict=True):
        array[t] = part


def _keep(new, old, real):
    """For the sequences that have ended, ``new`` is what ``old`` was."""
    if not real.all():
        for part, before in zip(new, old, strict=True):
            np.copyto(part, before, where=~real[:, None])

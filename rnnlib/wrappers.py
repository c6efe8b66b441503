"""Networks made of cells: layers stacked on one another, and a pair that reads in both directions.

Each runs through the same :func:`rnnlib.unroll` and :func:`rnnlib.bptt` as a single cell.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from .checks import check_array, check_lengths
from .describe import call_text
from .unroll import Gradients, bptt, check_network, unroll


class Stacked:
    """A deep RNN: the outputs of each layer are the inputs of the next.

    x -> layer 0 -> layer 1 -> ... -> output. Layers may be cells or other wrappers; the sizes must chain.
    ``params`` names the arrays ``0.W_x``, ``1.W_x``, ...; they are the layers' own. The state is a tuple of
    the layers' states.
    """

    def __init__(self, *layers):
        if not layers:
            raise ValueError("layers: expected at least one cell, got none")
        for k, layer in enumerate(layers):
            check_network(f"layer {k}", layer)
            _check_same_dtype(f"layer {k}", layer, layers[0])
        check_own_weights({f"layer {k}": layer for k, layer in enumerate(layers)})
        for k, (below, above) in enumerate(pairwise(layers)):
            if above.input_size != below.output_size:
                raise ValueError(
                    f"layer {k + 1}: expected input size {below.output_size}, the output size of layer {k}, "
                    f"got {above.input_size}"
                )
        self.layers = layers

    def __repr__(self):
        return call_text(self, *self.layers)

    @property
    def params(self):
        """Every parameter of every layer, by name."""
        return _joined({str(k): layer.params for k, layer in enumerate(self.layers)})

    @property
    def input_size(self):
        """D, the size of x_t."""
        return self.layers[0].input_size

    @property
    def output_size(self):
        """The size of what the last layer outputs."""
        return self.layers[-1].output_size

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.layers[0].dtype

    def unroll(self, x, state=None, lengths=None):
        """Each layer reads what the one below it wrote: the :class:`StackedRun`."""
        states = _split_state("state", state, len(self.layers))
        runs = []
        for layer, layer_state in zip(self.layers, states, strict=True):
            runs.append(unroll(layer, x, layer_state, lengths))
            x = runs[-1].outputs
        return StackedRun(self, tuple(runs))


class Bidirectional:
    """One network reads forward, another, with weights of its own, backward: h_t = [h_forward_t, h_backward_t].

    The backward network's recursion runs from t+1 to t. With ``lengths`` each sequence is reversed within its
    own length. ``params`` names the arrays ``forward.W_x``, ``backward.W_x``, ... The state is the pair of the
    two states. Source: Schuster & Paliwal (1997).
    """

    def __init__(self, forward, backward):
        check_network("forward", forward)
        _check_same_dtype("backward", check_network("backward", backward), forward)
        if forward.input_size != backward.input_size:
            raise ValueError(
                f"backward: expected input size {forward.input_size} as the forward network, got {backward.input_size}"
            )
        check_own_weights({"forward": forward, "backward": backward})
        self.forward, self.backward = forward, backward

    def __repr__(self):
        return call_text(self, self.forward, self.backward)

    @property
    def params(self):
        """Every parameter of both directions, by name."""
        return _joined({"forward": self.forward.params, "backward": self.backward.params})

    @property
    def input_size(self):
        """D, the size of x_t."""
        return self.forward.input_size

    @property
    def output_size(self):
        """The sizes of both outputs together."""
        return self.forward.output_size + self.backward.output_size

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.forward.dtype

    def unroll(self, x, state=None, lengths=None):
        """One direction, then the other over the reversed sequences: the :class:`BidirectionalRun`."""
        check_array("x", x, dtype=self.dtype, T=None, B=None, D=self.input_size)
        order = reversed_order(*x.shape[:2], lengths)
        forward_state, backward_state = _split_state("state", state, 2)
        forward = unroll(self.forward, x, forward_state, lengths)
        backward = unroll(self.backward, reorder(x, order), backward_state, lengths)
        return BidirectionalRun(self, forward, backward, order)


@dataclass(frozen=True)
class StackedRun:
    """A :class:`Stacked` network unrolled: ``runs`` holds the run of each layer, from the input up."""

    network: Stacked
    runs: tuple

    def __repr__(self):
        return call_text(self, self.network, T=len(self), B=self.outputs.shape[1])

    @property
    def outputs(self):
        """What the last layer outputs, ``(T, B, N)``."""
        return self.runs[-1].outputs

    @property
    def final_state(self):
        """The final state of every layer, as a tuple."""
        return tuple(run.final_state for run in self.runs)

    def __len__(self):
        return len(self.runs[0])

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        return StackedRun(self.network, tuple(run.window(start, stop) for run in self.runs))

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """From the top layer down: what arrives at the inputs of one is what leaves the one below."""
        d_finals = _split_state("d_final_state", d_final_state, len(self.runs))
        gradients = []
        for layer_run, d_final in zip(reversed(self.runs), reversed(d_finals), strict=True):
            gradients.append(bptt(layer_run, d_outputs, d_final, keep_state_gradients))
            d_outputs = gradients[-1].x
        return _join_gradients([str(k) for k in range(len(self.runs))], gradients[::-1], d_outputs)


@dataclass(frozen=True)
class BidirectionalRun:
    """A :class:`Bidirectional` network unrolled: the run of each direction, ``backward`` in its own order."""

    network: Bidirectional
    forward: object
    backward: object
    order: np.ndarray

    directions: ClassVar = ("forward", "backward")

    def __repr__(self):
        return call_text(self, self.network, T=len(self), B=self.order.shape[1])

    @property
    def outputs(self):
        """[h_forward_t, h_backward_t] side by side, ``(T, B, N_forward + N_backward)``."""
        return np.concatenate((self.forward.outputs, reorder(self.backward.outputs, self.order)), axis=-1)

    @property
    def final_state(self):
        """The final states of both directions; the backward one has read as far as the first step."""
        return self.forward.final_state, self.backward.final_state

    def __len__(self):
        return len(self.forward)

    def window(self, start, stop):
        """Raise TypeError: the backward half of a window depends on all that comes after it."""
        raise TypeError("run: expected one that reads forward, got a Bidirectional one: it needs the whole sequence")

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """Each direction by itself; both reach the input."""
        T, B = self.order.shape
        check_array("d_outputs", d_outputs, dtype=self.network.dtype, T=T, B=B, H=self.network.output_size)
        d_forward, d_backward = _split_state("d_final_state", d_final_state, 2)
        size = self.network.forward.output_size
        forward = bptt(self.forward, d_outputs[..., :size], d_forward, keep_state_gradients)
        backward = bptt(self.backward, reorder(d_outputs[..., size:], self.order), d_backward, keep_state_gradients)
        d_x = forward.x + reorder(backward.x, self.order)
        return _join_gradients(self.directions, [forward, backward], d_x)


def reversed_order(T, B, lengths=None):
    """For each sequence the order of its steps when it is read backward within its length, ``(T, B)``.

    Step t of a sequence of length n is read at n-1-t; padded steps stay where they are, behind it.
    """
    lengths = np.full(B, T) if lengths is None else check_lengths("lengths", lengths, B, T)
    t = np.arange(T)[:, None]
    return np.where(t < lengths, lengths - 1 - t, t)


def reorder(x, order):
    """x with the steps of each sequence in the given order, ``(T, B, D)``; its own inverse for a reversal."""
    return np.take_along_axis(x, order[..., None], axis=0)


def check_own_weights(networks):
    """Raise ValueError if two of the ``networks``, by name, share an array: each has a gradient of its own."""
    owners = {}
    for name, network in networks.items():
        for array in network.params.values():
            owner = owners.setdefault(id(array), name)
            if owner != name:
                raise ValueError(f"{name}: expected a network with weights of its own, got those of {owner}")


def _check_same_dtype(name, network, first):
    if network.dtype != first.dtype:
        raise TypeError(f"{name}: expected {first.dtype}, the type of the other weights, got {network.dtype}")


def _split_state(name, state, parts):
    if state is None:
        return (None,) * parts
    if not isinstance(state, tuple) or len(state) != parts:
        raise TypeError(f"{name}: expected a tuple of {parts} states, got {type(state).__name__}")
    return state


def _joined(groups):
    return {f"{group}.{name}": value for group, params in groups.items() for name, value in params.items()}


def _join_gradients(names, gradients, d_x):
    params = _joined({name: g.params for name, g in zip(names, gradients, strict=True)})
    states = tuple(g.states for g in gradients)
    return Gradients(params, d_x, tuple(g.initial_state for g in gradients), states if any(states) else None)


def check_reads_forward(name, value):
    """Return ``value`` if it is a network whose output at t depends on nothing after t; else raise."""
    check_network(name, value)
    if isinstance(value, Bidirectional):
        raise ValueError(f"{name}: expected a network that reads forward, got a Bidirectional one")
    if isinstance(value, Stacked):
        for layer in value.layers:
            check_reads_forward(name, layer)
    return value

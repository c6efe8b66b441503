"""Dropout between layers: a network that reads some of its inputs as zero.

The recurrent path is left whole, so that the memory is not wiped out step by step (Zaremba, Sutskever &
Vinyals 2014).
"""

from dataclasses import dataclass

import numpy as np

from .checks import check_array, check_number, check_rng
from .describe import call_text
from .unroll import bptt, unroll
from .wrappers import Bidirectional, Stacked


def dropout_mask(rng, rate, shape, dtype=np.float64):
    """Zeros with probability ``rate``, and 1 / (1 - rate) elsewhere, so that the mean of x * mask is x.

    Raises TypeError or ValueError for a ``rng`` that is not a generator and a rate outside 0 <= rate < 1.
    Source: Srivastava et al. (2014), in the inverted form: nothing is left to do when the network is used.
    """
    check_rng("rng", rng)
    check_number("rate", rate, least=0, below=1)
    return ((rng.random(shape) >= rate) / (1 - rate)).astype(dtype)


def with_dropout(network, rate, rng, steps, batch):
    """``network`` with dropout on what passes from layer to layer, for one run of T = ``steps``, B = ``batch``.

    h_t^{l+1} = layer(mask_t * h_t^l, h_{t-1}^{l+1}), a fresh mask for each layer, step, sequence and unit. The
    parameters are the network's own, under the same names. What has one layer comes back as it is.
    """
    if isinstance(network, Bidirectional):
        directions = network.forward, network.backward
        return Bidirectional(*(with_dropout(direction, rate, rng, steps, batch) for direction in directions))
    if isinstance(network, Stacked):
        first, *rest = (with_dropout(layer, rate, rng, steps, batch) for layer in network.layers)
        shapes = [(steps, batch, layer.input_size) for layer in rest]
        masks = [dropout_mask(rng, rate, shape, network.dtype) for shape in shapes]
        return Stacked(first, *(MaskedInput(layer, mask) for layer, mask in zip(rest, masks, strict=True)))
    return network


@dataclass(frozen=True)
class MaskedInput:
    """``network`` reading x_t * mask_t, with ``mask (T, B, D)``. Parameters and sizes are the network's own."""

    network: object
    mask: np.ndarray

    def __repr__(self):
        return call_text(self, self.network)

    @property
    def params(self):
        """The parameters of the network."""
        return self.network.params

    @property
    def input_size(self):
        """D, the size of x_t."""
        return self.network.input_size

    @property
    def output_size(self):
        """The size of what the network outputs."""
        return self.network.output_size

    @property
    def dtype(self):
        """float64 or float32, the type of every parameter."""
        return self.network.dtype

    def unroll(self, x, state=None, lengths=None):
        """The run over x_t * mask_t: a :class:`MaskedInputRun`."""
        T, B, D = self.mask.shape
        check_array("x", x, dtype=self.dtype, T=T, B=B, D=D)
        return MaskedInputRun(unroll(self.network, x * self.mask, state, lengths), self.mask)


@dataclass(frozen=True)
class MaskedInputRun:
    """A :class:`MaskedInput` unrolled: the run of the network within, and the mask of its inputs."""

    inner: object
    mask: np.ndarray

    def __repr__(self):
        return call_text(self, self.inner)

    @property
    def outputs(self):
        """What the network outputs, ``(T, B, N)``."""
        return self.inner.outputs

    @property
    def final_state(self):
        """The final state of the network."""
        return self.inner.final_state

    def __len__(self):
        return len(self.inner)

    def window(self, start, stop):
        """The run from step ``start`` up to, not including, ``stop``, as if it had been run alone."""
        return MaskedInputRun(self.inner.window(start, stop), self.mask[start:stop])

    def bptt(self, d_outputs, d_final_state=None, keep_state_gradients=False):
        """dL/dx_t = mask_t * the gradient at what the network within read."""
        gradients = bptt(self.inner, d_outputs, d_final_state, keep_state_gradients)
        return gradients._replace(x=gradients.x * self.mask)

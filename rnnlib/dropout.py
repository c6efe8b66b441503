"""Dropout between layers: a network that reads some of its inputs as zero.

The recurrent path is left whole, so that the memory is not wiped out step by step (Zaremba, Sutskever &
Vinyals 2014).
"""

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from .checks import check_number, check_rng
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


@singledispatch
def thin(network, rate, rng, steps, batch):
    """``network`` with dropout on what passes from layer to layer, for one run of T = ``steps``, B = ``batch``.

    h_t^{l+1} = layer(mask_t * h_t^l, h_{t-1}^{l+1}), a fresh mask for each layer, step, sequence and unit. The
    parameters are the network's own, under the same names. What has one layer comes back as it is.
    """
    return network


@thin.register
def _(network: Stacked, rate, rng, steps, batch):
    first, *rest = (thin(layer, rate, rng, steps, batch) for layer in network.layers)
    shapes = [(steps, batch, layer.input_size) for layer in rest]
    masks = [dropout_mask(rng, rate, shape, network.dtype) for shape in shapes]
    return Stacked(first, *(Thinned(layer, mask) for layer, mask in zip(rest, masks, strict=True)))


@thin.register
def _(network: Bidirectional, rate, rng, steps, batch):
    return Bidirectional(*(thin(part, rate, rng, steps, batch) for part in (network.forward, network.backward)))


@dataclass(frozen=True)
class Thinned:
    """``network`` reading x_t * mask_t, with ``mask (T, B, D)``. Parameters and sizes are the network's own."""

    network: object
    mask: np.ndarray

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


@dataclass(frozen=True)
class ThinnedRun:
    """A :class:`Thinned` network unrolled: the run of the network within, and the mask of its inputs."""

    inner: object
    mask: np.ndarray

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


@unroll.register
def _(network: Thinned, x, state=None, lengths=None):
    return ThinnedRun(unroll(network.network, x * network.mask, state, lengths), network.mask)


@bptt.register
def _(run: ThinnedRun, d_outputs, d_final_state=None, keep_state_gradients=False):
    gradients = bptt(run.inner, d_outputs, d_final_state, keep_state_gradients)
    return gradients._replace(x=gradients.x * run.mask)

"""A network with a readout and a loss: what is trained."""

from typing import NamedTuple

import numpy as np

from .cells.base import outer_sum
from .checks import check_choice, check_rng, check_size
from .initializers import scaled_normal
from .losses import softmax_cross_entropy, squared_error
from .unroll import bptt, unroll

LOSSES = {"softmax_cross_entropy": softmax_cross_entropy, "squared_error": squared_error}


class Batch(NamedTuple):
    """Some sequences with what is wanted of them.

    ``x (T, B, D)``; ``targets (T, B)`` classes or ``(T, B, O)`` numbers; ``mask (T, B)`` true where a step
    counts in the loss, or None; ``lengths (B,)`` of padded sequences, or None.
    """

    x: np.ndarray
    targets: np.ndarray
    mask: np.ndarray | None = None
    lengths: np.ndarray | None = None


class Model:
    """O_t = W_o h_t + b_o over any network, with a loss that is averaged over the steps that count.

    ``network`` is a cell or a wrapper; ``output_size`` is O, or None where the network's output is O_t itself
    (a Jordan cell). ``loss`` is 'softmax_cross_entropy' or 'squared_error'. ``params`` holds the network's
    arrays, ``W_o (O, H)`` and ``b_o (O,)``.
    """

    def __init__(self, network, output_size=None, *, loss="softmax_cross_entropy", rng=None):
        self.network = network
        self.loss_function = LOSSES[check_choice("loss", loss, LOSSES)]
        self.readout = {}
        if output_size is not None:
            check_size("output_size", output_size)
            weights = scaled_normal(check_rng("rng", rng), output_size, network.output_size)
            self.readout = {"W_o": weights.astype(network.dtype), "b_o": np.zeros(output_size, network.dtype)}

    @property
    def params(self):
        """Every array that is trained, by name; changing one in place changes the model."""
        return {f"network.{name}": value for name, value in self.network.params.items()} | self.readout

    def read_out(self, outputs):
        """O_t = W_o h_t + b_o for all steps at once."""
        return outputs @ self.readout["W_o"].T + self.readout["b_o"] if self.readout else outputs

    def outputs(self, x, lengths=None, state=None):
        """O_t for every step, ``(T, B, O)``."""
        return self.read_out(unroll(self.network, x, state, lengths).outputs)

    def predict(self, x, lengths=None):
        """The most probable class of every step, ``(T, B)``."""
        return self.outputs(x, lengths).argmax(axis=-1)

    def loss(self, batch):
        """The loss of a batch, averaged over the steps that count."""
        outputs = self.outputs(batch.x, batch.lengths)
        return self.loss_function(outputs, batch.targets, batch.mask)[0] / count_steps(batch)

    def loss_and_gradients(self, batch, state=None):
        """The loss, its gradient for every entry of ``params``, and the run.

        dL/dW_o = sum_t dL/dO_t h_t^T,  dL/db_o = sum_t dL/dO_t,  dL/dh_t = W_o^T dL/dO_t, then :func:`bptt`.
        """
        run = unroll(self.network, batch.x, state, batch.lengths)
        outputs = self.read_out(run.outputs)
        loss, d_outputs = self.loss_function(outputs, batch.targets, batch.mask)
        d_outputs = (d_outputs / count_steps(batch)).astype(outputs.dtype)
        gradients = {}
        if self.readout:
            gradients = {"W_o": outer_sum(d_outputs, run.outputs), "b_o": d_outputs.sum(axis=(0, 1))}
            d_outputs = d_outputs @ self.readout["W_o"]
        inner = bptt(run, d_outputs).params
        return loss / count_steps(batch), {f"network.{n}": g for n, g in inner.items()} | gradients, run


def count_steps(batch):
    """How many steps of the batch count in the loss."""
    return np.prod(batch.x.shape[:2]) if batch.mask is None else np.sum(batch.mask)

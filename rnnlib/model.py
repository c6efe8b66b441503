"""A network with a readout and a loss: what is trained."""

from typing import NamedTuple

import numpy as np

from .cells.base import outer_sum
from .checks import check_array, check_choice, check_lengths, check_number, check_rng, check_size
from .describe import call_text, fields_text
from .dropout import MaskedInput, dropout_mask, with_dropout
from .initializers import scaled_normal
from .losses import check_classes, check_mask, softmax_cross_entropy, squared_error
from .unroll import bptt, check_network, unroll
from .wrappers import check_reads_forward

LOSSES = {"softmax_cross_entropy": softmax_cross_entropy, "squared_error": squared_error}


class Batch(NamedTuple):
    """Some sequences with what is wanted of them.

    ``x (T, B, D)``; ``targets (T, B)`` classes or ``(T, B, O)`` numbers; ``mask (T, B)`` true where a step
    counts in the loss, or None; ``lengths (B,)`` of padded sequences, or None: padded steps never count.
    ``continues`` is true where each sequence goes on from where the batch before it ended.
    """

    x: np.ndarray
    targets: np.ndarray
    mask: np.ndarray | None = None
    lengths: np.ndarray | None = None
    continues: bool = False

    def __repr__(self):
        return fields_text(self)


class Model:
    """O_t = W_o h_t + b_o over any network, with a loss that is averaged over the steps that count.

    ``network`` is a cell or a wrapper; ``output_size`` is O, or None where the network's output is O_t itself
    (a Jordan cell). ``loss`` is 'softmax_cross_entropy' or 'squared_error'. ``dropout`` is the rate at which,
    in training, what passes from layer to layer and on to the readout is dropped, ``input_dropout`` that of the
    input; the recurrent path stays whole. ``params`` holds the network's arrays, ``W_o (O, H)`` and ``b_o (O,)``.

    Raises TypeError or ValueError for a network of the wrong kind, a size below 1, an unknown loss, a rate outside
    0 <= rate < 1, and for a missing ``rng`` where a readout has to be drawn.
    """

    def __init__(
        self, network, output_size=None, *, loss="softmax_cross_entropy", dropout=0.0, input_dropout=0.0, rng=None
    ):
        check_network("network", network)
        self.network = network
        self.loss_function = LOSSES[check_choice("loss", loss, LOSSES)]
        self.dropout = check_number("dropout", dropout, least=0, below=1)
        self.input_dropout = check_number("input_dropout", input_dropout, least=0, below=1)
        self.readout = {}
        if output_size is not None:
            check_size("output_size", output_size)
            weights = scaled_normal(check_rng("rng", rng), output_size, network.output_size)
            self.readout = {"W_o": weights.astype(network.dtype), "b_o": np.zeros(output_size, network.dtype)}

    def __repr__(self):
        sizes = {"O": len(self.readout["b_o"])} if self.readout else {}
        rates = {"dropout": self.dropout, "input_dropout": self.input_dropout}
        drops = {name: rate for name, rate in rates.items() if rate}
        return call_text(self, self.network, **sizes, loss=self.loss_function.__name__, **drops)

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
        """The loss of a batch, averaged over the steps that count. Nothing is dropped."""
        mask = counted_steps(batch)
        return self.loss_function(self.outputs(batch.x, batch.lengths), batch.targets, mask)[0] / int(mask.sum())

    def accuracy(self, batch):
        """The share of the steps that count whose most probable class is the target.

        Raises TypeError or ValueError for a batch of the wrong kind and for targets that are not classes.
        """
        mask, outputs = counted_steps(batch), self.outputs(batch.x, batch.lengths)
        targets = check_classes(batch.targets, *outputs.shape)
        return float((outputs.argmax(axis=-1) == targets)[mask].mean())

    def loss_and_gradients(self, batch, *, state=None, rng=None):
        """The loss, its gradient for every entry of ``params``, and the run.

        dL/dW_o = sum_t dL/dO_t h_t^T,  dL/db_o = sum_t dL/dO_t,  dL/dh_t = W_o^T dL/dO_t, then :func:`bptt`.
        ``state`` is the one before the first step. ``rng`` draws what is dropped; without it nothing is. Raises
        TypeError or ValueError for anything but a batch, for wrong shapes and types, where no step counts, and where
        sequences go on in a network that reads backward; and NotFiniteError, a ValueError, that names the time step
        where an output is NaN or infinite.
        """
        mask = counted_steps(batch)
        count = int(mask.sum())
        if batch.continues:
            check_reads_forward("network", self.network)
        network, output_mask = self._drop(batch.x, rng)
        run = unroll(network, batch.x, state, batch.lengths)
        hidden = run.outputs * output_mask
        outputs = self.read_out(hidden)
        loss, d_outputs = self.loss_function(outputs, batch.targets, mask)
        d_outputs = d_outputs / count
        gradients = {}
        if self.readout:
            gradients = {"W_o": outer_sum(d_outputs, hidden), "b_o": d_outputs.sum(axis=(0, 1))}
            d_outputs = d_outputs @ self.readout["W_o"] * output_mask
        inner = bptt(run, d_outputs).params
        return loss / count, {f"network.{n}": g for n, g in inner.items()} | gradients, run

    def _drop(self, x, rng):
        """The network with dropout drawn for one run over ``x``, and the mask of what reaches the readout."""
        network, output_mask, (T, B) = self.network, self.network.dtype.type(1), x.shape[:2]
        if rng is not None and self.dropout:
            network = with_dropout(network, self.dropout, rng, T, B)
            if self.readout:
                output_mask = dropout_mask(rng, self.dropout, (T, B, network.output_size), network.dtype)
        if rng is not None and self.input_dropout:
            network = MaskedInput(network, dropout_mask(rng, self.input_dropout, x.shape, network.dtype))
        return network, output_mask


def counted_steps(batch):
    """The mask ``(T, B)`` of the steps that count in the loss: wanted by ``batch.mask`` and within the lengths."""
    if not isinstance(batch, Batch):
        raise TypeError(f"batch: expected a Batch, got {type(batch).__name__}: make one with rnnlib.Batch(x, targets)")
    check_array("x", batch.x, T=None, B=None, D=None)
    T, B = batch.x.shape[:2]
    mask = np.ones((T, B), dtype=bool) if batch.mask is None else check_mask(batch.mask, T, B)
    if batch.lengths is not None:
        mask = mask & (np.arange(T)[:, None] < check_lengths("lengths", batch.lengths, B, T))
    if not mask.any():
        raise ValueError("mask: expected at least one step that counts in the loss, got none")
    return mask

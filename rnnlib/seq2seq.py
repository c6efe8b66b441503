"""Sequence to sequence: an encoder reads, a decoder writes, and attention lets it look back.

Attention comes after the decoder's run, so that every product over time stays one product (Luong, Pham & Manning
2015); the decoder itself sees what it wrote, and its first state.
"""

from typing import NamedTuple

import numpy as np

from .attention import attend, attend_back, check_sizes
from .cells.base import outer_sum
from .checks import check_array, check_lengths, check_rng, check_size
from .describe import call_text, fields_text
from .initializers import scaled_normal
from .losses import softmax_cross_entropy
from .sampling import check_symbols, free_run, one_hot_inputs
from .unroll import bptt, check_network, unroll
from .wrappers import Bidirectional, Stacked, check_own_weights, check_reads_forward


class Pairs(NamedTuple):
    """Some sequences, each with the one it should become.

    ``source (S, B, D)`` with ``source_lengths (B,)``; ``targets (T, B)`` symbols with ``target_lengths (B,)``, the
    end symbol counted. Padded steps change nothing.
    """

    source: np.ndarray
    source_lengths: np.ndarray
    targets: np.ndarray
    target_lengths: np.ndarray

    def __repr__(self):
        return fields_text(self)


class Translation(NamedTuple):
    """``symbols (T, B)``, filled up with the end symbol; ``lengths (B,)``; ``weights (T, B, S)``, the attention maps,
    or None without attention."""

    symbols: np.ndarray
    lengths: np.ndarray
    weights: np.ndarray | None

    def __repr__(self):
        return fields_text(self)


class Seq2Seq:
    """An encoder whose last state is the first state of a decoder, with or without attention.

    m_1..m_S = encoder(source), h_t = decoder(y_{t-1}, h_{t-1}), h_0 = the last state of the encoder, y_0 = 0;
    without attention O_t = W_o h_t + b_o; with it c_t = sum_s w_ts m_s and O_t = W_o tanh(W_c [c_t; h_t]) + b_o.

    ``encoder`` and ``decoder`` are cells or wrappers with states of equal sizes; a bidirectional encoder hands
    both its states over side by side. The decoder reads forward, and the symbols it reads are those it
    writes, O = D; ``end`` is the one that ends a sequence. ``attention`` is None, DotAttention() or
    AdditiveAttention(...). ``params`` holds ``encoder.*``, ``decoder.*``, ``attention.*``, ``W_o (O, M)``, ``b_o (O,)``
    and ``W_c (M, N+M)``, with M the size of h_t and N that of m_s.

    Raises TypeError or ValueError for networks that are none or do not fit one another.
    Sources: Sutskever, Vinyals & Le (2014); Cho et al. (2014); Luong, Pham & Manning (2015).
    """

    def __init__(self, encoder, decoder, *, end, attention=None, rng):
        check_rng("rng", rng)
        self.encoder, self.attention = check_network("encoder", encoder), attention
        self.decoder = check_reads_forward("decoder", decoder)
        if encoder.dtype != decoder.dtype:
            raise TypeError(f"decoder: expected {encoder.dtype} weights as the encoder has, got {decoder.dtype}")
        check_own_weights({"encoder": encoder, "decoder": decoder})
        self.end = int(check_symbols("end", [end], decoder.input_size)[0])
        _check_handover(encoder, decoder)
        M, N, O = decoder.output_size, encoder.output_size, decoder.input_size
        self.readout = {"W_o": scaled_normal(rng, O, M), "b_o": np.zeros(O)}
        if attention is not None:
            check_sizes(attention, M, N)
            self.readout["W_c"] = scaled_normal(rng, M, N + M)
        self.readout = {name: value.astype(decoder.dtype) for name, value in self.readout.items()}

    def __repr__(self):
        return call_text(self, self.encoder, self.decoder, end=self.end, attention=self.attention)

    @property
    def params(self):
        """Every array that is trained, by name; changing one in place changes the model."""
        parts = {"encoder": self.encoder, "decoder": self.decoder, "attention": self.attention}
        return {
            f"{part}.{name}": value
            for part, network in parts.items()
            if network is not None
            for name, value in network.params.items()
        } | self.readout

    def loss(self, batch):
        """The loss of a batch of :class:`Pairs`, averaged over the symbols, with teacher forcing."""
        return self._forward(batch)[0]

    def loss_and_gradients(self, batch, *, rng=None):
        """The loss with teacher forcing, its gradient for every entry of ``params``, and the decoder's run.

        The decoder reads the true symbols, each one step late. Backward: through the readout and the attention to
        the decoder's run, through it to the encoder's last state, and from there and from the attention through the
        encoder's run. Nothing is drawn from ``rng``; :func:`rnnlib.train` passes it to every model. Raises TypeError
        or ValueError for a batch of the wrong kind, and for wrong types, shapes, lengths and symbols.
        """
        loss, d_outputs, encoded, decoded, attended, features = self._forward(batch)
        gradients = {"W_o": outer_sum(d_outputs, features), "b_o": d_outputs.sum(axis=(0, 1))}
        d_hidden, d_memory = d_outputs @ self.readout["W_o"], np.zeros_like(encoded.outputs)
        if self.attention is not None:
            # delta_t = (1 - a_t^2) * dL/da_t,  a_t = tanh(W_c [c_t; h_t])
            delta = d_hidden * (1 - features * features)
            gradients["W_c"] = outer_sum(delta, np.concatenate((attended.context, attended.queries), axis=-1))
            d_context, d_hidden = np.split(delta @ self.readout["W_c"], [self.encoder.output_size], axis=-1)
            through = attend_back(self.attention, attended, d_context)
            d_hidden, d_memory = d_hidden + through.queries, through.memory
            gradients |= {f"attention.{name}": g for name, g in through.params.items()}
        decoder = bptt(decoded, d_hidden)
        d_final = hand_back(self.encoder, decoder.initial_state, encoded.final_state)
        encoder = bptt(encoded, d_memory, d_final)
        gradients |= {f"decoder.{name}": g for name, g in decoder.params.items()}
        gradients |= {f"encoder.{name}": g for name, g in encoder.params.items()}
        return loss, gradients, decoded

    def translate(self, source, lengths=None, *, longest=100):
        """Free running: the most probable symbol at each step, read back as the next input: a :class:`Translation`.

        ``source (S, B, D)`` with ``lengths (B,)``. Ends with the end symbol or after ``longest`` symbols.
        """
        check_size("longest", longest)
        check_array("source", source, dtype=self.encoder.dtype, S=None, B=None, D=self.encoder.input_size)
        encoded = unroll(self.encoder, source, None, lengths)
        maps = []

        def read_out(hidden):
            outputs, attended, _ = self._read_out(hidden, encoded.outputs, lengths)
            maps.append(None if attended is None else attended.weights)
            return outputs

        symbols, ends = free_run(
            self.decoder,
            read_out,
            lambda logits: logits.argmax(axis=-1),
            one_hot_inputs(np.zeros((0, source.shape[1]), dtype=int), self.decoder),
            steps=longest,
            state=hand_over(self.encoder, encoded.final_state),
            end=self.end,
        )
        return Translation(symbols, ends, None if self.attention is None else np.concatenate(maps))

    def exact_match(self, batch):
        """For each pair, whether free running writes just the target, ``(B,)`` of booleans."""
        check_pairs(batch, self.decoder.input_size)
        symbols, lengths, _ = self.translate(batch.source, batch.source_lengths, longest=len(batch.targets))
        # what is filled in behind a target does not count
        real = np.arange(len(symbols))[:, None] < batch.target_lengths
        same = (symbols == batch.targets[: len(symbols)]) | ~real
        return same.all(axis=0) & (lengths == batch.target_lengths)

    def predict(self, x, lengths=None, *, longest=100):
        """The symbols that :meth:`translate` writes, ``(T, B)``, filled up with the end symbol."""
        check_array("x", x, dtype=self.encoder.dtype, T=None, B=None, D=self.encoder.input_size)
        return self.translate(x, lengths, longest=longest).symbols

    def teacher_forced(self, batch):
        """The most probable symbol of every step when the true ones before it are read, ``(T, B)``."""
        check_pairs(batch, self.decoder.input_size)
        encoded, decoded = self._run(batch)
        return self._read_out(decoded.outputs, encoded.outputs, batch.source_lengths)[0].argmax(axis=-1)

    def _run(self, batch):
        encoded = unroll(self.encoder, batch.source, None, batch.source_lengths)
        # y_0 = 0, then the true symbols, each one step late
        inputs = one_hot_inputs(batch.targets[:-1], self.decoder)
        state = hand_over(self.encoder, encoded.final_state)
        return encoded, unroll(self.decoder, inputs, state, batch.target_lengths)

    def _read_out(self, hidden, memory, lengths):
        """O_t, what was attended to, and the features that W_o reads: h_t, or with attention tanh(W_c [c_t; h_t])."""
        attended, features = None, hidden
        if self.attention is not None:
            attended = attend(self.attention, hidden, memory, lengths)
            features = np.tanh(np.concatenate((attended.context, hidden), axis=-1) @ self.readout["W_c"].T)
        return features @ self.readout["W_o"].T + self.readout["b_o"], attended, features

    def _forward(self, batch):
        mask = check_pairs(batch, self.decoder.input_size)
        encoded, decoded = self._run(batch)
        outputs, attended, features = self._read_out(decoded.outputs, encoded.outputs, batch.source_lengths)
        loss, d_outputs = softmax_cross_entropy(outputs, batch.targets, mask)
        count = int(mask.sum())
        return loss / count, d_outputs / count, encoded, decoded, attended, features


def hand_over(encoder, state):
    """The last state of an encoder as the first state of a decoder: the two of a bidirectional one side by side."""
    if isinstance(encoder, Bidirectional):
        return _concat(hand_over(encoder.forward, state[0]), hand_over(encoder.backward, state[1]))
    if isinstance(encoder, Stacked):
        return tuple(hand_over(layer, part) for layer, part in zip(encoder.layers, state, strict=True))
    return state


def hand_back(encoder, d_state, state):
    """The gradient at the decoder's first state as the one at the encoder's last, ``state``: hand_over backward."""
    if isinstance(encoder, Bidirectional):
        halves = _split(d_state, hand_over(encoder.forward, state[0]))
        directions = encoder.forward, encoder.backward
        return tuple(hand_back(*parts) for parts in zip(directions, halves, state, strict=True))
    if isinstance(encoder, Stacked):
        return tuple(hand_back(*parts) for parts in zip(encoder.layers, d_state, state, strict=True))
    return d_state


def check_pairs(batch, output_size):
    """The mask ``(T, B)`` of the target symbols that are real; raise TypeError or ValueError for a bad batch."""
    if not isinstance(batch, Pairs):
        raise TypeError(f"batch: expected Pairs, got {type(batch).__name__}: make them with rnnlib.Pairs(...)")
    check_array("source", batch.source, S=None, B=None, D=None)
    B = batch.source.shape[1]
    if not isinstance(batch.targets, np.ndarray):
        raise TypeError(f"targets: expected a NumPy array (T, B) of symbols, got {type(batch.targets).__name__}")
    targets = check_symbols("targets", batch.targets, output_size, axes=("T", "B"))
    if targets.size == 0 or targets.shape[1] != B:
        raise ValueError(f"targets: expected (T, B={B}) with T at least 1, got {targets.shape}")
    check_lengths("source_lengths", batch.source_lengths, B, len(batch.source))
    return np.arange(len(targets))[:, None] < check_lengths("target_lengths", batch.target_lengths, B, len(targets))


def _check_handover(encoder, decoder):
    """Raise unless the decoder can start from the encoder's last state: both take one step over zeros."""
    try:
        x = np.zeros((1, 1, encoder.input_size), encoder.dtype)
        state = hand_over(encoder, unroll(encoder, x).final_state)
        unroll(decoder, np.zeros((1, 1, decoder.input_size), decoder.dtype), state)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"decoder: expected one that can start from the encoder's last state, which it does not: {error}"
        ) from error


def _concat(left, right):
    if isinstance(left, np.ndarray):
        return np.concatenate((left, right), axis=-1)
    return tuple(_concat(*parts) for parts in zip(left, right, strict=True))


def _split(both, left):
    """``both`` cut into the part of the size of ``left`` and the rest, through nested tuples."""
    if isinstance(both, np.ndarray):
        return tuple(np.split(both, [left.shape[-1]], axis=-1))
    return tuple(zip(*(_split(*parts) for parts in zip(both, left, strict=True)), strict=True))

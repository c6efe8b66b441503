"""From logits to symbols: probabilities at a temperature, and draws from them."""

import numpy as np

from .activations import softmax
from .checks import (
    check_array,
    check_floats,
    check_function,
    check_kind,
    check_method,
    check_number,
    check_rng,
    check_size,
    shape_text,
)
from .unroll import unroll
from .wrappers import check_reads_forward


def probabilities(logits, temperature=1.0):
    """softmax(logits / temperature) along the last axis: sharper below 1, flatter above.

    ``logits`` is ``(O,)``, ``(B, O)`` or ``(T, B, O)``; the result has its shape, in float64. Temperature 0 is
    the limit from above: all the probability on the largest logit, on the first of them where several are
    equal. Raises TypeError or ValueError for logits that are not finite floats and for a negative temperature.
    """
    axes = ("T", "B", "O")[-max(1, check_floats("logits", logits).ndim) :]
    check_array("logits", logits, **dict.fromkeys(axes))
    check_number("temperature", temperature, least=0)
    if temperature == 0:
        return np.eye(logits.shape[-1])[logits.argmax(axis=-1)]
    logits = logits.astype(np.float64)
    # the largest becomes 0; what lies far below it may reach -inf, whose probability is 0
    with np.errstate(over="ignore"):
        return softmax((logits - logits.max(axis=-1, keepdims=True)) / temperature)


def sample(logits, rng, temperature=1.0):
    """Draw one symbol from softmax(logits / temperature) for each entry of the batch.

    ``logits`` is ``(O,)``, ``(B, O)`` or ``(T, B, O)``; returns whole numbers in 0..O-1 of the shape without the
    last axis. Temperature 0 takes the largest logit. One uniform number u is used for each draw, the symbol
    k being the first with p_0 + ... + p_k > u, so draws at two temperatures from equal generators can be
    compared. Raises as :func:`probabilities`, and TypeError for a ``rng`` that is not a generator.
    """
    check_rng("rng", rng)
    cumulative = probabilities(logits, temperature).cumsum(axis=-1)
    cumulative /= cumulative[..., -1:]
    u = rng.random((*cumulative.shape[:-1], 1))
    return (cumulative > u).argmax(axis=-1)


def free_run(network, read_out, choose, x, *, steps, state=None, end=None):
    """Let a network read what it writes: the symbol it chose is its next input.

    symbol_t = choose(read_out(output_t)),  x_{t+1} = onehot(symbol_t), after ``x (T, B, D)`` has been read.
    ``read_out`` turns outputs ``(1, B, N)`` into logits ``(1, B, D)``, ``choose`` logits ``(B, D)`` into symbols
    ``(B,)``. A sequence ends with the symbol ``end``, or after ``steps`` symbols. Returns the symbols ``(T, B)``,
    filled up with ``end``, and the lengths ``(B,)``, the end symbol counted. Raises TypeError or ValueError for wrong
    arguments, and for a network that reads backward: it would have to know what it has yet to write.
    """
    check_size("steps", steps)
    check_reads_forward("network", network)
    check_array("x", x, T=None, B=None, D=None)
    check_function("read_out", read_out)
    check_function("choose", choose)
    if end is not None:
        check_symbols("end", [end], network.input_size)
    symbols, ended, lengths = [], np.zeros(x.shape[1], dtype=bool), np.zeros(x.shape[1], dtype=int)
    while len(symbols) < steps and not ended.all():
        run = unroll(network, x, state)
        logits = check_array("read_out", read_out(run.outputs[-1:]), T=1, B=x.shape[1], O=None)[0]
        if logits.shape[-1] != network.input_size:
            raise ValueError(
                f"network: expected one that reads the {logits.shape[-1]} symbols it writes, "
                f"got input size {network.input_size}"
            )
        symbol = check_symbols("choose", choose(logits), network.input_size, axes=("B",))
        if len(symbol) != x.shape[1]:
            raise ValueError(f"choose: expected a symbol for each of {x.shape[1]} sequences, got {len(symbol)}")
        lengths += ~ended
        if end is not None:
            symbol = np.where(ended, end, symbol)
            ended = symbol == end
        symbols.append(symbol)
        x, state = one_hot_inputs(symbol[None], network)[1:], run.final_state
    return np.array(symbols), lengths


def generate(model, rng, steps, *, size=1, temperature=1.0, prefix=(), end=None):
    """Free running: ``size`` sequences from a language model, each symbol drawn and then read as the next input.

    ``model`` is a :class:`Model` with as many outputs as inputs. Each sequence first reads a step of zeros, nothing
    said yet, and then the symbols of ``prefix``. It ends with the symbol ``end``, or after ``steps`` symbols. Returns
    the symbols ``(T, size)`` behind the prefix, filled up with ``end``, and the lengths ``(size,)``. Raises TypeError
    or ValueError for wrong arguments.
    """
    check_rng("rng", rng)
    check_size("size", size)
    network = check_method("model", model, "read_out").network
    prefix = check_symbols("prefix", prefix, network.input_size)
    x = one_hot_inputs(np.repeat(prefix[:, None], size, axis=1), network)

    def choose(logits):
        return sample(logits, rng, temperature)

    return free_run(network, model.read_out, choose, x, steps=steps, end=end)


def one_hot_inputs(symbols, network):
    """A step of zeros, where nothing has been said yet, then each of ``symbols (T, B)``: ``(T+1, B, D)``."""
    inputs = np.zeros((len(symbols) + 1, *symbols.shape[1:], network.input_size), network.dtype)
    np.put_along_axis(inputs[1:], symbols[..., None], 1, axis=-1)
    return inputs


def check_symbols(name, value, size, axes=("P",)):
    """Return ``value`` as an array of symbols, whole numbers in 0..size-1, with as many axes as named; else raise."""
    # an empty list is an array of no floats
    symbols = check_kind(name, value, "iuf", "whole numbers, one a symbol")
    if symbols.size == 0 and symbols.ndim == len(axes):
        return symbols.astype(int)
    symbols = check_kind(name, symbols, "iu", "whole numbers, one a symbol")
    if symbols.ndim != len(axes):
        raise ValueError(f"{name}: expected {shape_text(dict.fromkeys(axes))}, got {symbols.shape}")
    if symbols.min() < 0 or symbols.max() >= size:
        raise ValueError(f"{name}: expected symbols from 0 to {size - 1}, got {symbols.min()} to {symbols.max()}")
    return symbols

"""From logits to symbols: probabilities at a temperature, and draws from them."""

import numpy as np

from .activations import softmax
from .checks import check_array, check_number, check_rng


def probabilities(logits, temperature=1.0):
    """softmax(logits / temperature) along the last axis: sharper below 1, flatter above.

    ``logits`` is ``(O,)``, ``(B, O)`` or ``(T, B, O)``; the result has its shape, in float64. Temperature 0 is
    the limit from above: all the probability on the largest logit, on the first of them where several are
    equal. Raises TypeError or ValueError for logits that are not finite floats and for a negative temperature.
    """
    axes = ("T", "B", "O")[-max(1, getattr(logits, "ndim", 1)) :]
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

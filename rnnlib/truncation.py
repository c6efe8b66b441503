"""Truncated backpropagation through time: the gradient of the recent past alone."""

import numpy as np

from .checks import check_array, check_size
from .unroll import Gradients, bptt, check_run


def truncated_bptt(run, d_outputs, window, stride=1):
    """The :class:`Gradients` of :func:`rnnlib.bptt` when every loss looks back at most ``window`` steps.

    The steps are taken in blocks of ``stride``. The losses of the block that ends at step t are sent back through
    the steps t-window+1 to t and no further; the gradients of all blocks are added up. The forward pass is not
    cut: the state is carried over. A block costs ``window`` steps, so the whole costs about T * window / stride.
    With ``window`` >= T this is :func:`rnnlib.bptt`; with ``window`` = ``stride`` it is training in chunks.

    ``d_outputs (T, B, N)`` is dL/d(output_t), as for :func:`rnnlib.bptt`. Raises TypeError for a bidirectional run,
    whose backward half needs the whole sequence, and ValueError for a window shorter than the stride, which would
    leave losses out. Source: Williams & Peng (1990), whose BPTT(h; h') has window h and stride h'.
    """
    check_run("run", run)
    check_size("stride", stride)
    check_size("window", window)
    if window < stride:
        raise ValueError(
            f"window: expected at least stride={stride}, got {window}: losses before it would have no gradient"
        )
    T = len(run)
    check_array("d_outputs", d_outputs, T=T, B=None, H=None)
    d_x, params, initial_state = None, None, None
    for first in range(0, T, stride):
        stop = min(first + stride, T)
        start = max(stop - window, 0)
        part = run.window(start, stop)
        d_block = np.array(d_outputs[start:stop])
        d_block[: first - start] = 0
        block = bptt(part, d_block)
        if first == 0:
            d_x = np.zeros((T, *block.x.shape[1:]), block.x.dtype)
            params, initial_state = block.params, block.initial_state
        else:
            params = {name: gradient + block.params[name] for name, gradient in params.items()}
            if start == 0:
                initial_state = _add(initial_state, block.initial_state)
        d_x[start:stop] += block.x
    return Gradients(params, d_x, initial_state, None)


def _add(left, right):
    """The sum of two states, tuples of arrays or of states."""
    if isinstance(left, tuple):
        return tuple(_add(one, other) for one, other in zip(left, right, strict=True))
    return left + right

"""The temporal order problem: two of many symbols matter, and so does which of them came first."""

import numpy as np

from ..checks import check_index, check_rng, check_size
from ..model import Batch

MARKED = ("X", "Y")
DISTRACTORS = ("a", "b", "c", "d")
BEGIN, END = "B", "E"
SYMBOLS = (*DISTRACTORS, *MARKED, BEGIN, END)
CLASSES = ("XX", "XY", "YX", "YY")


def draw_batch(rng, size, steps):
    """``size`` sequences of ``steps`` symbols, to be sorted into XX, XY, YX and YY at the last step.

    A sequence begins with B and ends with E. The first marked symbol, X or Y, is between T/10 and T/5,
    the second between T/2 and 3T/5; every other symbol is one of a, b, c, d and says nothing. Only the last
    step counts in the loss. x is ``(T, B, 8)``, one-hot in the order of SYMBOLS; always giving the four
    classes the same probability costs ln 4 = 1.386 nats. Raises TypeError or ValueError for a ``rng`` that is not a
    generator, a ``size`` below 1 and fewer than 4 ``steps``.
    Source: Hochreiter & Schmidhuber (1997), experiment 6a, with the places in proportion to T.
    """
    check_rng("rng", rng)
    check_size("size", size)
    check_size("steps", steps, least=4)
    sequences = np.arange(size)
    symbols = rng.integers(len(DISTRACTORS), size=(steps, size))
    marked = rng.integers(len(MARKED), size=(2, size))
    earliest, latest = max(1, steps // 10), max(1, steps // 5)
    symbols[rng.integers(earliest, latest, size, endpoint=True), sequences] = len(DISTRACTORS) + marked[0]
    symbols[rng.integers(steps // 2, 3 * steps // 5, size, endpoint=True), sequences] = len(DISTRACTORS) + marked[1]
    symbols[0], symbols[-1] = SYMBOLS.index(BEGIN), SYMBOLS.index(END)
    targets = np.zeros((steps, size), dtype=int)
    targets[-1] = len(MARKED) * marked[0] + marked[1]
    mask = np.zeros((steps, size), dtype=bool)
    mask[-1] = True
    return Batch(np.eye(len(SYMBOLS))[symbols], targets, mask)


def text(batch, sequence=0):
    """One sequence of a batch as a string, ``"BadbXcaYbdE"``. Raises TypeError or ValueError for anything else."""
    if not isinstance(batch, Batch):
        raise TypeError(f"batch: expected a Batch, as draw_batch returns, got {type(batch).__name__}")
    check_index("sequence", sequence, batch.x.shape[1])
    return "".join(SYMBOLS[k] for k in batch.x[:, sequence].argmax(axis=-1))

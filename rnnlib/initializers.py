"""Where the weights start: each function draws one matrix ``(out, in)`` from a generator."""

import numpy as np

from .checks import check_number, check_rng, check_size


def scaled_normal(rng, out_size, in_size, gain=1.0):
    """Normal entries with standard deviation gain / sqrt(in_size), so that W x keeps the scale of x.

    For a square matrix the spectral radius is then close to ``gain`` (the circular law).
    """
    check_rng("rng", rng)
    shape = (check_size("out_size", out_size), check_size("in_size", in_size))
    return rng.normal(size=shape) * (check_number("gain", gain, least=0) / np.sqrt(shape[1]))


def orthogonal(rng, out_size, in_size, gain=1.0):
    """``gain`` times a matrix with orthonormal rows or columns: every singular value equals ``gain``.

    The Q of a QR decomposition, with the signs of R's diagonal moved into it so that the draw is uniform
    (Saxe, McClelland & Ganguli 2014; Mezzadri 2007).
    """
    check_rng("rng", rng)
    rows, columns = check_size("out_size", out_size), check_size("in_size", in_size)
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))
    return check_number("gain", gain, least=0) * (q if rows >= columns else q.T)


def identity(rng, out_size, in_size, gain=1.0):
    """``gain`` times the identity: with ReLU, the IRNN of Le, Jaitly & Hinton (2015). Draws nothing."""
    check_rng("rng", rng)
    shape = (check_size("out_size", out_size), check_size("in_size", in_size))
    return check_number("gain", gain, least=0) * np.eye(*shape)


INITIALIZERS = {"scaled_normal": scaled_normal, "orthogonal": orthogonal, "identity": identity}

"""Checks at the door of the package: what was expected, what came, and what to do."""

import numbers
from inspect import isbuiltin

import numpy as np

FLOATS = (np.float64, np.float32)


class NotFiniteError(ValueError):
    """A number that is NaN or infinite, with the place where it was first seen."""


def check_array(name, value, dtype=None, finite=True, **axes):
    """Return ``value`` if it is a float array with the given axes, or say what is wrong.

    ``axes`` names each axis in order with its size, or ``None`` where any positive size will do:
    ``check_array("x", x, T=None, B=None, D=3)``.

    Raises ``TypeError`` for a value that is not a float32 or float64 array (or not of ``dtype``), and
    ``ValueError`` for wrong axes, an empty axis, or (where ``finite``) NaN and infinity; for arrays
    whose first axis is time, T, the message names the first such step.
    """
    check_floats(name, value, axes)
    if dtype is not None and value.dtype != dtype:
        raise TypeError(
            f"{name}: expected {np.dtype(dtype).name}, the type of the weights, got {value.dtype}: "
            f"convert it with {name}.astype(np.{np.dtype(dtype).name})"
        )
    sizes = list(axes.values())
    if value.ndim != len(axes) or any(size not in (None, n) for size, n in zip(sizes, value.shape, strict=True)):
        raise ValueError(f"{name}: expected {shape_text(axes)}, got {value.shape}{_shape_advice(name, value, axes)}")
    for (axis, size), n in zip(axes.items(), value.shape, strict=True):
        if n == 0 and size != 0:
            raise ValueError(f"{name}: expected at least one entry along {axis}, got {value.shape}: it is empty")
    if finite and not np.isfinite(value).all():
        raise NotFiniteError(f"{name}: expected finite numbers, got {_first_non_finite(value, axes)}")
    return value


def check_floats(name, value, axes=None):
    """Return ``value`` if it is a plain float32 or float64 array of any shape; else raise TypeError.

    ``axes``, as in :func:`check_array`, are only told to the reader.
    """
    if not isinstance(value, np.ndarray):
        shape = f" {shape_text(axes)}" if axes else ""
        raise TypeError(
            f"{name}: expected a NumPy array{shape}, got {type(value).__name__}: "
            "convert it with np.asarray(..., dtype=np.float64)"
        )
    _check_plain(name, value)
    if value.dtype not in FLOATS:
        raise TypeError(
            f"{name}: expected float64 or float32, got {value.dtype}: convert it with {name}.astype(np.float64)"
        )
    return value


def check_kind(name, value, kinds, expected):
    """Return ``value`` as a plain array if the letter of its type is among ``kinds``; else raise TypeError.

    The letters are NumPy's: f for floating point, i and u for whole numbers, b for booleans. ``expected`` says in
    words what is wanted.
    """
    _check_plain(name, value)
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name}: expected {expected}, got {type(value).__name__} that makes no array") from error
    if array.dtype.kind not in kinds:
        raise TypeError(f"{name}: expected {expected}, got {array.dtype}")
    return array


def _check_plain(name, value):
    if isinstance(value, np.ma.MaskedArray | np.matrix):
        raise TypeError(
            f"{name}: expected a plain NumPy array, got {type(value).__name__}, which calculates by rules of its own: "
            "convert it with np.array(...); what does not count is said by mask= or lengths="
        )


def shape_text(axes):
    """The axes as a reader writes them: ``(T, B, D=3)``."""
    words = [axis if size is None else f"{axis}={size}" for axis, size in axes.items()]
    return f"({', '.join(words)}{',' if len(words) == 1 else ''})"


def check_size(name, value, least=1):
    """Return ``value`` if it is an integer of at least ``least``; else raise TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected a whole number, got {value!r} ({type(value).__name__})")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")
    return int(value)


def check_number(name, value, least=None, most=None, above=None, below=None):
    """Return ``value`` if it is a finite real number within the bounds; else raise TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected a number, got {value!r} ({type(value).__name__})")
    bounds = [f"at least {least}"] * (least is not None) + [f"more than {above}"] * (above is not None)
    bounds += [f"at most {most}"] * (most is not None) + [f"less than {below}"] * (below is not None)
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    inside = (
        np.isfinite(number)
        and (least is None or value >= least)
        and (above is None or value > above)
        and (most is None or value <= most)
        and (below is None or value < below)
    )
    if not inside:
        raise ValueError(f"{name}: expected {' and '.join(bounds) or 'a finite number'}, got {value}")
    return number


def check_index(name, value, size):
    """Return ``value`` if it is a whole number from 0 to ``size`` - 1; else raise TypeError or ValueError."""
    if check_size(name, value, least=0) >= size:
        raise ValueError(f"{name}: expected a whole number from 0 to {size - 1}, got {value}")
    return int(value)


def check_matching(name, arrays, other_name, others):
    """Return ``arrays`` if it holds float arrays of the names and shapes of ``others``; else raise."""
    for label, value in ((name, arrays), (other_name, others)):
        if not isinstance(value, dict):
            raise TypeError(f"{label}: expected a dict of arrays by name, got {type(value).__name__}")
    if arrays.keys() != others.keys():
        raise ValueError(
            f"{name}: expected the names {sorted(others, key=str)} of {other_name}, got {sorted(arrays, key=str)}"
        )
    for key, array in arrays.items():
        check_floats(f"{name} {key}", array)
        check_floats(f"{other_name} {key}", others[key])
        if array.shape != others[key].shape:
            raise ValueError(f"{name} {key}: expected {others[key].shape}, got {array.shape}")
    return arrays


def check_choice(name, value, choices):
    """Return ``value`` if it is one of ``choices``; else raise ValueError that lists them."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, choices))}, got {value!r}")
    return value


def check_writable(params):
    """Return ``params`` if every array in it can be changed in place; else raise ValueError that names it."""
    for name, array in params.items():
        if not array.flags.writeable:
            raise ValueError(f"{name}: expected an array that can be changed in place, got a read-only one")
    return params


def check_method(name, value, method):
    """Return ``value`` if it has the method, written in Python; else raise TypeError."""
    found = getattr(value, method, None)
    if not callable(found) or isinstance(value, type) or isbuiltin(found):
        kind = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise TypeError(f"{name}: expected an object with the method {method}, got {kind}")
    return value


def check_function(name, value):
    """Return ``value`` if it can be called; else raise TypeError."""
    if not callable(value):
        raise TypeError(f"{name}: expected a function, got {type(value).__name__}")
    return value


def check_texts(name, value):
    """Return ``value`` if it is a list or tuple of strings; else raise TypeError."""
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise TypeError(f"{name}: expected a list of strings, got {value!r}")
    return value


def check_rng(name, value):
    """Return ``value`` if it is a NumPy random generator; else raise TypeError with the way to make one."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name}: expected a np.random.Generator, got {type(value).__name__}: "
            "make one with np.random.default_rng(0)"
        )
    return value


def check_lengths(name, value, batch, steps):
    """Return the lengths of a batch as an integer array ``(B,)`` with entries in 1..T; else raise."""
    lengths = check_kind(name, value, "iu", "whole numbers, one length a sequence")
    if lengths.shape != (batch,):
        raise ValueError(f"{name}: expected (B={batch},), one length a sequence, got {lengths.shape}")
    if lengths.min() < 1 or lengths.max() > steps:
        raise ValueError(f"{name}: expected lengths from 1 to T={steps}, got {lengths.tolist()}")
    return lengths


def check_state(name, value, sizes, batch, dtype):
    """Return a state as a tuple of arrays ``(B, N)``, zeros where it is None; else raise TypeError or ValueError.

    ``sizes`` maps the name of each part to its N. A state of one part may come as a single array.
    """
    if value is None:
        return tuple(np.zeros((batch, size), dtype) for size in sizes.values())
    parts = (value,) if isinstance(value, np.ndarray) else value
    if not isinstance(parts, tuple) or len(parts) != len(sizes):
        wanted = ", ".join(f"{part} {shape_text({'B': batch, 'N': size})}" for part, size in sizes.items())
        got = f"a tuple of {len(parts)}" if value is parts and isinstance(parts, tuple) else type(value).__name__
        raise TypeError(f"{name}: expected a tuple ({wanted}), got {got}")
    return tuple(
        check_array(f"{name} {part}", array, dtype=dtype, B=batch, N=size)
        for (part, size), array in zip(sizes.items(), parts, strict=True)
    )


def check_dtype(name, value):
    """Return ``value`` as np.float64 or np.float32; else raise TypeError."""
    if isinstance(value, (type, str, np.dtype)) and value in (*FLOATS, "float64", "float32"):
        return np.dtype(value)
    raise TypeError(f"{name}: expected np.float64 or np.float32, got {value!r}")


def _shape_advice(name, value, axes):
    sizes = list(axes.values())
    if list(axes)[:2] == ["T", "B"] and value.ndim == 2 and len(axes) == 3 and sizes[2] in (None, value.shape[1]):
        return f": add a batch axis with {name}[:, None]"
    if value.ndim == len(axes) and value.ndim == 2 and value.T.shape == tuple(sizes):
        return f": transpose it with {name}.T"
    if list(axes)[:2] == ["T", "B"]:
        return ": arrays are time-major, (steps, batch, size)"
    return ""


def _first_non_finite(value, axes):
    index = tuple(int(i[0]) for i in np.nonzero(~np.isfinite(value)))
    where = f"step t={index[0]}" if next(iter(axes)) == "T" else f"index {index}"
    return f"{value[index]} at {where}"

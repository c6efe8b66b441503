"""Calling what a learner wrote: whatever happens, it is told in a sentence and nothing is lost."""

import contextlib
import copy
import inspect
import io
import linecache
import traceback
import warnings

import numpy as np


class Problem(Exception):
    """Something that keeps an answer from being compared, in words for the learner; ``code`` is their line."""

    def __init__(self, text, code=""):
        super().__init__(text)
        self.text, self.code = text, code


def call(function, arguments, quiet=False):
    """``function(**arguments)`` on copies of the arguments; raise :class:`Problem` for whatever goes wrong.

    It is called twice, so that a function that draws random numbers is found out, and the arguments are
    compared with what they were, so that one that changes its inputs is. What it prints is seen once, and not
    at all if ``quiet``.
    """
    check_is_function(function, arguments)
    results = []
    for again in (False, True):
        given = copy.deepcopy(arguments)
        with contextlib.redirect_stdout(io.StringIO()) if quiet or again else contextlib.nullcontext():
            results.append(_call_once(function, given))
        for name, value in arguments.items():
            if not same(value, given[name]):
                raise Problem(
                    f"Your function changes its input {name}. Work on a copy ({name} = {name}.copy()), or build a "
                    "new array: whoever calls the function still needs the old one."
                )
    if not same(*results):
        raise Problem("Your function gives two different answers for the same inputs. Leave out the random numbers.")
    return results[0]


def check_is_function(function, arguments):
    """Raise :class:`Problem` unless ``function`` can be called with these arguments."""
    names = ", ".join(arguments)
    if not callable(function):
        raise Problem(
            f"The check needs your function itself; it got {describe(function)}. Write its name without brackets "
            "behind it."
        )
    try:
        inspect.signature(function).bind(**arguments)
    except (TypeError, ValueError):
        raise Problem(f"Your function has to take the arguments {names}, by these names.") from None


def _call_once(function, arguments):
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return function(**arguments)
    except KeyboardInterrupt:
        raise Problem("The check was interrupted while your function was running.") from None
    except BaseException as error:  # whatever a learner's code raises is shown to the learner
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in arguments.items() if np.ndim(value))
        text = f"Your function stopped with {type(error).__name__}: {error}."
        if shapes:
            text += f" The shapes were {shapes}."
        raise Problem(text, learner_line(function, error)) from None


def learner_line(function, error):
    """The last line of the learner's own code that the error passed through, with its number."""
    own_file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
    if not frames:
        return ""
    source = linecache.getline(own_file, frames[-1].lineno).strip() or (frames[-1].line or "")
    return f"line {frames[-1].lineno}: {source}" if source else ""


def same(left, right):
    """Whether two values are equal, arrays entry by entry, with NaN equal to NaN."""
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    try:
        return bool(np.array_equal(left, right, equal_nan=True))
    except TypeError:
        try:
            return bool(np.all(left == right))
        except Exception:  # values that cannot be compared are not the same
            return False


def array_of(name, value):
    """``value`` as a float array; raise :class:`Problem` if it is not an array of finite numbers."""
    if value is None:
        raise Problem(f"{name} is None. Is a return missing?")
    if value is ...:
        raise Problem(f"{name} is still three dots.")
    try:
        array = np.asarray(value)
    except Exception:  # ragged lists and other things that are no array
        raise Problem(f"{name} should be a number or an array of numbers; it is {describe(value)}.") from None
    if array.dtype.kind not in "fiu":
        raise Problem(f"{name} should be a number or an array of numbers; it is {describe(value)}.")
    array = array.astype(float)
    if not np.isfinite(array).all():
        raise Problem(f"{name} contains NaN or infinity. Look for a division by zero or an exponential that overflows.")
    return array


def check_shape(name, array, expected):
    """Raise :class:`Problem` unless ``array`` has the shape of ``expected``."""
    shape, wanted = np.shape(array), np.shape(expected)
    if shape != wanted == ():
        raise Problem(f"{name} should be a single number; yours is an array with the shape {shape}.")
    if shape != wanted:
        same_axes = len(shape) > 1 and sorted(shape) == sorted(wanted)
        more = " The axes are there, in another order." if same_axes else ""
        raise Problem(f"{name} should have the shape {wanted}; yours has {shape}.{more}")


def numbers(name, value, expected):
    """``value`` as a float array with the shape of ``expected``; raise :class:`Problem` if it is not one."""
    array = array_of(name, value)
    check_shape(name, array, expected)
    return array


def describe(value):
    """A value in a few words, for a message."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with the shape {value.shape}"
    text = repr(value)
    kind = type(value).__name__
    return f"{text} ({kind})" if len(text) <= 40 else f"a value of type {kind}"

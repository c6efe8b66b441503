"""Calling what a learner wrote: whatever happens, a sentence says so and nothing is lost."""

import builtins
import contextlib
import copy
import dis
import inspect
import itertools
import linecache
import os
import random
import sys
import sysconfig
import traceback
import types
import warnings
from pathlib import Path

import numpy as np

from .advice import advice, plain
from .budget import OverBudget, budget
from .grading import REACHED, watched

NOT_THE_LEARNERS = tuple(
    {str(Path(__file__).parents[1]), *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))}
)


class Problem(Exception):
    """Something that keeps an answer from being compared, in words for the learner; ``code`` is their line."""

    def __init__(self, text, code=""):
        super().__init__(text)
        self.text, self.code = text, code


class Interrupted(Problem):
    """The learner stopped the check."""


def call(function, arguments, quiet=False, once=False):
    """``function(**arguments)`` on copies of the arguments; raise :class:`Problem` for whatever goes wrong.

    It is called twice unless ``once``, so that a function that draws random numbers is found out, and the arguments
    are compared with what they were, so that one that changes its inputs is. What it prints is seen once, and not
    at all if ``quiet``; its time and what it prints are limited (:func:`budget`).
    """
    check_is_function(function, arguments)
    results = []
    with _settings_kept():
        for again in (False,) if once else (False, True):
            given = copy.deepcopy(arguments)
            results.append(_call_once(function, given, quiet or again))
            for name, value in arguments.items():
                if not isinstance(value, np.random.Generator) and not same(value, given[name]):
                    raise Problem(
                        f"Your function changes its input {name}, but its caller still needs the old value. Lines like "
                        f"a += b or a[0] = b change the array itself, under every name it has. Write a = a + b, or "
                        f"start from a copy, {name}.copy()."
                    )
    if not same(results[0], results[-1]):
        check_is_finished(results[0])
        raise Problem(
            "Your function gives two different answers for the same inputs. Does it draw random numbers, begin with "
            "np.empty, or add to something that lives outside of it?"
        )
    return results[0]


def new_rng(seed=None):
    """The generator that draws the inputs of a check: the same each time, or that of a ``seed``."""
    return np.random.default_rng(20260701 if seed is None else [20260701, seed])


def sizes(rng, count, least=2, most=7):
    """So many lengths for the axes of a case, no two alike."""
    return rng.permutation(np.arange(least, most + 1))[:count].tolist()


def check_is_function(function, arguments):
    """Raise :class:`Problem` unless ``function`` can be called with these arguments."""
    names = ", ".join(arguments)
    if not callable(function):
        raise Problem(
            f"The check needs your function itself; it got {describe(function)}. Write its name without brackets "
            "after it."
        )
    try:
        signature = inspect.signature(function)
        signature.bind(**arguments)
    except (TypeError, ValueError):
        yours = ""
        with contextlib.suppress(TypeError, ValueError):
            yours = f" Yours takes {', '.join(map(str, inspect.signature(function).parameters)) or 'none'}."
        raise Problem(f"Your function has to take the arguments {names}, by these names.{yours}") from None


def listed(names, word="and"):
    """Names as they are listed in a sentence."""
    names = list(names)
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def data_from_outside(function):
    """Variables of the notebook that hold data and are read by the function as if they were arguments."""
    code = getattr(function, "__code__", None)
    around = getattr(function, "__globals__", {})
    names = _globals_read(code) if isinstance(code, types.CodeType) else []
    return [name for name in names if isinstance(around.get(name), np.ndarray | int | float | list | tuple)]


def _globals_read(code):
    names = [step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    inner = [_globals_read(part) for part in code.co_consts if isinstance(part, types.CodeType)]
    return [name for name in dict.fromkeys(itertools.chain(names, *inner)) if not hasattr(builtins, name)]


def from_outside_words(names):
    """What is said of a function that reads these variables of the notebook."""
    return f"It reads {listed(names)} from outside the function: the check sends its own values as arguments."


def check_is_finished(result):
    """Raise :class:`Problem` for a result that still has to be called or gone through."""
    if callable(result) or inspect.isgenerator(result):
        raise Problem(f"Your function returns {describe(result)}.")


def _call_once(function, arguments, quiet):
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), budget(quiet=quiet), watched() as reached:
            warnings.simplefilter("ignore")
            result = function(**arguments)
    except OverBudget as error:
        raise Problem(str(error), learner_line(error)) from None
    except KeyboardInterrupt as error:
        raise Interrupted(
            "You stopped the check while your function was running, at the line below. If it does not end by itself: "
            "which loop is it in, and what should make it stop?",
            learner_line(error),
        ) from None
    except BaseException as error:  # whatever a learner's code raises is shown to the learner
        said = plain(str(error))
        text = f"Your function stopped with {type(error).__name__}{': ' if said else ''}{said}. {advice(error)}"
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in arguments.items() if np.ndim(value))
        if shapes and isinstance(error, ValueError | IndexError | TypeError):
            text += f" The shapes were {shapes}."
        if outside := data_from_outside(function):
            text += f" {from_outside_words(outside)}"
        raise Problem(text.strip().replace("  ", " "), learner_line(error)) from None
    if reached:
        raise Problem(REACHED)
    return result


@contextlib.contextmanager
def _settings_kept():
    """Put back what a learner's code changes for the whole kernel: random states, settings of NumPy, the folder."""
    drawn, drawn_by_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    folder, depth = os.getcwd(), sys.getrecursionlimit()
    try:
        with np.printoptions():
            yield
    finally:
        random.setstate(drawn)
        np.random.set_state(drawn_by_numpy)  # noqa: NPY002
        os.chdir(folder)
        sys.setrecursionlimit(depth)


def learner_line(error):
    """The last line of the learner's own code that the error passed through, with its number."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(NOT_THE_LEARNERS):
            source = linecache.getline(frame.filename, frame.lineno).strip() or (frame.line or "")
            return f"line {frame.lineno}: {source}" if source else ""
    return ""


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


def array_of(name, value, finite=True):
    """``value`` as an array of floats; raise :class:`Problem` if it is not an array of finite numbers.

    With ``finite=False`` NaN and infinity pass, and whole numbers stay whole.
    """
    if value is None:
        raise Problem(f"{name} is None: nothing has been put there.")
    if value is ...:
        raise Problem(f"{name} is still three dots.")
    try:
        array = np.asarray(value)
    except Exception:  # ragged lists and other things that are not arrays
        raise Problem(f"{name} should be a number or an array of numbers; it is {describe(value)}.") from None
    if array.dtype.kind in "US":
        raise Problem(f"{name} is {describe(value)}. Write numbers without quotes, with a decimal point: 0.5.")
    if array.dtype.kind not in "fiu":
        raise Problem(f"{name} should be a number or an array of numbers; it is {describe(value)}.")
    if finite and np.size(array) == 0:
        raise Problem(f"{name} is empty: its shape is {array.shape}.")
    if finite:
        check_finite(name, array)
    return array if array.dtype.kind in "iu" and not finite else array.astype(float)


def check_finite(name, array):
    """Raise :class:`Problem` if the array contains NaN or infinity."""
    bad = ~np.isfinite(array)
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f", first at index {index if len(index) > 1 else index[0]}" if index else ""
        kinds = (
            "NaN" if np.isnan(array[bad]).all() else "infinity" if np.isinf(array[bad]).all() else "NaN and infinity"
        )
        how = "is" if not index else "contains"
        raise Problem(
            f"{name} {how} {kinds}{where}. The usual causes are a division by zero, the logarithm of 0, an exponential "
            "that overflows, and infinity minus infinity."
        )


def number_of(name, value):
    """``value`` as a float; raise :class:`Problem` if it is not one finite number."""
    array = array_of(name, value)
    if array.ndim:
        raise Problem(f"{name} should be a single number; yours is an array with the shape {array.shape}.")
    return float(array)


def describe(value):
    """A value in a few words, for a message."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with the shape {value.shape}"
    if inspect.isgenerator(value):
        return "a generator, made by yield where return is wanted"
    if callable(value) and not isinstance(value, type):
        return "a function that was not called, without its brackets"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 40 else "a long text"
    kind = type(value).__name__
    if isinstance(value, tuple | list | dict):
        return f"a {kind} of {len(value)}" if len(repr(value)) > 40 else f"{value!r} ({kind})"
    return f"{value!r} ({kind})" if len(repr(value)) <= 40 else f"a value of type {kind}"

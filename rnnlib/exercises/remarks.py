"""What a wrong function does, whatever its numbers are: what it ignores, reads from outside, and where it is right."""

import numpy as np

from .comparison import agree
from .learner import Interrupted, Problem, call, same


def remarks(exercise, function, result):
    """Sentences on a ``function`` that gave the wrong ``result`` for the first case of an exercise; often none."""
    first, second = exercise.cases()[:2]
    others = {name: first | {name: second[name]} for name in first if not same(first[name], second[name])}
    ignored = [name for name, case in others.items() if _ignores(exercise, function, first, case, result)]
    zeroed = {name: first | {name: np.zeros_like(value)} for name, value in first.items() if _is_real(value)}
    to_blame = [name for name, case in zeroed.items() if name not in ignored and _is_right(exercise, function, case)]
    outside = _outside(function)
    if outside:
        yield f"It reads {_listed(outside)} from outside the function: the check sends its own values as arguments."
    if ignored and len(ignored) == len(first) > 1:
        yield "The answer is the same whatever your function is given."
    elif ignored:
        them = "it" if len(ignored) == 1 else "them"
        yield f"{_listed(ignored)} could be anything: your answer does not depend on {them}."
    if to_blame:
        them = "it" if len(to_blame) == 1 else "them"
        yield f"With {_listed(to_blame, 'or')} set to 0 it would be right: look at what you do with {them}."
    if _holds_whole_numbers(result):
        yield "Your array holds whole numbers, so whatever stood behind the point was cut off: make it one of floats."


def _listed(names, word="and"):
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _outside(function):
    """Variables of the notebook that hold data and are read as if they were arguments."""
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    around = getattr(function, "__globals__", {})
    return [name for name in names if isinstance(around.get(name), np.ndarray | int | float | list | tuple)]


def _is_real(value):
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _tried(function, case):
    """What the function gives for a case, or None where it stops."""
    try:
        return call(function, case, quiet=True)
    except Interrupted:
        raise
    except Problem:
        return None


def _reference(exercise, case):
    """The right answer to a case, or None where the case makes no sense."""
    try:
        with np.errstate(all="ignore"):
            return exercise.parts(exercise.reference(**case))
    except ValueError:
        return None


def _ignores(exercise, function, first, case, result):
    """Whether the function gives the same for another case, and should not."""
    wanted = _reference(exercise, case)
    return wanted is not None and not same(_reference(exercise, first), wanted) and same(_tried(function, case), result)


def _is_right(exercise, function, case):
    """Whether the function is right for a case that asks for more than zeros."""
    wanted, result = _reference(exercise, case), _tried(function, case)
    if wanted is None or result is None or not all(part.any() for part in wanted):
        return False
    try:
        return agree([exercise.read(result, wanted)], [wanted])
    except Problem:
        return False


def _holds_whole_numbers(result):
    parts = result if isinstance(result, tuple) else (result,)
    return any(isinstance(part, np.ndarray) and part.ndim and part.dtype.kind in "iu" for part in parts)

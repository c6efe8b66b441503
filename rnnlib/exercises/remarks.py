"""What a wrong function does, whatever its numbers are: arguments it ignores, variables it reads from outside."""

import numpy as np

from .learner import Interrupted, Problem, call, same


def remarks(function, cases, result, reference):
    """Sentences on a function that gave the wrong ``result`` for the first of the ``cases``; often none."""
    return [
        *_reads_from_outside(function),
        *_ignores(function, cases, result, reference),
        *_whole_numbers(result, reference(**cases[0])),
    ]


def _reads_from_outside(function):
    """Variables of the notebook that hold data and are read as if they were arguments."""
    code = getattr(function, "__code__", None)
    around = getattr(function, "__globals__", {})
    names = [
        name
        for name in getattr(code, "co_names", ())
        if isinstance(around.get(name), np.ndarray | int | float | list | tuple | dict) and name != "__builtins__"
    ]
    if names:
        yield f"It reads {' and '.join(names)} from outside the function: the check sends its own values as arguments."


def _ignores(function, cases, result, reference):
    """Arguments that do not change what the function gives, although they should."""
    first, second = cases[:2]
    ignored = []
    for name in first:
        case = first | {name: second[name]}
        if same(first[name], second[name]) or not _depends(reference, first, case):
            continue
        try:
            if same(call(function, case, quiet=True), result):
                ignored.append(name)
        except Interrupted:
            raise
        except Problem:  # with these inputs it stops, so it does look at them
            continue
    if ignored and len(ignored) == len(first) > 1:
        yield "The answer is the same whatever your function is given."
    elif ignored:
        yield f"{' and '.join(ignored)} could be anything: your answer does not depend on {_them(ignored)}."


def _depends(reference, first, case):
    try:
        return not same(reference(**first), reference(**case))
    except ValueError:  # these inputs do not go together
        return False


def _them(names):
    return "it" if len(names) == 1 else "them"


def _whole_numbers(result, expected):
    pairs = zip(*(parts if isinstance(parts, tuple) else (parts,) for parts in (result, expected)), strict=False)
    if any(_is_whole(part) and not _is_whole(wanted) for part, wanted in pairs):
        yield "Your array holds whole numbers, so whatever stood behind the point was cut off: make it one of floats."


def _is_whole(part):
    return isinstance(part, np.ndarray) and part.ndim > 0 and part.dtype.kind in "iu"

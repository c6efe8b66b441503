"""What a wrong function does, found by trying: what it ignores, mixes up or leaves out, over all cases of a check."""

import copy
import functools
import itertools

import numpy as np

from .comparison import close
from .learner import Interrupted, Problem, call, data_from_outside, from_outside_words, listed, same
from .mutants import mutants_of

# An answer is told to ignore an argument after so many tries with others.
TRIES = 3


def probe(exercise, cases, given, parts, with_mutants=True):
    """What a wrong answer is, exactly and in every case: the right answer to other arguments, or to one with a slip.

    ``given`` holds the learner's parts for each case, ``parts`` the numbers of the wrong ones. One sentence or nothing;
    ``with_mutants=False`` leaves the one-step changes of the solution out.
    """

    def fits(answers):
        # the first case that differs ends the work
        return all(
            answer is not None and all(close(ours[k], answer[k]) for k in parts)
            for ours, answer in zip(given, answers, strict=True)
        )

    for words, change in _argument_changes(cases):
        if fits(_reference(exercise, change(case)) for case in cases):
            return f"This is exactly what comes out {words}."
    if not any(np.isfinite(ours[k]).any() for ours in given for k in parts):
        return ""  # many slips end in NaN everywhere
    data = tuple(name for name, value in cases[0].items() if not callable(value))
    for mutant, function in mutants_with_functions(type(exercise), data) if with_mutants else ():
        if fits(_tried_parts(exercise, function, case) for case in cases):
            return f"A right answer with one slip gives exactly your numbers: {mutant.words}."
    return ""


@functools.cache
def mutants_with_functions(kind, data):
    """The mutants of the solution of a ``kind`` of exercise that compile, each with its function."""
    return [
        (mutant, function)
        for mutant in mutants_of(kind().solution_code(), (data,))
        if (function := mutant.function(kind.answer.__globals__)) is not None
    ]


def remarks(exercise, function, cases, given, expected):
    """Sentences on a wrong ``function``, found by calling it with other arguments; often none."""
    outside = data_from_outside(function)
    if outside:
        yield from_outside_words(outside)
    ignored = [name for name in cases[0] if _ignores(exercise, function, cases, name)]
    if ignored and len(ignored) == len(cases[0]) > 1:
        yield "The answer is the same whatever your function is given."
    elif ignored:
        yield f"Your answer stays the same whatever {listed(ignored, 'or')} is."
    to_blame = [
        name
        for name, value in cases[0].items()
        if name not in ignored
        and is_real(value)
        and all(_is_right(exercise, function, case | {name: np.zeros_like(case[name])}) for case in cases)
    ]
    if to_blame:
        them = "it" if len(to_blame) == 1 else "them"
        yield f"With {listed(to_blame, 'or')} set to 0 it would be right: look at what you do with {them}."
    if any(
        left.ndim and left.dtype.kind in "iu" and not close(right, np.round(right))
        for ours, wanted in zip(given, expected, strict=True)
        for left, right in zip(ours, wanted, strict=True)
    ):
        yield "Your array holds whole numbers, and the right ones are not whole: make it an array of floats."


def is_real(value):
    """Whether a value is an array of real numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _argument_changes(cases):
    """Changes of the arguments, each as words and a function of a case."""
    first = cases[0]
    for name, value in first.items():
        for words, change in _changes_of(value):
            yield words.format(name), lambda case, name=name, change=change: case | {name: change(case[name])}
        if isinstance(value, dict):
            for key in value:
                for words, change in _changes_of(value[key]):
                    told = words.format(f"{name}[{key!r}]")
                    yield (
                        told,
                        lambda case, n=name, k=key, c=change: case | {n: case[n] | {k: c(case[n][k])}},
                    )
    for one, other in itertools.combinations(first, 2):
        if all(_alike(case[one], case[other]) for case in cases):
            yield f"if {one} is used in place of {other}", lambda case, a=one, b=other: case | {b: case[a]}
            yield f"if {other} is used in place of {one}", lambda case, a=one, b=other: case | {a: case[b]}
            yield (
                f"if {one} and {other} have changed places",
                lambda case, a=one, b=other: case | {a: case[b], b: case[a]},
            )


def _alike(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys()
    return not callable(one) and np.shape(one) == np.shape(other) and type(one) is type(other)


def _changes_of(value):
    """Changes of one argument: words with a place for its name, and a function of its value."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float | np.number):
        yield "if {} is 1", lambda v: type(v)(1)
        yield "if {} is 0", lambda v: type(v)(0)
        yield "if {} is larger by 1", lambda v: v + 1
        yield "if {} is smaller by 1", lambda v: v - 1
        yield "if the sign of {} is flipped", lambda v: -v
        yield "if {} is replaced by 1 divided by it", lambda v: 1 / v
        yield "if {} is replaced by 1 minus it", lambda v: 1 - v
        yield "if {} is squared", lambda v: v**2
    if not isinstance(value, np.ndarray):
        return
    if value.dtype.kind == "f":
        yield "if {} is left out, as if it were 0", np.zeros_like
        yield "if the sign of {} is flipped", np.negative
        yield "if every number of {} is 1", np.ones_like
        yield "if {} goes through tanh first", np.tanh
        yield "if {} is squared", np.square
        yield "if {} is replaced by 1 minus it", lambda v: 1 - v
    else:
        yield "if {} is larger by 1", lambda v: v + 1
        yield "if {} is smaller by 1", lambda v: v - 1
    if value.ndim == 2:
        yield "if {} is transposed", np.transpose
    for axis in range(value.ndim):
        yield f"if {{}} is reversed along axis {axis}", lambda v, a=axis: np.flip(v, a)
        yield f"if {{}} comes one place late along axis {axis}", lambda v, a=axis: np.roll(v, 1, a)
        yield f"if {{}} comes one place early along axis {axis}", lambda v, a=axis: np.roll(v, -1, a)


def _reference(exercise, case):
    """The right answer to a case, or None where the case makes no sense."""
    try:
        with np.errstate(all="ignore"):
            return exercise.parts(exercise.reference(**case))
    except Exception:  # a case that was made up may break a reference in any way
        return None


def _tried_parts(exercise, function, case):
    """What a changed solution gives for a case as a tuple of arrays, or None where it stops."""
    try:
        parts = exercise.parts(function(**copy.deepcopy(case)))
        return parts if len(parts) == len(exercise.returns) else None
    except Exception:  # a changed solution may break in any way
        return None


def _tried(function, case):
    """What the function gives for a case, or None where it stops."""
    try:
        return call(function, case, quiet=True, once=True)
    except Interrupted:
        raise
    except Problem:
        return None


def _ignores(exercise, function, cases, name):
    """Whether TRIES other values of an argument change the right answer and not that of the function."""
    tries = 0
    for case in cases:
        wanted, result = _reference(exercise, case), None
        for other in _others(cases, case, name):
            changed = _reference(exercise, other)
            if changed is None or same(wanted, changed):
                continue
            result = _tried(function, case) if result is None else result
            if result is None or not same(_tried(function, other), result):
                return False
            tries += 1
    return tries >= TRIES


def _others(cases, case, name):
    """The case with other values of one argument: those of the other cases, and changes of its own."""
    value = case[name]
    for other in cases:
        if other is not case and not same(other[name], value):
            yield case | {name: other[name]}
    rng = np.random.default_rng(1)
    if is_real(value):
        yield case | {name: value * rng.uniform(0.5, 1.5, value.shape)}
        yield case | {name: value[..., ::-1] + rng.uniform(-0.1, 0.1, value.shape)}
    elif isinstance(value, np.ndarray):
        yield case | {name: rng.permuted(value)}
    elif isinstance(value, dict) and all(map(is_real, value.values())):
        yield case | {name: {key: part * rng.uniform(0.5, 1.5, part.shape) for key, part in value.items()}}
    elif isinstance(value, float):
        yield case | {name: 0.9 * value}
        yield case | {name: 1.1 * value}


def _is_right(exercise, function, case):
    """Whether the function is right for a case that asks for more than zeros."""
    wanted = _reference(exercise, case)
    if wanted is None or not all(part.any() for part in wanted):
        return False
    result = _tried(function, case)
    if result is None:
        return False
    try:
        return all(close(*pair) for pair in zip(exercise.read(result, wanted), wanted, strict=True))
    except Problem:
        return False

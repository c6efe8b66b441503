"""Rubbish of every kind, drawn at random, gets a helpful sentence and leaves nothing behind.

RUBBISH=500 python -m pytest tests/chapters/test_rubbish.py -n 0      so many answers for each exercise
"""

import decimal
import os
import random
import sys
import time
import warnings
import zlib

import numpy as np
import pytest
from chapters import chapters

from rnnlib.judging import DesignExercise, FunctionExercise, exercises_of

COUNT = int(os.environ.get("RUBBISH", "12"))
EXERCISES = {
    f"{chapter.package}.{name}": exercise
    for chapter in chapters()
    for name, exercise in exercises_of(chapter.exercises).items()
}
ERRORS = (ValueError, TypeError, IndexError, KeyError, ZeroDivisionError, MemoryError, RecursionError, SystemExit)
ERRORS += (KeyboardInterrupt, StopIteration, GeneratorExit, UnicodeError, AssertionError, OSError, BaseException)


def values(rng, shapes):
    """Rubbish values without end; some arrays have the right ``shapes``."""
    size = shapes[rng.integers(len(shapes))]
    plain = [None, True, "seven", b"x", "", 3j, np.nan, np.inf, -1, 10**400, {}, set(), object(), range(3), Ellipsis]
    plain += [decimal.Decimal(1), type, print, slice(1), memoryview(b"ab"), np.ma.masked, np.datetime64("2026-01-01")]
    made = [
        lambda: rng.normal(size=size),
        lambda: rng.normal(size=size).astype(np.float16),
        lambda: np.full(size, np.nan),
        lambda: np.full(size, np.inf),
        lambda: rng.integers(-3, 3, size=size),
        lambda: np.zeros((*size, 0)),
        lambda: np.full(size, "a"),
        lambda: np.full(size, None, dtype=object),
        lambda: rng.normal(size=size).tolist(),
        lambda: (x for x in range(3)),
        lambda: [plain[rng.integers(len(plain))] for _ in range(rng.integers(1, 5))],
        lambda: tuple(rng.normal(size=shapes[rng.integers(len(shapes))]) for _ in range(rng.integers(1, 5))),
        lambda: {name: plain[rng.integers(len(plain))] for name in "zifo"},
        lambda: np.ma.masked_array(np.ones(size), mask=True),
        lambda: [[1], [1, 2]],
    ]
    while True:
        yield plain[rng.integers(len(plain))] if rng.random() < 0.4 else made[rng.integers(len(made))]()


def functions(rng, value):
    """Functions that do something rude, and give the ``value`` if they end."""

    def returns(**arguments):
        return value

    def prints(**arguments):
        print("a" * int(rng.integers(1, 5000)))
        sys.stderr.write("b")
        return value

    def spoils_its_inputs(**arguments):
        for argument in arguments.values():
            if isinstance(argument, np.ndarray):
                argument[...] = 0
        return value

    def changes_settings(**arguments):
        np.seterr(all="raise")
        warnings.simplefilter("error")
        return value

    def changes_the_world(**arguments):
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002
        np.set_printoptions(precision=1)
        sys.setrecursionlimit(700)
        os.chdir("/")
        return value

    def sleeps(**arguments):
        time.sleep(0.002)
        return value

    def raises(**arguments):
        raise ERRORS[rng.integers(len(ERRORS))]("rubbish")

    def yields(**arguments):
        yield value

    def shows_itself(**arguments):
        return shows_itself

    rude = [prints, spoils_its_inputs, changes_settings, changes_the_world, sleeps, raises, yields, shows_itself]
    return [returns, returns, *rude]


def world():
    """What no answer may change."""
    drawn = random.getstate(), np.random.get_state()[1].tolist(), np.get_printoptions()  # noqa: NPY002
    return np.geterr(), warnings.filters[:], sys.stdout, sys.getprofile(), sys.getrecursionlimit(), os.getcwd(), drawn


@pytest.mark.sample(30)
@pytest.mark.parametrize("name", EXERCISES)
def test_rubbish_gets_a_sentence_and_changes_nothing(name, capfd):
    exercise = type(EXERCISES[name])()
    is_function = isinstance(exercise, FunctionExercise | DesignExercise)
    shapes = [(), (3,), (8, 8)]
    if isinstance(exercise, FunctionExercise):
        shapes += [np.shape(part) for part in exercise.parts(exercise.reference(**exercise.cases()[0]))]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    before = world()
    stream = values(rng, shapes)
    for number in range(COUNT):
        answer = next(stream)
        if is_function and number % 3:
            kinds = functions(rng, answer)
            answer = kinds[rng.integers(len(kinds))]
        verdict = type(exercise)().check(answer)
        assert verdict.word in ("Not yet", "Not tried yet"), (answer, verdict)
        assert len(verdict.text) > 20, (answer, verdict)
        assert "Traceback" not in str(verdict)
        assert "rnnlib" not in verdict.code
    assert world() == before
    assert type(exercise)().check(exercise.answer if is_function else exercise.answer())

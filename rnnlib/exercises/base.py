"""What an exercise is: a task, steps of help, and a check that knows the usual mistakes.

An exercise is one class. To add one, subclass :class:`FunctionExercise`, :class:`PencilExercise` or
:class:`BuildExercise` in a module of its chapter and make one instance of it there. To add a known mistake,
add one :class:`Slip` or :class:`Mistake` to its ``mistakes``: the wrong answer and the message it deserves.
"""

import functools
import importlib
import inspect
import pkgutil
import textwrap
from typing import Any, NamedTuple

import numpy as np

from .comparison import agree, difference, in_another_order
from .learner import Problem, array_of, call, describe, number_of
from .mistake import Mistake, Slip
from .remarks import remarks
from .verdict import Verdict

__all__ = ["BuildExercise", "Exercise", "FunctionExercise", "Mistake", "PencilExercise", "Slip", "chapter", "progress"]

CASES = 3
DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard"}


class Exercise:
    """A task with ``check``, ``hint`` and ``solution``.

    A subclass says, in its docstring, what is to be done, and sets ``number`` (its place in the course, as "1.2"),
    ``title``, ``difficulty`` (1 to 3), ``praise`` (what a right answer has shown) and ``hints``, each a step further
    than the one before.
    """

    number = ""
    title = ""
    difficulty = 1
    praise = ""
    hints = ()
    mistakes = ()

    def __init__(self):
        self.state = "not tried yet"
        self._hints_given = 0

    def check(self, answer):
        """Say whether ``answer`` is right; if it is not, what is wrong with it."""
        try:
            message = None if self.untouched(answer) else self.judge(answer)
        except Problem as problem:
            verdict = Verdict("Not yet", problem.text, problem.code)
        except KeyboardInterrupt:
            verdict = Verdict("Not yet", "You stopped the check. Run the cell again.")
        else:
            if message is None:
                return Verdict(
                    "Not tried yet", f"{self.title}: replace the dots by your answer and run the cell again."
                )
            verdict = Verdict("Not yet", message) if message else Verdict("Solved", self.praise)
        if self.state != "solved":
            self.state = "solved" if verdict.solved else "tried"
        return verdict

    def judge(self, answer):
        """What is wrong with ``answer``, or an empty text, or None if nothing was tried.

        Raises :class:`Problem` where it cannot be judged.
        """
        raise NotImplementedError

    def untouched(self, answer):
        """Whether the answer is still the stub: three dots, or a collection of nothing else."""
        parts = answer.values() if isinstance(answer, dict) else answer
        collected = isinstance(answer, dict | tuple | list) and len(answer) > 0
        return answer is ... or (collected and all(part is ... for part in parts))

    def known_mistakes(self):
        """Each known mistake as a pair: the wrong answer, as a function, and its message."""
        solution, names = self.solution_code(), type(self).answer.__globals__
        return [(mistake.wrong(solution, names), mistake.message) for mistake in self.mistakes]

    def hint(self):
        """The next hint; the last one stays."""
        number = min(self._hints_given, len(self.hints) - 1)
        self._hints_given = number + 1
        return Verdict("Hint", f"{number + 1} of {len(self.hints)}: {self.hints[number]}")

    def solution(self):
        """One right answer, as code."""
        return Verdict("Hint", f"One answer to “{self.title}”:", self.solution_code())

    def __repr__(self):
        return f"{self.title} ({DIFFICULTIES[self.difficulty]}): {self.state}\n{inspect.getdoc(self)}"

    def solution_code(self):
        """The source of ``answer``, which every exercise has."""
        return _source_of(type(self).answer)


@functools.cache
def _source_of(answer):
    return textwrap.dedent(inspect.getsource(answer)).removeprefix("@staticmethod\n").rstrip()


class FunctionExercise(Exercise):
    """A function to write. It is compared with the reference on random inputs that differ in every axis.

    A subclass gives ``returns``, the names of what the function returns; ``draw(rng)``, a dict of arguments;
    ``reference(**arguments)``, computed by rnnlib; and ``answer``, a static method that solves the task in the
    way of the chapter and is shown as the solution.
    """

    returns = ("the result",)

    def draw(self, rng):
        """Random arguments by name."""
        raise NotImplementedError

    def reference(self, **arguments):
        """What a right answer returns, from rnnlib."""
        raise NotImplementedError

    def cases(self):
        """The inputs of a check: the same each time, different from one another."""
        rng = np.random.default_rng(20260701)
        return [self.draw(rng) for _ in range(CASES)]

    def judge(self, answer):
        cases = self.cases()
        first, *others = cases
        result = call(answer, first)
        if self.untouched(result):
            return None
        expected = [self.parts(self.reference(**case)) for case in cases]
        results = [result, *(call(answer, case, quiet=True) for case in others)]
        given = [self.read(*pair) for pair in zip(results, expected, strict=True)]
        if agree(given, expected):
            return ""
        for wrong, message in self.known_mistakes():
            if all(agree([ours], [self.parts(wrong(**case))]) for ours, case in zip(given, cases, strict=True)):
                return message
        if in_another_order(given, expected):
            return f"These are the right things in another order. Return them as {', '.join(self.returns)}."
        said = difference(self.returns, given, expected)
        return " ".join([said, *remarks(self, answer, result)])

    def parts(self, result):
        """A result as a tuple of arrays, one for each name in ``returns``."""
        return tuple(np.asarray(part) for part in (result if len(self.returns) > 1 else (result,)))

    def read(self, result, expected):
        """The learner's result as a tuple of arrays; :class:`Problem` where it is something else."""
        if result is None:
            raise Problem(
                "Your function returns nothing. Is a return missing? print shows a value, return hands it on."
            )
        wanted, names = len(self.returns), ", ".join(self.returns)
        if wanted == 1:
            if isinstance(result, tuple) and any(np.shape(part) == expected[0].shape != () for part in result):
                raise Problem(f"Expected {names} alone, got {len(result)} things. What stands behind return?")
            result = (result,)
        elif not isinstance(result, tuple | list) or len(result) != wanted:
            came = f"{len(result)}" if isinstance(result, tuple | list) else describe(result)
            raise Problem(f"Expected {wanted} things back ({names}), got {came}. Commas stand between them.")
        return tuple(array_of(name, part) for name, part in zip(self.returns, result, strict=True))


class PencilExercise(Exercise):
    """Numbers worked out by hand and typed in.

    A subclass gives ``names`` of the numbers, ``tolerance``, and ``answer``, a static method that works the
    numbers out as a pencil would and is shown as the solution. ``reference``, where there is one, has them from
    rnnlib. ``mistakes`` hold the slips; each leads to numbers of its own.
    """

    names = ("the number",)
    tolerance = 0.01

    def reference(self):
        """The right numbers."""
        return type(self).answer()

    def judge(self, answer):
        answer = answer if isinstance(answer, tuple | list) else (answer,)
        if len(answer) != len(self.names):
            more = " Decimals are written with a point." if len(answer) > len(self.names) else ""
            raise Problem(f"Expected {len(self.names)} numbers ({', '.join(self.names)}), got {len(answer)}.{more}")
        expected = np.atleast_1d(np.asarray(self.reference(), dtype=float))
        tried = np.array([part is not ... for part in answer])
        given = np.array(list(map(self.read, self.names, answer)))
        right = np.abs(given - expected) <= self.tolerance
        if right.all():
            return ""
        return self.known(given, expected, right, tried) or self.unknown(given, expected, right, tried)

    def read(self, name, value):
        """One number as a float, NaN where it is not filled in; :class:`Problem` where it is something else."""
        return np.nan if value is ... else number_of(name, value)

    def known(self, given, expected, right, tried):
        """The message of the slip that explains all numbers, or else those that are wrong; or nothing.

        A slip explains wrong numbers only if the first that it spoils is among them.
        """
        slips = [(np.atleast_1d(wrong()), message) for wrong, message in self.known_mistakes()]
        for places in (tried, tried & ~right):
            for slip, message in slips:
                begins = int(np.argmax(np.abs(slip - expected) > self.tolerance))
                if places[begins] and np.all(np.abs(given - slip)[places] <= self.tolerance):
                    return message
        return ""

    def unknown(self, given, expected, right, tried):
        """What can be said of wrong numbers that no known slip explains."""
        off = np.abs(given - expected)
        good = [name for name, is_right in zip(self.names, right, strict=True) if is_right]
        begin = f"{', '.join(good)}: right. " if good else ""
        wrong = np.flatnonzero(tried & ~right)
        if not len(wrong):
            return f"{begin}{self.names[int(np.argmin(tried))]} is still three dots."
        if len(given) > 1 and tried.all():
            if np.all(np.abs(given + expected) <= self.tolerance):
                return "The sizes are right, all signs are turned."
            if np.all(np.abs(np.sort(given) - np.sort(expected)) <= self.tolerance):
                return f"These are the right numbers in another order. Give them as {', '.join(self.names)}."
        name = self.names[wrong[0]]
        if abs(given[wrong[0]] + expected[wrong[0]]) <= self.tolerance:
            return f"{begin}{name} has the right size and the wrong sign."
        if off[wrong[0]] <= 5 * self.tolerance:
            return f"{begin}{name} is nearly right: it may be off by {self.tolerance:g}. Round at the end only."
        return f"{begin}{name} is not right yet (each number may be off by {self.tolerance:g}). Work it out once more."


class BuildExercise(Exercise):
    """Something to build that has to do a job: weights, a matrix, a setting.

    A subclass writes ``judge(answer)``, which tries the object and says what it does wrong, and ``answer``, a
    static method that returns an object that does the job.
    """


def chapter(name):
    """The exercises in the modules of the package ``name``, by their names: to be shown as the package's own."""
    package = importlib.import_module(name)
    return _exercises(
        *(importlib.import_module(f"{name}.{found.name}") for found in pkgutil.iter_modules(package.__path__))
    )


def _exercises(*modules):
    found = [pair for module in modules for pair in vars(module).items() if isinstance(pair[1], Exercise)]
    return dict(sorted(found, key=lambda pair: pair[1].number))


def progress(module):
    """A quiet summary of the exercises of a chapter's module: which were solved in this kernel."""
    exercises = _exercises(module).values()
    solved = sum(exercise.state == "solved" for exercise in exercises)
    lines = [f"{e.state:<15}{DIFFICULTIES[e.difficulty]:<8}{e.title}" for e in exercises]
    return Summary(f"{solved} of {len(exercises)} exercises solved in this kernel.", lines)


class Summary(NamedTuple):
    """The state of the exercises of a chapter, as text."""

    heading: str
    lines: list[Any]

    def __repr__(self):
        return "\n".join([self.heading, *self.lines])

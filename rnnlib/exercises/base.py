"""What an exercise is: a task, steps of help, and a check that knows the usual mistakes.

An exercise is one class. To add one, subclass :class:`FunctionExercise`, :class:`PencilExercise` or
:class:`BuildExercise` in the module of its chapter and make one instance of it there. To add a known mistake,
add one :class:`Mistake` to its ``mistakes``: the wrong answer, as code or as a number, and the message it deserves.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .learner import Problem, call, numbers
from .verdict import Verdict

TOLERANCE = 1e-6
CASES = 3


class Mistake(NamedTuple):
    """A wrong answer that learners give, and what to say to it.

    ``answer`` is the wrong function (for a :class:`FunctionExercise`), the wrong value (for a
    :class:`PencilExercise`, as a function without arguments), or the wrong object (for a
    :class:`BuildExercise`, likewise). ``message`` says what was probably done, why it is wrong and where in the
    chapter to look, without giving the answer away.
    """

    answer: Callable
    message: str


class Exercise:
    """A task with ``check``, ``hint`` and ``solution``.

    A subclass says, in its docstring, what is to be done, and sets ``title``, ``difficulty`` (1 to 3),
    ``praise`` (what a right answer has shown) and ``hints``, each a step further than the one before.
    """

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
        if self.untouched(answer):
            return Verdict(
                "Not tried yet", f"{self.title}: replace the three dots by your answer and run the cell again."
            )
        try:
            message = self.judge(answer)
        except Problem as problem:
            verdict = Verdict("Not yet", problem.text, problem.code)
        else:
            verdict = Verdict("Not yet", message) if message else Verdict("Solved", self.praise)
        if self.state != "solved":
            self.state = "solved" if verdict.solved else "tried"
        return verdict

    def judge(self, answer):
        """What is wrong with ``answer``, or an empty text; :class:`Problem` where it cannot be judged."""
        raise NotImplementedError

    def untouched(self, answer):
        """Whether the answer is still the stub."""
        return answer is ...

    def hint(self):
        """The next hint; the last one stays."""
        number = min(self._hints_given, len(self.hints) - 1)
        self._hints_given = number + 1
        return Verdict("Hint", f"{number + 1} of {len(self.hints)}: {self.hints[number]}")

    def solution(self):
        """One right answer, as code."""
        return Verdict("Hint", f"One answer to “{self.title}”:", self.solution_code())

    def solution_code(self):
        """The source of ``answer``, which every exercise has."""
        source = textwrap.dedent(inspect.getsource(type(self).answer))
        return source.removeprefix("@staticmethod\n").rstrip()


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

    def untouched(self, answer):
        if not callable(answer):
            return answer is ...
        try:
            return call(answer, self.cases()[0]) is ...
        except Problem:
            return False

    def judge(self, answer):
        cases = self.cases()
        expected = [self.parts(self.reference(**case)) for case in cases]
        given = [self.read(call(answer, case), wanted) for case, wanted in zip(cases, expected, strict=True)]
        if agree(given, expected):
            return ""
        for mistake in self.mistakes:
            wrong = [self.parts(mistake.answer(**case)) for case in cases]
            if agree(given, wrong):
                return mistake.message
        return self.difference(given[0], expected[0])

    def parts(self, result):
        """A result as a tuple of arrays, one for each name in ``returns``."""
        return tuple(np.asarray(part) for part in (result if len(self.returns) > 1 else (result,)))

    def read(self, result, expected):
        """The learner's result as arrays of the right shapes; :class:`Problem` where it is something else."""
        if len(self.returns) > 1:
            if not isinstance(result, tuple | list) or len(result) != len(self.returns):
                raise Problem(f"Your function should return {len(self.returns)} things: {', '.join(self.returns)}.")
        else:
            result = (result,)
        return tuple(numbers(*triple) for triple in zip(self.returns, result, expected, strict=True))

    def difference(self, given, expected):
        """Which parts are right, and where the first one that is not differs most."""
        wrong = [k for k in range(len(given)) if not agree([given[k : k + 1]], [expected[k : k + 1]])]
        right = [name for k, name in enumerate(self.returns) if k not in wrong]
        k = wrong[0] if wrong else 0
        gap = np.abs(given[k] - expected[k])
        index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
        where = f" at index {index if len(index) > 1 else index[0]}" if index else ""
        praise = f"{' and '.join(right)}: right. " if right else ""
        return (
            f"{praise}{self.returns[k]}: the shape is right, the numbers are not. The largest difference is{where}: "
            f"yours is {given[k][index]:.4g}, it should be {expected[k][index]:.4g}."
        )


class PencilExercise(Exercise):
    """Numbers worked out by hand and typed in.

    A subclass gives ``names`` of the numbers, ``tolerance``, and ``answer``, a static method that returns the
    right numbers, computed by rnnlib; ``mistakes`` hold the numbers that the usual slips lead to.
    """

    names = ("the number",)
    tolerance = 0.01

    def untouched(self, answer):
        return answer is ... or (isinstance(answer, tuple | list) and len(answer) > 0 and all(a is ... for a in answer))

    def judge(self, answer):
        answer = answer if isinstance(answer, tuple | list) else (answer,)
        if len(answer) != len(self.names):
            raise Problem(f"Expected {len(self.names)} numbers ({', '.join(self.names)}), got {len(answer)}.")
        if any(part is ... for part in answer):
            raise Problem("Some numbers are still three dots.")
        expected = np.atleast_1d(np.asarray(type(self).answer(), dtype=float))
        given = np.array([numbers(*triple) for triple in zip(self.names, answer, expected, strict=True)])
        right = np.abs(given - expected) <= self.tolerance
        if right.all():
            return ""
        for mistake in self.mistakes:
            if np.allclose(given, np.atleast_1d(mistake.answer()), rtol=0, atol=self.tolerance):
                return mistake.message
        wrong = [name for name, good in zip(self.names, right, strict=True) if not good]
        good = [name for name, good in zip(self.names, right, strict=True) if good]
        begin = f"{', '.join(good)}: right. " if good else ""
        return (
            f"{begin}{wrong[0]} is not right yet (each number may be off by {self.tolerance:g}). Work it out once more."
        )


class BuildExercise(Exercise):
    """Something to build that has to do a job: weights, a matrix, a setting.

    A subclass writes ``judge(answer)``, which tries the object and says what it does wrong, and ``answer``, a
    static method that returns an object that does the job.
    """


def agree(given, wanted):
    """Whether all arrays agree to TOLERANCE relative to their scale; a different shape disagrees."""
    for left_parts, right_parts in zip(given, wanted, strict=True):
        for left, right in zip(left_parts, right_parts, strict=True):
            if left.shape != right.shape or not np.isfinite(right).all():
                return False
            scale = max(np.max(np.abs(right), initial=0.0), 1e-12)
            if np.max(np.abs(left - right), initial=0.0) > TOLERANCE * scale:
                return False
    return True


def progress(module):
    """A quiet summary of the exercises of a chapter's module: which were solved in this kernel."""
    exercises = [value for value in vars(module).values() if isinstance(value, Exercise)]
    solved = sum(exercise.state == "solved" for exercise in exercises)
    lines = [f"{'solved' if e.state == 'solved' else e.state:<14} {'*' * e.difficulty:<4} {e.title}" for e in exercises]
    return Summary(f"{solved} of {len(exercises)} exercises solved in this kernel.", lines)


class Summary(NamedTuple):
    """The state of the exercises of a chapter, as text."""

    heading: str
    lines: list[Any]

    def __repr__(self):
        return "\n".join([self.heading, *self.lines])

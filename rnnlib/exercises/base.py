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

from .comparison import agree, difference, in_another_order
from .learner import Problem, array_of, call, check_shape, describe, numbers
from .verdict import Verdict

CASES = 3
DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard"}


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
        """Whether the answer is still the stub: three dots, or a collection of nothing else."""
        parts = answer.values() if isinstance(answer, dict) else answer
        collected = isinstance(answer, dict | tuple | list) and len(answer) > 0
        return answer is ... or (collected and all(part is ... for part in parts))

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
            return super().untouched(answer)
        try:
            return call(answer, self.cases()[0], quiet=True) is ...
        except Problem:
            return False

    def judge(self, answer):
        cases = self.cases()
        expected = [self.parts(self.reference(**case)) for case in cases]
        given = [self.read(call(answer, case, quiet=k > 0)) for k, case in enumerate(cases)]
        if agree(given, expected):
            return ""
        for mistake in self.mistakes:
            if agree(given, [self.parts(mistake.answer(**case)) for case in cases]):
                return mistake.message
        if in_another_order(given, expected):
            return f"These are the right things in another order. Return them as {', '.join(self.returns)}."
        for name, *pair in zip(self.returns, given[0], expected[0], strict=True):
            check_shape(name, *pair)
        return difference(self.returns, given, expected)

    def parts(self, result):
        """A result as a tuple of arrays, one for each name in ``returns``."""
        return tuple(np.asarray(part) for part in (result if len(self.returns) > 1 else (result,)))

    def read(self, result):
        """The learner's result as a tuple of arrays; :class:`Problem` where it is something else."""
        if len(self.returns) == 1:
            result = (result,)
        elif not isinstance(result, tuple | list) or len(result) != len(self.returns):
            came = f"{len(result)}" if isinstance(result, tuple | list) else describe(result)
            raise Problem(f"Expected {len(self.returns)} things back ({', '.join(self.returns)}), got {came}.")
        return tuple(array_of(name, part) for name, part in zip(self.returns, result, strict=True))


class PencilExercise(Exercise):
    """Numbers worked out by hand and typed in.

    A subclass gives ``names`` of the numbers, ``tolerance``, and ``answer``, a static method that works the
    numbers out as a pencil would and is shown as the solution. ``reference``, where there is one, has them from
    rnnlib. ``mistakes`` hold the numbers that the usual slips lead to.
    """

    names = ("the number",)
    tolerance = 0.01

    def reference(self):
        """The right numbers."""
        return type(self).answer()

    def judge(self, answer):
        answer = answer if isinstance(answer, tuple | list) else (answer,)
        if len(answer) != len(self.names):
            raise Problem(f"Expected {len(self.names)} numbers ({', '.join(self.names)}), got {len(answer)}.")
        expected = np.atleast_1d(np.asarray(self.reference(), dtype=float))
        given = np.array([numbers(*triple) for triple in zip(self.names, answer, expected, strict=True)])
        right = np.abs(given - expected) <= self.tolerance
        if right.all():
            return ""
        # the slip that explains all numbers, or else those that are wrong, if the first that it spoils is among them
        slips = [(np.atleast_1d(mistake.answer()), mistake.message) for mistake in self.mistakes]
        for places in (np.full(len(right), True), ~right):
            for slip, message in slips:
                begins = int(np.argmax(np.abs(slip - expected) > self.tolerance))
                if places[begins] and np.all(np.abs(given - slip)[places] <= self.tolerance):
                    return message
        good = [name for name, is_right in zip(self.names, right, strict=True) if is_right]
        begin = f"{', '.join(good)}: right. " if good else ""
        first = self.names[int(np.argmin(right))]
        return f"{begin}{first} is not right yet (each number may be off by {self.tolerance:g}). Work it out once more."


class BuildExercise(Exercise):
    """Something to build that has to do a job: weights, a matrix, a setting.

    A subclass writes ``judge(answer)``, which tries the object and says what it does wrong, and ``answer``, a
    static method that returns an object that does the job.
    """


def progress(module):
    """A quiet summary of the exercises of a chapter's module: which were solved in this kernel."""
    exercises = [value for value in vars(module).values() if isinstance(value, Exercise)]
    solved = sum(exercise.state == "solved" for exercise in exercises)
    lines = [f"{e.state:<15}{DIFFICULTIES[e.difficulty]:<8}{e.title}" for e in exercises]
    return Summary(f"{solved} of {len(exercises)} exercises solved in this kernel.", lines)


class Summary(NamedTuple):
    """The state of the exercises of a chapter, as text."""

    heading: str
    lines: list[Any]

    def __repr__(self):
        return "\n".join([self.heading, *self.lines])

"""What an exercise is: a task, steps of help, and a check that knows the usual mistakes.

An exercise is one class. To add one, subclass one of the kinds in ``rnnlib.judging`` in a module of its chapter and
make one instance of it there. To add a known mistake, add one ``Slip`` or ``Mistake`` to its ``mistakes``: the wrong
answer and the message it deserves.
"""

import contextlib
import functools
import inspect
import itertools
import textwrap
from types import MappingProxyType

import numpy as np

from .budget import allowance
from .comparison import agree
from .explanation import Told, explain
from .grading import private_codes, watch
from .learner import Problem, array_of, call, describe, listed, new_rng, same
from .verdict import Verdict

CASES = 3
DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard"}


class Exercise:
    """A task with ``check``, ``hint`` and ``solution``.

    A subclass says, in its docstring, what the reader should do, and sets ``number`` (its place in the course, as
    "1.2"), ``title``, ``difficulty`` (1 to 3), ``praise`` (what a right answer has shown) and ``hints``, each a step
    further than the one before.
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

    def check(self, answer, seed=None):
        """Say whether ``answer`` is right; if it is not, what is wrong with it.

        The inputs of a check are the same each time; with a ``seed`` they are drawn anew from it, for a grade, and an
        answer that calls the solution is refused.
        """
        try:
            watching = watch(private_codes(Exercise)) if seed is not None else contextlib.nullcontext()
            with allowance(), np.errstate(all="ignore"), watching:
                message = None if self.untouched(answer) else self.judge(answer, seed)
        except Problem as problem:
            verdict = Verdict("Not yet", problem.text, problem.code, "problem")
        except KeyboardInterrupt:
            verdict = Verdict("Not yet", "You stopped the check. Run the cell again.")
        else:
            if message is None:
                return Verdict(
                    "Not tried yet", f"{self.title}: replace the dots by your answer and run the cell again."
                )
            kind = getattr(message, "kind", "")
            verdict = Verdict("Not yet", message, kind=kind) if message else Verdict("Solved", self.praise)
        if self.state != "solved":
            self.state = "solved" if verdict.solved else "tried"
        return verdict

    def judge(self, answer, seed=None):
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
        return Verdict("Solution", f"One answer to “{self.title}”:", self.solution_code())

    def __repr__(self):
        return f"{self.title} ({DIFFICULTIES[self.difficulty]}): {self.state}\n{inspect.getdoc(self)}"

    def solution_code(self):
        """The source of ``answer``, which every exercise has."""
        return source_of(type(self).answer)


@functools.cache
def source_of(answer):
    """The code of a right ``answer``, as it is shown."""
    return textwrap.dedent(inspect.getsource(answer)).removeprefix("@staticmethod\n").rstrip()


class FunctionExercise(Exercise):
    """A function to write. It is compared with the reference on random inputs that differ in every axis.

    A subclass gives ``returns``, the names of what the function returns; ``draw(rng)``, a dict of arguments;
    ``reference(**arguments)``, computed by rnnlib; and ``answer``, a static method that solves the task in the
    way of the chapter and is shown as the solution.
    """

    returns = ("the result",)
    # axes whose length is the same in every case, by the name of the argument
    fixed_axes = MappingProxyType({})

    def draw(self, rng):
        """Random arguments by name."""
        raise NotImplementedError

    def reference(self, **arguments):
        """What a right answer returns, from rnnlib."""
        raise NotImplementedError

    def cases(self, seed=None):
        """The inputs of a check: the same each time, or those of a ``seed``.

        They are drawn until every argument differs from case to case, its shape as well.
        """
        rng = new_rng(seed)
        for _ in range(1000):
            cases = [self.draw(rng) for _ in range(CASES)]
            alike = [
                name for name in cases[0] if not _differ([case[name] for case in cases], self.fixed_axes.get(name, ()))
            ]
            if not alike:
                return cases
        raise ValueError(
            f"draw: expected arguments that differ from case to case, got the same {listed(alike)} or axes"
        )

    def judge(self, answer, seed=None):
        cases = _cases(type(self), seed)
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
                return Told(message, "known slip")
        return explain(self, answer, cases, given, expected)

    def parts(self, result):
        """A result as a tuple of arrays, one for each name in ``returns``."""
        return tuple(np.asarray(part) for part in (result if len(self.returns) > 1 else (result,)))

    def read(self, result, expected):
        """The learner's result as a tuple of arrays; :class:`Problem` where it is something else."""
        if result is None:
            raise Problem(
                "Your function returns nothing. Is a return missing? print shows a value, return hands it on."
            )
        wanted, names = len(self.returns), listed(self.returns)
        if wanted == 1:
            if isinstance(result, tuple) and any(np.shape(part) == expected[0].shape != () for part in result):
                raise Problem(f"Expected {names} alone, got {len(result)} things. What comes after return?")
            result = (result,)
        elif not isinstance(result, tuple | list) or len(result) != wanted:
            came = f"{len(result)}" if isinstance(result, tuple | list) else describe(result)
            raise Problem(f"Expected {wanted} things back ({names}), got {came}. Separate them with commas.")
        return tuple(array_of(name, part, finite=False) for name, part in zip(self.returns, result, strict=True))


@functools.lru_cache(maxsize=128)
def _cases(kind, seed):
    """The cases of a ``kind`` of exercise; whoever calls a function with one copies it."""
    return kind().cases(seed)


def _differ(values, fixed=()):
    """Whether values differ pairwise, and arrays along every axis that is not ``fixed`` in some case."""
    if isinstance(values[0], dict):
        return all(_differ([value[key] for value in values]) for key in values[0])
    if any(same(a, b) for a, b in itertools.combinations(values, 2)):
        return False
    lengths = enumerate(zip(*map(np.shape, values), strict=True))
    return all(len(set(axis)) > 1 or number in fixed for number, axis in lengths)


class BuildExercise(Exercise):
    """Something to build that has to do a job: weights, a matrix, a setting.

    A subclass writes ``judge(answer)``, which tries the object and says what it does wrong, and ``answer``, a
    static method that returns an object that does the job.
    """

"""The wrong answers that a check knows, each with the message it deserves."""

import re
from collections.abc import Callable
from typing import NamedTuple


class Mistake(NamedTuple):
    """A wrong answer that learners give, and what to say to it.

    ``answer`` is the wrong function (for a function exercise), the wrong value (for a pencil exercise, as a function
    without arguments), or the wrong object (for a build exercise, likewise). ``message`` says what was probably
    done, why it is wrong and where in the chapter to look, without giving the answer away.
    """

    answer: Callable
    message: str

    def wrong(self, solution, names):
        """The wrong answer, as a function."""
        return self.answer


class Slip(NamedTuple):
    """A mistake written as a change of the solution: ``changes`` maps pieces of its text to what is there instead.

    All changes are made at once and wherever the piece is, so two pieces can change places.
    """

    changes: dict[str, str]
    message: str

    def text(self, solution):
        """The text ``solution`` with the changes. Raises ValueError if a piece is not in it."""
        missing = [piece for piece in self.changes if piece not in solution]
        if missing:
            raise ValueError(f"changes: expected pieces of the solution, got {missing[0]!r}, which is not in it")
        longest_first = sorted(self.changes, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest_first)), lambda found: self.changes[found[0]], solution)

    def wrong(self, solution, names):
        """The wrong answer, as a function: the changed text of the solution, run with the global ``names``."""
        made = dict(names)
        exec(self.text(solution), made)
        return made["answer"]

"""A bug hunt: a function that runs and is wrong; which line is it?"""

from numbers import Integral
from types import MappingProxyType

from .base import FunctionExercise, source_of
from .mistake import Slip
from .verdict import Listing


class BugHunt(FunctionExercise):
    """A broken function to mend. The learner names the faulty line, or writes the function anew.

    A subclass is a :class:`FunctionExercise` whose ``answer`` is the function as it should be. ``bug`` maps pieces of
    its text to what is there instead, within their lines. ``show()`` lists the broken function with the numbers of its
    lines, ``broken`` is the function itself, for a gradient check, and ``innocent`` maps pieces of right lines to why
    they are right. ``check`` takes the number of the line or the mended function.
    """

    bug = MappingProxyType({})
    innocent = MappingProxyType({})

    @property
    def broken_code(self):
        """The source of the broken function."""
        return Slip(self.bug, "").text(source_of(type(self).answer))

    @property
    def broken(self):
        """The broken function."""
        return Slip(self.bug, "").wrong(source_of(type(self).answer), type(self).answer.__globals__)

    @property
    def faulty_lines(self):
        """The numbers of the lines that the bug has changed, from 1; ValueError if it adds or takes away a line."""
        right, wrong = self.solution_code().splitlines(), self.broken_code.splitlines()
        if len(right) != len(wrong):
            raise ValueError(f"bug: expected changes within lines, got {len(wrong)} lines for {len(right)}")
        return [number for number, pair in enumerate(zip(right, wrong, strict=True), start=1) if pair[0] != pair[1]]

    def show(self):
        """The broken function with numbered lines."""
        return Listing(self.broken_code)

    def known_mistakes(self):
        return [
            (self.broken, "This is still the broken function: it gives the same wrong numbers."),
            *super().known_mistakes(),
        ]

    def judge(self, answer, seed=None):
        if isinstance(answer, Integral) and not isinstance(answer, bool):
            return self.judge_line(int(answer))
        return super().judge(answer, seed)

    def judge_line(self, number):
        """What is wrong with the choice of a line, or nothing."""
        lines = self.broken_code.splitlines()
        if number in self.faulty_lines:
            return ""
        if not 1 <= number <= len(lines):
            return f"The function has the lines 1 to {len(lines)}; there is no line {number}."
        line = lines[number - 1].strip()
        why = next((words for piece, words in self.innocent.items() if piece in line), "")
        return f"Line {number} is as it should be: {line} {why}".strip()

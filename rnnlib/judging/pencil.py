"""Numbers worked out by hand: each is judged alone, and a slip is named only where it explains what it spoils."""

import numpy as np

from .base import Exercise
from .explanation import Told
from .learner import Problem, listed, number_of


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

    def judge(self, answer, seed=None):
        answer = self.listed(answer)
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

    def listed(self, answer):
        """The numbers of an answer one by one: a list, a tuple or an array of them, or one alone."""
        if isinstance(answer, np.ndarray):
            answer = answer.ravel().tolist() if answer.dtype.kind in "fiu" else [answer]
        return answer if isinstance(answer, tuple | list) else (answer,)

    def read(self, name, value):
        """One number as a float, NaN where it is not filled in; :class:`Problem` where it is something else."""
        return np.nan if value is ... else number_of(name, value)

    def known(self, given, expected, right, tried):
        """The messages of slips that together explain every wrong number, with the right ones named first; or nothing.

        A slip explains the numbers that it spoils, all of them that were typed in, the first among them.
        """
        found, left = [], tried & ~right
        slips = []
        for wrong, message in self.known_mistakes():
            slip = np.atleast_1d(np.asarray(wrong(), dtype=float))
            spoiled = np.abs(slip - expected) > self.tolerance
            explained = spoiled & tried
            hits = np.abs(given - slip) <= self.tolerance
            if spoiled.any() and tried[int(np.argmax(spoiled))] and hits[explained].all():
                slips.append((explained, message))
        for explained, message in sorted(slips, key=lambda pair: -pair[0].sum()):
            if (explained & left).any():
                found.append((explained, message))
                left = left & ~explained
        if not found:
            return ""
        if len(found) == 1 and not left.any() and not (tried & right).any():
            return Told(found[0][1], "known slip")
        good = [name for name, is_right in zip(self.names, right, strict=True) if is_right]
        told = [f"{listed(good)}: right."] if good else []
        told += [f"{self.named(explained)}: {message}" for explained, message in found]
        if left.any():
            told.append(f"{self.named(left)}: not right yet.")
        return Told(" ".join(told), "known slip")

    def named(self, places):
        """The names of the numbers at the ``places``."""
        return listed(name for name, there in zip(self.names, places, strict=True) if there)

    def unknown(self, given, expected, right, tried):
        """What can be said of wrong numbers that no known slip explains."""
        off = np.abs(given - expected)
        good = self.named(right)
        begin = f"{good}: right. " if good else ""
        wrong = np.flatnonzero(tried & ~right)
        if not len(wrong):
            return Told(f"{begin}{self.names[int(np.argmin(tried))]} is still three dots.", "shown")
        if len(given) > 1 and tried.all():
            if np.all(np.abs(given + expected) <= self.tolerance):
                return Told("The sizes are right, all signs are flipped.", "shown")
            if np.all(np.abs(np.sort(given) - np.sort(expected)) <= self.tolerance):
                return Told(
                    f"These are the right numbers in another order. Give them as {', '.join(self.names)}.", "shown"
                )
        told = [(self.names[k], self.alone(given[k], expected[k], off[k])) for k in wrong]
        nothing = [name for name, words in told if not words]
        told = [f"{name} {words}" for name, words in told if words]
        if nothing:
            are, each, them = ("are", "each", "them") if len(nothing) > 1 else ("is", "it", "it")
            may = f"({each} may be off by {self.tolerance:g})"
            told.append(f"{listed(nothing)} {are} not right yet {may}. Work {them} out once more.")
        return Told(begin + " ".join(told), "shown" if good else "numbers")

    def alone(self, given, expected, off):
        """What can be said of one wrong number alone, or nothing."""
        if abs(given + expected) <= self.tolerance:
            return "has the right size and the wrong sign."
        if off <= 3 * self.tolerance:
            told = f"is off by {off:.2g}, and may be off by {self.tolerance:g}"
            return f"{told}: compute with more digits, round at the end."
        return ""

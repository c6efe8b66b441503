"""Questions with one true answer: what is asked, and what is said to each answer that is given."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rnnlib.pictures.figures.numbers import SUPERSCRIPTS

# Estimates of a positive number: within this factor of the truth they are right, or close.
RIGHT, CLOSE = 1.25, 2.0


class Reply(NamedTuple):
    """What is said to an answer; ``right`` says whether it was the true one."""

    right: bool
    text: str


@dataclass(frozen=True)
class Choice:
    """A question with a few ``options``, of which ``truth`` is one.

    ``reason`` says why the truth is true; ``wrong`` maps each other option to what is wrong with it. Raises
    ValueError for a truth that is not an option, and for reasons that do not belong to the wrong options.
    """

    question: str
    options: tuple[str, ...]
    truth: str
    reason: str
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        if self.truth not in self.options:
            raise ValueError(f"truth: expected one of {', '.join(map(repr, self.options))}, got {self.truth!r}")
        false = [option for option in self.options if option != self.truth]
        if self.wrong and set(self.wrong) != set(false):
            raise ValueError(f"wrong: expected a reason for each of {false}, got reasons for {list(self.wrong)}")

    def reply(self, value, *, reveal=True):
        """What is said to the option ``value``; ``reveal`` names the truth where it was not the one."""
        if value == self.truth:
            return Reply(True, f"You said {_quoted(value)}: right. {self.reason}")
        said = self.wrong.get(value, "")
        if not reveal:
            return Reply(False, f"You said {_quoted(value)}: no. {said}".strip())
        told = f"You said {_quoted(value)}; the numbers say {_quoted(self.truth)}. {said}".strip()
        return Reply(False, f"{told} {self.reason}")

    def folded(self):
        """Each option with what is said to it folded away, as HTML: the question without a kernel."""
        return "".join(
            fold(option, f"{'Right' if option == self.truth else 'No'}. {self._said_to(option)}".strip())
            for option in self.options
        )

    def _said_to(self, option):
        return self.reason if option == self.truth else self.wrong.get(option, "")


@dataclass(frozen=True)
class Estimate:
    """A positive number to be estimated: right within a factor of 1.25, close within 2.

    ``wrong`` maps bounds (low, high) to what is said to an estimate with low <= estimate < high that is not right.
    """

    question: str
    truth: float
    reason: str
    wrong: Mapping[tuple[float, float], str] = field(default_factory=dict)

    def reply(self, value):
        """What is said to the estimate ``value``."""
        factor = max(value / self.truth, self.truth / value)
        said, true = number_text(value), number_text(self.truth)
        if factor <= RIGHT:
            return Reply(True, f"You said {said}: right, the numbers say {true}. {self.reason}")
        band = next((words for (low, high), words in self.wrong.items() if low <= value < high), "")
        far = f"{number_text(factor, 2)} times too {'large' if value > self.truth else 'small'}"
        how = "which is close" if factor <= CLOSE else far
        told = [f"You said {said}, {how}; the numbers say {true}.", band, self.reason]
        return Reply(False, " ".join(filter(None, told)))

    def folded(self):
        """The truth with its reason folded away, as HTML."""
        return fold("The answer", f"{number_text(self.truth)}. {self.reason}")


@dataclass(frozen=True)
class Number:
    """A number to be known or worked out, right within ``tolerance``.

    ``wrong`` maps the numbers that a slip leads to to what is said to them. Raises ValueError where one of them
    would pass for the truth.
    """

    question: str
    truth: float
    reason: str
    wrong: Mapping[float, str] = field(default_factory=dict)
    tolerance: float = 0.01

    def __post_init__(self):
        for slip in self.wrong:
            if abs(slip - self.truth) <= self.tolerance:
                raise ValueError(f"wrong: {slip:g} would pass for {self.truth:g}, within {self.tolerance:g} of it")

    def reply(self, value, *, reveal=False):
        """What is said to ``value``, a number or the text of one."""
        try:
            number = float(str(value).strip().replace("−", "-"))
        except ValueError:
            return Reply(False, "Type one number, with a decimal point: 0.5.")
        if abs(number - self.truth) <= self.tolerance:
            return Reply(True, f"You said {number:g}: right. {self.reason}")
        said = next((words for slip, words in self.wrong.items() if abs(number - slip) <= self.tolerance), "")
        return Reply(False, f"You said {number:g}: no. {said}".strip())

    def folded(self):
        """The truth with its reason folded away, as HTML."""
        return fold("The answer", f"{self.truth:g}. {self.reason}")


def option_of(truth, options):
    """The option that a computed ``truth`` makes true: ``options`` maps each to its bounds, low <= truth < high.

    Raises ValueError unless the truth lies within the bounds of exactly one.
    """
    fitting = [option for option, (low, high) in options.items() if low <= truth < high]
    if len(fitting) != 1:
        raise ValueError(f"truth: expected a number within the bounds of one option, got {truth}")
    return fitting[0]


def fold(summary, text):
    """Words that open on a click or the Enter key, as HTML."""
    return f"<details><summary>{html.escape(summary)}</summary><p>{html.escape(text)}</p></details>"


def number_text(value, digits=3):
    """A positive number as one says it, to a few digits: 20 800, 0.043, 2.1 × 10⁹."""
    if 1e-3 <= value < 1e7:
        return f"{float(f'{value:.{digits}g}'):,.7g}".replace(",", " ")
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(power)).translate(SUPERSCRIPTS)}"


def check_range(low, truth, high):
    """Raise ValueError unless 0 < low <= truth <= high."""
    if not 0 < low <= truth <= high or math.isinf(high):
        raise ValueError(f"truth: expected 0 < low <= truth <= high, got {low}, {truth}, {high}")


def _quoted(option):
    """An option as it is quoted in a sentence: a letter or a number as it is, words in quotation marks."""
    return option if len(option) <= 2 else f"“{option}”"

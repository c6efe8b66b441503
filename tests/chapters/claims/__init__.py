"""What the chapters say in numbers, each sentence tied to the values it comes from; a module a chapter.

``CLAIMS`` of a module is a list of :func:`claim`, ``ALLOWED`` maps a short text with a number that nothing can
compute to the reason why. ``python tools/unguarded.py 3`` prints the numbers of chapter 3 that are left.
"""

import contextlib
import importlib
import importlib.util
import io
import re
from functools import cached_property
from types import SimpleNamespace

import nbformat
from chapters import chapters

from .papers import PAPERS

__all__ = ["PAPERS", "Claim", "Notebook", "allowed_in", "claim", "claims_of", "power", "word"]

FIELD = re.compile(r"\{(:[^{}]*)?\}")
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Claim:
    """A text of a chapter with the values it is made of.

    ``template`` is written as the chapter has it, with ``{}`` or ``{:.2f}`` where a value belongs; other braces stay
    as they are. ``value`` is called for the value, or for a tuple of one value each. Where the template has no such
    place, the text is a statement: ``value`` is called for whether it is true.
    """

    def __init__(self, template, value):
        self.template, self._value = template, value

    def __repr__(self):
        return f"claim({self.template!r})"

    @cached_property
    def values(self):
        value = self._value()
        return value if isinstance(value, tuple) else (value,)

    @cached_property
    def pattern(self):
        """The text that the chapter must contain, with a group for each value."""
        literal, at, values = [], 0, list(self.values)
        fields = list(FIELD.finditer(self.template))
        if fields and len(fields) != len(values):
            raise ValueError(f"{self!r}: {len(fields)} places, {len(values)} values")
        if not fields:
            if values != [True]:
                raise ValueError(f"{self!r}: is not true: {values}")
            return re.compile(f"(?<!\\d)({_loose(self.template)})(?!\\d)")
        for found, value in zip(fields, values, strict=True):
            literal.append(_loose(self.template[at : found.start()]))
            literal.append(f"({_written(format(value, (found[1] or ':')[1:]))})")
            at = found.end()
        literal.append(_loose(self.template[at:]))
        return re.compile(r"(?<!\d)(?<!\d\.)" + "".join(literal) + r"(?!\d|\.\d)")

    def spans(self, text):
        """Where the values are in ``text``; of a statement the whole of it."""
        return [found.span(k + 1) for found in self.pattern.finditer(text) for k in range(self.pattern.groups)]


def claim(template, value):
    """A text and a function that computes what it says: :class:`Claim`."""
    return Claim(template, value)


def _loose(text):
    """A pattern for a text, whatever breaks its lines."""
    return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(text))


def _written(text):
    """A pattern for a value: any gap between thousands, any minus."""
    return re.escape(text).replace(",", r"(?:,|[ \u00a0\u202f]|\\,|\{,\})?").replace(r"\-", "[-−–]")


def word(number):
    """A small number as a word: 3 is "three", 0 is "no"."""
    return WORDS[number]


def power(exponent):
    """A power of ten as text: -5 is "10⁻⁵"."""
    return "10" + str(exponent).translate(RAISED)


class Notebook:
    """A chapter: what its cells print, say as code and define, by their ids, and what its explorers say."""

    def __init__(self, number):
        self.number, self._names, self._figures = number, {}, {}

    @cached_property
    def chapter(self):
        return next(chapter for chapter in chapters() if chapter.number == self.number)

    @cached_property
    def cells(self):
        return {cell.id: cell for cell in nbformat.read(self.chapter.path, as_version=4).cells}

    def figure(self, name):
        """An explorer of the chapter, one for all claims."""
        if name not in self._figures:
            self._figures[name] = getattr(self.chapter.explorers, name)()
        return self._figures[name]

    def says(self, name, *words, **values):
        """Whether an explorer, moved to these values from its start, says all these words."""
        shown = self.figure(name)
        shown.reset()
        shown.set(**values)
        return all(word in shown.sentence for word in words)

    def printed(self, cell, pattern):
        """The groups of ``pattern`` in what a cell printed, a tuple if there are several."""
        outputs = [
            output.get("text", output.get("data", {}).get("text/plain", "")) for output in self.cells[cell].outputs
        ]
        return self._found("".join(outputs), cell, pattern)

    def code(self, cell, pattern):
        """The groups of ``pattern`` in the code of a cell."""
        return self._found(self.cells[cell].source, cell, pattern)

    def _found(self, text, cell, pattern):
        found = re.search(pattern, text)
        if found is None:
            raise ValueError(f"chapter {self.number}, cell {cell}: no {pattern!r} in {text!r}")
        return found[1] if len(found.groups()) == 1 else found.groups()

    def names(self, *cells):
        """What these cells define, run one after the other in an empty namespace without what they print."""
        if cells not in self._names:
            names = {"__name__": f"chapter{self.number}"}
            with contextlib.redirect_stdout(io.StringIO()):
                for cell in cells:
                    exec(self.cells[cell].source, names)
            self._names[cells] = SimpleNamespace(**names)
        return self._names[cells]


def _module(package):
    name = f"{__name__}.{package}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def claims_of(package):
    """The claims of a chapter."""
    return getattr(_module(package), "CLAIMS", [])


def allowed_in(package):
    """Texts with numbers that nothing can compute, with the reason of each."""
    return getattr(_module(package), "ALLOWED", {})

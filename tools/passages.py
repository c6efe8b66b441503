"""The text of a chapter, passage by passage, and the numbers in it.

A passage is a Markdown cell (speaker notes among them), a text that a code cell shows (a title, the alt text of a
picture, a prediction, the words of a ``print``), or the alt text of an explorer that the notebook calls.
"""

import ast
import inspect
import re
from dataclasses import dataclass, field, replace
from functools import cached_property

import nbformat

GAP = r"[\u00a0\u202f]|\\,|\{,\}|,"  # what parts the thousands
NUMBER = re.compile(
    rf"\d{{1,3}}(?:(?:{GAP}| )\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[₀₁₂₃₄₅₆₇₈₉]+"
)
PRINTED = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
RAISED, LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
# Outputs that repeat a text of the cell instead of computing something.
ECHOES = re.compile(r"\bPicture\(|\brecall\(|\bpredict_(choice|number)\(|\bexercises\.\w+\.check\(|\bprogress\(")


@dataclass(frozen=True)
class Number:
    """A number in a passage."""

    text: str
    start: int
    end: int

    @property
    def value(self):
        return number_value(self.text)

    def changed(self):
        """The same number with one digit changed, in every way."""
        for k, digit in enumerate(self.text):
            for digits in ("0123456789", RAISED, LOWERED):
                if digit in digits:
                    yield from (self.text[:k] + other + self.text[k + 1 :] for other in digits if other != digit)


@dataclass(frozen=True)
class Passage:
    """A text of a chapter; ``near`` holds the numbers that the code around it contains and prints."""

    cell: str  # the id
    kind: str  # "text", "string", "printed" or "alt"
    text: str
    near: frozenset = field(repr=False)
    heading: str = ""  # the number of the exercise that the next cell checks

    @cached_property
    def numbers(self):
        return [Number(found[0], *found.span()) for found in NUMBER.finditer(self.text)]

    def with_number(self, number, text):
        """The passage with one of its numbers replaced."""
        return replace(self, text=self.text[: number.start] + text + self.text[number.end :])


def number_value(text):
    """The value of a number as it is written: with gaps between the thousands, raised or lowered."""
    plain = re.sub(rf"{GAP}| ", "", text)
    for digits in (RAISED, LOWERED):
        plain = plain.translate(str.maketrans(digits, "0123456789"))
    return float(plain)


def literals(source):
    """The values of the numbers in Python code."""
    code = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    return {
        float(node.value)
        for node in ast.walk(ast.parse(code or "0"))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }


def strings(source):
    """The texts in Python code with more than one word, as (text, whether ``print`` shows it)."""
    tree = ast.parse(source)
    printed, skipped = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            printed |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            skipped |= {id(inner) for inner in ast.walk(node.format_spec)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))  # a docstring
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            text = node.value
            if re.search(r"\s", text.strip()) and re.search(r"[^\W\d]{2}", text):
                yield text, id(node) in printed


def said(cell):
    """What a code cell prints or gives, without what repeats a text of the cell."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif not ECHOES.search(cell.source):
            texts.append(output.get("data", {}).get("text/plain", ""))
    return "\n".join(texts)


def printed_numbers(text):
    return {float(found) for found in PRINTED.findall(text)}


def passages_of(chapter):
    """All passages of a chapter, in order."""
    cells = nbformat.read(chapter.path, as_version=4).cells
    code = [k for k, cell in enumerate(cells) if cell.cell_type == "code" and "google.colab" not in cell.source]
    written = {k: literals(cells[k].source) for k in code}
    shown = {k: printed_numbers(said(cells[k])) for k in code}
    checks = [k for k in code if re.search(r"\bexercises\.\w+\.check\(", cells[k].source)]
    found = []
    for k, cell in enumerate(cells):
        before = [j for j in code if j < k][-2:]
        after = [j for j in code if j > k][:1]
        near = set().union(*(written[j] | shown[j] for j in before + after))
        if cell.cell_type == "markdown":
            heading = f"{chapter.number}.{checks.index(k + 1) + 1}" if k + 1 in checks else ""
            found.append(Passage(cell.id, "text", cell.source, frozenset(near), heading))
        elif k in written:
            own = near | written[k]
            for text, printed in strings(cell.source):
                kind, context = ("printed", own) if printed else ("string", own | printed_numbers(_stdout(cell)))
                found.append(Passage(cell.id, kind, text, frozenset(context)))
            found += _alts(chapter, cell)
    return found


def _stdout(cell):
    return "\n".join(output.text for output in cell.outputs if output.output_type == "stream")


def _alts(chapter, cell):
    """The alt texts of the explorers that a cell calls, beside the numbers of the code that writes them."""
    shown = " ".join(
        output.metadata["image/png"]["alt"] for output in cell.outputs if "image/png" in output.get("data", {})
    )
    for name in set(re.findall(r"\bexplorers\.(\w+)\(", cell.source)):
        source = inspect.getsource(inspect.getmodule(inspect.unwrap(getattr(chapter.explorers, name))))
        for text, _ in strings(source):
            text = " ".join(text.split())
            if len(text) > 20 and text in shown:
                yield Passage(cell.id, "alt", text, frozenset(literals(source)))

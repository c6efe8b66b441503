"""The numbers in the text of the chapters that nothing accounts for.

python tools/unguarded.py            of all chapters
python tools/unguarded.py 3 4        of some

A number is guarded by a claim of the chapter (tests/chapters/claims/), which computes it, or by a rule: it is printed
or written in the code beside it, it numbers a list, it belongs to the notation. A rule accounts for a number only if
it would not account for the same number with a digit changed.
"""

import argparse
import re
import sys
from functools import cache, lru_cache
from pathlib import Path

from chapters import NOTEBOOKS, ROOT, chapters
from passages import number_value, passages_of

sys.path.insert(0, str(ROOT / "tests" / "chapters"))
from claims import PAPERS, allowed_in, claims_of

# What a number refers to cannot be computed here: the reason is beside each pattern.
EXEMPT = {
    r"\b[Cc]hapters? (?:\d+(?:(?:,| and| or| to|, and|,? then|–)\s)?)+": "names a chapter",
    r"\b[Ee]xercises? (?:\d\.\d+(?:(?:,| and| or| to)\s)?)+": "names an exercise",
    r"\*On stage, \d+ minutes?": "an estimate of time",
    r"(?m)^\| [^|\n]+ \| [\u4e00-\u9fff（）]+ \| [^|\n]+ \| \d+ \|$": "the chapter of a term in the glossary",
    r"Core path, about \d+ minutes": "an estimate of time",
    r"https?://\S+": "an address",
}
# Exact phrases of mathematics and notation: with another digit they no longer match.
NOTATION = (
    r"between (0) and (1)\b",
    r"\b(0) (?:or|and) (1)\b",
    r"\[(0), ?(1)\]",
    r"\((0), ?(1)\)",
    r"(?:above|below|sum to|sums to|adds? up to) \$?(1)\b(?!\.\d)",
    r"(?<![\d.])(1) ?[-−] ?(?=[\\$A-Za-zσα-ω(])",  # 1 − z
    r"(?<=[A-Za-z]) ?[-−+] ?(1)(?![\d.])",  # t − 1
    r"\^\{?(2)\}?(?![\d.])",  # squares
    r"[A-Za-zσ)](²)",
    r"\^\{-(1)\}",
    r"\\(?:sum|prod)_\{\w ?= ?\w?\+?(1)\}",
    r"\\t?frac\{?(1)(?![\d.])",
    r"\\t?frac\{?1\}?\{?(2)\}?\s*\(",  # half of a square
    r"\)/(2)\b",
    r"(?<![\w.])(1) ?(?:\\times|×) ?[A-Z]\b",  # shapes
    r"\b[A-Z] ?(?:\\times|×) ?(1)(?![\d.])",
    r"\((1), [A-Z]\)",
    r"\([A-Z], (1)\)",
    r"\b[ShcW]_\{?(0)\}?(?!\d)",  # the state before the first step
    r"\b[Shc](₀)",
    r"(\w)_(1), ?\\l?dots, ?\1_\{?[A-Z]\}?(?!-)",
    r"(\w)_(0), ?\\l?dots, ?\1_\{[A-Z] ?- ?1\}",
)
# The same phrases with any digit: there only the exact phrase counts, not what the code beside it happens to contain.
SHAPES = tuple(re.sub(r"\(\d\)", r"(\\d)", pattern) for pattern in NOTATION)
PLACES = (
    r"[_^]\{?[-−]?[A-Za-z]*[-−+]?(\d+)",
    r"(?m:^)\s*(\d+)\. ",
    r"(?m:^)#+ (?:Exercise )?(\d+(?:\.\d+)?)\b",
    r"[A-Za-z]\w*?(\d+)",
)
INDEX = re.compile(r"([A-Za-z]\w*|\\\w+|\})_\{?(\d+)\}?")


class Page:
    """What a whole chapter knows: its code, its claims, what is allowed."""

    def __init__(self, chapter):
        self.chapter = chapter
        self.passages = passages_of(chapter)
        self.claims = [claim for claim in claims_of(chapter.package) if _holds(claim)]
        self.allowed = allowed_in(chapter.package)
        self.code = "".join(_code(chapter.path).split())
        self._covered = {}

    def covered(self, passage):
        """The places of the passage that a claim or the list of what is allowed accounts for."""
        text = passage.text
        if text not in self._covered:
            spans = [span for claim in self.claims for span in claim.spans(text)]
            spans += [found.span() for allowed in self.allowed for found in re.finditer(_loosely(allowed), text)]
            self._covered[text] = spans
        return self._covered[text]

    def exempt(self, passage, number):
        """Whether the number only refers to something."""
        return any(_within(found.span(), number) for found in _found(tuple(EXEMPT), passage.text))

    def guarded(self, passage, number):
        """Whether the number would be missed if one of its digits changed."""
        if any(_within(span, number) for span in self.covered(passage)):
            return True
        return self.accepts(passage, number) and not any(
            self.accepts(changed, _same_place(changed, number, len(text)))
            for text in number.changed()
            for changed in [passage.with_number(number, text)]
        )

    def accepts(self, passage, number):
        """Whether a rule accounts for the number as it is written."""
        text, (start, end) = passage.text, (number.start, number.end)
        return (
            _of_the_notation(text, start, end)
            or self._of_the_chapter(passage, start, end)
            or _an_item(text, start, end)
            or _in_order(text, start, end)
            or _counted(text, start, end)
            or _a_link(text, start, end)
            or _a_paper(text, start, end)
            or _a_name(text, start, end)
            or self._quoted(text, start, end)
            or (_a_value(text, start, end) and _beside(passage, number))
        )

    def _quoted(self, text, start, end):
        """Code between backticks that the notebook contains."""
        for found in re.finditer(r"```.*?```|`[^`\n]+`", text, re.DOTALL):
            if found.start() <= start and end <= found.end():
                snippet = "".join(found[0].strip("`").removeprefix("python").split())
                return len(snippet) > 2 and snippet in self.code
        return False

    def _of_the_chapter(self, passage, start, end):
        """The number of the chapter in its title, of an exercise in its heading; minutes as the README has them."""
        line = passage.text[passage.text.rfind("\n", 0, start) + 1 :].partition("\n")[0]
        if line.startswith(f"# {self.chapter.number} · ") and passage.text.startswith(line):
            return True
        if passage.heading and line.startswith("#"):
            return line.partition("# ")[2].startswith(f"Exercise {passage.heading} ")
        table = f"| {self.chapter.alone} min | {self.chapter.on_stage} min |"
        return (
            line.startswith(f"{self.chapter.alone} minutes alone, {self.chapter.on_stage} on stage")
            and start - passage.text.rfind("\n", 0, start) < 35
            and any(self.chapter.path.name in row and table in row for row in _readme().splitlines())
        )


def _holds(claim):
    """Whether a claim gives a text: one that is false guards nothing, and its own test says so."""
    try:
        return claim.pattern is not None
    except ValueError:
        return False


def _within(span, number):
    return span[0] <= number.start and number.end <= span[1]


@lru_cache(4096)
def _found(patterns, text):
    return [found for pattern in patterns for found in re.finditer(pattern, text)]


def _loosely(text):
    return r"(?<!\d)" + r"\s+".join(re.escape(part) for part in text.split()) + r"(?!\d)"


def _same_place(passage, number, length):
    """The number that is read where another one was."""
    return type(number)(passage.text[number.start : number.start + length], number.start, number.start + length)


def _beside(passage, number):
    """The code or the output next to the passage has it, or has it with more digits."""
    value = number_value(number.text)
    if number.text[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉":
        return False
    if value in passage.near:
        return True
    digits = len(number.text.partition(".")[2])
    return len(number.text.strip("0.")) >= 3 and any(round(near, digits) == value for near in passage.near)


def _of_the_notation(text, start, end):
    return any(
        (start, end) == found.span(group)
        for found in _found(NOTATION, text)
        for group in range(1, len(found.groups()) + 1)
    )


def _a_value(text, start, end):
    """Whether the place is that of a value, not one of the notation, of a list or of a link."""
    for found in _found(SHAPES + PLACES, text):
        if any((start, end) == found.span(group) for group in range(1, len(found.groups()) + 1)):
            return False
    links = re.finditer(r"\[([^\]]*)\]\(([^)\s]+)\)", text)
    return not any(found.start() <= start and end <= found.end() for found in links)


def _an_item(text, start, end):
    """The number of an item: one more than that of the item before."""
    lines = text[:start].split("\n")
    if lines[-1].strip() or not text[end:].startswith(". "):
        return False
    before = [int(found[1]) for line in lines[:-1] if (found := re.match(r"\s*(\d+)\. ", line))]
    return int(text[start:end]) == (before[-1] + 1 if before else 1)


def _in_order(text, start, end):
    """An index of a letter, one more than that of the same letter before it, or one less than that after it."""
    series = [(found[1], int(found[2]), found.span(2)) for found in INDEX.finditer(text)]
    for k, (letter, value, span) in enumerate(series):
        if span == (start, end):
            before = [other for other in series[max(0, k - 3) : k] if other[0] == letter][-1:]
            after = [other for other in series[k + 1 : k + 4] if other[0] == letter][:1]
            return any(other[1] == value - 1 for other in before) or any(other[1] == value + 1 for other in after)
    return False


def _counted(text, start, end):
    """In a series such as 1, 2 and 3."""
    if not text[start:end].isdecimal():
        return False
    before = re.search(r"(?<![\d.])(\d+)(?:,|,? and|,? or) $", text[:start])
    after = re.match(r"(?:,|,? and|,? or) (\d+)(?![\d.]*\d)", text[end:])
    value = int(text[start:end])
    return (before is not None and int(before[1]) == value - 1) or (after is not None and int(after[1]) == value + 1)


def _a_link(text, start, end):
    """In a link to a file that exists; its words give the number of the chapter."""
    for found in re.finditer(r"\[([^\]]*)\]\(([^)\s]+)\)", text):
        if found.start() <= start and end <= found.end():
            file = re.search(r"(\d\d)_\w+\.ipynb", found[2])
            if file is None or not (NOTEBOOKS / file[0]).exists():
                return False
            words = re.fullmatch(r"(?:[Cc]hapter )?(\d+)\b.*", found[1])
            return start >= found.start(2) or (words is not None and int(words[1]) == int(file[1]))
    return False


def _a_paper(text, start, end):
    """The year of a paper, after its authors: ``PAPERS`` has it."""
    lead = " ".join(text[max(0, start - 120) : start].replace("(", " ").replace("*", " ").split()).rstrip(",")
    return any(lead.endswith(authors) for authors, year in PAPERS if str(year) == text[start:end])


def _a_name(text, start, end):
    """Part of a name that the code of the course uses, such as float64 or weight_ih_l0."""
    lead, rest = re.search(r"\w*$", text[:start])[0], re.match(r"\w*", text[end:])[0]
    return re.match("[A-Za-z]{2}", lead) is not None and lead + text[start:end] + rest in _names()


@cache
def _names():
    files = [*(ROOT / "rnnlib").rglob("*.py"), *(ROOT / "tools").glob("*.py"), *NOTEBOOKS.glob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"\b[A-Za-z]\w*\d\w*", code))


@cache
def _readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


@cache
def _code(path: Path):
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def unguarded(page, passages=None):
    """The numbers of a page that nothing accounts for, as (passage, number)."""
    return [
        (passage, number)
        for passage in (page.passages if passages is None else passages)
        for number in passage.numbers
        if not page.exempt(passage, number) and not page.guarded(passage, number)
    ]


def shown(passage, number):
    """A line that says where a number is."""
    before, after = passage.text[: number.start][-45:], passage.text[number.end :][:30]
    return f"{passage.cell:>10} {passage.kind:7} …{before}[{number.text}]{after}…".replace("\n", "⏎")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapters", nargs="*", type=int, help="numbers of chapters; without any: all")
    wanted = parser.parse_args().chapters
    left = 0
    for chapter in chapters():
        if not wanted or chapter.number in wanted:
            page = Page(chapter)
            found = unguarded(page)
            left += len(found)
            for passage, number in found:
                print(shown(passage, number))
            count = sum(len(passage.numbers) for passage in page.passages)
            print(f"chapter {chapter.number}: {len(found)} of {count} numbers unguarded", flush=True)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())

"""The script of a lecture, ``rnnlib/chapters/<package>/stage.md``: what is on each slide, and what the speaker says.

The conventions are those of pandoc: ``##`` begins a slide, ``. . .`` waits for a key, ``::: notes`` … ``:::`` are for
the speaker. ``![](cell:ID)`` shows what a cell of the notebook puts out, ``![code](cell:ID)`` its source;
``![](cell:ID){.picture}`` leaves out what the cell prints. ``{film="weight: 0.99, 1.01; steps: 100"}`` is what
tools/film.py moves: a control of the explorer, the values that it takes one after another, then the next control.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from chapters import Chapter
from published import NotReady
from run_notebooks import ROOT

CELL = re.compile(r"!\[(code|)\]\(cell:([\w-]+)\)(?:\{(\.picture)?\s*(?:film=\"([^\"]+)\")?\})?")
MINUTES = re.compile(r"(\d+)(?:\.(\d+)|(½))? min\.\s+(?=\S)")


class NotAScript(NotReady):
    """A script that cannot be read; the message names the file and the line, what was expected and what is there."""


@dataclass(frozen=True)
class Part:
    """A piece of a slide: ``words`` in Markdown, or the ``output`` or the ``code`` of the cell named by ``text``.

    Of an output with ``picture`` what is printed is left out; ``film`` says how a film moves it.
    """

    kind: str
    text: str
    line: int
    picture: bool = False
    film: str = ""


@dataclass
class Slide:
    """A slide: its steps are lists of parts, and each step but the first waits for a key."""

    heading: str
    line: int
    steps: list = field(default_factory=lambda: [[]])
    notes: str = ""
    minutes: Fraction | None = None

    @property
    def parts(self):
        """The parts of all steps."""
        return [part for step in self.steps for part in step]


@dataclass
class Script:
    """The slides of a chapter in order; the first is the title slide, which the script gives nothing but notes."""

    path: Path
    slides: list

    @property
    def cells(self):
        """The ids of the cells that are shown."""
        return {part.text for slide in self.slides for part in slide.parts if part.kind != "words"}

    def wrong(self, line, expected, got):
        """The error that names a line of the script."""
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return NotAScript(f"{path}, line {line}: expected {expected}, got {got}")


def path_of(chapter: Chapter) -> Path:
    """Where the script of a chapter is."""
    return ROOT / "rnnlib" / "chapters" / chapter.package / "stage.md"


def read(path: Path) -> Script:
    """The script at ``path``; :class:`NotAScript` if there is none or a line of it is not understood."""
    path = Path(path)
    script = Script(path, [Slide("", 1)])
    if not path.is_file():
        raise script.wrong(
            1, "a script with the slides of the chapter: see Change a chapter in docs/TEACHING.md", "no file"
        )
    reader = _Reader(script)
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        reader.take(number, line)
    reader.end(len(lines))
    return script


class _Reader:
    """Takes the lines of a script one by one."""

    def __init__(self, script):
        self.script, self.words = script, []
        self.notes = self.fence = None  # the lines of the notes or the code that is open, with where it began

    def take(self, number, line):
        slide = self.script.slides[-1]
        if self.fence:
            self.words.append((number, line))
            self.fence = None if line.strip() == "```" else self.fence
        elif self.notes is not None:
            if line.startswith(("## ", "::: notes")):
                raise self.script.wrong(number, f"the ::: that ends the notes of line {self.notes[0]}", repr(line))
            if line.strip() == ":::":
                self._end_notes(slide)
            else:
                self.notes[1].append(line)
        elif line.startswith("```"):
            self.fence = number
            self.words.append((number, line))
        elif line.startswith(":::"):
            self._begin_notes(slide, number, line)
        elif line.startswith("## "):
            self._end_slide(number)
            self.script.slides.append(Slide(line[3:].strip(), number))
        elif re.match(r"#+ ", line):
            raise self.script.wrong(number, "## before the heading of a slide, and no other headings", repr(line))
        elif line.strip() in (". . .", "..."):
            self._end_words(slide)
            slide.steps.append([])
        elif "(cell:" in line:
            self._cell(slide, number, line)
        else:
            self.words.append((number, line))

    def end(self, number):
        if self.fence:
            raise self.script.wrong(self.fence, "``` on a line of its own to end this code", "the end of the file")
        if self.notes is not None:
            raise self.script.wrong(self.notes[0], "a line ::: that ends these notes", "the end of the file")
        self._end_slide(number)

    def _cell(self, slide, number, line):
        match = CELL.fullmatch(line.strip())
        if match is None:
            expected = "![](cell:ID), ![](cell:ID){.picture} or ![code](cell:ID) on a line of its own"
            raise self.script.wrong(number, expected, repr(line))
        self._end_words(slide)
        slide.steps[-1].append(Part(match[1] or "output", match[2], number, bool(match[3]), match[4] or ""))

    def _begin_notes(self, slide, number, line):
        if line.strip() != "::: notes":
            raise self.script.wrong(number, "::: notes, and below the notes :::", repr(line))
        if slide.minutes is not None:
            raise self.script.wrong(number, "one block of notes for a slide", "a second one")
        self.notes = (number, [])

    def _end_notes(self, slide):
        number, lines = self.notes
        text = "\n".join(lines).strip()
        match = MINUTES.match(text)
        if match is None:
            got = repr(text.partition("\n")[0][:60])
            raise self.script.wrong(number + 1, "notes that begin with their minutes, as in  3 min. Ask: …", got)
        slide.minutes = Fraction(f"{match[1]}.{match[2] or 0}") + (Fraction(1, 2) if match[3] else 0)
        slide.notes = text[match.end() :]
        self.notes = None

    def _end_words(self, slide):
        text = "\n".join(line for _, line in self.words)
        if text.strip():
            first = next(number for number, line in self.words if line.strip())
            if slide is self.script.slides[0]:
                raise self.script.wrong(
                    first, "the notes of the title slide, then ## and a heading", repr(text.strip()[:60])
                )
            slide.steps[-1].append(Part("words", text.strip("\n"), first))
        self.words = []

    def _end_slide(self, number):
        slide = self.script.slides[-1]
        self._end_words(slide)
        if slide.minutes is None:
            raise self.script.wrong(slide.line, "::: notes that begin with their minutes below this slide", "none")
        if slide is not self.script.slides[0] and not all(slide.steps):
            raise self.script.wrong(number, "something on the slide before and after each  . . .", "nothing")

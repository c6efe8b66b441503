"""The list of chapters, read from the notebooks: whatever names the chapters reads it from here or is held to it.

python tools/chapters.py            print the list
python tools/chapters.py --write    write it into the tables of README.md and of chapter 0
"""

import argparse
import importlib
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
# Where a table of the chapters is: the heading above it.
TABLES = {"README.md": "The chapters", "notebooks/00_start_here.ipynb": "The map"}
PACKAGE = re.compile(r"^from rnnlib\.chapters\.(ch\d+_\w+) import ", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A chapter as its notebook tells it: the title cell, and the import from ``rnnlib.chapters.<package>``."""

    path: Path
    number: int
    title: str
    question: str
    alone: int  # minutes
    on_stage: int  # minutes
    package: str

    @property
    def explorers(self) -> ModuleType:
        """The module of its explorers; ``__all__`` names them."""
        return importlib.import_module(f"rnnlib.chapters.{self.package}.explorers")

    @property
    def exercises(self) -> ModuleType:
        """The module of its exercises; ``__all__`` names them."""
        return importlib.import_module(f"rnnlib.chapters.{self.package}.exercises")


class NotAChapter(ValueError):
    """A notebook that lacks something a chapter has; the message names it and says where it belongs."""


def read(path: Path) -> Chapter:
    """The chapter of the notebook at ``path``; :class:`NotAChapter` if its title cell or its imports lack something."""
    cells = nbformat.read(path, as_version=4).cells
    title_cell = cells[0].source if cells else ""
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")

    def found(pattern, text, what):
        match = re.search(pattern, text, re.MULTILINE)
        if match is None:
            raise NotAChapter(f"{path.name}: {what}")
        return match.groups()

    number, title = found(r"^# (\d+) · (.+)$", title_cell, "the first cell has no line such as  # 3 · Title")
    (question,) = found(r"^\*\*(.+\?)\*\*$", title_cell, "the first cell has no question in bold on a line of its own")
    alone, on_stage = found(
        r"(\d+) minutes alone, (\d+) on stage",
        title_cell,
        "the first cell does not say  40 minutes alone, 20 on stage",
    )
    (package,) = found(PACKAGE.pattern, code, "no cell says  from rnnlib.chapters.ch3_… import exercises, explorers")
    if not path.stem.startswith(f"{int(number):02}_") or not package.startswith(f"ch{number}_"):
        raise NotAChapter(f"{path.name}: the title says chapter {number}, the package is {package}: the numbers differ")
    return Chapter(path, int(number), title, question, int(alone), int(on_stage), package)


def chapters(folder: Path = NOTEBOOKS) -> list[Chapter]:
    """Every chapter in ``folder``, in order of its number."""
    found = (_read(path, path.stat().st_mtime_ns) for path in folder.glob("[0-9]*.ipynb"))
    return sorted(found, key=lambda chapter: chapter.number)


@cache
def _read(path, changed):
    return read(path)


def table(folder: Path) -> list[str]:
    """The chapters as the rows of a table, with links as seen from ``folder``; chapter 0 does not list itself."""
    return [
        f"| [{chapter.number} {chapter.title}]({chapter.path.relative_to(folder).as_posix()}) "
        f"| {chapter.question} | {chapter.alone} min | {chapter.on_stage} min |"
        for chapter in chapters()
        if chapter.number or folder == ROOT
    ]


def rows(text: str, heading: str) -> list[str]:
    """The rows of the table below a heading."""
    found = re.search(rf"^#+ {heading}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    return [line for line in found[1].splitlines() if line.startswith("|")][2:] if found else []


def with_table(text: str, heading: str, folder: Path) -> str:
    """The text with the rows below a heading replaced by today's; text without that heading is left as it is."""
    before = "\n".join(rows(text, heading))
    return text.replace(before, "\n".join(table(folder))) if before else text


def write_tables():
    """Write the list into every place of ``TABLES``."""
    for name, heading in TABLES.items():
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            notebook = nbformat.reads(before, as_version=4)
            for cell in notebook.cells:
                cell.source = with_table(cell.source, heading, path.parent)
            after = nbformat.writes(notebook) + "\n"
        else:
            after = with_table(before, heading, path.parent)
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            print(f"written  {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        write_tables()
        return 0
    for chapter in chapters():
        print(
            f"{chapter.number:3}  {chapter.title:45} {chapter.alone:4} min alone, {chapter.on_stage:3} on stage  "
            f"{chapter.package}\n     {chapter.question}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

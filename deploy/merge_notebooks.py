"""Merge what the course changed into a student's notebook, cell by cell, so that nothing a student wrote is lost.

Git calls it, as the merge driver of notebooks:  merge_notebooks.py BASE MINE THEIRS  and takes what is left in MINE.
BASE is the notebook as the student got it, MINE as it is now, THEIRS as the course has it today.

- A cell that the student did not change becomes that of the course. If the student ran it and its code is new, its
  outputs go: they were those of other code.
- A cell that the student changed stays as it is. If the course changed it as well, a cell below tells what it says now.
- Cells that the student added stay below the cell that they were below; cells that the student deleted stay deleted
  unless the course changed them; new cells of the course come in.
"""

import sys
from pathlib import Path

import nbformat

TELLS = "**The course has changed the cell above since you edited it.** Yours was kept. The cell is now:"


def merged(base, mine, theirs):
    """The notebook ``mine`` with what became of ``base`` in ``theirs``."""
    before, own, new = (_by_id(notebook) for notebook in (base, mine, theirs))
    result = nbformat.from_dict(theirs | {"metadata": mine.metadata, "cells": []})
    cells = []
    for cell in theirs.cells:
        if cell.id in own:
            cells.extend(_merged(before.get(cell.id), own[cell.id], cell))
        elif cell.id not in before or before[cell.id].source != cell.source:
            cells.append(cell)
    place = {cell.id: k for k, cell in enumerate(cells)}
    above = None
    for cell in mine.cells:  # what the course has not, or has no more, below the cell that it was below
        gone = cell.id in before and cell.id not in new
        if cell.id not in place and not (gone and before[cell.id].source == cell.source):
            k = place.get(above, -1) + 1
            while k < len(cells) and cells[k].metadata.get("course_now") == above is not None:
                k += 1
            cells.insert(k, cell)
            place = {cell.id: k for k, cell in enumerate(cells)}
        if cell.id in place:
            above = cell.id
    result.cells = cells
    return result


def _by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def _merged(before, own, new):
    """The cell of a student and that of the course, made into one or two."""
    if before == own:
        return [new]
    if before is None:  # both have a cell with this id, and neither had it before
        return [own] if own.source == new.source else [own, _now(own, new)]
    if own.source == before.source:
        if own.cell_type == new.cell_type and own.source == new.source:
            return [own]  # with the outputs of the student
        return [new]
    if new.source in (before.source, own.source):
        return [own]
    return [own, _now(own, new)]


def _now(own, new):
    """A cell that tells what the course has in the place of ``own``."""
    fence = "```" if "```" not in new.source else "~~~~"
    text = f"{TELLS}\n\n{fence}{'python' if new.cell_type == 'code' else ''}\n{new.source}\n{fence}"
    cell = nbformat.v4.new_markdown_cell(text)
    cell.id = f"now-{own.id}"[:64]
    cell.metadata["course_now"] = own.id
    return cell


def with_ids(notebook):
    """The notebook; cells without an id (of before nbformat 4.5) are known by their place."""
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    return notebook


def main(base, mine, theirs):
    """Merge the files into ``mine``, which is left as it is where one of them cannot be read."""
    try:
        notebooks = [with_ids(nbformat.read(path, as_version=4)) for path in (base, mine, theirs)]
        text = nbformat.writes(merged(*notebooks)) + "\n"
    except Exception as error:  # whatever a file may hold: a student's file is never written over
        print(f"merge_notebooks: {error}; your notebook was left as it is", file=sys.stderr)
        return 0
    Path(mine).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))

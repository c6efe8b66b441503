"""Make an assignment for nbgrader or otter out of the exercises of a chapter.

python tools/assignment.py nbgrader --chapter 1 --to FOLDER      FOLDER is the course folder of nbgrader
python tools/assignment.py otter --chapter 1 --to FOLDER         FOLDER/NAME.ipynb is what `otter assign` takes

--exercises rnn_step,unrolled takes some of them; --seed draws the hidden inputs of the grade. docs/CLASS.md goes on.
"""

import argparse
import ast
import sys
import textwrap
from pathlib import Path

import nbformat
from chapters import NOTEBOOKS, chapters
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from rnnlib.judging import BugHunt, DesignExercise, FunctionExercise, exercises_of

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
NBGRADER_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "rnn"
c.ClearSolutions.code_stub = {"python": "return ..."}
c.ExecutePreprocessor.timeout = 300
"""


class Question:
    """An exercise as its chapter's notebook has it: the task, the stub, and the name of what is handed in."""

    def __init__(self, name, exercise, task, stub):
        self.name, self.exercise, self.task = name, exercise, task
        self.stub, _, self.check = stub.rstrip().rpartition("\n")
        self.stub = self.stub.rstrip()
        self.given = ast.unparse(ast.parse(self.check).body[0].value.args[0])

    @property
    def points(self):
        """1 to 3, by difficulty."""
        return self.exercise.difficulty

    @property
    def takes_a_function(self):
        """Whether a function is handed in, and not a value."""
        kinds = FunctionExercise | DesignExercise
        return isinstance(self.exercise, kinds) and not isinstance(self.exercise, BugHunt)

    @property
    def left(self):
        """What replaces the solution: the dots of the stub."""
        return "return ..." if self.takes_a_function else self.stub

    def solved(self, begin, end):
        """The stub with the solution in it, between the lines ``begin`` and ``end``."""
        code = self.exercise.solution_code()
        if isinstance(self.exercise, BugHunt):
            return f"{begin}\n{self.given} = {self.exercise.faulty_lines[0]}\n{end}"
        if not self.takes_a_function:
            return f"{begin}\n{code}\n\n\n{self.given} = answer()\n{end}"
        definition = ast.parse(self.stub).body[-1]
        head = self.stub.splitlines()[: definition.body[-1].lineno - 1]
        body = textwrap.dedent("\n".join(code.splitlines()[1:]))
        return "\n".join([*head, textwrap.indent(f"{begin}\n{body}\n{end}", "    ")])

    def graded(self, seed):
        """The line of a hidden test: true where the answer is right on inputs drawn from ``seed``."""
        return f"assert exercises.{self.name}.check({self.given}, seed={seed})"


def questions(chapter, names=()):
    """The exercises of a chapter, or those of ``names``; ValueError for a name that it has not."""
    exercises = exercises_of(chapter.exercises)
    if unknown := set(names) - set(exercises):
        raise ValueError(f"--exercises: expected names among {', '.join(exercises)}, got {', '.join(sorted(unknown))}")
    cells = nbformat.read(NOTEBOOKS / chapter.path.name, as_version=4).cells
    found = []
    for name in names or exercises:
        place = next(k for k, cell in enumerate(cells) if f"exercises.{name}.check(" in cell.source)
        task = next(cell for cell in reversed(cells[:place]) if cell.cell_type == "markdown")
        found.append(Question(name, exercises[name], task.source, cells[place].source))
    return found


def set_up(chapter):
    """The set-up cell of a chapter."""
    cells = nbformat.read(chapter.path, as_version=4).cells
    return next(cell.source for cell in cells if f"from rnnlib.chapters.{chapter.package} import" in cell.source)


def for_nbgrader(chapter, asked, seed):
    """The source notebook of an assignment for nbgrader."""
    cells = [new_markdown_cell(f"# Exercises of chapter {chapter.number}: {chapter.title}")]
    cells.append(new_code_cell(set_up(chapter), metadata=_nbgrader("set-up", locked=True)))
    for question in asked:
        solved = question.solved("### BEGIN SOLUTION", "### END SOLUTION")
        tested = f"{question.check}\n### BEGIN HIDDEN TESTS\n{question.graded(seed)}\n### END HIDDEN TESTS"
        marks = _nbgrader(f"{question.name}_test", locked=True, grade=True, points=question.points)
        cells += [
            new_markdown_cell(question.task),
            new_code_cell(solved, metadata=_nbgrader(question.name, solution=True)),
            new_code_cell(tested, metadata=marks),
        ]
    return new_notebook(cells=cells, metadata=KERNEL)


def _nbgrader(id, *, locked=False, solution=False, grade=False, points=None):
    marks = {"schema_version": 3, "grade_id": id, "locked": locked, "solution": solution, "grade": grade, "task": False}
    return {"nbgrader": marks | ({"points": points} if grade else {})}


def for_otter(chapter, asked, seed):
    """The master notebook of an assignment for otter."""
    config = (
        "# ASSIGNMENT CONFIG\ninit_cell: true\nexport_cell: true\ncheck_all_cell: false\nsolutions_pdf: false\n"
        "template_pdf: false\ngenerate: true\n"
    )
    cells = [
        new_raw_cell(config),
        new_markdown_cell(f"# Exercises of chapter {chapter.number}: {chapter.title}"),
        new_code_cell(set_up(chapter)),
    ]
    for question in asked:
        left = f'""" # BEGIN PROMPT\n{question.left}\n""" # END PROMPT\n# BEGIN SOLUTION'
        cells += [
            new_raw_cell(f"# BEGIN QUESTION\nname: {question.name}\npoints: {question.points}"),
            new_markdown_cell(question.task),
            new_raw_cell("# BEGIN SOLUTION"),
            new_code_cell(question.solved(left, "# END SOLUTION")),
            new_raw_cell("# END SOLUTION"),
            new_raw_cell("# BEGIN TESTS"),
            new_code_cell(f"assert exercises.{question.name}.check({question.given})"),
            new_code_cell(f"# HIDDEN\n{question.graded(seed)}"),
            new_raw_cell("# END TESTS"),
            new_raw_cell("# END QUESTION"),
        ]
    return new_notebook(cells=cells, metadata=KERNEL)


def write(kind, chapter, asked, folder, name, seed):
    """Write the assignment into ``folder``; the path of its notebook."""
    if kind == "nbgrader":
        path, notebook = folder / "source" / name / f"{name}.ipynb", for_nbgrader(chapter, asked, seed)
    else:
        path, notebook = folder / f"{name}.ipynb", for_otter(chapter, asked, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    config = folder / "nbgrader_config.py"
    if kind == "nbgrader" and not config.exists():
        config.write_text(NBGRADER_CONFIG, encoding="utf-8")
    return path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("nbgrader", "otter"))
    parser.add_argument("--chapter", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--name", help="of the assignment; else chapter_N")
    parser.add_argument("--exercises", default="", metavar="NAME,NAME")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args(arguments)
    listed = {chapter.number: chapter for chapter in chapters()}
    if options.chapter not in listed:
        raise SystemExit(f"--chapter {options.chapter}: the course has the chapters {', '.join(map(str, listed))}")
    chapter = listed[options.chapter]
    try:
        asked = questions(chapter, tuple(filter(None, options.exercises.split(","))))
    except ValueError as error:
        raise SystemExit(str(error)) from None
    name = options.name or f"chapter_{chapter.number}"
    print(write(options.kind, chapter, asked, options.to, name, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())

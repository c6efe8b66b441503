"""Grade a folder of notebooks: a table, a feedback page for each student, and a picture of the slips.

python tools/grade.py FOLDER --chapter 4 --out results.csv
python tools/grade.py FOLDER --chapter 4 --rehearse 30          make up a class of 30 in FOLDER, to try it on

Each folder in FOLDER is one student, and each notebook directly in it is one too. Beside results.csv come the
folder results_feedback, results_slips.png, and results.jsonl, from which an interrupted run goes on. docs/GRADING.md.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")  # as many notebooks at once as processors: each needs one thread

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]


def set_up_and_stubs(chapter):
    """Of the notebook of a chapter the set-up cell; of each exercise the id of its cell and the line that checks it."""
    from grading import cells as of_notebook

    set_up, stubs = "", {}
    for cell in of_notebook.read(chapter.path):
        if of_notebook.is_set_up(cell):
            set_up = cell.source
        for name in cell.checks:
            check = next(line for line in cell.source.splitlines() if f"exercises.{name}.check(" in line)
            stubs[name] = (cell.id, check)
    return set_up, stubs


def worth_of(exercises, given):
    """The points of each exercise: those ``given`` as NAME=POINTS, else its difficulty, 1 to 3."""
    worth = {name: exercise.difficulty for name, exercise in exercises.items()}
    for text in given:
        name, _, points = text.partition("=")
        if name not in worth or not points.isdigit():
            raise ValueError(f"--points {text}: expected NAME=POINTS with a name of {', '.join(worth)}")
        worth[name] = int(points)
    return worth


class Grading:
    """A chapter, its exercises and what one run uses."""

    def __init__(self, options, chapter, scratch):
        from rnnlib.judging import exercises_of

        self.options, self.chapter, self.scratch = options, chapter, scratch
        self.exercises = exercises_of(chapter.exercises)
        self.worth = worth_of(self.exercises, options.points)
        self.set_up, self.stubs = set_up_and_stubs(chapter)
        self.offline, self.cpu_seconds = True, 0.0

    def task(self, path):
        """What a process is told about the notebook at ``path``."""
        from grading.worker import Task

        closed = (str(self.options.folder.resolve()), str(self.feedback.resolve()))
        limits = self.options.seed, self.options.seconds, self.options.megabytes
        return Task(path.resolve(), self.chapter.package, self.set_up, self.stubs, *limits, self.scratch, closed)

    @property
    def feedback(self):
        """The folder of the pages."""
        out = self.options.out
        return out.with_name(f"{out.stem}_feedback")

    def row(self, student, runs):
        """The row of a student: of several notebooks the one with the most points counts, and the others are named."""
        from grading.results import Row
        from grading.worker import MISSING, Found

        rows = []
        for run in runs:
            found = {name: Found(name, MISSING) for name in self.exercises} | {one.exercise: one for one in run.found}
            rows.append((bool(run.found), Row(student.name, run.task.path.name, found, list(run.remarks))))
        if not rows:
            blank = {name: Found(name, MISSING) for name in self.exercises}
            files = ", ".join(path.name for path in student.others)
            return Row(student.name, files, blank, [f"{files}: not a notebook (.ipynb)"])
        graded = [row for has, row in rows if has]
        best = max(graded or [row for _, row in rows], key=lambda row: row.points(self.worth))
        others = [row.file for row in graded if row is not best]
        if others:
            best.remarks.append(f"handed in more than once; {best.file} has the most points, not {', '.join(others)}")
        return best

    def rows(self):
        """The rows of all students, with a progress bar; what was done before is not done again."""
        import hashlib
        import json

        from grading import found, pool, results
        from tqdm import tqdm

        settings = [self.options.seed, self.options.seconds, self.options.megabytes, self.chapter.package]
        code = sorted((ROOT / "rnnlib").rglob("*.py")) + sorted(Path(pool.__file__).parent.glob("*.py"))
        version = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()[:12]
        notes = results.Notes(self.options.out.with_suffix(".jsonl"), json.dumps([*settings, version]))
        known, rows, students = notes.known(), {}, found.students(self.options.folder)
        waiting, runs, owners = [], {}, {}
        for student in students:
            key = student.name, student.fingerprint
            if key in known:
                rows[student.name] = known[key]
            else:
                waiting.append(student)
                runs[student.name] = []
                owners |= {path.resolve(): student for path in student.notebooks}
        if rows:
            print(f"{len(rows)} of {len(students)} were graded before with the same settings.")
        with tqdm(total=len(waiting), desc="notebooks", unit="student", disable=None) as bar:

            def done(student):
                rows[student.name] = self.row(student, runs[student.name])
                notes.add(rows[student.name], student.fingerprint)
                bar.update()

            for student in waiting:
                if not student.notebooks:
                    done(student)
            tasks = [self.task(path) for student in waiting for path in student.notebooks]
            os.environ["GRADING_CHAPTER"], os.environ["GRADING_SET_UP"] = self.chapter.package, self.set_up
            for run in pool.graded(tasks, self.chapter.package, self.options.at_once):
                student = owners[run.task.path]
                runs[student.name].append(run)
                self.offline = self.offline and run.offline
                self.cpu_seconds += run.cpu_seconds
                if len(runs[student.name]) == len(student.notebooks):
                    done(student)
        return [rows[student.name] for student in students]


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chapter", type=int, required=True)
    parser.add_argument("--out", type=Path, default=Path("results.csv"))
    parser.add_argument("--seed", type=int, default=1, help="the inputs of all checks are drawn from it")
    parser.add_argument(
        "--points", action="append", default=[], metavar="NAME=POINTS", help="else 1 to 3, by difficulty"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="for one cell")
    parser.add_argument("--megabytes", type=int, default=1000, help="of memory for one notebook")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="so many notebooks at a time")
    parser.add_argument("--rehearse", type=int, metavar="N", help="write N made-up notebooks into FOLDER, and end")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = options_of(arguments)
    from chapters import chapters

    listed = {chapter.number: chapter for chapter in chapters()}
    if options.chapter not in listed:
        raise SystemExit(f"--chapter {options.chapter}: the course has the chapters {', '.join(map(str, listed))}")
    chapter = listed[options.chapter]
    try:
        if options.rehearse:
            from grading import rehearsal

            made = rehearsal.write(options.folder, chapter, options.rehearse)
            print(
                print(
                    f"{len(made)} notebooks in {options.folder}; {options.folder}_expected.json says how each was made."
                )
            )
            return 0
        with tempfile.TemporaryDirectory(prefix="grading-") as scratch:
            grade(Grading(options, chapter, scratch))
    except ValueError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        print("\nInterrupted. What was graded is kept: the same command goes on from there.")
        return 130
    return 0


def grade(grading):
    """Grade everyone and write what comes out; the rows."""
    from grading import results

    out = grading.options.out
    grading.feedback.mkdir(parents=True, exist_ok=True)
    rows = grading.rows()
    results.write_table(out, rows, grading.exercises, grading.worth)
    for row in rows:
        page = grading.feedback / f"{row.student}.html"
        results.write_page(page, row, grading.chapter, grading.exercises, grading.worth)
    picture = out.with_name(f"{out.stem}_slips.png")
    results.write_picture(picture, rows, grading.exercises)
    mean = sum(row.points(grading.worth) for row in rows) / len(rows)
    told = sum(bool(row.remarks) for row in rows)
    print(f"{len(rows)} students, {mean:.1f} of {sum(grading.worth.values())} points on average; {told} with a remark.")
    for (name, slip), count in results.slips(rows)[:5]:
        print(f"{count:4}  {grading.exercises[name].number} {slip}")
    print(f"{out}, {grading.feedback}, {picture}")
    if not grading.offline:
        print("This system could not take the network away from the notebooks: see docs/GRADING.md.")
    return rows


if __name__ == "__main__":
    sys.exit(main())

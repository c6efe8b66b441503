"""Assignments for nbgrader and otter, made from the exercises and tried with the real tools (extra ``class``)."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import assignment
import nbformat
import pytest
from chapters import ROOT, chapters

CHAPTERS = {chapter.number: chapter for chapter in chapters()}
NAMES = "rnn_step,all_ones"


def make(kind, folder, names=NAMES, chapter="1"):
    assert (
        assignment.main([kind, "--chapter", chapter, "--to", str(folder), "--name", "trial", "--exercises", names]) == 0
    )


def run(*command, folder, fine=(0,)):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its name
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": path, "PYTHONWARNINGS": "ignore"}
    ran = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode in fine, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout + ran.stderr


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


@pytest.mark.parametrize("number", [number for number in CHAPTERS if number])
def test_every_exercise_of_a_chapter_becomes_a_question_whose_solution_is_python(number):
    asked = assignment.questions(CHAPTERS[number])
    for notebook in (
        assignment.for_nbgrader(CHAPTERS[number], asked, 1),
        assignment.for_otter(CHAPTERS[number], asked, 1),
    ):
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                compile(cell.source, "cell", "exec")
    marked = [
        cell.metadata["nbgrader"]
        for cell in assignment.for_nbgrader(CHAPTERS[number], asked, 1).cells[1:]
        if "nbgrader" in cell.metadata
    ]
    assert sum(mark["grade"] for mark in marked) == len(asked)
    assert len({mark["grade_id"] for mark in marked}) == len(marked)


@pytest.mark.parametrize("name", ["rnn_step", "all_ones", "unrolled"])
def test_the_solution_of_a_question_passes_its_hidden_test(name):
    (question,) = assignment.questions(CHAPTERS[1], (name,))
    names = {}
    exec(assignment.set_up(CHAPTERS[1]), names)
    exec(question.solved("# begin", "# end"), names)
    exec(question.graded(7), names)
    exec(question.stub, names)
    with pytest.raises(AssertionError):
        exec(question.graded(7), names)


def test_a_name_or_a_chapter_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SystemExit, match="expected names among all_ones, rnn_step"):
        make("otter", tmp_path, names="nobody")
    with pytest.raises(SystemExit, match="the course has the chapters 0, 1"):
        make("otter", tmp_path, chapter="77")


def test_nbgrader_hands_out_and_grades(tmp_path):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: extra class")
    make("nbgrader", tmp_path)
    run("nbgrader", "generate_assignment", "trial", "--create", folder=tmp_path)
    released = tmp_path / "release" / "trial" / "trial.ipynb"
    text = released.read_text(encoding="utf-8")
    assert "seed=2026" not in text
    assert "SOLUTION" not in text
    assert any(source.endswith("    return ...") for source in sources(released))
    (question, _) = assignment.questions(CHAPTERS[1], ("rnn_step", "all_ones"))
    for student, answers in {"right": 2, "half": 1, "none": 0}.items():
        handed_in = tmp_path / "submitted" / student / "trial" / "trial.ipynb"
        handed_in.parent.mkdir(parents=True)
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            mark = cell.metadata.get("nbgrader", {})
            if mark.get("grade_id") == "rnn_step" and answers:
                cell.source = question.solved("", "")
            if mark.get("grade_id") == "all_ones":
                cell.source = (
                    "S_2, S_3, O_3 = exercises.all_ones.reference()" if answers == 2 else "S_2, S_3, O_3 = 1, 1, 1"
                )
        nbformat.write(notebook, handed_in)
    run("nbgrader", "autograde", "trial", folder=tmp_path)
    run("nbgrader", "export", folder=tmp_path)
    with (tmp_path / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    worth = [one.points for one in assignment.questions(CHAPTERS[1], ("rnn_step", "all_ones"))]
    assert scores == {"right": (sum(worth), sum(worth)), "half": (worth[0], sum(worth)), "none": (0, sum(worth))}
    assert "Success" in run("nbgrader", "validate", str(tmp_path / "source" / "trial" / "trial.ipynb"), folder=tmp_path)


def test_otter_hands_out_and_grades(tmp_path):
    pytest.importorskip("otter", reason="otter is not installed: extra class")
    make("otter", tmp_path)
    said = run("otter", "assign", "-v", "trial.ipynb", "dist", folder=tmp_path)  # runs the tests on the solution, too
    assert "All autograder tests passed" in said
    student = tmp_path / "dist" / "student" / "trial.ipynb"
    assert "seed=2026" not in student.read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in student.read_text(encoding="utf-8")
    (archive,) = (tmp_path / "dist" / "autograder").glob("*.zip")
    notebook = nbformat.read(student, as_version=4)
    (question,) = assignment.questions(CHAPTERS[1], ("rnn_step",))
    for cell in notebook.cells:
        if cell.source.startswith("def rnn_step"):
            cell.source = question.solved("", "")
    nbformat.write(notebook, tmp_path / "handed_in.ipynb")
    run("otter", "run", "-a", str(archive), "-o", str(tmp_path), "handed_in.ipynb", folder=tmp_path)
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    scores = {test["name"].partition(" ")[0]: test.get("score") for test in results["tests"]}
    assert scores["rnn_step"] == question.points
    assert scores["all_ones"] == 0

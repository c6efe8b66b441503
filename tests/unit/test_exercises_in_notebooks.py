"""Every exercise of a chapter stands in its notebook, with its task, its difficulty and a stub that fits; and the
page for instructors runs."""

import ast
import importlib
import inspect
import json
import re
from pathlib import Path

import pytest

from rnnlib.exercises import Exercise, FunctionExercise
from rnnlib.exercises.base import DIFFICULTIES

ROOT = Path(__file__).parents[2]
IMPORT = re.compile(r"from rnnlib\.exercises import (\w+) as exercises")


def cells_of(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


CHAPTERS = {}
for path in sorted((ROOT / "notebooks").glob("0[1-9]*.ipynb")):
    found = IMPORT.search("\n".join(map(source, cells_of(path))))
    if found:
        CHAPTERS[path.stem] = path, importlib.import_module(f"rnnlib.exercises.{found[1]}")
STUBS = {
    f"{stem}.{name}": (path, module, name)
    for stem, (path, module) in CHAPTERS.items()
    for name, value in vars(module).items()
    if isinstance(value, Exercise)
}


def stub_of(path, name):
    """The cell that checks this exercise, and the one before it."""
    cells = cells_of(path)
    places = [k for k, cell in enumerate(cells) if f"exercises.{name}.check(" in source(cell)]
    assert len(places) == 1, f"{name} is checked in {len(places)} cells"
    return cells[places[0] - 1], cells[places[0]]


def run_stub(cell, module):
    """What the last line of a stub gives, and the names the cell has defined."""
    tree = ast.parse(source(cell))
    names = {"exercises": module}
    exec(compile(ast.Module(tree.body[:-1], []), "stub", "exec"), names)
    return eval(compile(ast.Expression(tree.body[-1].value), "stub", "eval"), names), names


@pytest.mark.parametrize(("path", "module", "name"), STUBS.values(), ids=STUBS.keys())
def test_the_task_comes_first_with_its_difficulty_and_the_way_to_help(path, module, name):
    exercise = getattr(module, name)
    task, stub = stub_of(path, name)
    assert task["cell_type"] == "markdown"
    heading = source(task).splitlines()[0]
    level = DIFFICULTIES[exercise.difficulty]
    wanted = f"### Exercise {exercise.number} · {level}: {exercise.title}"
    assert heading == wanted or (not exercise.number and re.match(rf"#+ Exercise \d\.\d · {level}", heading))
    assert f"exercises.{name}.hint()" in source(task)
    assert f"exercises.{name}.solution()" in source(task)
    assert task["metadata"]["slideshow"]["slide_type"] == stub["metadata"]["slideshow"]["slide_type"] == "skip"


@pytest.mark.parametrize(("path", "module", "name"), STUBS.values(), ids=STUBS.keys())
def test_the_stub_is_untouched_and_takes_the_right_arguments(path, module, name):
    exercise = getattr(module, name)
    verdict, names = run_stub(stub_of(path, name)[1], module)
    assert verdict.word == "Not tried yet"
    if isinstance(exercise, FunctionExercise):
        function = next(value for value in names.values() if inspect.isfunction(value))
        assert list(inspect.signature(function).parameters) == list(exercise.cases()[0])
        assert list(inspect.signature(type(exercise).answer).parameters) == list(exercise.cases()[0])


@pytest.mark.parametrize(("path", "module"), CHAPTERS.values(), ids=CHAPTERS.keys())
def test_exercises_are_numbered_and_summed_up_at_the_end(path, module):
    text = "\n".join(map(source, cells_of(path)))
    count = sum(isinstance(value, Exercise) for value in vars(module).values())
    chapter = int(path.stem[:2])
    assert 3 <= count <= 6
    assert re.findall(r"# Exercise (\d\.\d) ·", text) == [f"{chapter}.{k}" for k in range(1, count + 1)]
    assert text.index("progress(exercises)") > text.rindex(".check(")


PREDICTION = re.compile(r"predict_(choice|number)\(\s*\"([^\"]+)\"")
PREDICTIONS = [
    (path, cell)
    for path in sorted((ROOT / "notebooks").glob("0[1-6]*.ipynb"))
    for cell in cells_of(path)
    if cell["cell_type"] == "code" and PREDICTION.search(source(cell))
]


def call_in(cell):
    """The call of ``predict_choice`` or ``predict_number`` that ends a cell."""
    call = ast.parse(source(cell)).body[-1].value
    return call.func.id, call.args


def test_every_chapter_asks_for_predictions_and_all_three_kinds_are_there():
    keys = [PREDICTION.search(source(cell))[2] for _, cell in PREDICTIONS]
    assert len(set(keys)) == len(keys)
    assert {path.stem[:2] for path, _ in PREDICTIONS} == {f"0{chapter}" for chapter in range(1, 7)}
    kinds = [call_in(cell)[0] for _, cell in PREDICTIONS]
    curves = sum('["A", "B", "C", "D"]' in source(cell) for _, cell in PREDICTIONS)
    assert kinds.count("predict_number") >= 3
    assert curves >= 2


def test_the_truth_of_a_prediction_is_computed_and_its_cell_is_folded():
    literal = []
    for path, cell in PREDICTIONS:
        kind, arguments = call_in(cell)
        key, truth = arguments[0].value, arguments[2 if kind == "predict_number" else 3]
        assert cell["metadata"]["jupyter"]["source_hidden"], f"{path.name}: the cell of {key} gives the answer away"
        if isinstance(truth, ast.Constant):
            literal.append(key)
    # what a trained network does at a mark is asserted in test_chapter4
    assert literal == ["lstm-latest-mark"]


def test_without_a_kernel_the_question_stands_there_and_the_answer_is_folded_away():
    for path, cell in PREDICTIONS:
        (html,) = ("".join(output["data"]["text/html"]) for output in cell["outputs"] if "data" in output)
        question, _, answer = html.partition("<details><summary>The answer</summary>")
        assert question.startswith("<p><b>Predict first.</b> "), path.name
        assert answer.endswith("</p></details>"), path.name
        assert len(answer) > 50
        assert "You said" not in html


def test_the_code_on_the_page_for_instructors_runs(tmp_path):
    page = (ROOT / "docs" / "EXERCISES.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 4
    names = {}
    for number, block in enumerate(blocks):
        file = tmp_path / f"block_{number}.py"
        file.write_text(block, encoding="utf-8")
        exec(compile(block, file, "exec"), names)
    exercise = names["leaky_unit"]
    assert exercise.check(type(exercise).answer).solved
    assert len(exercise.mistakes) == 3
    for wrong, message in exercise.known_mistakes():
        assert exercise.check(wrong).text == message

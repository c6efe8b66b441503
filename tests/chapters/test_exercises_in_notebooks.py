"""Every exercise of a chapter is in its notebook, with its task, its difficulty and a stub that fits; and the
page for instructors runs."""

import ast
import inspect
import re

import pytest
from chapters import ROOT, chapters
from needs import NOT_NEEDED, source
from needs import cells as cells_of

from rnnlib import judging
from rnnlib.judging import BugHunt, FunctionExercise, exercises_of
from rnnlib.judging.base import DIFFICULTIES

CHAPTERS = {chapter.package: chapter for chapter in chapters() if (chapter.package, "exercises") not in NOT_NEEDED}
STUBS = {
    f"{package}.{name}": (chapter.path, chapter.exercises, name)
    for package, chapter in CHAPTERS.items()
    for name in exercises_of(chapter.exercises)
}


def stub_of(path, name):
    """The cell that checks this exercise, and the text before it."""
    cells = cells_of(path)
    places = [k for k, cell in enumerate(cells) if f"exercises.{name}.check(" in source(cell)]
    assert len(places) == 1, f"{name} is checked in {len(places)} cells"
    task = next(cell for cell in reversed(cells[: places[0]]) if cell["cell_type"] == "markdown")
    return task, cells[places[0]]


def run_stub(cell, module):
    """What the last line of a stub gives, and the names the cell has defined."""
    tree = ast.parse(source(cell))
    names = {"exercises": module}
    exec(compile(ast.Module(tree.body[:-1], []), "stub", "exec"), names)
    return eval(compile(ast.Expression(tree.body[-1].value), "stub", "eval"), names), names


@pytest.mark.parametrize(("path", "module", "name"), STUBS.values(), ids=STUBS.keys())
def test_the_task_comes_first_with_its_difficulty_and_the_way_to_help(path, module, name):
    exercise = getattr(module, name)
    task, _ = stub_of(path, name)
    assert task["cell_type"] == "markdown"
    heading = source(task).splitlines()[0]
    level = DIFFICULTIES[exercise.difficulty]
    wanted = f"### Exercise {exercise.number} · {level}: {exercise.title}"
    assert heading == wanted or (not exercise.number and re.match(rf"#+ Exercise \d\.\d · {level}", heading))
    assert f"exercises.{name}.hint()" in source(task)
    assert f"exercises.{name}.solution()" in source(task)


@pytest.mark.parametrize(("path", "module", "name"), STUBS.values(), ids=STUBS.keys())
def test_the_stub_is_untouched_and_takes_the_right_arguments(path, module, name):
    exercise = getattr(module, name)
    verdict, names = run_stub(stub_of(path, name)[1], module)
    assert verdict.word == "Not tried yet"
    if isinstance(exercise, FunctionExercise) and not isinstance(exercise, BugHunt):
        function = next(value for value in names.values() if inspect.isfunction(value))
        assert list(inspect.signature(function).parameters) == list(exercise.cases()[0])
        assert list(inspect.signature(type(exercise).answer).parameters) == list(exercise.cases()[0])


@pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS.keys())
def test_exercises_are_numbered_and_summed_up_at_the_end(chapter):
    text = "\n".join(map(source, cells_of(chapter.path)))
    count = len(exercises_of(chapter.exercises))
    assert re.findall(r"# Exercise (\d+\.\d) ·", text) == [f"{chapter.number}.{k}" for k in range(1, count + 1)]
    assert text.index("progress(exercises)") > text.rindex(".check(")


CALL = re.compile(r"\bpredict_(?:choice|number)\(")
PREDICTIONS = [
    (chapter.path, cell)
    for chapter in chapters()
    for cell in cells_of(chapter.path)
    if cell["cell_type"] == "code" and CALL.search(source(cell))
]


def call_in(cell):
    """The call of ``predict_choice`` or ``predict_number`` that ends a cell: its name, its key, its truth."""
    call = ast.parse(source(cell)).body[-1].value
    given = dict(zip(inspect.signature(getattr(judging, call.func.id)).parameters, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords}
    return call.func.id, given["key"].value, given["truth"]


def is_written_out(truth, cell):
    """Whether a truth is a constant, or the name of one."""
    if isinstance(truth, ast.Name):
        bound = [
            node.value
            for node in ast.parse(source(cell)).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == truth.id
        ]
        return bool(bound) and is_written_out(bound[-1], cell)
    return not any(
        isinstance(node, ast.Call | ast.BinOp | ast.Subscript | ast.Name | ast.Compare) for node in ast.walk(truth)
    )


def test_all_kinds_of_predictions_are_asked_for_and_each_has_a_key_of_its_own():
    keys = [call_in(cell)[1] for _, cell in PREDICTIONS]
    assert len(set(keys)) == len(keys)
    kinds = [call_in(cell)[0] for _, cell in PREDICTIONS]
    curves = sum('["A", "B", "C", "D"]' in source(cell) for _, cell in PREDICTIONS)
    assert kinds.count("predict_number") >= 3
    assert curves >= 2


@pytest.mark.parametrize(("path", "cell"), PREDICTIONS, ids=[call_in(cell)[1] for _, cell in PREDICTIONS])
def test_the_truth_of_a_prediction_is_computed_and_its_cell_is_folded(path, cell):
    _, key, truth = call_in(cell)
    assert cell["metadata"]["jupyter"]["source_hidden"], f"{path.name}: the cell of {key} gives the answer away"
    assert not is_written_out(truth, cell), f"{path.name}: the truth of {key} is written out: compute it in the cell"


def test_without_a_kernel_the_question_stands_there_and_the_answer_is_folded_away():
    for path, cell in PREDICTIONS:
        (html,) = ("".join(output["data"]["text/html"]) for output in cell["outputs"] if "data" in output)
        question, _, answer = html.partition("<details><summary>")
        assert question.startswith("<p><b>Predict first.</b> "), path.name
        assert answer.endswith("</p></details>"), path.name
        assert len(answer) > 50
        assert "You said" not in html


def test_the_code_on_the_page_for_instructors_runs(tmp_path):
    page = (ROOT / "docs" / "EXERCISES.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 5
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

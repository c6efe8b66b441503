"""Grading: every mark is the one that its answer was made for, whatever else is in the folder."""

import csv
import json
import shutil
import sys

import grade
import nbformat
import pytest
from chapters import ROOT, chapters
from grading import cells, rehearsal
from grading.worker import Found

from rnnlib.judging import exercises_of

# Only Linux keeps the limit of memory.
ENDED = ["loops", "stuck", "dies", "forks", "prints", "syntax", *(["memory"] if sys.platform == "linux" else [])]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of the system, and processes that are forked")
CHAPTER = next(chapter for chapter in chapters() if chapter.number == 1)
EXERCISES = exercises_of(CHAPTER.exercises)
FUNCTION = EXERCISES["rnn_step"].solution_code()
CHECK = "exercises.rnn_step.check(answer)"
SOLVED_STEP = f"{FUNCTION}\n\n{CHECK}"
# Nothing beyond the set-up and the exercises is run: this would fail.
NOT_RUN = "raise SystemExit('a cell that nobody needs was run')"


def notebook(*sources):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (NOT_RUN, *sources)])
    return nbformat.writes(made)


ODD_ONES = {
    "not json.ipynb": "once upon a time",
    "report.pdf": "%PDF",
    "half.ipynb": notebook(SOLVED_STEP)[:300],
    "nothing checked.ipynb": notebook("1 + 1"),
    "another chapter.ipynb": notebook("from rnnlib.chapters.ch2_bptt import exercises", "exercises.rnn_step.check(0)"),
    "last year.ipynb": notebook("exercises.long_gone.check(3)", SOLVED_STEP),
    "twice.ipynb": notebook("exercises.rnn_step.check(...)"),
    "twice (1).ipynb": notebook(SOLVED_STEP),
    "twice-Copy1.ipynb": notebook(f"{FUNCTION.replace('np.tanh', 'np.sin')}\n\n{CHECK}"),
    "loops.ipynb": notebook(f"while True:\n    pass\n{CHECK}", "exercises.all_ones.check((2, 3, 4))"),
    "stuck.ipynb": notebook(
        f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nimport time\n"
        f"while True:\n    try:\n        time.sleep(9)\n    except BaseException:\n        pass\n{CHECK}",
        "exercises.all_ones.check((2, 3, 4))",
    ),
    "dies.ipynb": notebook(f"import os\nos._exit(3)\n{CHECK}", SOLVED_STEP.replace("rnn_step.check", "unrolled.check")),
    "forks.ipynb": notebook(f"import os\nos.fork()\n{CHECK}"),
    "shell.ipynb": notebook(f"import subprocess\nsubprocess.run(['true'])\n{CHECK}"),
    "web.ipynb": notebook(f"import urllib.request\nurllib.request.urlopen('http://192.0.2.1')\n{CHECK}"),
    "writes.ipynb": notebook(f"open('OUTSIDE', 'w').write('x')\n{CHECK}"),
    "prints.ipynb": notebook(f"while True:\n    print('x' * 10000)\n{CHECK}"),
    "memory.ipynb": notebook(f"import numpy as np\nnp.ones(10**9)\n{CHECK}"),
    "syntax.ipynb": notebook(f"def answer(:\n    pass\n{CHECK}", "exercises.all_ones.check((6, 15, 30))"),
    "reaches.ipynb": notebook(
        "answer = exercises.rnn_step.answer\n" + CHECK,
        "def through(**given):\n    return exercises.unrolled.reference(**given)\n"
        "exercises.unrolled.check(lambda x, S_0, W_x, W_s, b_s: through(x=x, S_0=S_0, W_x=W_x, W_s=W_s, b_s=b_s))",
        "exercises.all_ones.check(exercises.all_ones.answer())",
        "exec(exercises.jordan_step.solution().code)\nexercises.jordan_step.check(answer)",
    ),
    "edits.ipynb": notebook(
        "from rnnlib.judging import base\nbase.agree = lambda *given: True\n"
        "def wrong(x_t, S_previous, W_x, W_s, b_s):\n    return 0\nexercises.rnn_step.check(wrong)",
        "exercises.all_ones.judge = lambda *given: ''\nexercises.all_ones.check((1, 1, 1))",
        "def later(x, S_0, W_x, W_s, b_s):\n    import numpy as np\n"
        "    np.allclose = lambda *given: True\n    return 0\n"
        "exercises.unrolled.check(later)",
        EXERCISES["jordan_step"].solution_code() + "\nexercises.jordan_step.check(answer)",
    ),
    "honest.ipynb": notebook(
        "from scipy_that_is_not_there import nothing",
        "def squash(a):\n    return np.tanh(a)",
        "%matplotlib inline\n!ls\nexercises.rnn_step.hint()\nexercises.rnn_step.solution()\n"
        "print(exercises.rnn_step.solution())\n"
        "def step(x_t, S_previous, W_x, W_s, b_s):\n    return squash(x_t @ W_x.T + S_previous @ W_s.T + b_s)\n"
        "%timeit 1\nassert exercises.rnn_step.check(step)",
        "def first(x, S_0, W_x, W_s, b_s):\n    return 0\nexercises.unrolled.check(first)",
        "def again(x, S_0, W_x, W_s, b_s):\n    S = [S_0]\n    for x_t in x:\n"
        "        S.append(step(x_t, S[-1], W_x, W_s, b_s))\n    return np.array(S[1:])\n"
        "verdict = exercises.unrolled.check(again)\nverdict",
    ),
}


if "memory" not in ENDED:
    del ODD_ONES["memory.ipynb"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A small class of chapter 1, with odd ones in it: the rows of the table by student, and where everything is."""
    place = tmp_path_factory.mktemp("grading")
    folder, out = place / "class", place / "results.csv"
    expected = rehearsal.write(folder, CHAPTER, 6, seed=3)
    for name, text in ODD_ONES.items():
        (folder / name).write_text(text.replace("OUTSIDE", str(place / "written")), encoding="utf-8")
    (folder / "anna").mkdir()
    (folder / "anna" / "02_bptt.ipynb").write_text(notebook("from rnnlib.chapters.ch2_bptt import exercises"))
    (folder / "anna" / "mine.ipynb").write_text(notebook(SOLVED_STEP))
    (folder / "=cmd.ipynb").write_text(notebook(SOLVED_STEP))
    arguments = [str(folder), "--chapter", "1", "--out", str(out), "--seconds", "1", "--points", "rnn_step=5"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grading.pool.SECONDS_MORE", 8.0)
        assert grade.main(arguments) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return rows, place, expected, arguments


def found(row, exercise):
    return next(value for key, value in row.items() if key.endswith(f" {exercise}: found"))


def points(row, exercise):
    return next(value for key, value in row.items() if key.endswith(f" {exercise}"))


def test_the_marks_are_those_the_answers_were_made_for(graded):
    rows, place, expected, _ = graded
    notes = [json.loads(line) for line in (place / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    by_student = {note["student"]: note["found"] for note in notes}
    checked = 0
    for student, answers in expected.items():
        for name, made in answers.items():
            assert rehearsal.agrees(made, Found(**by_student[student][name])), (student, name, made)
            worth = 5 if name == "rnn_step" else EXERCISES[name].difficulty
            wanted = {"solved": str(worth), "left blank": ""}.get(made["outcome"], "0")
            assert points(rows[student], name) == wanted
            checked += 1
    assert checked == 6 * len(EXERCISES)


def test_everyone_has_a_row_and_a_page(graded):
    rows, place, expected, _ = graded
    everyone = {*expected, "anna", "'=cmd", "twice", *(name.rpartition(".")[0] for name in ODD_ONES)}
    assert set(rows) == everyone - {"twice (1)", "twice-Copy1"}
    pages = {page.stem for page in (place / "results_feedback").iterdir()}
    assert pages == {student.removeprefix("'") for student in rows}
    page = (place / "results_feedback" / "honest.html").read_text(encoding="utf-8")
    assert EXERCISES["rnn_step"].title in page
    assert "squash(x_t @ W_x.T" in page
    assert (place / "results_slips.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("student", "remark"),
    [
        ("not json", "not a notebook that can be read"),
        ("half", "not a notebook that can be read"),
        ("report", "report.pdf: not a notebook"),
        ("nothing checked", "no cell of nothing checked.ipynb checks an exercise"),
        ("another chapter", "of another chapter: ch2_bptt"),
        ("last year", "not: long_gone"),
        ("twice", "handed in more than once; twice (1).ipynb has the most points"),
        ("forks", "a cell starts another process: refused"),
        ("shell", "a cell starts another process: refused"),
        ("web", "a cell reaches for the network: refused"),
        ("writes", "a cell writes a file: refused"),
    ],
)
def test_what_happened_is_told(graded, student, remark):
    rows, place, _, _ = graded
    assert remark in rows[student]["remarks"]
    assert not (place / "written").exists()


@pytest.mark.parametrize("student", ENDED)
def test_what_ends_one_cell_does_not_end_the_others(graded, student):
    row = graded[0][student]
    assert (found(row, "rnn_step"), points(row, "rnn_step")) == ("stopped", "0")
    page = (graded[1] / "results_feedback" / f"{student}.html").read_text(encoding="utf-8")
    words = {
        "loops": "did not end within 1 seconds",
        "stuck": "ended from outside: it did not end in time",
        "dies": "ended from outside: its process ended by itself (exit code 3)",
        "forks": "Refused",
        "prints": "prints without end",
        "memory": "MemoryError",
        "syntax": "not Python that can be read",
    }
    assert words[student] in page
    if student in ("loops", "stuck"):
        assert found(row, "all_ones") not in ("no cell checks it", "solved", "stopped")
    if student == "dies":
        assert found(row, "unrolled") not in ("no cell checks it", "solved")
    if student == "syntax":
        assert found(row, "all_ones") == "solved"


def test_reaching_for_the_solution_and_editing_the_judge_are_told(graded):
    reaches, edits = graded[0]["reaches"], graded[0]["edits"]
    for name in ("rnn_step", "unrolled", "all_ones", "jordan_step"):
        assert found(reaches, name) == "reaches for the solution", name
    for name in ("rnn_step", "unrolled", "all_ones"):
        assert found(edits, name) == "edits the judge", name
    assert found(edits, "jordan_step") == "solved"
    assert (reaches["points"], edits["points"]) == ("0", str(EXERCISES["jordan_step"].difficulty))


def test_an_honest_notebook_is_graded_as_it_is_meant(graded):
    rows = graded[0]
    for name in ("rnn_step", "unrolled"):
        assert found(rows["honest"], name) == "solved"
    assert found(rows["honest"], "temperature") == "no cell checks it"
    for student in ("anna", "last year", "twice", "'=cmd"):
        assert found(rows[student], "rnn_step") == "solved"
    assert rows["anna"]["file"] == "mine.ipynb"


def test_an_interrupted_run_goes_on_where_it_was(graded, capsys):
    rows, place, _, arguments = graded
    notes = place / "results.jsonl"
    lines = notes.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["student"] != "anna"]
    notes.write_text("\n".join([*kept, lines[0][:40]]) + "\n", encoding="utf-8")
    before = (place / "results.csv").read_text(encoding="utf-8")
    assert grade.main(arguments) == 0
    assert f"{len(rows) - 1} of {len(rows)} were graded before" in capsys.readouterr().out
    assert (place / "results.csv").read_text(encoding="utf-8") == before


def test_a_folder_or_a_chapter_that_is_not_there_is_told(tmp_path):
    for arguments, words in (
        ([str(tmp_path), "--chapter", "77"], "the course has the chapters 0, 1"),
        ([str(tmp_path), "--chapter", "1"], "got an empty folder"),
        ([str(tmp_path / "none"), "--chapter", "1"], "got nothing"),
        ([str(tmp_path), "--chapter", "1", "--points", "nobody=3"], "expected NAME=POINTS"),
    ):
        with pytest.raises(SystemExit, match=words):
            grade.main([*arguments, "--out", str(tmp_path / "out" / "results.csv")])
    shutil.rmtree(tmp_path)


def test_the_set_up_and_every_stub_of_every_chapter_are_found():
    for chapter in chapters():
        set_up, stubs = grade.set_up_and_stubs(chapter)
        assert f"from rnnlib.chapters.{chapter.package} import" in set_up
        assert set(stubs) == set(exercises_of(chapter.exercises))


def test_cells_that_define_what_is_used_are_found():
    sources = ["import numpy as np", "a = 1", "def f():\n    return a + b", "b = np.ones(3)", "a = 2", "x = f()"]
    made = [cells.cell_of(source) for source in sources]
    assert cells.providers(made, 5, set()) == [0, 1, 2, 3]
    assert cells.providers(made, 5, {"np"}) == [0, 1, 2, 3]
    assert cells.providers([cells.cell_of("y = np.ones(2)")], 0, {"np"}) == []


def test_the_page_names_what_the_tool_takes():
    page = (ROOT / "docs" / "GRADING.md").read_text(encoding="utf-8")
    for option in ("--seed", "--points", "--seconds", "--megabytes", "--at-once", "--rehearse"):
        assert option in page

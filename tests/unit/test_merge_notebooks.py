"""What the course changed comes into a student's notebook, and nothing that the student wrote is lost."""

import copy
import json
import os
import random
import shutil
import subprocess
import sys

import nbformat
import pytest
from chapters import ROOT

sys.path.insert(0, str(ROOT / "deploy"))

import merge_notebooks
from merge_notebooks import TELLS, merged, with_ids

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def code(id, source, output=""):
    cell = nbformat.v4.new_code_cell(source, id=id)
    if output:
        cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text=output)], 7
    return cell


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def shown(result):
    return [(cell.source, "".join(output.text for output in cell.get("outputs", []))) for cell in result.cells]


BASE = [code("a", "1", "saved"), code("b", "2", "saved"), code("c", "3", "saved")]


def merge(mine, theirs):
    result = merged(notebook(*BASE), notebook(*mine), notebook(*theirs))
    nbformat.validate(result)
    return result


def test_a_cell_that_was_run_does_not_show_new_code_above_old_outputs():
    mine = [code("a", "1", "mine"), code("b", "2", "mine"), BASE[2]]
    theirs = [code("a", "1 + 1", "new"), BASE[1], BASE[2]]
    assert shown(merge(mine, theirs)) == [("1 + 1", "new"), ("2", "mine"), ("3", "saved")]


def test_an_edited_cell_stays_and_what_the_course_changed_is_told_below_it():
    mine = [BASE[0], code("b", "my two", "mine"), BASE[2]]
    theirs = [BASE[0], code("b", "new two", "new"), BASE[2]]
    result = merge(mine, theirs)
    assert shown(result)[1] == ("my two", "mine")
    assert result.cells[2].cell_type == "markdown"
    assert result.cells[2].source == f"{TELLS}\n\n```python\nnew two\n```"
    assert shown(result)[3] == ("3", "saved")
    again = merged(notebook(*theirs), result, notebook(BASE[0], code("b", "newer two"), BASE[2]))
    assert shown(again)[1] == ("my two", "mine")
    assert "newer two" in again.cells[2].source
    assert sum(TELLS in cell.source for cell in again.cells) == 1


def test_cells_of_the_student_stay_where_they_were_and_deleted_ones_stay_deleted():
    mine = [code("x", "first"), BASE[0], code("y", "mine"), BASE[2], code("z", "last")]
    theirs = [BASE[0], BASE[1], code("n", "new of the course"), BASE[2]]
    assert [source for source, _ in shown(merge(mine, theirs))] == [
        *("first", "1", "mine", "new of the course", "3", "last")
    ]
    assert "2 changed" in [source for source, _ in shown(merge(mine, [BASE[0], code("b", "2 changed"), BASE[2]]))]


def test_a_cell_that_the_course_took_out_goes_unless_it_was_edited():
    theirs = [BASE[0], BASE[2]]
    assert [source for source, _ in shown(merge(BASE, theirs))] == ["1", "3"]
    assert [source for source, _ in shown(merge([BASE[0], code("b", "my two"), BASE[2]], theirs))] == [
        "1",
        "my two",
        "3",
    ]


@pytest.mark.filterwarnings("ignore:Non-unique cell id")  # nbformat gives the second cell an id of its own, and says so
def test_two_cells_with_one_id_both_stay(tmp_path):
    paths = [tmp_path / name for name in ("base", "mine", "theirs")]
    copied, new = (*BASE, code("b", "copied by hand")), (code("a", "1 new"), *BASE[1:])
    for path, cells in zip(paths, (BASE, copied, new), strict=True):
        path.write_text(json.dumps(notebook(*cells)), encoding="utf-8")
    assert merge_notebooks.main(*map(str, paths)) == 0
    result = nbformat.read(paths[1], as_version=4)
    assert [source for source, _ in shown(result)] == ["1 new", "2", "3", "copied by hand"]


def test_a_notebook_of_an_old_version_is_merged_by_the_place_of_its_cells():
    old = notebook(*copy.deepcopy(BASE))
    for cell in old.cells:
        del cell["id"]
    old.nbformat_minor = 4
    assert [cell.id for cell in with_ids(old).cells] == ["cell-0", "cell-1", "cell-2"]
    nbformat.validate(old)


def test_no_line_of_a_student_is_lost_in_random_merges():
    rng = random.Random(4)
    for _ in range(300):
        base = [code(f"c{k}", f"line {k}", "saved") for k in range(rng.randint(1, 6))]

        def changed(who, base=base):
            cells = []
            for cell in base:
                kind = rng.choice(["same", "same", "ran", "edited", "deleted"])
                if kind == "ran":
                    cells.append(code(cell.id, cell.source, who))
                elif kind == "edited":
                    cells.append(code(cell.id, f"{cell.source} by {who} {rng.random()}", who))
                elif kind == "same":
                    cells.append(cell)
                if rng.random() < 0.3:
                    cells.append(code(f"{who}{rng.randrange(10**9)}", f"added by {who} {rng.random()}"))
            return cells

        mine, theirs = changed("student"), changed("course")
        result = merged(notebook(*base), notebook(*mine), notebook(*theirs))
        nbformat.validate(result)
        ids = [cell.id for cell in result.cells]
        assert len(ids) == len(set(ids))
        text = "\n".join(cell.source for cell in result.cells)
        assert all(cell.source in text for cell in mine if "student" in cell.source)
        assert all(cell.source in text for cell in theirs if "course" in cell.source)
        old = {cell.id: cell.source for cell in mine}
        for cell in result.cells:
            if any("student" in output.text for output in cell.get("outputs", [])):
                assert cell.source == old[cell.id], "outputs of the student under other code"


@pytest.fixture
def home(tmp_path):
    """The course as a repository, a student's clone of it, and how the hub tells git to merge."""
    environment = os.environ | {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "merge.notebook.driver",
        "GIT_CONFIG_VALUE_0": f"'{sys.executable}' '{ROOT / 'deploy' / 'merge_notebooks.py'}' %O %A %B",
        "GIT_CONFIG_KEY_1": "core.attributesFile",
        "GIT_CONFIG_VALUE_1": str(ROOT / "deploy" / "gitattributes"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }

    def git(folder, *arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@localhost")
        subprocess.run(["git", *who, *arguments], cwd=folder, env=environment, check=True, capture_output=True)

    course, student = tmp_path / "course", tmp_path / "student"
    course.mkdir()
    git(course, "init", "--quiet", "--initial-branch", "main")
    nbformat.write(notebook(*BASE), course / "one.ipynb")
    git(course, "add", ".")
    git(course, "commit", "--quiet", "-m", "a course")
    git(tmp_path, "clone", "--quiet", str(course), str(student))
    return course, student, git, environment


def change(folder, *cells):
    nbformat.write(notebook(*cells), folder / "one.ipynb")


def test_git_merges_by_cells(home):
    course, student, git, _ = home
    change(course, code("a", "1 new", "new"), code("b", "2 new"), BASE[2])
    git(course, "commit", "--quiet", "-am", "changed")
    change(student, code("a", "1", "mine"), code("b", "my two", "mine"), BASE[2], code("z", "added"))
    git(student, "commit", "--quiet", "-am", "worked")
    git(student, "fetch", "--quiet")
    git(student, "merge", "-Xours", "origin/main")
    result = nbformat.read(student / "one.ipynb", as_version=4)
    assert [source.splitlines()[0] for source, _ in shown(result)] == ["1 new", "my two", TELLS, "3", "added"]


def test_the_link_of_nbgitpuller_loses_nothing(home):
    pytest.importorskip("nbgitpuller", reason="nbgitpuller is not installed: extra class")
    course, student, git, environment = home
    change(course, code("a", "1 new", "new"), code("b", "2 new"), BASE[2])
    git(course, "commit", "--quiet", "-am", "changed")
    change(student, code("a", "1", "mine"), code("b", "my two", "mine"), BASE[2], code("z", "added"))
    command = [sys.executable, "-m", "nbgitpuller.pull", str(course), "main", str(student)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    result = nbformat.read(student / "one.ipynb", as_version=4)
    assert [source.splitlines()[0] for source, _ in shown(result)] == ["1 new", "my two", TELLS, "3", "added"]


def test_a_file_that_is_no_notebook_is_left_as_it_is(tmp_path, capsys):
    paths = [tmp_path / name for name in ("base", "mine", "theirs")]
    nbformat.write(notebook(*BASE), paths[0])
    paths[1].write_text("half a note", encoding="utf-8")
    nbformat.write(notebook(*BASE), paths[2])
    assert merge_notebooks.main(*map(str, paths)) == 0
    assert paths[1].read_text(encoding="utf-8") == "half a note"
    assert "your notebook was left as it is" in capsys.readouterr().err


FULL_DISK = """
mount -t tmpfs -o size=400k tmpfs "$1" && cd "$1" && exec "$2" -c '
import asyncio, os, nbformat
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
manager = AsyncLargeFileManager(root_dir=os.getcwd())
small, large = (nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(t)]) for t in ("kept", "x" * 600_000))
asyncio.run(manager.save({"type": "notebook", "content": small}, "mine.ipynb"))
try:
    asyncio.run(manager.save({"type": "notebook", "content": large}, "mine.ipynb"))
except Exception as error:
    print("told:", error)
print("kept:", nbformat.read("mine.ipynb", 4).cells[0].source)
'
"""


if sys.platform == "linux":  # others have no way to a small disk

    def test_a_full_disk_is_told_and_the_saved_notebook_is_whole(tmp_path):
        command = ["unshare", "-rm", "bash", "-c", FULL_DISK, "full", str(tmp_path), sys.executable]
        if shutil.which("unshare") is None or subprocess.run([*command[:2], "true"], capture_output=True).returncode:
            pytest.skip("this system lets nobody mount a small disk")
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "told:" in ran.stdout, ran.stderr
        assert "No space left" in ran.stdout
        assert "kept: kept" in ran.stdout, ran.stdout

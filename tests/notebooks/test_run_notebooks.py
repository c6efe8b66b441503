"""The tool that executes the notebooks: what it saves, what it leaves alone, and what the tests then see."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
import test_saved_state
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from run_notebooks import ROOT, fingerprint, run

TAGGED = {"tags": ["remove-input"]}
SOURCES = {
    "imports": "from tqdm.auto import tqdm\n\nfrom rnnlib.pictures import style\n"
    "from rnnlib.chapters.ch0_start_here import explorers as start_here\n"
    "from rnnlib.pictures import Picture\nfrom rnnlib.pictures.live_curves import LiveCurves",
    "progress": "for _ in tqdm(range(50), desc='training: 0% and up'):\n    pass\nprint('trained')",
    "picture": "fig = style.new_figure(3, 2)\nfig.add_subplot().plot([1, 2, 3])\n"
    "Picture(fig, 'A straight line that climbs from 1 to 3.')",
    "curves": "axes = style.new_figure(3, 2).add_subplot(xlim=(0, 9), ylim=(0, 9))\n"
    "with LiveCurves(axes, 'A straight line that grows.') as curves:\n"
    "    measure = curves.follow('RNN', float, every=1)\n"
    "    for k in range(9):\n"
    "        measure(k)",
    "explorer": "start_here.leaky_memory()",
    "sum": "print(sorted({'b', 'a'}))\n2 + 3",
}


def outputs(path):
    """The outputs of the code cells of a notebook, by the id of the cell."""
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell.outputs for cell in cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small notebook, executed once by the tool, in a project set up like this one."""
    project = tmp_path_factory.mktemp("project")
    for name in ("conftest.py", "pyproject.toml", "tools/run_notebooks.py", "tests/notebooks/sanitize.cfg"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, project / name)
    path = project / "notebooks" / "small.ipynb"
    path.parent.mkdir()
    notebook = new_notebook(
        cells=[
            new_markdown_cell(
                "# Small", id="title", metadata=TAGGED | {"collapsed": True, "slideshow": {"slide_type": "slide"}}
            ),
            *(new_code_cell(source, id=name) for name, source in SOURCES.items()),
        ],
        metadata={"kernelspec": {"name": "another", "display_name": "Another"}, "author": "nobody"},
    )
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    assert run(path)
    return path


@pytest.fixture
def copy(saved, tmp_path):
    return shutil.copy(saved, tmp_path / "small.ipynb")


def test_executing_again_changes_nothing(saved):
    before = saved.read_bytes()
    assert run(saved) == []
    assert saved.read_bytes() == before
    assert b"\r" not in before


def test_what_is_saved_holds_on_every_machine(saved):
    notebook = nbformat.read(saved, as_version=4)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "code": fingerprint(notebook),
    }
    assert notebook.cells[0].metadata == TAGGED
    assert not any(cell.metadata for cell in notebook.cells[1:])


def test_a_progress_bar_is_saved_as_words(saved):
    bar, words = outputs(saved)["progress"]
    assert bar.data == {"text/plain": "Progress bar: 50 steps, done."}
    assert words.text == "trained\n"


def test_pictures_are_saved_with_their_words_and_widget_views_are_not(saved):
    for name in ("picture", "explorer"):
        output, *below = outputs(saved)[name]
        assert set(output.data) == {"image/png", "text/plain"}
        assert output.metadata["image/png"]["alt"] == output.data["text/plain"]
        assert not any("application/vnd.jupyter.widget-view+json" in other.data for other in below)


def test_a_check_changes_no_file_and_says_what_would_change(copy):
    text = copy.read_text(encoding="utf-8").replace('"5"', '"6"')
    copy.write_text(text, encoding="utf-8")
    changes = [line.strip() for line in run(copy, check=True) if line[:1] in "+-"]
    assert [line.replace(" ", "") for line in changes] == ["---saved", "+++executed", '-"6"', '+"5"']
    assert copy.read_text(encoding="utf-8") == text


def test_nbval_is_content_with_what_is_saved_and_catches_other_words_and_pictures(saved):
    notebook = nbformat.read(saved, as_version=4)
    picture, curves, explorer, total = (cell.outputs[0] for cell in notebook.cells[-4:])
    drawn = picture.data["image/png"], curves.data["image/png"]
    curves.data["image/png"], picture.data["image/png"] = drawn
    explorer.metadata["image/png"]["alt"] = "Other words."
    total.text = "['b', 'a']\n"
    changed = saved.with_name("changed.ipynb")
    changed.write_text(nbformat.writes(notebook), encoding="utf-8")

    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    arguments = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "-rf", "."]
    report = subprocess.run(arguments, cwd=saved.parent, env=clean, capture_output=True, text=True).stdout
    assert f"4 failed, {2 * len(SOURCES) - 4} passed" in report, report
    assert report.count("FAILED changed.ipynb") == 4


def test_a_cell_that_was_never_run_is_caught(copy):
    notebook = nbformat.read(copy, as_version=4)
    test_saved_state.test_every_cell_was_run_once_from_top_to_bottom(notebook)
    notebook.cells[-1].update(execution_count=None, outputs=[])
    with pytest.raises(AssertionError):
        test_saved_state.test_every_cell_was_run_once_from_top_to_bottom(notebook)

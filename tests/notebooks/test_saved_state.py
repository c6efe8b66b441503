"""What nbval does not look at: cells never run, stray errors, pictures without words, order, size."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from run_notebooks import ROOT, as_saved, normal_form

from rnnlib.pictures import style

LETTERS = style.rc_params()["font.size"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]


def test_every_cell_was_run_once_from_top_to_bottom(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_cell_is_empty_and_ids_are_unique(notebook):
    assert all("".join(cell["source"]).strip() for cell in notebook["cells"])
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_nothing_on_stderr_and_errors_only_where_announced(notebook):
    for cell in code_cells(notebook):
        outputs = cell["outputs"]
        announced = "raises-exception" in cell["metadata"].get("tags", [])
        assert any(output["output_type"] == "error" for output in outputs) == announced, cell["id"]
        assert not any(output.get("name") == "stderr" for output in outputs), cell["id"]


def test_every_picture_has_alt_text_and_letters_that_can_be_read_and_no_widget_view_is_saved(notebook):
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            data = output.get("data", {})
            assert "application/vnd.jupyter.widget-view+json" not in data, cell["id"]
            if "image/png" in data:
                about = output["metadata"]["image/png"]
                assert len(about["alt"]) > 30, cell["id"]
                assert (about["letters"] or LETTERS) >= LETTERS, cell["id"]


def test_no_folder_of_the_machine_is_saved(notebook):
    outputs = json.dumps([cell["outputs"] for cell in code_cells(notebook)])
    for folder in (ROOT, Path.home(), Path(sys.prefix)):
        assert folder.as_posix() + "/" not in outputs.replace("\\\\", "/")


CLOCKS = re.compile(r"\b(perf_counter|process_time|monotonic|timeit|datetime)\b|\btime\.time\b|%%?time")


def test_no_cell_reads_a_clock(notebook):
    """Times differ from machine to machine; what is compared counts operations."""
    for cell in code_cells(notebook):
        assert not CLOCKS.search("".join(cell["source"])), cell["id"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_saved_as_the_tool_saves_it(path):
    """With nbval, which compares what the cells print and draw, this says: executing again changes nothing in git."""
    text = path.read_text(encoding="utf-8")
    same = as_saved(normal_form(nbformat.reads(text, as_version=4))) == text
    assert same, f"run  python tools/run_notebooks.py notebooks/{path.name}  and commit it"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_size(path):
    assert path.stat().st_size < 2_500_000

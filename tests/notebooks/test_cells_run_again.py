"""Every cell of a chapter can be run again after the end of the chapter, forwards and backwards."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import contextlib, io, sys
import nbformat
from IPython.core.interactiveshell import InteractiveShell

cells = [c for c in nbformat.read(sys.argv[1], 4).cells if c.cell_type == "code" and c.id != "colab"]
shell = InteractiveShell.instance()
for order in (cells, cells, cells[::-1]):
    for cell in order:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = shell.run_cell(cell.source, silent=True)
        if not result.success:
            print(cell.id, repr(result.error_before_exec or result.error_in_exec))
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_runs_again_in_either_direction(path):
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT / "notebooks", timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stdout, done.stdout

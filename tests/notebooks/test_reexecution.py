"""Executing a notebook again changes nothing in git."""

from pathlib import Path

import pytest
from run_notebooks import ROOT, run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_executing_again_changes_nothing(path: Path):
    assert run(path, check=True), f"{path.name} would change: run  python tools/run_notebooks.py {path}  and commit it"

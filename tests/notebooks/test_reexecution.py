"""Executing a notebook again changes nothing in git."""

import pytest
from run_notebooks import ROOT, run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_executing_again_changes_nothing(path):
    changes = "\n".join(line[:300] for line in run(path, check=True)[:40])
    assert not changes, f"run  python tools/run_notebooks.py notebooks/{path.name}  and commit it:\n{changes}"

"""Set-up shared by the unit tests and the notebooks that nbval runs."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "tools"))

collect_ignore_glob = ["*/.ipynb_checkpoints/*"]


def pytest_configure(config):
    from run_notebooks import ENVIRONMENT

    os.environ.update(ENVIRONMENT)
    # nbval looks for this path in the current folder; with this it is found from anywhere.
    if getattr(config.option, "nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "notebooks" / "sanitize.cfg")

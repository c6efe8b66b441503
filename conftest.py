"""Set-up shared by the unit tests and the notebooks that nbval runs."""

import os
import sys
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "tools"))

collect_ignore_glob = ["*/.ipynb_checkpoints/*"]

# What takes long starts first, so that no process is left alone with it at the end.
ORDER = ("tests/browser/", "notebooks/", "tests/notebooks/", "tests/explorers/", "tests/unit/")
# The tests of a file run in one process, in their order; of these files each test may run anywhere.
SPREAD = ("tests/notebooks/test_reexecution.py", "tests/explorers/test_explorers.py")


def pytest_configure(config):
    from run_notebooks import ENVIRONMENT

    os.environ.update(ENVIRONMENT)
    # nbval looks for this path in the current folder; with this it is found from anywhere.
    if getattr(config.option, "nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "notebooks" / "sanitize.cfg")


def pytest_collection_modifyitems(items):
    def place(item):
        return next((k for k, folder in enumerate(ORDER) if item.nodeid.startswith(folder)), len(ORDER))

    items.sort(key=place)


class Scheduling(LoadScopeScheduling):
    """Hands files to the processes in the order of collection."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return nodeid if file in SPREAD else file


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)

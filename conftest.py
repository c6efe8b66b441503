"""Set-up shared by the unit tests and the notebooks that nbval runs."""

import os
import random
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "docs" / "adapt")]  # commands, and the templates of docs/ADAPT.md

collect_ignore_glob = ["*/.ipynb_checkpoints/*"]

# What takes long starts first, so that no process is left alone with it at the end.
ORDER = ("tests/browser/", "notebooks/", "tests/notebooks/", "tests/explorers/", "tests/chapters/", "tests/unit/")
# The tests of a file run in one process, in their order; of this file those of each parameter.
SPREAD = "tests/explorers/test_explorers.py"
# These share what takes long to make: the built site, or a JupyterLab.
SHARING = {"site": ("site", "decks", "handles"), "lab": ("lab", "laboratory")}
SHARED = {f"tests/browser/test_{name}.py": what for what, names in SHARING.items() for name in names}


def pytest_configure(config):
    from run_notebooks import ENVIRONMENT

    os.environ.update(ENVIRONMENT)
    # What trains twice in a run is trained once: all processes share a folder, and no run that of another.
    if not hasattr(config, "workerinput"):
        os.environ.setdefault("RNN_SAMPLE", f"{date.today():%Y%m%d}")
        folder = tempfile.TemporaryDirectory(prefix="rnnlib-")
        os.environ["RNNLIB_SHARED"] = folder.name
        config.add_cleanup(folder.cleanup)
    # nbval looks for this path in the current folder; with this it is found from anywhere.
    if getattr(config.option, "nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(ROOT / "tests" / "notebooks" / "sanitize.cfg")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    if not config.option.keyword:
        leave_to_the_week(items)

    def place(item):
        return next((k for k, folder in enumerate(ORDER) if item.nodeid.startswith(folder)), len(ORDER))

    items.sort(key=place)


def leave_to_the_week(items):
    """Of a test with the mark ``sample(n)`` leave n of its parameters, drawn anew every day; the others are slow."""
    tests = {}
    for item in items:
        if item.get_closest_marker("sample") and not item.get_closest_marker("slow"):
            tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for test, parameters in tests.items():
        (size,) = parameters[0].get_closest_marker("sample").args
        drawn = random.Random(f"{os.environ['RNN_SAMPLE']} {test}").sample(parameters, min(size, len(parameters)))
        for item in parameters:
            if item not in drawn:
                item.add_marker("slow")


def pytest_terminal_summary(terminalreporter):
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line(f"The samples of this run are drawn again by RNN_SAMPLE={os.environ['RNN_SAMPLE']}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Compare the pictures of a notebook's cell, which nbval leaves out, with those that are saved."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    from run_notebooks import looks_same

    receive, shown = item.parent.get_kernel_message, {}

    def noted(**options):
        message = receive(**options)
        content = message["content"]
        if message["msg_type"] in ("display_data", "execute_result", "update_display_data"):
            # what is updated keeps the place where it was first shown
            place = content.get("transient", {}).get("display_id", len(shown))
            shown[place] = content
        return message

    item.parent.get_kernel_message = noted
    try:
        result = yield
    finally:
        item.parent.get_kernel_message = receive
    saved = [output for output in item.cell.outputs if "image/png" in output.get("data", {})]
    drawn = [content for content in shown.values() if "image/png" in content["data"]]
    same = len(saved) == len(drawn) and all(
        before.metadata.get("image/png") == now["metadata"].get("image/png")
        and looks_same(before.data["image/png"], now["data"]["image/png"], item.cell)
        for before, now in zip(saved, drawn, strict=True)
    )
    if not same:
        item.raise_cell_error(
            f"Pictures differ. Are the versions those of constraints.txt? Then run  python tools/run_notebooks.py "
            f"{item.path}  and look at them"
        )
    return result


def pytest_sessionfinish(session):
    """With RNN_REQUIRE_ALL=1 a run in which a test was skipped fails."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("RNN_REQUIRE_ALL") == "1" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Scheduling(LoadScopeScheduling):
    """Hands files to the processes in the order of collection."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        if file == SPREAD:
            return nodeid.partition("[")[2]
        return SHARED.get(file, file)


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)

"""A cell that is run before those that set up its chapter says what to run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from IPython.core.application import ENV_CONFIG_DIRS
from run_notebooks import ROOT

STARTUP = ROOT / "data" / "etc" / "ipython" / "startup" / "rnnlib.py"
ADVICE = "Choose Run All Above Selected Cell in the menu Run; then run this cell again."


@pytest.fixture
def ran(tmp_path):
    """A function that gives what IPython says to a line of code, where the file is run when it starts."""
    folder = tmp_path / "profile_default" / "startup"
    folder.mkdir(parents=True)
    shutil.copy(STARTUP, folder)

    def run(code):
        command = [sys.executable, "-m", "IPython", "--colors=NoColor", "-c", code]
        environment = os.environ | {"IPYTHONDIR": str(tmp_path)}
        return subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ).stdout

    return run


def test_it_is_installed_where_a_kernel_of_the_environment_looks():
    assert (Path(sys.prefix) / "etc" / "ipython").as_posix() in map(str, ENV_CONFIG_DIRS)
    assert STARTUP.relative_to(ROOT / "data").parent.as_posix() == "etc/ipython/startup"


def test_before_the_set_up_a_name_that_is_missing_is_answered_with_what_to_run(ran):
    said = ran("explorers.powers()")
    assert "NameError: name 'explorers' is not defined" in said
    assert said.rstrip().endswith(ADVICE)


def test_afterwards_and_for_other_errors_python_speaks_alone(ran):
    for code, kind in [("import rnnlib; modles", "NameError"), ("1 / 0", "ZeroDivisionError")]:
        said = ran(code)
        assert kind in said
        assert ADVICE not in said


def test_it_leaves_no_name_behind(ran):
    assert "_watch" not in ran("print(sorted(globals()))")

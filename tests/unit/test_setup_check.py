"""The first cell of chapter 0 names what is missing or old, and the line that mends it, with nothing installed."""

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture
def setup_check(monkeypatch):
    monkeypatch.syspath_prepend(NOTEBOOKS)
    import setup_check

    yield setup_check
    sys.modules.pop("setup_check")


def versions(monkeypatch, **changed):
    """Make the packages named look as if they had other versions; None for not installed."""
    real = metadata.version

    def version(name):
        if changed.get(name, "") is None:
            raise metadata.PackageNotFoundError(name)
        return changed.get(name) or real(name)

    monkeypatch.setattr(metadata, "version", version)


def test_every_requirement_is_read(setup_check):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["course"]]
    found = [Requirement(name + limits) for name, limits in setup_check.requirements().items()]
    assert found == wanted


def test_all_is_well_here(setup_check, capsys):
    setup_check.report()
    assert capsys.readouterr().out.startswith("All is ready: ")


def test_it_works_where_nothing_is_installed():
    program = f"import sys; sys.path.insert(0, {str(NOTEBOOKS)!r}); import setup_check; setup_check.report()"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True, capture_output=True, text=True)
    *named, mend, line = run.stdout.splitlines()
    assert "- numpy is not installed." in named
    assert "- ipywidgets is not installed." in named
    assert named[-1] == "- rnnlib, the package of the course, is not installed."
    assert mend.startswith("To mend it, ")
    assert line.startswith('    %pip install "numpy>=2.0,<3" ')
    assert line.endswith(" -e .. -c ../constraints.txt")


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (None, "matplotlib is not installed"),
        ("3.10.8", "matplotlib 3.10.8 is too old: 3.11 or newer is needed"),
        ("4.0rc1", "matplotlib 4.0rc1 is too new: the course was made for versions before 4"),
    ],
)
def test_a_package_that_does_not_fit_is_named_with_the_line_that_mends_it(setup_check, monkeypatch, version, words):
    versions(monkeypatch, matplotlib=version)
    assert setup_check.findings() == [
        f"- {words}.",
        "To mend it, put this line into an empty cell, run it, and restart the kernel (menu Kernel, Restart Kernel):",
        '    %pip install "matplotlib>=3.11,<4" -c ../constraints.txt',
    ]


@pytest.mark.parametrize("version", ["3.11", "3.11.0", "3.99.1", "3.12.0rc1"])
def test_a_package_in_range_is_not_named(setup_check, monkeypatch, version):
    versions(monkeypatch, matplotlib=version)
    assert len(setup_check.findings()) == 1


def test_the_package_of_another_folder_is_noticed(setup_check, monkeypatch, tmp_path):
    (tmp_path / "rnnlib").mkdir()
    (tmp_path / "rnnlib" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    loaded = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "rnnlib"}
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)
    first, *_, line = setup_check.findings()
    assert first == "- rnnlib is installed from another folder than the one this notebook is in."
    assert line == "    %pip install -e .. -c ../constraints.txt"


def test_the_same_package_installed_elsewhere_will_do(setup_check, monkeypatch, tmp_path):
    for path in (ROOT / "rnnlib").rglob("*.py"):
        copied = tmp_path / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(path.read_bytes())
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "rnnlib"]:
        monkeypatch.delitem(sys.modules, name)
    assert setup_check.course_problem() == ""
    (tmp_path / "rnnlib" / "cells" / "lstm.py").write_text("# changed", encoding="utf-8")
    assert "another folder" in setup_check.course_problem()


def test_an_old_python_is_named(setup_check, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    first, mend = setup_check.findings()
    assert first == "This notebook runs on Python 3.10; the course needs 3.11 or newer."
    assert "delete the folder .venv" in mend


def test_a_notebook_without_its_course_is_told_so(setup_check, monkeypatch, tmp_path):
    monkeypatch.setattr(setup_check, "COURSE", tmp_path)
    assert setup_check.findings() == [
        "This notebook was taken out of its course. Get the whole course and open it from there."
    ]

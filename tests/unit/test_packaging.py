"""The way in: what is installed, from how many files it is said, and the commands that a reader copies."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import lowest_versions
import pytest
import yaml
from jupyter_core.paths import jupyter_path
from jupyterlab.commands import get_app_dir
from jupyterlab_server.settings_utils import get_settings
from packaging.markers import default_environment
from packaging.requirements import Requirement
from readme_command import command

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("course", "site", "test")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
COMMANDS = [f"{purpose}-{shell}" for purpose in ("open", "test") for shell in ("bash", "powershell")]
PLATFORMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}


def lines(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def extra(name):
    return [Requirement(text) for text in PROJECT["optional-dependencies"][name]]


def test_the_requirements_are_the_package_with_its_course_extra():
    assert lines("requirements.txt") == ["-e .[course]"]


def imported(*patterns):
    """The packages that Python files import, wherever in them, without the standard library and our own modules."""
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    assert paths
    names = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.partition(".")[0])
    folders = ("tests", "tools", "docs", "deploy", "notebooks")
    own = {path.stem for folder in folders for path in ROOT.glob(f"{folder}/**/*.py")}
    own |= {path.parent.name for path in ROOT.glob("t*/**/__init__.py")} | {"rnnlib"}
    return names - set(sys.stdlib_module_names) - own


# The name by which a package is imported, where it is another than that of the distribution.
DISTRIBUTIONS = {
    "IPython": "ipython",
    "PIL": "pillow",
    "fontTools": "fonttools",
    "axe_playwright_python": "axe-playwright-python",
    "jupyter_client": "jupyter-client",
    "jupyter_core": "jupyter-core",
    "jupyterlab_server": "jupyterlab-server",
    "websocket": "websocket-client",
    "xdist": "pytest-xdist",
    "yaml": "pyyaml",
}


@pytest.mark.parametrize(
    ("patterns", "extras"),
    [
        (["rnnlib/**/*.py", "notebooks/*.py"], ["course"]),
        (
            ["tools/**/*.py", "site/*.py", "deploy/*.py"],
            ["course", "site", "test", "film", "torch", "class", "mutants"],
        ),
        (["tests/**/*.py", "conftest.py"], ["course", "site", "test", "torch", "class"]),
    ],
    ids=["the package", "the tools", "the tests"],
)
def test_what_is_imported_is_declared(patterns, extras):
    declared = {Requirement(text).name for text in PROJECT["dependencies"]}
    declared |= {want.name for name in extras for want in extra(name)}
    missing = {DISTRIBUTIONS.get(name, name) for name in imported(*patterns)} - declared
    assert not missing, f"pyproject.toml: declare {sorted(missing)} in one of the extras {extras}"


def test_the_lowest_versions_are_the_lower_bounds():
    pins = lowest_versions.pins(EXTRAS)
    assert "numpy==2.0" in pins
    assert len(pins) == len({pin.partition("==")[0] for pin in pins})
    wanted = {want.name for name in EXTRAS for want in extra(name)} | {"numpy"}
    assert {pin.partition("==")[0] for pin in pins} == wanted


def test_conda_and_binder_install_the_same_set():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    python, pip, section = dependencies
    assert python.startswith(f"python{PROJECT['requires-python']}")
    assert pip == "pip"
    assert section == {"pip": ["-r requirements.txt", "-c constraints.txt"]}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_hold_one_version_within_the_range_of_each_requirement(python, platform):
    here = (
        default_environment() | PLATFORMS[platform] | {"python_version": python, "python_full_version": f"{python}.9"}
    )
    pins = {}
    for pin in map(Requirement, lines("constraints.txt")):
        if pin.marker is None or pin.marker.evaluate(here):
            assert pin.name not in pins, f"two versions of {pin.name}"
            (pins[pin.name],) = (specifier.version for specifier in pin.specifier if specifier.operator == "==")
    for wanted in [*map(Requirement, PROJECT["dependencies"]), *(want for name in EXTRAS for want in extra(name))]:
        assert pins[wanted.name] in wanted.specifier, wanted


def test_constraints_name_no_registry_and_no_folder():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|^-|^/|[A-Z]:\\", text, re.MULTILINE)
    assert "rnnlib" not in text


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_commands_make_an_environment_and_install_exact_versions(name):
    text = command(name)
    assert "\n" not in text
    assert "-m venv .venv" in text
    assert "-m pip install -r requirements.txt" in text
    assert "-c constraints.txt" in text
    assert (".venv/bin/" if name.endswith("bash") else ".venv\\Scripts\\") in text
    if name.startswith("open"):
        notebook = re.search(r"jupyter lab (\S+)", text)[1].replace("\\", "/")
        assert (ROOT / notebook).is_file()
    else:
        assert '-e ".[site,test]"' in text
        assert re.search(r"-m pytest( }| *$)", text)


def test_readme_command_says_what_is_missing():
    for text in ("", "<!-- command: test-bash -->\nno block", "<!-- command: test-bash -->\n```bash\na\n```\n" * 2):
        with pytest.raises(LookupError, match="expected one command marked 'test-bash'"):
            command("test-bash", text)
    assert command("test-bash", "<!-- command: test-bash -->\n```bash\na && b\n```\n") == "a && b"


@pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="needs bash")
def test_shell_scripts_can_be_read_by_bash():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    for name in COMMANDS[::2]:
        subprocess.run(["bash", "-n", "-c", command(name)], check=True)


def workflow(name):
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))


def commands_of(job):
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_ci_takes_its_commands_from_the_readme_and_covers_every_python():
    job = workflow("ci")["jobs"]["test"]
    assert tuple(job["strategy"]["matrix"]["python"]) == PYTHONS
    assert {os.split("-")[0] for os in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    text = str(job["steps"]) + (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command.py test-bash" in text
    assert "readme_command.py test-powershell" in text
    assert "pip install" not in text


def test_a_job_has_pytorch_and_skips_nothing():
    job = workflow("ci")["jobs"]["torch"]
    assert "torch]" in commands_of(job)
    assert job["steps"][-1]["env"] == {"RNN_REQUIRE_ALL": "1"}


def test_a_job_tries_the_assignments_with_nbgrader_and_otter():
    job = commands_of(workflow("ci")["jobs"]["class"])
    assert "class]" in job
    assert "import nbgrader, nbgitpuller, otter" in job
    assert "tests/unit/test_assignment.py" in job


def test_every_week_the_newest_and_the_lowest_versions_and_the_slow_tests_are_run():
    weekly = workflow("weekly")
    versions, slow = (commands_of(weekly["jobs"][name]) for name in ("versions", "slow"))
    assert "schedule" in weekly[True]  # YAML reads the key  on  as a truth value
    newest, lowest = versions.split("lowest_versions.py")
    assert "--upgrade-strategy eager" in newest
    assert "-c constraints.txt" not in versions
    assert "-c lowest.txt" in lowest
    assert "pytest -m slow" in slow


@pytest.mark.parametrize("name", ["ci", "weekly", "pages"])
def test_a_workflow_may_read_runs_once_and_keeps_what_it_downloads(name):
    made = workflow(name)
    assert made["permissions"] == {"contents": "read"}
    assert made["concurrency"]["cancel-in-progress"] is True
    for job in made["jobs"].values():
        writes = [right for right, value in job.get("permissions", {}).items() if value == "write"]
        setups = [step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
        assert not (writes and setups), "a job that may write runs no code of the course"
        assert all(setup["cache"] == "pip" for setup in setups)


@pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="needs bash")
def test_the_ci_command_leaves_the_environment_of_a_developer_alone(tmp_path):
    """The script in a copy of the course whose commands are replaced by some that only tell what they do."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "mine").touch()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "chromium").write_text("#!/bin/sh\n", encoding="utf-8")
    (programs / "python3").write_text(
        f'#!/bin/sh\ncase "$1" in -m) exit 3;; *) exec {sys.executable} "$@";; esac\n', encoding="utf-8"
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", tmp_path / ".ci" / "run"], capture_output=True, text=True, env=os.environ | {"PATH": path}
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith("python3 -m venv .venv-ci && .venv-ci/bin/python -m pip install ")
    assert done.stdout.strip().endswith(".venv-ci/bin/python -m pytest")
    assert (tmp_path / ".venv" / "mine").is_file()


@pytest.mark.parametrize(
    ("plugin", "setting", "value"),
    [
        ("@jupyter-widgets/jupyterlab-manager:plugin", "saveState", True),
        ("@jupyterlab/apputils-extension:notification", "fetchNews", "false"),
    ],
)
def test_the_jupyterlab_of_the_course_keeps_widgets_and_asks_nothing(plugin, setting, value):
    """What JupyterLab reads in this environment, with no settings of a user."""
    application = Path(get_app_dir())
    settings, _ = get_settings(
        str(application / "settings"),
        str(application / "schemas"),
        str(ROOT / "no-settings-of-a-user"),
        schema_name=plugin,
        labextensions_path=jupyter_path("labextensions"),
    )
    assert settings["schema"]["properties"][setting]["default"] == value

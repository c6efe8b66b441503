"""The way in: what is installed, from how many files it is said, and the commands that a reader copies."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

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
EXTRAS = ("course", "lecture", "site", "test")
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


def test_requirements_are_those_of_the_package_and_its_course_extra_and_install_the_package_last():
    *packages, last = lines("requirements.txt")
    assert last == "-e ."
    assert sorted(packages) == sorted(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["course"])


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
        assert '-e ".[lecture,site,test]"' in text
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


def test_ci_takes_its_commands_from_the_readme_and_covers_every_python():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    assert tuple(job["strategy"]["matrix"]["python"]) == PYTHONS
    assert {os.split("-")[0] for os in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    text = str(job["steps"]) + (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command.py test-bash" in text
    assert "readme_command.py test-powershell" in text
    assert "pip install" not in text


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

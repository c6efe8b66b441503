"""Is everything here that the course needs? Asks without importing any of it: the standard library is enough.

The notebook ``00_start_here`` calls :func:`report`. What is needed is read from ``pyproject.toml``.
"""

import re
import sys
from importlib import metadata, util
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
PYTHON = (3, 11)


def requirements():
    """What rnnlib and its extra ``course`` require, by name: ``{"numpy": ">=2.0,<3", ...}``."""
    import tomllib  # Python 3.11 has it: an older one is named before

    project = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["course"]]
    return dict(re.fullmatch(r"([\w-]+)(>=[\d.]+(?:,<[\d.]+)?)", line).groups() for line in lines)


def numbers(version):
    """The leading whole numbers of a version, for comparing: ``"8.1.9rc1"`` becomes ``(8, 1, 9)``."""
    return tuple(int(part) for part in re.match(r"\d+(?:\.\d+)*", version)[0].split("."))


def problem(name, wanted):
    """What is wrong with the package ``name``, or an empty text."""
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is not installed"
    for bound in wanted.split(","):
        sign, limit = re.fullmatch(r"(>=|<)(.+)", bound).groups()
        if sign == ">=" and numbers(found) < numbers(limit):
            return f"{name} {found} is too old: {limit} or newer is needed"
        if sign == "<" and numbers(found) >= numbers(limit):
            return f"{name} {found} is too new: the course was made for versions before {limit}"
    return ""


def code(folder):
    """The Python files of a folder: their contents by their places in it."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.py")}


def course_problem():
    """What is wrong with the package of the course, ``rnnlib``, or an empty text."""
    spec = util.find_spec("rnnlib")
    if spec is None or spec.origin is None:
        return "rnnlib, the package of the course, is not installed"
    installed, ours = Path(spec.origin).resolve().parent, COURSE / "rnnlib"
    if installed != ours and code(installed) != code(ours):  # on a server all share one that is installed once
        return "rnnlib is installed from another folder than the one this notebook is in"
    return ""


def report():
    """Say that all is ready, or what is missing or old and the command that mends it."""
    print("\n".join(findings()))


def findings():
    """The lines that :func:`report` prints."""
    if sys.version_info < PYTHON:
        return [
            f"This notebook runs on Python {sys.version_info[0]}.{sys.version_info[1]}; the course needs "
            f"{PYTHON[0]}.{PYTHON[1]} or newer.",
            "To mend it, install a newer Python from python.org, delete the folder .venv of the course and give the "
            "first command of README.md again.",
        ]
    if not (COURSE / "pyproject.toml").is_file():
        return ["This notebook was taken out of its course. Get the whole course and open it from there."]
    wanted = requirements()
    wrong = {name: problem(name, limits) for name, limits in wanted.items()}
    wrong = {name: text for name, text in wrong.items() if text}
    course = course_problem()
    if not wrong and not course:
        return ["All is ready: Python is new enough, rnnlib and the packages it needs are here."]
    packages = " ".join(f'"{name}{wanted[name]}"' for name in wrong)
    command = " ".join(["%pip install", *([packages] if wrong else []), *(["-e .."] if course else [])])
    return [
        *(f"- {text}." for text in [*wrong.values(), course] if text),
        "To mend it, put this line into an empty cell, run it, and restart the kernel (menu Kernel, Restart Kernel):",
        f"    {command} -c ../constraints.txt",
    ]

"""What importing rnnlib loads, which module may import which, and that help() has something to say."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rnnlib

PACKAGE = Path(rnnlib.__file__).parent
HEAVY = {
    "matplotlib",
    "anywidget",
    "ipywidgets",
    "PIL",
    "tqdm",
    "IPython",
    "jupyter_client",
    "jupyterlab",
    "scipy",
    "torch",
    "pandas",
}
# what each floor may import beside rnnlib; CONTRIBUTING.md says which module is where
PACKAGES = {
    0: {"numpy"},
    1: {"numpy", "tqdm"},
    2: {"numpy", "matplotlib", "contourpy", "PIL", "anywidget", "ipywidgets", "traitlets", "IPython"},
    3: {"numpy", "ipywidgets", "IPython"},
    4: {"numpy", "matplotlib", "ipywidgets", "tqdm"},
}


def floors():
    """The floor of every module, by name, from the table in CONTRIBUTING.md."""
    table = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([0-4]) \w+ \| (.+?) \|", table, re.MULTILINE)
    return {
        name.removeprefix("rnnlib/").removesuffix("/").removesuffix(".py"): int(floor)
        for floor, names in rows
        for name in re.findall(r"`(.+?)`", names)
        if not name.startswith("figures")
    }


FLOORS = floors()


def imports_of(path):
    """The modules of rnnlib (by their first name) and the packages that a file imports, wherever in it."""
    package = ("rnnlib", *path.relative_to(PACKAGE).parts[:-1])
    own, others = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            stem = f"{base}.{node.module}" if base and node.module else base or node.module
            # from . import x, from rnnlib import x: x may be a module
            names = [f"{stem}.{alias.name}" for alias in node.names] if stem == "rnnlib" else [stem]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first != "rnnlib":
                others.add(first)
            elif rest:
                own.add(rest[0])
    return own, others - set(sys.stdlib_module_names)


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_its_own_floor_and_those_below(path):
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert name in FLOORS, f"{name} is on no floor: add it to the table in CONTRIBUTING.md"
    own, others = imports_of(path)
    above = {other for other in own & FLOORS.keys() if FLOORS[other] > FLOORS[name]}
    assert not above, f"{name}, on floor {FLOORS[name]}, imports {sorted(above)} from above"
    assert others <= PACKAGES[FLOORS[name]]


def test_the_table_names_no_module_that_is_gone():
    assert FLOORS.keys() == {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()}


def test_an_import_is_seen_however_it_is_written(tmp_path, monkeypatch):
    """A cell that imports a figure, in any of the ways there are."""
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    (tmp_path / "cells").mkdir()
    path = tmp_path / "cells" / "new.py"
    for line in (
        "from ..pictures import Picture",
        "from rnnlib.pictures.figures import x",
        "from .. import pictures",
        "import rnnlib.pictures",
    ):
        path.write_text(f"def f():\n    {line}\n", encoding="utf-8")
        assert imports_of(path)[0] == {"pictures"}
    path.write_text("import matplotlib.pyplot as plt\nimport math\nfrom . import base\n", encoding="utf-8")
    assert imports_of(path) == ({"cells"}, {"matplotlib"})


def test_importing_rnnlib_loads_numpy_and_nothing_heavy():
    code = "import sys, rnnlib; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    assert not HEAVY & set(loaded)


def public():
    for name in rnnlib.__all__:
        value = getattr(rnnlib, name)
        yield name, value
        if inspect.isclass(value):
            for key, member in inspect.getmembers(value):
                if not key.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    yield f"{name}.{key}", member


@pytest.mark.parametrize(("name", "value"), list(public()), ids=[name for name, _ in public()])
def test_help_has_something_to_say(name, value):
    text = inspect.getdoc(value)
    assert text, f"{name} has no docstring, and inherits none"
    assert len(text.splitlines()[0]) <= 120


def test_the_public_names_are_there_and_in_order():
    assert len(set(rnnlib.__all__)) == len(rnnlib.__all__)
    assert all(hasattr(rnnlib, name) for name in rnnlib.__all__)

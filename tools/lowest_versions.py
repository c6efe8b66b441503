"""Print the lowest version of each package that pyproject.toml allows, as constraints for pip.

python tools/lowest_versions.py > lowest.txt
python -m pip install -e ".[course,site,test]" -c lowest.txt
"""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
EXTRAS = ("course", "lecture", "site", "test")


def pins(extras=EXTRAS):
    """One line a package: ``numpy==2.0``; ValueError for a requirement without a lower bound."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for name in extras for line in project["optional-dependencies"][name])]
    found = {}
    for line in lines:
        match = re.match(r"([\w.-]+)>=([\d.]+)", line)
        if match is None:
            raise ValueError(f"{line}: expected a lower bound, as in  numpy>=2.0")
        found[match[1]] = match[2]
    return [f"{name}=={version}" for name, version in sorted(found.items())]


if __name__ == "__main__":
    sys.stdout.write("\n".join(pins()) + "\n")

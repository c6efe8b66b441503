"""Whose file is whose: a folder of notebooks, as students or a learning platform leave it."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

# What a browser or JupyterLab adds to the name of a second copy.
COPY = re.compile(r"(\s*\(\d+\)|[-_ ]?Copy\d*)+$", re.IGNORECASE)


class Student(NamedTuple):
    """A student by name, with the notebooks handed in, and the other files where there is no notebook."""

    name: str
    notebooks: tuple[Path, ...]
    others: tuple[Path, ...]

    @property
    def fingerprint(self):
        """Of the contents of all files: it changes when one is handed in again."""
        digest = hashlib.sha256()
        for path in (*self.notebooks, *self.others):
            digest.update(path.name.encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()[:16]


def students(folder):
    """Everyone in ``folder``: each folder in it is one student, each file directly in it as well.

    Files that differ by "(1)" or "-Copy1" belong together. Raises ValueError for a folder that is not there or holds
    nothing.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder of notebooks, got {'a file' if folder.exists() else 'nothing'}")
    files = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if not path.is_file() or any(part.startswith((".", "__")) for part in inside):
            continue
        name = inside[0] if len(inside) > 1 else COPY.sub("", path.stem).strip() or path.stem
        files.setdefault(name, []).append(path)
    if not files:
        raise ValueError(f"{folder}: expected notebooks, got an empty folder")
    return [
        Student(
            name,
            notebooks := tuple(path for path in paths if path.suffix.lower() == ".ipynb"),
            () if notebooks else tuple(paths),
        )
        for name, paths in files.items()
    ]

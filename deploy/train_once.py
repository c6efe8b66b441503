"""Train once, at installation, what all chapters train and every student would train again.

    python deploy/train_once.py /opt/rnn-course/trained

runs every chapter from top to bottom, some five minutes, and fills the folder. Students read it, where RNNLIB_SHARED
names it. After an update of the course or of NumPy run it again: what is there then belongs to the version before, and
is not read. Run it as the user who owns the installation: students must not be able to write what others read.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("notebooks", nargs="*", type=Path, help="some notebooks; without any: all")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        # what is half done is never seen
        fresh = Path(place) / "fresh"
        fresh.mkdir()
        # one thread, as the students have: more of them may add in another order
        os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        os.environ["RNNLIB_SHARED"] = str(fresh)
        for path in arguments.notebooks or sorted(NOTEBOOKS.glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
            print(f"{path.name}: {len(list(fresh.iterdir()))} results", flush=True)
        for file in fresh.iterdir():
            file.chmod(0o644)
        fresh.chmod(0o755)
        if folder.exists():
            shutil.move(folder, Path(place) / "before")
        fresh.replace(folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: {len(list(folder.iterdir()))} results, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

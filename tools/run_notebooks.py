"""Execute notebooks in place, so that doing it again changes nothing.

python tools/run_notebooks.py                   all of notebooks/
python tools/run_notebooks.py notebooks/01*     some
python tools/run_notebooks.py --check           change no file; exit 1 if one would change
"""

import argparse
import base64
import difflib
import hashlib
import io
import os
import re
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# A progress bar is saved as it was when it appeared, at 0 %; tests/notebooks/sanitize.cfg reads both alike.
PROGRESS = re.compile(r"^.*?0%\|.*\| 0/(\d+) \[.*$")
# The kernels inherit these: one BLAS thread, a fixed order of sets, the pictures of the notebook backend.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


def execute(notebook, folder):
    """Run every cell in a fresh kernel and return the notebook in the form in which it is saved.

    A picture that looks as it did before keeps its bytes.
    """
    fresh = nbformat.from_dict(notebook)
    client = NotebookClient(
        fresh,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    pictures = {cell.id: _pictures(cell) for cell in notebook.cells}
    for cell in fresh.cells:
        for output, before in zip(_picture_outputs(cell), pictures.get(cell.id, []), strict=False):
            if looks_same(before, output.data["image/png"], cell):
                output.data["image/png"] = before
    fresh.metadata.code = fingerprint(fresh)
    return normal_form(fresh)


def normal_form(notebook):
    """The notebook in the form in which it is saved: with the metadata that we write and what every machine would save.

    Widget views are left out, because their models live only as long as the kernel: what is saved is the
    picture and its alt text. The fingerprint of the code is kept as it was when the code ran.
    """
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    if "code" in notebook.metadata:
        metadata["code"] = notebook.metadata.code
    notebook.metadata = nbformat.from_dict(metadata)
    for cell in notebook.cells:
        authored = {k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")}
        cell.metadata = nbformat.from_dict(authored)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            if "text/plain" in data:
                data["text/plain"] = PROGRESS.sub(r"Progress bar: \1 steps, done.", data["text/plain"])
    nbformat.validate(notebook)
    return notebook


def fingerprint(notebook):
    """Of the code of a notebook, in its order: saved with the outputs, it tells whether they are of this code."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()[:16]


def looks_same(left, right, cell):
    """Whether two base64 PNGs of a cell differ by no more than rounding: in at most one pixel of 2000.

    A cell tagged ``shows-rounding`` draws rounding errors themselves, which every processor makes in its own way: one
    pixel of 200, where 1 of 300 was seen.
    """
    if left.strip() == right.strip():
        return True
    part = 200 if "shows-rounding" in cell.metadata.get("tags", []) else 2000
    a, b = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), dtype=int) for png in (left, right)
    )
    return a.shape == b.shape and np.mean(np.abs(a - b).max(axis=-1) > 8) <= 1 / part


def _picture_outputs(cell):
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


def _pictures(cell):
    return [output.data["image/png"] for output in _picture_outputs(cell)]


def as_saved(notebook):
    """The text of the file of a notebook."""
    return nbformat.writes(notebook) + "\n"


def run(path, check=False):
    """Execute the notebook at ``path``; save it unless ``check``. Return what changed, as lines of a diff."""
    before = path.read_text(encoding="utf-8")
    after = as_saved(execute(nbformat.reads(before, as_version=4), path.parent))
    if after != before and not check:
        path.write_text(after, encoding="utf-8", newline="\n")
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), "saved", "executed", n=0, lineterm=""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    changed = 0
    for path in arguments.paths or sorted((ROOT / "notebooks").glob("*.ipynb")):
        start = time.perf_counter()
        same = not run(path, arguments.check)
        changed += not same
        print(f"{'same   ' if same else 'changed'} {time.perf_counter() - start:5.1f} s  {path}", flush=True)
    return 1 if arguments.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())

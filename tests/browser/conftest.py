"""What the tests in the browser share: a Chromium, a JupyterLab, and the site built from the notebooks."""

import os
import shutil
import types

import nbformat
import pytest
from lab_in_browser import BROWSERS, browser, find_browser, lab_server
from run_notebooks import ROOT, as_saved, fingerprint
from site_in_browser import served

from rnnlib.chapters.ch7_attention import explorers

# The one explorer whose model takes half a minute to train, and how it is shown with weights that are saved.
# The pages of chapters 4 and 8 show explorers of models that their notebooks train.
TRAINED = 'explorers.attention_map(models["dot"], "2 Nov 2026")'
SAVED = 'explorers.attention_map(text="2 Nov 2026")'


@pytest.fixture(scope="session")
def playwright():
    """Playwright; without a Chromium the test is skipped, or fails where RNN_REQUIRE_BROWSER is 1."""
    if find_browser() is None:
        reason = f"needs a Chromium: name it in RNN_CHROMIUM or have one of {', '.join(BROWSERS)}"
        if os.environ.get("RNN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def chromium(playwright):
    """A headless Chromium."""
    with playwright.sync_playwright() as engine, browser(engine) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def jupyterlab(playwright, tmp_path_factory):
    """A JupyterLab: the folder that it serves and its address."""
    folder = tmp_path_factory.mktemp("jupyterlab")
    with lab_server(folder) as address:
        yield types.SimpleNamespace(folder=folder, address=address)


@pytest.fixture(scope="session")
def site(playwright, tmp_path_factory):
    """The site with few pictures for each explorer: its folder, its notebooks, its address on a plain web server."""
    from build_site import build

    folder, notebooks = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("published") / "notebooks"
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns(".*"))
    train_less(notebooks / "07_seq2seq_attention.ipynb")
    build(notebooks, folder, most=3)
    with served(folder) as address:
        yield types.SimpleNamespace(folder=folder, notebooks=notebooks, address=address)


def train_less(path):
    """Write SAVED with its words in place of TRAINED into the notebook at ``path``."""
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.source == TRAINED)
    explorer = explorers.attention_map(text="2 Nov 2026")
    cell.source = SAVED
    (picture,) = (output for output in cell.outputs if "image/png" in output.data)
    picture.metadata["image/png"]["alt"] = f"{explorer.alt} {explorer.sentence}"
    explorer.close()
    notebook.metadata.code = fingerprint(notebook)
    path.write_text(as_saved(notebook), encoding="utf-8")

"""Build the course as a site and as slides that need neither a kernel nor a network.

python tools/build_site.py                  the site in _site/, the slides in _site/slides/
python tools/build_site.py --to FOLDER      in another folder, which is emptied first

Open _site/index.html in a browser, or put the folder on any web server. What is saved in the notebooks
is shown, and one that was never run or holds old outputs stops the build. See CONTRIBUTING.md for how it works.
"""

import argparse
import functools
import importlib.util
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import deck
import nbformat
import stage_script
from chapters import read as read_chapter
from link_chapters import UNKNOWN, repository
from published import MOST, Code, NotReady, publish, read
from run_notebooks import ROOT

from rnnlib.pictures.live import front_module

SITE = ROOT / "site"
# What a reader has to load for one page at most, in bytes.
PAGE_LIMIT = 1_500_000


def build(notebooks, folder, most=MOST):
    """Build the site of all notebooks in the folder ``notebooks``; an explorer has about ``most`` pictures.

    Raises :class:`NotReady` for a notebook that was not run or is stale, ValueError for a page that is too heavy.
    """
    paths = sorted(Path(notebooks).glob("*.ipynb"))
    if not paths:
        raise NotReady(f"{notebooks} holds no notebooks")
    folder = Path(folder).resolve()
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        pages, pictures, made = work / "pages", work / "pictures", work / "made"
        pages.mkdir()
        # Each worker starts afresh: one forked from a process with threads may wait for ever for a lock of theirs.
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), initializer=_quiet) as pool:
            forms = list(pool.map(functools.partial(_page_and_slides, folder=pictures, most=most), paths))
        published = {path: notebook for path, (notebook, _) in zip(paths, forms, strict=True)}
        for path, notebook in published.items():
            nbformat.write(page(notebook, path.stem), pages / path.name)
        _write_index(pages / "index.md", published)
        _sphinx(pages, made)
        shutil.move(pictures, made / "pictures")
        shutil.copytree(notebooks, made / "notebooks", ignore=shutil.ignore_patterns("__pycache__", ".*"))
        copy_libraries(made / "_static")
        for path, (_, (chapter, slides)) in zip(paths, forms, strict=True):
            deck.write(chapter, slides, made / "slides" / f"{path.stem}.html")
            deck.write_handout(chapter, slides, made / "handouts" / f"{path.stem}.html")
        _check_weight(made)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)


def _page_and_slides(path, folder, most):
    """A notebook as a page and on stage: what its code trains is trained once for both."""
    code = Code(read(path))
    return publish(path, folder, most, code=code), on_stage(path, folder, most, code=code)


def on_stage(path, folder, most=MOST, moved_by=None, code=None):
    """The chapter of the notebook at ``path`` and its slides; the other arguments are those of :func:`publish`."""
    chapter = read_chapter(path)
    script = stage_script.read(stage_script.path_of(chapter))
    notebook = publish(path, folder, most, only=script.cells, moved_by=moved_by, code=code)
    return chapter, deck.slides(chapter, script, notebook)


def _quiet():
    """No bars of progress: explorers that train do so unseen."""
    os.environ["TQDM_DISABLE"] = "1"


def heading(notebook):
    """The title of a chapter."""
    return re.match(r"#\s+(.+)", notebook.cells[0].source)[1]


def question(notebook):
    """The question of a chapter: the paragraph of its first cell that asks it."""
    asked = next(part for part in notebook.cells[0].source.split("\n\n") if "?" in part)
    return asked.replace("**", "").removeprefix("The question. ").replace("\n", " ")


def page(notebook, stem):
    """The notebook as Sphinx reads it, with links to its other forms."""
    notebook = nbformat.from_dict(notebook)
    links = (
        f'<p class="forms"><a href="slides/{stem}.html">Slides</a> · '
        f'<a href="handouts/{stem}.html">Handout</a> · '
        f'<a href="notebooks/{stem}.ipynb" download>Notebook</a></p>'
    )
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = output.data["text/html"].replace("PICTURES/", "pictures/")
    cells = [cell for cell in notebook.cells if repository() != UNKNOWN or cell.id != "links"]
    cells.insert(1, nbformat.v4.new_markdown_cell(links))
    notebook.cells = cells
    return notebook


def _write_index(path, published):
    rows = ["| chapter | its question | |", "|---|---|---|"]
    for source, notebook in published.items():
        rows.append(
            f"| [{heading(notebook)}]({source.name}) | {question(notebook)} "
            f'| <a href="slides/{source.stem}.html" aria-label="Slides of {heading(notebook)}">Slides</a> |'
        )
    text = (SITE / "index.md").read_text(encoding="utf-8")
    path.write_text(text.replace("CHAPTERS", "\n".join(rows)), encoding="utf-8")


def _sphinx(pages, folder):
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-c", SITE, pages, folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"Sphinx stopped:\n{done.stderr}")
    shutil.rmtree(folder / ".doctrees", ignore_errors=True)


def copy_libraries(static):
    """MathJax and reveal.js, out of the Python packages that carry them, and the module that moves the explorers."""
    mathjax = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    shutil.copy(mathjax / "tex-svg.js", static / "mathjax.js")
    reveal = Path(importlib.util.find_spec("sphinx_revealjs").origin).parent / "_static" / "revealjs"
    (static / "live.js").write_text(f"{front_module()}\nwakeWhenNear();\n", encoding="utf-8")
    (static / "reveal").mkdir()
    for name in ("reveal.js", "reveal.css"):
        shutil.copy(reveal / "dist" / name, static / "reveal")
    shutil.copytree(reveal / "plugin" / "notes", static / "reveal" / "notes")


def _check_weight(folder):
    """No page and no deck may weigh more than PAGE_LIMIT with all of its pictures."""
    heavy = []
    for path in [*sorted(folder.glob("[0-9]*.html")), *sorted(folder.glob("slides/*.html"))]:
        place = folder / "pictures" / path.relative_to(folder).with_suffix("")
        weight = path.stat().st_size + sum(file.stat().st_size for file in place.iterdir())
        if weight > PAGE_LIMIT:
            heavy.append(f"{path.relative_to(folder)} {weight:,}")
    if heavy:
        raise ValueError(
            f"expected pages of at most {PAGE_LIMIT:,} bytes with their pictures, got {'; '.join(heavy)}: "
            "give their explorers fewer positions (beforehand=)"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=ROOT / "_site", metavar="FOLDER")
    parser.add_argument("--notebooks", type=Path, default=ROOT / "notebooks", metavar="FOLDER")
    parser.add_argument(
        "--most", type=int, default=MOST, metavar="N", help="pictures of an explorer; few for a quick look"
    )
    arguments = parser.parse_args()
    try:
        build(arguments.notebooks, arguments.to, arguments.most)
    except (NotReady, ValueError) as error:
        return str(error)
    print(f"{arguments.to / 'index.html'} and {arguments.to / 'slides'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

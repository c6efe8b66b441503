"""Write into every notebook where the course lives: links to Binder and Colab, and the cell that installs it on Colab.

python tools/link_chapters.py                      the repository that pyproject.toml names, [tool.course]
python tools/link_chapters.py me/my-course         another one, which is written to pyproject.toml first

The cells are below the title of each chapter. Doing it again changes nothing.
"""

import argparse
import re
import sys
import tomllib

import nbformat
from run_notebooks import ROOT, as_saved, fingerprint

UNKNOWN = "OWNER/REPOSITORY"
SETTINGS = ROOT / "pyproject.toml"
COLAB = """\
# On Google Colab: fetch the course and install it. Anywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    from google.colab import output

    !git clone --quiet --depth 1 https://github.com/{repository} /content/course
    %pip install --quiet "/content/course[course]"
    %cd /content/course/notebooks
    output.enable_custom_widget_manager()"""
LINKS = """\
Run this chapter on the web: \
[Binder](https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/notebooks/{name}) · \
[Colab](https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name})"""
FOLDED = {"jupyter": {"source_hidden": True}}  # in JupyterLab, where it does nothing


def repository():
    """The repository on GitHub that the course is published from, as owner/name."""
    return tomllib.loads(SETTINGS.read_text(encoding="utf-8"))["tool"]["course"]["repository"]


def cells(name, repository):
    """The two cells of the notebook of that file name."""
    links = LINKS.format(repository=repository, name=name)
    return [
        nbformat.v4.new_markdown_cell(links, id="links"),
        nbformat.v4.new_code_cell(COLAB.format(repository=repository), id="colab", metadata=FOLDED, execution_count=1),
    ]


def link(notebook, name, repository):
    """Put the cells into a notebook, or renew them; outputs that were those of its code still are."""
    fresh = notebook.metadata.get("code") == fingerprint(notebook)
    others = [cell for cell in notebook.cells if cell.id not in ("links", "colab")]
    notebook.cells = [others[0], *cells(name, repository), *others[1:]]
    ran = [cell for cell in notebook.cells if cell.get("execution_count")]
    for number, cell in enumerate(ran, 1):
        cell.execution_count = number
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    if fresh:
        notebook.metadata.code = fingerprint(notebook)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", nargs="?", help="owner/name on GitHub")
    wanted = parser.parse_args().repository
    if wanted and not re.fullmatch(r"[\w.-]+/[\w.-]+", wanted):
        return f"repository: expected owner/name, got {wanted!r}"
    if wanted:
        text = SETTINGS.read_text(encoding="utf-8")
        SETTINGS.write_text(
            text.replace(f'repository = "{repository()}"', f'repository = "{wanted}"'), encoding="utf-8"
        )
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        link(notebook, path.name, repository())
        if as_saved(notebook) != before:
            path.write_text(as_saved(notebook), encoding="utf-8", newline="\n")
            print(f"linked  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

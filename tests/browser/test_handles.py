"""Every handle of every explorer, taken by the mouse and by a finger, in JupyterLab and on the site.

The handles are found on the pages. A sweep takes minutes, so the ordinary run takes one on the site.
"""

import nbformat
import pytest
from chapters import chapters
from lab_in_browser import Explorer, Notebook

# Pixels to the right and down, some of which change what the handle shows wherever it lies.
WAYS = [(length * x, length * y) for length in (30, 90, 250) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))]
EVERY = [chapter.path.stem for chapter in chapters() if chapter.explorers.__all__]
SAMPLE = "00_start_here"


def assert_every_handle_is_dragged(explorer):
    """Each handle moves by mouse and by finger, and stays where it is taken and let go."""
    for handle in explorer.handles.all():
        name = handle.get_attribute("aria-label")
        for take in (explorer.drag, explorer.swipe):
            if not handle.is_visible():  # what it lies on is not there at the first moment
                explorer.after(lambda: explorer.press("ArrowRight"))
            handle.wait_for()
            first = place(explorer, handle)
            take(handle, 0, 0)
            assert place(explorer, handle) == first, f"{name} jumps to the {take.__name__}"
            assert any(moved(explorer, handle, take, way) for way in WAYS), (
                f"{name} stays in spite of a {take.__name__}"
            )
            assert explorer.note.inner_text() == "", name
            explorer.after(explorer.button("Reset").click)


def moved(explorer, handle, take, way):
    before, picture = place(explorer, handle), explorer.seen()
    take(handle, *way)
    return place(explorer, handle) != before and explorer.seen() != picture


def place(explorer, handle):
    """What a handle shows, when the page has its answers."""
    explorer.page.wait_for_function("host => !host.dataset.asks", arg=explorer.host.element_handle())
    return handle.get_attribute("aria-valuetext")


@pytest.mark.parametrize(
    "stem", [stem if stem == SAMPLE else pytest.param(stem, marks=pytest.mark.slow) for stem in EVERY]
)
def test_on_the_site(site, chromium, stem):
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(f"{site.address}/{stem}.html")
    for figure in page.locator("figure.explorer").all():
        figure.scroll_into_view_if_needed()
        assert_every_handle_is_dragged(Explorer(figure))
    context.close()


@pytest.fixture(scope="module")
def lab(jupyterlab, chromium):
    """A function that opens a notebook with the explorers of a chapter in a JupyterLab."""
    folder = jupyterlab.folder / "handles"
    folder.mkdir()
    for chapter in chapters():
        begin = f"from rnnlib.chapters.{chapter.package} import explorers"
        cells = [begin, *(f"explorers.{name}()" for name in chapter.explorers.__all__)]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
        nbformat.write(notebook, folder / chapter.path.name)
    context = chromium.new_context(has_touch=True)
    yield lambda stem: Notebook(context, jupyterlab.address, f"handles/{stem}.ipynb")
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("stem", EVERY)
def test_in_jupyterlab(lab, stem):
    notebook = lab(stem)
    outputs = notebook.run_all()
    for k in range(1, len(outputs)):
        assert_every_handle_is_dragged(Explorer(notebook.cell(k)))
    assert notebook.errors == []
    notebook.close()

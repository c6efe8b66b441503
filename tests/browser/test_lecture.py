"""The live lecture: a chapter as slides in JupyterLab, with sliders that move what is on the slide."""

import pytest
from lab_in_browser import Explorer, Notebook, lab_server
from run_notebooks import ROOT

CHAPTER = ROOT / "notebooks" / "03_vanishing_exploding_gradients.ipynb"


@pytest.fixture(scope="module")
def lecture(chromium, tmp_path_factory):
    """Chapter 3 in JupyterLab with jupyterlab-deck, its set-up and its first explorer run in lecture style."""
    pytest.importorskip("jupyterlab_deck")
    folder = tmp_path_factory.mktemp("lecture")
    text = CHAPTER.read_text(encoding="utf-8")
    assert text.count("style.use()") == 1
    (folder / CHAPTER.name).write_text(text.replace("style.use()", "style.use(lecture=True)"), encoding="utf-8")
    with lab_server(folder) as address:
        notebook = Notebook(chromium, address, CHAPTER.name)
        yield notebook
        notebook.close()


def index_of(notebook, part):
    cells = notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells")
    return next(k for k, cell in enumerate(cells) if part in "".join(cell["source"]))


def run(notebook, part):
    """Run the cell whose source holds ``part``."""
    index = index_of(notebook, part)
    notebook.page.evaluate(
        """index => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = index;
            notebook.deselectAll();
        }""",
        index,
    )
    notebook.command("notebook:run-cell")
    return index


def test_a_chapter_opens_as_slides_that_advance_and_whose_slider_moves_the_picture(lecture):
    page = lecture.page
    run(lecture, "style.use(lecture=True)")
    index = run(lecture, "explorers.powers()")
    Explorer(lecture.cell(index))
    lecture.cell(0)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    lecture.command("deck:start")
    page.wait_for_selector("body[data-jp-deck-mode='presenting']", state="attached")
    title = page.get_by_role("heading", name="Vanishing and exploding gradients").first
    title.wait_for()
    explorer = page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')
    for _ in range(60):
        if explorer.locator("img.widget-image").first.is_visible():
            break
        lecture.command("deck:forward")
        page.wait_for_timeout(150)
    assert not title.is_visible()
    live = Explorer(explorer)
    assert explorer.locator(".widget-label").first.inner_text() == "recurrent weight Wₛ"
    size = live.picture.evaluate("picture => [picture.naturalWidth, picture.clientWidth]")
    assert size[0] > 1.4 * 860  # big type: the live engine draws more pixels in the same place
    first, said = live.seen(), live.caption.inner_text()
    moved, said_then = live.after(lambda: live.press("ArrowRight"))
    assert moved != first
    assert said_then != said
    assert explorer.locator("img.widget-image").first.is_visible()
    lecture.command("deck:stop")
    assert lecture.errors == []

"""A lecture, started as a teacher starts it and led by the keys that docs/TEACHING.md names."""

import contextlib
import re
import signal
import subprocess
import sys

import lecture as lecture_tool
import nbformat
import pytest
from chapters import chapters
from lab_in_browser import Explorer
from run_notebooks import ROOT
from test_decks import LEAST_TYPE, MEASURE, POINTS

PLACE = "() => Reveal.getSlidePastCount()"
# The picture on the wall has nothing to complain of.
QUIET = """() => !document.querySelector("section.present figure.explorer > div").shadowRoot
  .querySelector(".note").textContent"""
# The picture and the places of the controls of each explorer, seen or not.
SEEN = """() => [...document.querySelectorAll("figure.explorer > div")].map(({ shadowRoot: root }) =>
  [root.querySelector(".scene").innerHTML, ...[...root.querySelectorAll("input")].map(({ value }) => value)])"""
COMMAND = [sys.executable, str(ROOT / "tools" / "lecture.py")]


@contextlib.contextmanager
def started(number):
    """The address of the lecture of a chapter and the process behind it."""
    process = subprocess.Popen([*COMMAND, number, "--no-browser"], stdout=subprocess.PIPE, text=True)
    try:
        yield next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)))[0], process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()


@contextlib.contextmanager
def opened(chromium, number):
    """The page of the lecture of a chapter and the process behind it."""
    with started(number) as (address, process):
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(address)
        page.wait_for_selector("body.ready", timeout=90_000)
        yield page, process
        page.close()


@pytest.fixture(scope="module", params=["0", "3", "7"])
def lecture(chromium, request):
    """The page of a lecture and the process behind it."""
    with opened(chromium, request.param) as both:
        yield both


def test_keys_lead_on_and_back_and_python_moves_the_picture(lecture):
    page, process = lecture
    assert page.evaluate(PLACE) == 0
    for key, step in [("Space", 1), ("Shift+Space", -1), ("ArrowRight", 1), ("ArrowLeft", -1), ("PageDown", 1)]:
        before = page.evaluate(PLACE)
        page.keyboard.press(key)
        assert page.evaluate(PLACE) == before + step, key
    page.keyboard.press("Escape")
    assert page.locator("dialog.leave").is_visible()
    page.keyboard.press("Escape")  # a slip of the hand
    assert not page.locator("dialog.leave").is_visible()
    assert process.poll() is None
    for _ in range(100):
        if page.locator("section.present figure.explorer input[type=range]").count():
            break
        page.keyboard.press("PageDown")
    explorer = Explorer(page.locator("section.present figure.explorer"))
    first = explorer.seen(), explorer.sentence()
    here = page.evaluate(PLACE)
    assert explorer.after(lambda: explorer.press("ArrowRight")) != first
    assert page.evaluate(PLACE) == here
    page.keyboard.press("PageDown")  # a clicker, while the slider has the focus
    assert page.evaluate(PLACE) == here + 1
    page.keyboard.press("PageUp")
    page.set_viewport_size({"width": 1024, "height": 768})  # another projector
    page.wait_for_function("() => Reveal.getScale() < 0.85")
    assert page.evaluate(PLACE) == here
    box = explorer.svg.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1024
    process.send_signal(signal.SIGINT)
    process.wait(30)
    explorer.press("ArrowRight")
    page.wait_for_function(
        "note => note.textContent.includes('start the lecture again')", arg=explorer.note.element_handle()
    )
    assert explorer.svg.is_visible()
    page.keyboard.press("PageDown")
    assert page.evaluate(PLACE) == here + 1


OFTEN = (0, 4)  # an explorer on two slides, and the one with most controls; the other chapters every week


@pytest.mark.parametrize(
    "number",
    [pytest.param(it.number, marks=() if it.number in OFTEN else pytest.mark.slow) for it in chapters()],
)
def test_every_picture_of_a_lecture_is_there_and_its_letters_can_be_read(chromium, number):
    """Here an explorer has all of its controls above it, more than in the deck of the site."""
    with opened(chromium, str(number)) as (page, _):
        assert page.locator("figure.explorer").count() == page.locator("figure.explorer .frame svg").count() > 0
        for slide in page.evaluate(MEASURE, POINTS):
            assert all(size >= 768 * LEAST_TYPE for size in slide["letters"]), slide
            assert slide["type"] >= 768 * LEAST_TYPE, slide
            assert slide["bottom"] <= 768, slide


def test_what_one_slide_moves_moves_on_the_others_too(chromium):
    with opened(chromium, "0") as (page, _):
        before = page.evaluate(SEEN)
        assert len(before) == 2
        page.keyboard.press("Space")
        explorer = Explorer(page.locator("section.present figure.explorer"))
        explorer.after(lambda: explorer.press("End"))
        one, other = page.evaluate(SEEN)
        assert one == other != before[0]


def test_escape_and_a_click_leave_and_python_ends(chromium):
    with opened(chromium, "0") as (page, process):
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Leave").click()
        page.get_by_text("The lecture has ended. Close this page.").wait_for()
        assert process.wait(30) == 0


def test_python_that_is_killed_leaves_the_slides_and_a_new_start_moves_them_again(chromium):
    with started("0") as (address, process):
        page = chromium.new_page(viewport={"width": 1366, "height": 768})
        page.goto(address)
        page.wait_for_selector("body.ready", timeout=90_000)
        page.keyboard.press("Space")
        explorer = Explorer(page.locator("section.present figure.explorer"))
        first = explorer.after(lambda: explorer.press("End"))
        process.kill()
        process.wait(30)
        explorer.note.get_by_text("start the lecture again").wait_for()
        assert explorer.svg.is_visible()
        for key, place in [("Space", 2), ("PageUp", 1)]:  # the lecture goes on
            page.keyboard.press(key)
            assert page.evaluate(PLACE) == place
    with started("0") as (again, _):
        assert again == address
        page.wait_for_function(QUIET, timeout=60_000)
        explorer = Explorer(page.locator("section.present figure.explorer"))
        assert explorer.after(lambda: explorer.press("Home")) != first
        assert page.evaluate(PLACE) == 1
        page.close()


def test_a_notebook_that_was_not_run_is_answered_with_the_command_that_runs_it(tmp_path):
    (original,) = (chapter for chapter in chapters() if chapter.number == 0)
    notebook = nbformat.read(original.path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])
    path = tmp_path / original.path.name
    nbformat.write(notebook, path)
    with pytest.raises(lecture_tool.NotReady, match=rf"run  python tools/run_notebooks.py notebooks/{path.name}"):
        lecture_tool.prepare(lecture_tool.chosen("0", tmp_path), tmp_path / "deck")


def test_a_chapter_that_does_not_exist_is_answered_with_the_next_step():
    done = subprocess.run([*COMMAND, "42"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "There is no chapter 42" in done.stderr
    assert "python tools/lecture.py 3" in done.stderr

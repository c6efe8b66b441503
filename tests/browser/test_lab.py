"""The course in the real JupyterLab, in Chromium: it runs, follows the hand, and shows pictures without a kernel."""

import base64
import io
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from lab_in_browser import BROWSERS, Explorer, Notebook, browser, find_browser, lab_server
from PIL import Image

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTER_3 = NOTEBOOKS / "03_vanishing_exploding_gradients.ipynb"
TROUBLE = re.compile("model not found|error displaying widget|loading widget", re.IGNORECASE)

EVERY_CONTROL = """
import ipywidgets as widgets
import numpy as np
from rnnlib.live import LiveFigure, Stepper

def draw(fig):
    ax = fig.subplots()
    ax.set(xlim=(0, 10), ylim=(-10, 10))
    return ax.plot(np.arange(11), np.arange(11))

def update(artists, gain, step, **others):
    if gain > 1.9:
        raise OverflowError("the gain is too large")
    artists[0].set_ydata(gain * np.arange(11) + step)
    return f"Gain {gain:.1f} at step {step}: " + ", ".join(f"{value}" for value in others.values()) + "."

controls = {
    "gain": widgets.FloatSlider(value=1, min=0, max=2, step=0.1, description="gain of the recurrent weights Wₛ"),
    "step": Stepper(value=1, min=0, max=3, interval=100, description="time step t"),
    "kind": widgets.Dropdown(options=["orthogonal", "scaled normal"], description="initial weights"),
    "scale": widgets.ToggleButtons(options=["logarithmic", "linear"], description="vertical axis"),
    "bound": widgets.Checkbox(value=True, description="with the bound by the largest singular value"),
    "still": widgets.ToggleButton(description="hold the axes still"),
    "length": widgets.SelectionSlider(options=[10, 100, 1000], description="steps T"),
}
LiveFigure(draw, update, controls, alt="A line that rises over ten steps.", size=(9, 3))
"""
IN_THE_HALL = """
from rnnlib import style
style.use(lecture=True)
hall = LiveFigure(draw, update, {"gain": widgets.FloatSlider(1, max=2, description="gain"),
                                 "step": widgets.IntSlider(1, max=3, description="step")}, alt="A line.", size=(6, 2))
hall
"""
MAIN_EXPLORER = """
from rnnlib.explorers import vanishing
vanishing.powers()
"""
CHOICE = """
from rnnlib.exercises import predict_choice, predict_number
animals = {"a mouse": (0, 1), "a cat": (1, 10), "an elephant": (10, 10_000)}
predict_choice("animals", "Which of them weighs most?", animals, 5000, "It weighs as much as a lorry.")
"""
NUMBER = """
predict_number("power", "How large is 1.01 to the power 999?", 1.01**999, "It doubles every 70 steps.", low=1, high=1e8)
"""
ENDLESS = """
from rnnlib.exercises import forward_pass as exercises

def rnn_step(x_t, S_previous, W_x, W_s, b_s):
    print("on its way")
    while x_t is not None:
        S_previous = x_t

exercises.rnn_step.check(rnn_step)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A function that opens a notebook in a JupyterLab; the folder it serves holds chapter 3 and a scratch notebook."""
    if find_browser() is None:
        reason = f"needs a Chromium: name it in RNN_CHROMIUM or have one of {', '.join(BROWSERS)}"
        if os.environ.get("RNN_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    playwright = pytest.importorskip("playwright.sync_api")
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(CHAPTER_3, folder)
    write_notebook(folder / "scratch.ipynb", EVERY_CONTROL, IN_THE_HALL, CHOICE, NUMBER)
    write_notebook(folder / "endless.ipynb", ENDLESS)
    write_notebook(folder / "mine.ipynb", MAIN_EXPLORER)
    with lab_server(folder) as address, playwright.sync_playwright() as engine, browser(engine) as chromium:
        yield lambda name, **options: Notebook(chromium, address, name, **options)


def write_notebook(path, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.strip()) for source in cells])
    notebook.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def scratch(lab):
    notebook = lab("scratch.ipynb")
    assert_no_trouble(notebook.run_all())
    yield notebook
    assert notebook.errors == []
    notebook.close()


def assert_no_trouble(outputs):
    """No output is an error or stands on stderr."""
    for output in (output for cell in outputs for output in cell):
        assert output["output_type"] != "error", output["evalue"]
        assert output.get("name") != "stderr", output["text"]


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png.split(",")[-1]))).convert("RGB"))


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def test_chapter_3_runs_and_the_picture_follows_keyboard_and_mouse(lab):
    notebook = lab(CHAPTER_3.name)
    outputs = notebook.run_all()
    assert_no_trouble(outputs)
    index = next(k for k, source in enumerate(sources(CHAPTER_3)) if "explorers.powers(" in source)
    cell = notebook.cell(index)
    explorer = Explorer(cell)
    assert cell.locator(".widget-label").first.inner_text() == "recurrent weight Wₛ"

    first, said = explorer.seen(), explorer.caption.inner_text()
    saved = next(output["data"]["image/png"] for output in outputs[index] if "image/png" in output.get("data", {}))
    np.testing.assert_array_equal(decoded(first), decoded(saved))
    pressed, said_then = explorer.after(lambda: explorer.press("ArrowRight"))
    assert pressed != first
    assert said_then != said
    dragged, said_last = explorer.after(lambda: explorer.drag(40))
    assert dragged not in (pressed, first)
    assert said_last not in (said_then, said)
    back, said_again = explorer.after(explorer.button("Reset").click)
    assert (back, said_again) == (first, said)

    assert not TROUBLE.search(notebook.page.inner_text(".jp-Notebook"))
    assert notebook.errors == []
    notebook.close()


def test_a_fresh_notebook_that_was_not_run_shows_its_pictures_with_words(lab):
    notebook = lab(CHAPTER_3.name)
    pictures = explorers = 0
    for index, (source, outputs) in enumerate(zip(sources(CHAPTER_3), notebook.outputs(), strict=True)):
        saved = [output for output in outputs if "image/png" in output.get("data", {})]
        if not saved:
            continue
        cell = notebook.cell(index)
        shown = cell.locator(".jp-OutputArea img")
        assert shown.count() == len(saved)
        for k, output in enumerate(saved):
            assert shown.nth(k).evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
            words = output["metadata"]["image/png"]["alt"]
            if source.startswith("explorers."):
                # JupyterLab does not pass on the alt text of a picture: the words stand below it.
                assert words in cell.locator(".jp-OutputArea .jp-RenderedHTMLCommon").last.inner_text()
                explorers += 1
            pictures += 1
        assert not TROUBLE.search(cell.inner_text())
    assert pictures > explorers >= 6
    assert notebook.errors == []
    notebook.close()


@pytest.mark.parametrize("width", [1366, 1000, 800])
def test_no_control_cuts_its_words(scratch, width):
    scratch.page.set_viewport_size({"width": width, "height": 900})
    try:
        cell = scratch.cell(0)
        Explorer(cell)
        words = cell.locator(".jp-OutputArea").locator("label, button, .widget-readout")
        assert words.count() > 12
        for piece in words.all():
            assert piece.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), f"{piece.inner_text()!r} is cut"
        for control in cell.locator(".widget-hslider").all():
            track = control.locator(".slider-container").bounding_box()
            assert track["width"] > 50, f"{control.inner_text()!r} leaves no room to slide"
    finally:
        scratch.page.set_viewport_size({"width": 1366, "height": 900})


def test_a_stepper_steps_and_plays_to_the_end(scratch):
    explorer = Explorer(scratch.cell(0))
    _, said = explorer.after(explorer.button("›").click)
    assert "at step 2" in said
    _, said = explorer.after(explorer.button("‹").click)
    assert "at step 1" in said
    scratch.page.locator(".widget-play button").first.click()
    scratch.page.wait_for_function(
        "e => e.innerText.includes('at step 3')", arg=explorer.caption.locator("..").element_handle()
    )
    explorer.after(explorer.button("Reset").click)


def test_an_error_is_told_in_place_and_reset_goes_on(scratch):
    explorer = Explorer(scratch.cell(0))
    first = explorer.seen()
    explorer.press("End")
    words = explorer.page.get_by_text(
        "The picture could not be drawn for these values (OverflowError: the gain is too large)"
    )
    words.wait_for()
    assert explorer.seen() == first
    explorer.button("Reset").click()
    words.wait_for(state="detached")
    assert explorer.seen() == first
    assert_no_trouble(scratch.outputs())


def test_the_keys_of_a_slider_do_not_move_the_notebook(scratch):
    explorer = Explorer(scratch.cell(0))
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    explorer.after(lambda: explorer.press("ArrowUp"))
    before = scratch.page.evaluate(active)
    _, said = explorer.after(lambda: explorer.press("ArrowDown"))
    assert "Gain 1.0" in said
    assert scratch.page.evaluate(active) == before


def test_in_the_hall_a_picture_has_more_pixels_in_the_same_place(scratch):
    picture = Explorer(scratch.cell(1)).picture
    assert picture.evaluate("e => [e.naturalWidth, e.naturalHeight]") == [900, 300]
    assert picture.bounding_box()["width"] == pytest.approx(600, abs=1)


def test_a_notebook_that_was_run_saved_and_reopened_still_shows_its_picture(lab):
    notebook = lab("mine.ipynb")
    assert_no_trouble(notebook.run_all())
    explorer = Explorer(notebook.cell(0))
    moved, _ = explorer.after(lambda: explorer.press("ArrowRight"))
    notebook.command("docmanager:save")
    notebook.command("kernelmenu:shutdown")
    notebook.open()
    cell = notebook.cell(0)
    picture = cell.locator(".jp-OutputArea img").first
    picture.wait_for()
    assert Explorer(cell).seen() == moved
    assert not TROUBLE.search(cell.inner_text())
    assert_no_trouble(notebook.run_all())
    explorer = Explorer(notebook.cell(0))
    explorer.after(lambda: explorer.press("ArrowRight"))
    assert notebook.errors == []
    notebook.close()


def committed(cell):
    """The sentence below a prediction, once it is committed."""
    answer = cell.get_by_role("status").filter(has_text="You said")
    answer.wait_for()
    return answer.inner_text()


def test_a_choice_is_predicted_by_keyboard_and_kept_when_the_cell_runs_again(scratch):
    cell, press = scratch.cell(2), scratch.page.keyboard.press
    cell.get_by_role("button", name="a mouse").focus()
    press("Tab")
    press("Space")
    cell.locator(".mod-active", has_text="a cat").wait_for()
    press("Tab")
    press("Tab")
    press("Enter")
    said = "You said: a cat. The numbers say: an elephant. It weighs as much as a lorry."
    assert committed(cell) == said
    scratch.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2; }")
    scratch.command("notebook:run-cell")
    cell = scratch.cell(2)
    assert committed(cell) == said
    assert cell.get_by_role("button", name="Commit").is_disabled()
    assert_no_trouble(scratch.outputs())


def test_a_number_is_predicted_by_keyboard(scratch):
    cell, press = scratch.cell(3), scratch.page.keyboard.press
    cell.locator(".noUi-handle").focus()
    for _ in range(20):
        press("ArrowRight")
    scratch.settle()
    cell.get_by_role("button", name="Commit").focus()
    press("Space")
    said = "You said: 63 100, 3 times too large. The numbers say: 20 800. It doubles every 70 steps."
    assert committed(cell) == said


def test_an_answer_without_end_is_interrupted_and_told_in_a_sentence(lab):
    notebook = lab("endless.ipynb")
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    notebook.page.locator(".jp-OutputArea").get_by_text("on its way").wait_for()
    notebook.command("kernelmenu:interrupt")
    verdict = notebook.page.locator(".jp-OutputArea").get_by_role("status")
    verdict.wait_for()
    assert "Not yet. You stopped the check while your function was running" in verdict.inner_text()
    assert "S_previous = x_t" in verdict.inner_text() or "while x_t is not None" in verdict.inner_text()
    assert_no_trouble(notebook.outputs())
    notebook.close()

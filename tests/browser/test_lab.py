"""The course in the real JupyterLab, in Chromium: it runs, follows the hand, and shows pictures without a kernel."""

import contextlib
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from lab_in_browser import Explorer, Notebook

from rnnlib.pictures import style
from rnnlib.pictures.svg import UNIT

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTER_3 = NOTEBOOKS / "03_vanishing_exploding_gradients.ipynb"
TROUBLE = re.compile("model not found|error displaying widget|loading widget", re.IGNORECASE)

EVERY_CONTROL = """
import numpy as np
from rnnlib.pictures.controls import Choice, Slider, Stepper, Switch, Text
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure

def draw(fig):
    ax = fig.subplots()
    ax.set(xlim=(0, 10), ylim=(-10, 30))
    return {"line": ax.plot(np.arange(11), np.arange(11))[0], "dot": ax.plot([0], [0], "o")[0]}

def update(artists, gain, step, **others):
    if gain > 1.9:
        raise OverflowError("the gain is too large")
    artists["line"].set_ydata(gain * np.arange(11) + step)
    artists["dot"].set_data([step], [gain * step + step])
    return f"Gain {gain:.1f} at step {step}: " + ", ".join(f"{value}" for value in others.values()) + "."

controls = {
    "gain": Slider(1, 0, 2, 0.1, label="gain of the recurrent weights Wₛ"),
    "step": Stepper(1, 0, 3, interval=100, label="time step t"),
    "kind": Choice("orthogonal", ["orthogonal", "scaled normal", "uniform between two given limits, drawn anew"],
                   label="initial weights"),
    "scale": Choice("linear", ["logarithmic", "linear"], label="vertical axis"),
    "bound": Switch(True, label="with the bound by the largest singular value"),
    "length": Choice(10, [10, 100, 1000], label="steps T", shape="slider"),
    "word": Text("a", label="a word"),
}
LiveFigure(draw, update, controls, alt="A line that rises over ten steps.", size=(9, 3),
           handles=lambda artists: [Handle(artists["dot"], x="step")])
"""
BUSY = """
import time
time.sleep(60)
"""
MAIN_EXPLORER = """
from rnnlib.chapters.ch3_vanishing import explorers as vanishing
vanishing.powers()
"""
CHOICE = """
from rnnlib.judging import predict_choice, predict_number
animals = {"a mouse": (0, 1), "a cat": (1, 10), "an elephant": (10, 10_000)}
predict_choice("animals", "Which of them weighs most?", animals, 5000, "It weighs as much as a lorry.")
"""
NUMBER = """
predict_number("power", "How large is 1.01 to the power 999?", 1.01**999, "It doubles every 70 steps.", low=1, high=1e8)
"""
ENDLESS = """
from rnnlib.chapters.ch1_forward_pass import exercises

def rnn_step(x_t, S_previous, W_x, W_s, b_s):
    print("on its way")
    while x_t is not None:
        S_previous = x_t

exercises.rnn_step.check(rnn_step)
"""


@pytest.fixture(scope="module")
def lab(jupyterlab, chromium):
    """A function that opens a notebook in JupyterLab: chapter 3, or one that is made for a test."""
    folder = jupyterlab.folder / "course"
    folder.mkdir()
    shutil.copy(CHAPTER_3, folder)
    write_notebook(folder / "scratch.ipynb", EVERY_CONTROL, CHOICE, NUMBER)
    write_notebook(folder / "mine.ipynb", MAIN_EXPLORER, BUSY, ENDLESS)
    context = chromium.new_context()
    yield lambda name, **options: Notebook(context, jupyterlab.address, f"course/{name}", **options)
    context.close()


def write_notebook(path, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.strip()) for source in cells])
    notebook.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def chapter_3(lab):
    """Chapter 3 as it is saved; the first test that runs it leaves it run."""
    notebook = lab(CHAPTER_3.name)
    yield notebook
    assert notebook.errors == []
    notebook.close()


@pytest.fixture(scope="module")
def mine(lab):
    """A notebook with an explorer, a cell that takes a minute and an answer without end; nothing of it is run."""
    notebook = lab("mine.ipynb", size=(1366, 768))
    yield notebook
    notebook.page.close()


@pytest.fixture
def powers(mine):
    """The explorer of this notebook, afresh."""
    assert_no_trouble([mine.run(0)])
    return Explorer(mine.cell(0))


@pytest.fixture(scope="module")
def scratch(lab):
    notebook = lab("scratch.ipynb")
    assert_no_trouble(notebook.run_all())
    yield notebook
    assert notebook.errors == []
    notebook.close()


def assert_no_trouble(outputs):
    """No output is an error or is on stderr."""
    for output in (output for cell in outputs for output in cell):
        assert output["output_type"] != "error", output["evalue"]
        assert output.get("name") != "stderr", output["text"]


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def test_a_fresh_notebook_that_was_not_run_shows_its_pictures_with_words(chapter_3):
    pictures = explorers = 0
    for index, (source, outputs) in enumerate(zip(sources(CHAPTER_3), chapter_3.outputs(), strict=True)):
        saved = [output for output in outputs if "image/png" in output.get("data", {})]
        if not saved:
            continue
        cell = chapter_3.cell(index)
        shown = cell.locator(".jp-OutputArea img")
        assert shown.count() == len(saved)
        for k, output in enumerate(saved):
            assert shown.nth(k).evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
            words = output["metadata"]["image/png"]["alt"]
            if source.startswith("explorers."):
                # JupyterLab does not pass on the alt text of a picture: the words are below it.
                assert (
                    f"{words} Run this cell to move it."
                    in cell.locator(".jp-OutputArea .jp-RenderedHTMLCommon").last.inner_text()
                )
                explorers += 1
            pictures += 1
        assert not TROUBLE.search(cell.inner_text())
    assert pictures > explorers >= 6


def test_chapter_3_runs_and_the_picture_follows_keyboard_and_mouse(chapter_3):
    assert_no_trouble(chapter_3.run_all())
    index = next(k for k, source in enumerate(sources(CHAPTER_3)) if "explorers.powers(" in source)
    explorer = Explorer(chapter_3.cell(index))
    assert explorer.host.locator("label").first.inner_text() == "recurrent weight Wₛ"
    first, said = explorer.both()
    assert explorer.ranges.first.get_attribute("aria-valuetext") == "1.010"
    pressed, said_then = explorer.after(lambda: explorer.press("ArrowRight"))
    assert pressed != first
    assert said_then != said
    dot = explorer.host.get_by_role("slider", name="Drag: recurrent weight Wₛ")
    dragged, said_last = explorer.after(lambda: explorer.drag(dot, 40, 0))
    assert dragged not in (pressed, first)
    assert said_last not in (said_then, said)
    assert explorer.after(explorer.button("Reset").click) == (first, said)
    assert not TROUBLE.search(chapter_3.page.inner_text(".jp-Notebook"))


def test_picture_controls_and_sentence_are_on_the_screen_together(powers):
    """On 1366 by 768 pixels, with the file browser open."""
    for part in (powers.ranges.first, powers.svg, powers.said):
        box = part.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 744, "below the edge of the notebook"


def test_at_150_percent_no_letter_of_a_picture_is_smaller_than_the_words_beside_it(mine, powers):
    mine.page.set_viewport_size({"width": 911, "height": 512})
    try:
        small = powers.button("Show the whole picture")
        small.wait_for()
        scale = powers.svg.evaluate("svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")
        words = powers.said.evaluate("said => parseFloat(getComputedStyle(said).fontSize)")
        assert UNIT * style.rc_params()["xtick.labelsize"] * scale >= words
        assert powers.frame.evaluate("frame => [frame.scrollLeft, frame.scrollWidth > frame.clientWidth]") == [0, True]
        small.click()
        assert powers.frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    finally:
        mine.page.set_viewport_size({"width": 1366, "height": 768})


def test_it_moves_while_a_cell_runs(mine, powers):
    busy = mine.page.locator(".jp-InputPrompt", has_text="[*]:")
    said = powers.sentence()
    with interrupted(mine, 1):
        busy.wait_for()
        powers.after(lambda: powers.press("ArrowRight"))
        assert powers.sentence() != said
        assert busy.is_visible(), "it answered when the cell was done"


@contextlib.contextmanager
def interrupted(notebook, index):
    """Begin to run a cell, and interrupt it at the end."""
    notebook.start(index)
    try:
        yield
    finally:
        notebook.kernel("interrupt")
        notebook.finish()


def test_an_answer_without_end_is_interrupted_and_told_in_a_sentence(mine):
    with interrupted(mine, 2):
        mine.page.locator(".jp-OutputArea").get_by_text("on its way").wait_for()
    verdict = mine.page.locator(".jp-OutputArea").get_by_role("status").filter(has_text="Not yet")
    verdict.wait_for()
    assert "Not yet. You stopped the check while your function was running" in verdict.inner_text()
    assert "S_previous = x_t" in verdict.inner_text() or "while x_t is not None" in verdict.inner_text()
    assert_no_trouble([mine.outputs()[2]])


def test_two_tabs_with_one_notebook_show_the_same_and_follow_each_other(lab, mine, powers):
    mine.command("docmanager:save")
    other = lab("mine.ipynb")
    beside = Explorer(other.cell(0))
    assert beside.both() == powers.both()
    for moved, follows, key in (
        (powers, beside, "ArrowRight"),
        (beside, powers, "ArrowRight"),
        (powers, beside, "Home"),
    ):
        drawn = follows.drawn()
        shown = moved.after(lambda moved=moved, key=key: moved.press(key))
        follows.wait_beyond(drawn)
        assert follows.both() == shown
    assert mine.errors == other.errors == []
    other.page.close()


def test_a_notebook_that_was_run_saved_and_reopened_still_shows_its_picture(mine, powers):
    first = powers.seen()
    powers.after(lambda: powers.press("ArrowRight"))
    mine.command("docmanager:save")
    mine.command("kernelmenu:shutdown")
    mine.open()
    cell = mine.cell(0)
    assert Explorer(cell).seen() == first
    assert not TROUBLE.search(cell.inner_text())
    assert_no_trouble([mine.run(0)])
    explorer = Explorer(mine.cell(0))
    explorer.after(lambda: explorer.press("ArrowRight"))
    assert mine.errors == []


@pytest.mark.parametrize("end", ["restart", "shutdown"])
def test_without_an_answer_it_says_that_it_waits_and_what_to_do(mine, powers, end):
    picture = powers.seen()
    mine.kernel(end)
    powers.press("ArrowRight")
    mine.page.wait_for_function("e => /[Rr]un this cell/.test(e.innerText)", arg=powers.note.element_handle())
    assert powers.seen() == picture


@pytest.mark.parametrize("width", [1366, 1000, 800])
def test_no_control_cuts_its_words(scratch, width):
    scratch.page.set_viewport_size({"width": width, "height": 900})
    try:
        explorer = Explorer(scratch.cell(0))
        words = explorer.host.locator("label, button, output, .typed")
        assert words.count() > 12
        for piece in words.all():
            assert piece.evaluate("e => e.scrollWidth <= e.clientWidth + 1 || !e.clientWidth"), piece.inner_text()
        for control in explorer.ranges.all():
            assert control.bounding_box()["width"] > 50
    finally:
        scratch.page.set_viewport_size({"width": 1366, "height": 900})


def test_a_stepper_steps_and_plays_to_the_end(scratch):
    explorer = Explorer(scratch.cell(0))
    _, said = explorer.after(explorer.button("One step on").click)
    assert "at step 2" in said
    _, said = explorer.after(explorer.button("One step back").click)
    assert "at step 1" in said
    explorer.button("Play").click()
    scratch.page.wait_for_function("e => e.innerText.includes('at step 3')", arg=explorer.said.element_handle())
    explorer.button("Play").wait_for()
    explorer.after(explorer.button("Reset").click)


def test_who_asks_for_little_motion_steps_by_hand(scratch):
    explorer = Explorer(scratch.cell(0))
    scratch.page.emulate_media(reduced_motion="reduce")
    explorer.host.get_by_role("button", name="Play", disabled=True).wait_for()
    scratch.page.emulate_media(reduced_motion="no-preference")
    explorer.host.get_by_role("button", name="Play", disabled=False).wait_for()


def test_an_error_is_told_in_place_and_reset_goes_on(scratch):
    explorer = Explorer(scratch.cell(0))
    first = explorer.seen()
    explorer.after(lambda: explorer.press("End"))
    said = "The picture could not be drawn for these values (OverflowError: the gain is too large)"
    assert said in explorer.note.inner_text()
    assert explorer.seen() == first
    scratch.page.wait_for_function(
        "([e, said]) => e.innerText.includes(said)", arg=[explorer.spoken.element_handle(), said]
    )
    explorer.after(explorer.button("Reset").click)
    assert explorer.note.inner_text() == ""
    assert explorer.seen() == first
    assert_no_trouble(scratch.outputs())


@pytest.mark.parametrize("typed", ["1,25", "0.5", " 1 "])
def test_a_value_can_be_typed(scratch, typed):
    explorer = Explorer(scratch.cell(0))
    box = explorer.host.get_by_label("gain of the recurrent weights Wₛ, typed")
    box.fill(typed)
    box.press("Enter")
    scratch.page.wait_for_function("host => !host.dataset.asks", arg=explorer.host.element_handle())
    shown = {"1,25": "Gain 1.2", "0.5": "Gain 0.5", " 1 ": "Gain 1.0"}[typed]
    scratch.page.wait_for_function("([e, w]) => e.innerText.includes(w)", arg=[explorer.said.element_handle(), shown])
    explorer.after(explorer.button("Reset").click)


@pytest.mark.parametrize("typed", ["", "three", "2.5", "-1", "nan", "1e999", "<b>"])
def test_what_cannot_be_is_told_and_the_old_value_stays(scratch, typed):
    explorer = Explorer(scratch.cell(0))
    first = explorer.seen()
    box = explorer.host.get_by_label("gain of the recurrent weights Wₛ, typed")
    box.fill(typed)
    box.press("Enter")
    assert explorer.note.inner_text() == f"“{typed}” is not a number from 0.0 to 2.0."
    assert box.input_value() == "1.0"
    assert explorer.seen() == first
    explorer.after(explorer.button("Reset").click)


def test_no_letter_that_is_typed_fast_is_lost_or_taken_by_the_notebook(scratch):
    explorer = Explorer(scratch.cell(0))
    cells = len(scratch.outputs())
    box = explorer.host.get_by_label("a word")
    box.focus()
    box.press("End")
    text = "bdd <b>x</b> 年 " + "z" * 60
    scratch.page.keyboard.type(text, delay=5)
    scratch.page.wait_for_function("host => !host.dataset.asks", arg=explorer.host.element_handle())
    assert box.input_value() == f"a{text}"
    assert explorer.sentence().endswith(f", a{text}.")
    assert len(scratch.outputs()) == cells
    explorer.after(explorer.button("Reset").click)


def test_the_keys_of_a_slider_do_not_move_the_notebook(scratch):
    explorer = Explorer(scratch.cell(0))
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    explorer.after(lambda: explorer.press("ArrowUp"))
    before = scratch.page.evaluate(active)
    _, said = explorer.after(lambda: explorer.press("ArrowDown"))
    assert "Gain 1.0" in said
    assert scratch.page.evaluate(active) == before


def test_a_handle_moves_by_mouse_and_by_keys_and_does_not_jump(scratch):
    explorer = Explorer(scratch.cell(0))
    handle = explorer.handles.first
    said = explorer.sentence()
    handle.hover()
    scratch.page.mouse.down()
    scratch.page.mouse.up()
    assert explorer.sentence() == said
    explorer.after(lambda: explorer.drag(handle, 90, 0))
    assert "at step 2" in explorer.sentence()
    handle.focus()
    explorer.after(lambda: scratch.page.keyboard.press("ArrowLeft"))
    assert "at step 1" in explorer.sentence()
    explorer.after(lambda: explorer.drag(handle, 2000, 0))
    assert "at step 3" in explorer.sentence()
    explorer.after(explorer.button("Reset").click)


def test_nothing_serious_stands_in_the_way_of_a_reader(scratch):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    Explorer(scratch.cell(0))
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        set_theme(scratch, theme)
        found = axe.Axe().run(scratch.page, {"include": [".jp-OutputArea [data-lm-suppress-shortcuts]"]})
        serious = [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in found.response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], theme
    set_theme(scratch, "JupyterLab Light")


def set_theme(notebook, name):
    notebook.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme }).then(() => null)", name
    )
    notebook.page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str(name.endswith("Light")).lower()
    )


def test_in_a_dark_theme_the_picture_is_dark(scratch):
    explorer = Explorer(scratch.cell(0))
    shade = "host => getComputedStyle(host).getPropertyValue('--c444444').trim()"
    assert explorer.host.evaluate(shade) == "#444444"
    set_theme(scratch, "JupyterLab Dark")
    scratch.page.wait_for_function("host => host.classList.contains('dark')", arg=explorer.host.element_handle())
    assert explorer.host.evaluate(shade) != "#444444"
    set_theme(scratch, "JupyterLab Light")
    scratch.page.wait_for_function("host => !host.classList.contains('dark')", arg=explorer.host.element_handle())


def committed(cell):
    """The sentence below a prediction, once it is committed."""
    answer = cell.get_by_role("status").filter(has_text="You said")
    answer.wait_for()
    return answer.inner_text()


def test_a_choice_is_predicted_by_keyboard_and_kept_when_the_cell_runs_again(scratch):
    cell, press = scratch.cell(1), scratch.page.keyboard.press
    cell.get_by_role("button", name="a mouse").focus()
    press("Tab")
    press("Space")
    cell.locator(".mod-active", has_text="a cat").wait_for()
    press("Tab")
    press("Tab")
    press("Enter")
    said = "You said “a cat”; the numbers say “an elephant”. It weighs as much as a lorry."
    assert committed(cell) == said
    scratch.run(1)
    cell = scratch.cell(1)
    assert committed(cell) == said
    assert cell.get_by_role("button", name="Commit").is_disabled()
    assert_no_trouble(scratch.outputs())


def test_a_number_is_predicted_by_keyboard(scratch):
    cell, press = scratch.cell(2), scratch.page.keyboard.press
    cell.locator(".noUi-handle").focus()
    for _ in range(20):
        press("ArrowRight")
    scratch.settle()
    cell.get_by_role("button", name="Commit").focus()
    press("Space")
    said = "You said 63 100, 3 times too large; the numbers say 20 800. It doubles every 70 steps."
    assert committed(cell) == said

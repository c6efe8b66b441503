"""The laboratory in the real JupyterLab, in Chromium, used with mouse and keys."""

import re

import nbformat
import pytest
from lab_in_browser import Explorer, Notebook

from rnnlib.chapters.ch11_laboratory.panel import RESTS

LABORATORY = """
from rnnlib.chapters.ch11_laboratory import laboratory
lab = laboratory()
lab
"""
EXPLODES = """
wild = laboratory("clipping-off")
wild
"""
BUSY = """
import time
print("begins")
time.sleep(3)
print("done")
"""
TRAININGS = "import asyncio; print(sum('_train' in repr(task) for task in asyncio.all_tasks(lab._loop)))"
STEP = re.compile(r"^Step (\d+)")


@pytest.fixture(scope="module")
def notebook(chromium, jupyterlab):
    """A notebook with two laboratories, which are run, and a cell that takes three seconds, which is not."""
    folder = jupyterlab.folder / "laboratory"
    folder.mkdir()
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (LABORATORY, EXPLODES, BUSY)]
    written = nbformat.v4.new_notebook(cells=cells)
    written.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    nbformat.write(written, folder / "two.ipynb")
    notebook = Notebook(chromium.new_context(), jupyterlab.address, "laboratory/two.ipynb", size=(1366, 768))
    for index in (0, 1):
        run(notebook, index)
    yield notebook
    assert notebook.errors == []
    notebook.close()


def run(notebook, index):
    """Run a cell to its end."""
    for output in notebook.run(index):
        assert output["output_type"] != "error", output["evalue"]


def opened(notebook, index):
    return Explorer(notebook.cell(index))


def steps(lab):
    """The step that the sentence tells of; 0 before the first."""
    found = STEP.match(lab.sentence())
    return int(found[1]) if found else 0


def control(lab, name):
    return lab.host.locator(f".control[data-name={name}]")


def wait_for(lab, words):
    lab.page.wait_for_function("([e, w]) => e.innerText.includes(w)", arg=[lab.said.element_handle(), words])


def wait_beyond(lab, step):
    lab.page.wait_for_function(
        "([e, k]) => Number((e.innerText.match(/^Step (\\d+)/) ?? [0, 0])[1]) > k",
        arg=[lab.said.element_handle(), step],
    )


def pause(lab):
    train = lab.host.get_by_label("train", exact=True)
    train.uncheck()
    wait_for(lab, ":")
    lab.page.wait_for_function("e => /^Step \\d+:|^Nothing|not taken/.test(e.innerText)", arg=lab.said.element_handle())


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_what_a_hand_needs_while_it_trains_is_on_the_screen_with_the_picture(notebook, size):
    notebook.page.set_viewport_size({"width": size[0], "height": size[1]})
    lab = opened(notebook, 0)
    parts = [lab.svg, lab.said, *(control(lab, name) for name in ("train", "step", "afresh", "back", "rate", "length"))]
    for part in parts:
        box = part.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size[1] - 24, "below the edge of the notebook"
    notebook.page.set_viewport_size({"width": 1366, "height": 768})


def test_it_trains_pauses_takes_one_step_and_goes_back_to_the_start(notebook):
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, 3)
    rate = control(lab, "rate").locator("input[type=range]")
    rate.focus()
    notebook.page.keyboard.press("ArrowLeft")
    wait_beyond(lab, steps(lab) + 3)
    pause(lab)
    before = steps(lab)
    notebook.page.wait_for_timeout(300)
    assert steps(lab) == before
    lab.button("One step").click()
    wait_for(lab, f"Step {before + 1}:")
    run_code = "print(lab.settings.rate, lab._task.done())"
    assert said_by_kernel(notebook, run_code) == "0.1 True\n"
    lab.button("Back to the start").click()
    wait_for(lab, "Nothing is trained yet.")
    assert steps(lab) == 0


def test_two_train_at_once_and_two_quick_clicks_leave_one_training_each(notebook):
    first, second = opened(notebook, 0), opened(notebook, 1)
    for lab in (first, second):
        box = lab.host.get_by_label("train", exact=True)
        for _ in range(3):
            box.click()
        wait_beyond(lab, 3)
    assert said_by_kernel(notebook, TRAININGS) == "2\n"
    for lab in (first, second):
        pause(lab)
    assert said_by_kernel(notebook, TRAININGS) == "0\n"


def test_a_rate_that_explodes_is_told_and_one_button_goes_back_before_it(notebook):
    lab = opened(notebook, 1)
    lab.button("Back to the start").click()
    wait_for(lab, "Nothing is trained yet.")
    clip = control(lab, "clip").locator("input[type=range]")
    clip.focus()
    notebook.page.keyboard.press("Home")
    rate = control(lab, "rate").locator("input[type=range]")
    rate.focus()
    notebook.page.keyboard.press("End")
    lab.host.get_by_label("train", exact=True).check()
    wait_for(lab, "was not taken, because its numbers are too large")
    assert not lab.host.get_by_label("train", exact=True).is_checked()
    lab.button("Go back some steps").click()
    notebook.page.wait_for_function("e => /^Step \\d+:|^Nothing/.test(e.innerText)", arg=lab.said.element_handle())


def test_while_another_cell_runs_it_says_that_it_rests(notebook):
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, 3)
    notebook.start(2)
    notebook.page.locator(".jp-OutputArea").get_by_text("begins").wait_for()
    notebook.page.wait_for_timeout(1000 * RESTS)
    rate = control(lab, "rate").locator("input[type=range]")
    rate.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function("e => e.innerText.includes('rests while')", arg=lab.note.element_handle())
    wait_beyond(lab, steps(lab) + 2)
    pause(lab)


def test_running_the_cell_again_ends_the_training_of_the_run_before(notebook):
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, 3)
    run(notebook, 0)
    trains = (
        "import asyncio; print(sum('_train' in repr(task) for task in asyncio.all_tasks(lab._loop)), lab.session.steps)"
    )
    assert said_by_kernel(notebook, trains) == "0 0\n"
    assert steps(opened(notebook, 0)) == 0


def test_an_interrupt_does_a_training_no_harm(notebook):
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, 3)
    notebook.kernel("interrupt")
    wait_beyond(lab, steps(lab) + 3)
    pause(lab)


def test_closing_a_laboratory_ends_its_training(notebook):
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, steps(lab) + 3)
    assert said_by_kernel(notebook, TRAININGS) == "1\n"
    said_by_kernel(notebook, "import asyncio; lab.close(); await asyncio.sleep(0.3)  # a slice may be under way")
    assert said_by_kernel(notebook, TRAININGS) == "0\n"
    run(notebook, 0)


def test_after_a_restart_it_says_what_to_run_and_trains_again_once(notebook):
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, 3)
    notebook.kernel("restart")
    lab.host.get_by_label("train", exact=True).click()
    notebook.page.wait_for_function("e => /[Rr]un this cell/.test(e.innerText)", arg=lab.note.element_handle())
    run(notebook, 0)
    lab = opened(notebook, 0)
    lab.host.get_by_label("train", exact=True).check()
    wait_beyond(lab, 3)
    assert said_by_kernel(notebook, TRAININGS) == "1\n"
    pause(lab)


def said_by_kernel(notebook, code):
    """What the kernel prints for a piece of code."""
    return notebook.page.evaluate(
        """async (code) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code });
            let said = "";
            future.onIOPub = ({ content }) => { said += content.text ?? content.evalue ?? ""; };
            await future.done;
            return said;
        }""",
        code,
    )

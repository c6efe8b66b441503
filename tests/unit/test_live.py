"""The live-figure engine: what it draws, says, sends, shows on trouble, saves and leaves behind."""

import base64
import gc
import io
import json
import threading
import weakref
import zlib

import ipywidgets as widgets
import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from PIL import Image

from rnnlib.pictures import live, style
from rnnlib.pictures.controls import Slider, Stepper, Switch
from rnnlib.pictures.live import LiveFigure

STEPS = np.arange(11)
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def draw(fig):
    ax = fig.subplots()
    ax.set(xlim=(0, 10), ylim=(0, 10), xlabel="step", ylabel="value $v$")
    return {"curve": ax.plot(STEPS, STEPS), "title": ax.set_title("")}


def update(artists, slope, curved=False):
    if slope == 13:
        raise ZeroDivisionError("13 <is> unlucky")
    artists["curve"][0].set_ydata(slope * STEPS ** (2 if curved else 1))
    artists["title"].set_text(f"Slope {slope:g}")
    return f"The slope is {slope:g} & the line {'bends' if curved else 'is straight'}."


def make(**options):
    controls = {
        "slope": Slider(1, -1, 20, 0.1, label="slope of the line"),
        "curved": Switch(False, label="with a square"),
    }
    return LiveFigure(draw, update, controls, alt="A line\n   over ten steps.", size=(4, 2), **options)


@pytest.fixture
def figure():
    figure = make()
    yield figure
    figure.close()


@pytest.fixture
def answers(figure, monkeypatch):
    """What the figure sends to its pages: pairs of a number and a patch."""
    sent = []
    monkeypatch.setattr(
        figure, "send", lambda content, buffers: sent.append((content["n"], json.loads(zlib.decompress(buffers[0]))))
    )
    return sent


def hand(figure, **values):
    """Move controls as a page does."""
    at = {name: figure.controls[name].position(value) for name, value in values.items()}
    figure._heard(None, {"n": "view-1", "at": at}, [])


def test_a_move_is_answered_with_what_changed_and_nothing_else(figure, answers):
    hand(figure, slope=0.5)
    ((number, patch),) = answers
    assert number == "view-1"
    assert patch["said"] == figure.sentence == "The slope is 0.5 & the line is straight."
    assert patch["parts"].keys() == {"m0", "m1"}
    assert "scene" not in patch
    assert patch["at"] == {"slope": 15, "curved": 0}
    assert figure.values == {"slope": 0.5, "curved": False}
    hand(figure, slope=0.5)
    assert answers[1][1]["parts"] == answers[1][1]["defs"] == {}


def test_a_change_that_was_not_announced_sends_the_whole_scene(figure, answers):
    figure.fig.axes[0].set_ylim(0, 5)
    hand(figure, slope=2)
    assert answers[0][1]["axes"][0]["y"] == ["linear", 0.0, 5.0]
    assert answers[0][1]["scene"].count('<g id="m') == 2
    hand(figure, slope=3)
    assert "scene" not in answers[1][1]


def test_a_page_that_is_opened_later_gets_the_picture_as_it_is_now(figure):
    figure.set(slope=7)
    state = json.loads(zlib.decompress(figure.get_state()["picture"]))
    assert state["said"].startswith("The slope is 7 ")
    assert state["at"]["slope"] == figure.controls["slope"].position(7)
    assert state["parts"] == figure._scene.parts


def test_a_negative_number_has_a_real_minus(figure):
    figure.set(slope=-0.5)
    assert figure.sentence == "The slope is −0.5 & the line is straight."


def test_set_moves_several_controls_and_draws_once(figure):
    calls = []

    def counted(artists, **values):
        calls.append(values)
        return update(artists, **values)

    figure._update = counted
    figure.set(slope=2, curved=True)
    assert calls == [{"slope": 2, "curved": True}]
    figure.reset()
    assert calls[1:] == [{"slope": 1, "curved": False}]


def test_set_names_an_unknown_control_and_a_value_that_it_does_not_have(figure):
    with pytest.raises(TypeError, match=r"expected names among \['slope', 'curved'\], got \['colour'\]"):
        figure.set(colour="red")
    with pytest.raises(ValueError, match=r"slope of the line: expected a number from −1\.0 to 20\.0 in steps of 0\.1"):
        figure.set(slope=21)


def test_an_error_is_told_in_words_and_the_last_good_picture_stays(figure, answers, capsys):
    picture = figure.svg()
    hand(figure, slope=13)
    ((_, patch),) = answers
    assert patch.keys() == {"trouble"}
    assert "could not be drawn for these values (ZeroDivisionError: 13 <is> unlucky)" in patch["trouble"]
    assert patch["trouble"].endswith("Press Reset to go on.")
    assert figure.svg() == picture
    hand(figure, slope=2)
    assert answers[1][1]["said"].startswith("The slope is 2")
    fresh = make()
    fresh.set(slope=2)
    assert figure.svg() == fresh.svg()
    fresh.close()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "content", [{"at": {"slope": 9999}}, {"at": {"slope": "x"}}, {"at": {"colour": 1}}, {"at": None}, {}], ids=str
)
def test_a_message_that_makes_no_sense_is_answered_and_changes_nothing(figure, answers, content):
    picture = figure.svg()
    figure._heard(None, {"n": "1"} | content, [])
    assert "could not be drawn" in answers[0][1]["trouble"]
    assert figure.svg() == picture


def test_nan_from_an_update_is_a_gap_in_the_picture(figure, answers):
    figure._update = lambda artists, **values: artists["curve"][0].set_ydata(STEPS * np.nan) or "Nothing to be seen."
    hand(figure, slope=2)
    assert answers[0][1]["parts"]["m0"] == ""
    assert answers[0][1]["said"] == "Nothing to be seen."


def test_an_error_is_raised_to_those_who_call_from_python(figure):
    with pytest.raises(ZeroDivisionError):
        figure.set(slope=13)
    figure.set(slope=2)
    assert figure.sentence.startswith("The slope is 2")


def test_an_update_that_says_nothing_is_named():
    with pytest.raises(TypeError, match="expected the sentence that says what is seen, got NoneType"):
        LiveFigure(draw, lambda artists: None, {}, alt="A line.", size=(4, 2))


def test_two_threads_draw_one_after_the_other(figure, answers):
    """Three hands at once, one of them a step that plays: each answer is the picture of its own values."""
    wanted, seen, faults = {}, [], []
    for k in range(1, 12):
        figure.set(slope=k)
        wanted[figure.controls["slope"].position(k)] = dict(figure._scene.parts)
    answers.clear()
    figure.send = lambda content, buffers: seen.append((dict(figure._scene.parts), figure._places()))

    def hands(seed):
        try:
            for k in np.random.default_rng(seed).integers(1, 12, size=60):
                hand(figure, slope=int(k))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=hands, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(seen) == 180
    assert all(parts == wanted[at["slope"]] for parts, at in seen)


def test_styles_of_two_threads_do_not_mix():
    """rcParams are global: a thread that changes them makes the others wait, and puts them back."""
    before, strange = dict(mpl.rcParams), []

    def look(size):
        for _ in range(40):
            with style.context({"font.size": size}):
                strange.append(mpl.rcParams["font.size"] != size)

    threads = [threading.Thread(target=look, args=(size,)) for size in (7, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == [False] * 80
    assert dict(mpl.rcParams) == before


@pytest.fixture
def outputs(figure, monkeypatch):
    """What the figure gives to a notebook when it is the last line of a cell."""
    shown = []

    def display(data, metadata=None, raw=False):
        assert raw
        shown.append(nbformat.v4.new_output("display_data", data, metadata=metadata or {}))

    monkeypatch.setattr(live, "display", display)
    figure.set(slope=0.3)
    figure._ipython_display_()
    return shown


WORDS = "A line over ten steps. The slope is 0.3 & the line is straight."
ESCAPED = WORDS.replace("&", "&amp;") + " Run this cell to move it."


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def test_the_outputs_hold_widgets_picture_and_words(figure, outputs):
    picture, below = outputs
    assert picture.data["text/plain"] == WORDS
    assert picture.metadata == {"image/png": {"alt": WORDS, "width": 400, "letters": 12.5}}
    assert picture.data[WIDGET_VIEW]["model_id"] == figure.model_id
    png = base64.b64decode(picture.data["image/png"])
    assert decoded(png).shape == (400, 800, 4)
    assert below.data[WIDGET_VIEW]["model_id"] == live._nothing().model_id
    assert below.data["text/html"] == f"<p>{ESCAPED}</p>"


def test_the_picture_that_stands_for_the_figure_does_not_disturb_it(figure, answers):
    before = figure.svg()
    assert decoded(figure.png()).shape == (400, 800, 4)
    assert figure.svg() == before
    hand(figure, slope=3)
    assert "scene" not in answers[0][1]


def notebook_with(outputs):
    """A notebook as it is saved: without the views of widgets."""
    for output in outputs:
        del output.data[WIDGET_VIEW]
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("figure", outputs=outputs, execution_count=1)],
        metadata={"language_info": {"name": "python"}},
    )


def test_exported_to_markdown_it_shows_picture_and_words(figure, outputs):
    text, resources = MarkdownExporter().from_notebook_node(notebook_with(outputs))
    ((name, png),) = resources["outputs"].items()
    assert f"({name})" in text
    np.testing.assert_array_equal(decoded(png), decoded(figure.png()))
    assert ESCAPED in text


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_exported_to_html_it_shows_picture_and_words(figure, outputs, template):
    text, _ = HTMLExporter(template_name=template).from_notebook_node(notebook_with(outputs))
    assert base64.b64encode(figure.png()).decode() in text
    assert ESCAPED in text


def test_the_layout_leaves_room_for_words_written_by_update(figure):
    title = figure.artists["title"].get_window_extent()
    assert figure.artists["title"].get_text() == "Slope 1"
    assert 0 <= title.y0 < title.y1 <= figure.fig.bbox.y1


def test_the_layout_does_not_move_with_the_controls(figure):
    place = figure.fig.axes[0].get_position().bounds
    figure.set(slope=20, curved=True)
    assert figure.fig.axes[0].get_position().bounds == place


def test_it_keeps_the_look_it_was_made_with(figure):
    figure.set(slope=3)
    expected = figure.svg()
    figure.reset()
    with mpl.rc_context({"mathtext.fontset": "stix", "font.size": 30, "lines.linewidth": 9}):
        figure._scene.forget()
        figure.set(slope=3)
        assert figure.svg() == expected


def test_in_the_lecture_hall_type_is_bigger(figure):
    with mpl.rc_context():
        style.use(lecture=True)
        large = make()
        style.use()
    assert large.fig.axes[0].xaxis.label.get_size() == pytest.approx(
        style.LECTURE_SCALE * figure.fig.axes[0].xaxis.label.get_size()
    )
    assert large.artists["curve"][0].get_linewidth() > figure.artists["curve"][0].get_linewidth()
    assert (large.spec["width"], large.spec["scale"]) == (figure.spec["width"], style.LECTURE_SCALE)
    large.close()


def test_a_legend_without_a_place_stays_where_it_is():
    def with_legend(fig):
        artists = draw(fig)
        artists["curve"][0].set_label("line")
        return artists | {"legend": fig.axes[0].legend()}

    figure = LiveFigure(with_legend, update, {"slope": Slider(0, 0, 10, label="slope")}, "A line.", (4, 2))
    place = figure.artists["legend"].get_window_extent().bounds
    figure.set(slope=9)
    assert figure.artists["legend"].get_window_extent().bounds == place
    figure.close()


def test_closing_leaves_nothing_behind():
    make().close()
    gc.collect()
    before = set(widgets.widget._instances)
    figure = LiveFigure(draw, update, {"slope": Stepper(0, 0, 5, label="slope")}, "A line.", size=(4, 2))
    picture = weakref.ref(figure.fig)
    figure.close()
    gc.collect()
    assert set(widgets.widget._instances) == before
    assert picture() is None, "what is left of a closed figure, such as Out of IPython, must not hold its picture"


def test_a_message_that_comes_too_late_is_let_go():
    figure = make()
    figure.close()
    figure._heard(None, {"n": "1", "at": {"slope": 3}}, [])


def test_a_figure_that_cannot_be_drawn_fails_with_its_own_error():
    def broken(fig):
        raise KeyError("no such thing")

    with pytest.raises(KeyError, match="no such thing"):
        LiveFigure(broken, update, {}, alt="Nothing.")
    gc.collect()


class Shell:
    """In the place of the shell of a kernel: it knows the request that is being run."""

    def __init__(self, cell, run):
        self.request = {"metadata": {"cellId": cell}, "header": {"msg_id": run}}

    def get_parent(self):
        return self.request


def test_running_a_cell_again_replaces_its_figures_and_no_others(monkeypatch):
    monkeypatch.setattr(live, "_shown", {})
    made = []
    for cell, run in [("a", 1), ("a", 1), ("b", 2), ("a", 3)]:
        monkeypatch.setattr(live, "get_ipython", lambda cell=cell, run=run: Shell(cell, run))
        made.append(make())
    assert [figure.comm is None for figure in made] == [True, True, False, False]
    for figure in made:
        figure.close()


def test_the_module_of_the_page_carries_its_looks_and_no_comments():
    module = live.front_module()
    assert "LOOKS" not in module
    assert ":host(.dark)" in module
    assert not [line for line in module.splitlines() if line.startswith("//")]

"""The live-figure engine: what it draws, says, shows on trouble, saves and leaves behind."""

import asyncio
import base64
import gc
import io
import weakref

import ipywidgets as widgets
import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from PIL import Image

from rnnlib import live, style
from rnnlib.live import LiveFigure, Stepper

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
        "slope": widgets.FloatSlider(value=1, min=0, max=20, description="slope of the line"),
        "curved": widgets.Checkbox(value=False, description="with a square"),
    }
    return LiveFigure(draw, update, controls, alt="A line\n   over ten steps.", size=(4, 2), **options)


@pytest.fixture
def figure():
    figure = make()
    yield figure
    figure.close()


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(bytes(data))).convert("RGBA"))


def caption(figure):
    return figure._caption.value


def test_the_picture_follows_the_controls_and_shows_exactly_the_pixels_drawn(figure):
    before = figure.pixels().copy()
    figure.controls["slope"].value = 0.5
    assert not np.array_equal(figure.pixels(), before)
    np.testing.assert_array_equal(decoded(figure.children[1].value), figure.pixels())
    assert figure.pixels().shape == (200, 400, 4)
    assert figure.sentence == "The slope is 0.5 & the line is straight."
    assert "The slope is 0.5 &amp; the line is straight." in caption(figure)
    assert 'role="status"' in caption(figure)


def test_a_negative_number_has_a_real_minus(figure):
    figure.controls["slope"].min = -1
    figure.set(slope=-0.5)
    assert figure.sentence == "The slope is −0.5 & the line is straight."
    assert "−0.5" in caption(figure)


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
    figure.controls["slope"].value = 3
    assert len(calls) == 3


def test_set_names_an_unknown_control(figure):
    with pytest.raises(TypeError, match=r"expected names among \['slope', 'curved'\], got \['colour'\]"):
        figure.set(colour="red")


def test_an_error_is_told_in_words_in_place_and_reset_goes_on(figure, capsys):
    picture = bytes(figure.children[1].value)
    figure.controls["slope"].value = 13
    assert "could not be drawn for these values (ZeroDivisionError: 13 &lt;is&gt; unlucky)" in caption(figure)
    assert "Press Reset" in caption(figure)
    assert "13 <is> unlucky" in figure.sentence
    assert bytes(figure.children[1].value) == picture
    reset = figure.children[0].children[-1]
    assert reset.description == "Reset"
    reset.click()
    assert figure.values == {"slope": 1, "curved": False}
    assert figure.sentence == "The slope is 1 & the line is straight."
    assert capsys.readouterr() == ("", "")


def test_an_error_of_the_reset_itself_is_told_too(figure):
    figure.controls["slope"].value = 2

    def broken(artists, **values):
        raise RuntimeError("no way back")

    figure._update = broken
    figure.children[0].children[-1].click()
    assert "RuntimeError: no way back" in caption(figure)


def test_an_error_is_raised_to_those_who_call_from_python(figure):
    with pytest.raises(ZeroDivisionError):
        figure.set(slope=13)
    figure.set(slope=2)
    assert figure.sentence.startswith("The slope is 2")


class Hand:
    """A hand that moves a control while a kernel's loop runs, and rests between moves; it counts what is drawn."""

    def __init__(self, figure):
        self.figure, self.drawn = figure, 0
        pixels = figure._blitter.pixels

        def counted():
            self.drawn += 1
            return pixels()

        figure._blitter.pixels = counted

    def move(self, *places):
        """Move the slope from place to place; give how many pictures each move had to wait for."""

        async def moves():
            waited = []
            for place in places:
                before = self.drawn
                self.figure.controls["slope"].value = place
                waited.append(self.drawn - before)
                await asyncio.sleep(3 * live.REST)
            return waited

        return asyncio.run(moves())


def test_a_hand_that_goes_on_finds_the_next_picture_ready(figure):
    assert Hand(figure).move(1.1, 1.2000000000000002, 1.3, 1.4) == [1, 0, 0, 0]
    fresh = make()
    fresh.set(slope=1.4)
    np.testing.assert_array_equal(decoded(figure.children[1].value), fresh.pixels())
    np.testing.assert_array_equal(figure.pixels(), fresh.pixels())
    assert figure.sentence == fresh.sentence == "The slope is 1.4 & the line is straight."
    fresh.close()


def test_a_hand_that_turns_or_moves_something_else_gets_its_own_picture(figure):
    hand = Hand(figure)
    assert hand.move(2, 3, 2.5) == [1, 0, 1]
    figure.controls["curved"].value = True
    assert hand.move(2.0) == [1]  # drawn ahead after 3 and 2.5, but straight
    assert figure.sentence == "The slope is 2 & the line bends."


def test_a_hand_that_goes_back_finds_the_picture_from_before(figure):
    hand = Hand(figure)
    figure.set(slope=3)
    first = figure.pixels().copy()
    hand.move(7, 3)
    assert hand.move(7, 3) == [0, 0]
    np.testing.assert_array_equal(decoded(figure.children[1].value), first)
    np.testing.assert_array_equal(figure.pixels(), first)
    assert figure.sentence.startswith("The slope is 3")


def test_nothing_is_drawn_ahead_beyond_the_ends_or_once_the_figure_is_closed(figure):
    hand = Hand(figure)
    hand.move(19, 20)
    assert hand.drawn == 2

    async def close_at_once():
        figure.controls["slope"].value = 15
        figure.close()
        await asyncio.sleep(3 * live.REST)

    asyncio.run(close_at_once())
    assert hand.drawn == 3


def test_an_error_ahead_is_told_when_the_hand_gets_there(figure, capsys):
    hand = Hand(figure)
    hand.move(11, 12)
    assert figure.sentence.startswith("The slope is 12")
    np.testing.assert_array_equal(decoded(figure.children[1].value), figure.pixels())
    hand.move(13)
    assert "ZeroDivisionError" in caption(figure)
    assert capsys.readouterr() == ("", "")


def test_an_update_that_says_nothing_is_named():
    with pytest.raises(TypeError, match="expected the sentence that says what is seen, got None"):
        LiveFigure(draw, lambda artists: None, {}, alt="A line.", size=(4, 2))


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
ESCAPED = WORDS.replace("&", "&amp;")


def test_the_outputs_hold_widgets_picture_and_words(figure, outputs):
    picture, below = outputs
    assert picture.data["text/plain"] == below.data["text/plain"] == WORDS
    assert picture.metadata == {"image/png": {"alt": WORDS, "width": 400}}
    assert picture.data[WIDGET_VIEW]["model_id"] == figure.model_id
    png = base64.b64decode(picture.data["image/png"])
    assert png.startswith(b"\x89PNG")
    np.testing.assert_array_equal(decoded(png), figure.pixels())
    assert below.data[WIDGET_VIEW]["model_id"] == figure._caption.model_id
    assert below.data["text/html"] == f"<p>{ESCAPED}</p>"


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
    np.testing.assert_array_equal(decoded(png), figure.pixels())
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
    expected = figure.pixels().copy()
    figure.reset()
    with mpl.rc_context({"mathtext.fontset": "stix", "font.size": 30, "lines.antialiased": False}):
        figure.set(slope=3)
        figure.fig.stale = True
        np.testing.assert_array_equal(figure.pixels(), expected)


def test_in_the_lecture_hall_type_is_bigger_and_pixels_are_finer(figure):
    with mpl.rc_context():
        style.use(lecture=True)
        large = make()
        style.use()
    assert large.pixels().shape == (300, 600, 4)
    assert large.fig.axes[0].xaxis.label.get_size() == pytest.approx(1.35 * figure.fig.axes[0].xaxis.label.get_size())
    assert large.artists["curve"][0].get_linewidth() > figure.artists["curve"][0].get_linewidth()
    assert large.children[1].layout.width == figure.children[1].layout.width == "400px"
    assert "calc(1.35 *" in caption(large)
    large.set(slope=3)
    assert large.pixels().shape == (300, 600, 4)
    large.close()


def test_a_legend_without_a_place_stays_where_it_is():
    def with_legend(fig):
        artists = draw(fig)
        artists["curve"][0].set_label("line")
        return artists | {"legend": fig.axes[0].legend()}

    figure = LiveFigure(with_legend, update, {"slope": widgets.FloatSlider(description="slope")}, "A line.", (4, 2))
    figure.pixels()
    place = figure.artists["legend"].get_window_extent().bounds
    figure.set(slope=9)
    figure.pixels()
    assert figure.artists["legend"].get_window_extent().bounds == place
    figure.close()


def test_closing_leaves_nothing_behind():
    make().close()
    gc.collect()
    before = set(widgets.widget._instances)
    figure = LiveFigure(draw, update, {"slope": Stepper(0, 0, 5, description="slope")}, "A line.", size=(4, 2))
    picture = weakref.ref(figure.fig)
    figure.close()
    assert set(widgets.widget._instances) == before
    del figure
    gc.collect()
    assert picture() is None


def test_a_figure_that_cannot_be_drawn_fails_with_its_own_error():
    def broken(fig):
        raise KeyError("no such thing")

    with pytest.raises(KeyError, match="no such thing"):
        LiveFigure(broken, update, {}, alt="Nothing.")
    gc.collect()


class Shell:
    """Stands for the shell of a kernel: it knows the request that is being run."""

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


def test_a_stepper_goes_back_and_on_and_stops_at_the_ends():
    stepper = Stepper(value=1, min=0, max=3, description="time step")
    figure = LiveFigure(draw, update, {"slope": stepper}, "A line.", size=(4, 2))
    back, on, play = stepper.buttons
    on.click()
    assert figure.values == {"slope": 2}
    assert "The slope is 2" in figure.sentence
    on.click()
    on.click()
    assert stepper.value == 3
    for _ in range(4):
        back.click()
    assert stepper.value == 0
    assert (play.min, play.max, play.step, play.value) == (0, 3, 1, 1)
    assert list(figure.children[0].children[0].children) == [stepper, back, on, play]
    figure.close()


@pytest.mark.parametrize(
    "control",
    [
        widgets.FloatSlider(description="a long description of a slider"),
        widgets.Dropdown(options=["one", "two"], description="which of these"),
        widgets.ToggleButtons(options=["value", "derivative"], description="show"),
        widgets.ToggleButton(description="logarithmic axis"),
        widgets.Checkbox(description="with the bound"),
        widgets.SelectionSlider(options=[1, 10, 100], description="steps"),
        widgets.RadioButtons(options=["a", "b"], description="choose"),
    ],
    ids=lambda control: type(control).__name__,
)
def test_no_control_has_a_fixed_width_that_could_cut_its_words(control):
    live._laid_out(control)
    assert getattr(control.style, "description_width", "initial") == "initial"
    assert control.layout.max_width == "100%"
    assert control.layout.width in ("auto", f"calc({len(control.description)}ch + 240px)")

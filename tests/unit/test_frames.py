"""The pictures of a live figure drawn beforehand: which values, in which order, and as a piece of a page."""

import io
import json
import re

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from rnnlib.frames import frames, page_html
from rnnlib.live import LiveFigure, Stepper

CONTROLS = {
    "gain": lambda: widgets.FloatSlider(1.3, min=0, max=2, step=0.1, description="gain of Wₛ"),
    "kind": lambda: widgets.ToggleButtons(options=[("tanh", 1.0), ("<linear>", -1.0)], description="activation"),
    "length": lambda: widgets.SelectionSlider(options=[10, 100, 1000], value=100, description="steps T"),
    "rate": lambda: widgets.FloatLogSlider(0.02, min=-3, max=0, step=0.5, description="rate"),
    "step": lambda: Stepper(2, min=0, max=5, description="step t"),
    "bound": lambda: widgets.Checkbox(True, description="with the bound"),
}


def explorer(*names):
    """A line whose height is the sum of the values."""

    def draw(fig):
        return fig.add_subplot(xlim=(0, 1), ylim=(-20, 20)).plot([0, 1], [0, 0])

    def update(artists, **values):
        artists[0].set_ydata([0, sum(values.values()) % 17])
        return "Values: " + ", ".join(f"{value:.4g}" for value in values.values()) + " <."

    controls = {name: CONTROLS[name]() for name in names}
    return LiveFigure(draw, update, controls, "A line & its end.", size=(2, 1))


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=int)


@pytest.mark.parametrize("name", CONTROLS)
@pytest.mark.parametrize("most", [1, 4, 30])
def test_a_control_keeps_its_ends_and_where_it_begins(name, most):
    live = explorer(name)
    (control,) = frames(live, most).controls
    widget = live.controls[name]
    values = [value for _, value in control.values]
    assert values[control.start] == widget.value
    if hasattr(widget, "base"):
        assert [values[0], values[-1]] == pytest.approx([widget.base**widget.min, widget.base**widget.max])
    elif hasattr(widget, "min"):
        assert [values[0], values[-1]] == pytest.approx([widget.min, widget.max])
    elif name != "length":
        assert len(values) == 2
    assert len(values) <= max(most, 3)
    assert len({words for words, _ in control.values}) == len(values)


def test_the_pictures_are_those_of_the_explorer_with_the_last_control_moving_fastest():
    live = explorer("gain", "kind", "step")
    taken = frames(live, 12)
    assert [control.name for control in taken.controls] == ["gain", "kind"]
    assert taken.held == [("step t", "2")]
    count = len(taken.controls[0].values) * 2
    assert count == len(taken.pictures) == len(taken.sentences) <= 12
    assert live.values == {"gain": 1.3, "kind": 1.0, "step": 2}
    assert taken.sentences[taken.start] == live.sentence
    k = 0
    for _, gain in taken.controls[0].values:
        for _, kind in taken.controls[1].values:
            live.set(gain=gain, kind=kind)
            assert taken.sentences[k] == live.sentence
            drawn, kept = live.pixels()[..., :3].astype(int), decoded(taken.pictures[k])
            assert np.abs(drawn - kept).max() < 40
            assert np.mean(np.abs(drawn - kept).max(axis=-1) > 12) < 0.02
            k += 1


def test_two_sliders_share_the_pictures_and_named_controls_move():
    live = explorer("gain", "length", "step")
    assert [len(control.values) for control in frames(live, 24).controls] == [6, 3]
    taken = frames(live, 24, ("step", "gain"))
    assert [control.name for control in taken.controls] == ["step", "gain"]
    assert len(taken.pictures) <= 24


def test_on_the_page_words_are_escaped_and_every_control_has_its_label():
    taken = frames(explorer("gain", "kind", "bound"), 8)
    page = page_html(taken, "demo", [f"p/{k}.webp" for k in range(len(taken.pictures))])
    data = json.loads(re.search(r'<script type="application/json">(.*)</script>', page)[1])
    assert data["sentences"] == taken.sentences
    assert len(data["sources"]) == len(taken.pictures)
    assert f'src="p/{taken.start}.webp"' in page
    assert "&lt;linear&gt;" in page
    assert "<linear>" not in page
    assert "A line &amp; its end." in page
    assert "with the bound: yes" in page
    for key in ("demo-gain", "demo-kind"):
        assert f'<label for="{key}">' in page
        assert f'id="{key}"' in page

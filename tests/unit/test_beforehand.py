"""Live figures for a page without a kernel, and the parts of them that can be dragged."""

import base64
import json
import re
import zlib

import numpy as np
import pytest

from rnnlib.pictures.beforehand import chosen_positions, page_html, table
from rnnlib.pictures.controls import Choice, Slider, Switch, Text
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure


def draw(fig):
    ax = fig.subplots()
    ax.set(xlim=(0, 2), ylim=(0, 100))
    return {"line": ax.plot([0, 1], [0, 0])[0], "dot": ax.plot([0], [0], "o")[0]}


def update(artists, gain, kind="flat", bound=True, word=""):
    top = 50 if kind == "log" else 100
    if artists["line"].axes.get_ylim() != (0, top):
        artists["line"].axes.set_ylim(0, top)
    artists["line"].set_ydata([0, gain])
    artists["dot"].set_data([1], [gain])
    return f"The gain is {gain} & <{kind}>, {bound}, {word}."


def explorer(**options):
    controls = {
        "gain": Slider(30, 0, 90, 5, label="gain"),
        "kind": Choice("flat", ["flat", "log"], label="kind"),
        "bound": Switch(True, label="bound"),
        "word": Text("a", label="word", examples=["b", "c"]),
    }
    return LiveFigure(draw, update, controls, "A line & a dot.", size=(3, 2), **options)


def shown(content, **at):
    """What the page shows for places of its controls, as ``beforehand`` in live.js works it out."""
    row = 0
    for name, one in content["spec"]["controls"].items():
        row = row * len(one["words"]) + at.get(name, one["start"])
    now = {name: content["texts"][name][column[row]] for name, column in content["columns"].items()}
    return now | {"axes": json.loads(now["axes"])}


def test_every_picture_of_the_table_is_that_of_the_live_figure():
    figure = explorer(beforehand=("gain", "kind", "word"))
    content = table(figure, 300).content
    controls = content["spec"]["controls"]
    assert [len(one["words"]) for one in controls.values()] == [19, 2, 3]
    for gain, kind, word in ((0, 0, 0), (6, 1, 2), (18, 0, 1), (3, 1, 0)):
        figure.set(gain=5 * gain, kind=("flat", "log")[kind], word="abc"[word])
        now, wanted = shown(content, gain=gain, kind=kind, word=word), figure.everything()
        assert now["said"] == wanted["said"]
        assert {name: now[name] for name in wanted["parts"]} == wanted["parts"]
        assert now["axes"] == wanted["axes"]
        assert re.sub("<defs>.*</defs>", "", now["scene"]) == wanted["scene"]
    assert wanted["defs"].keys() >= set(re.findall(r'href="#(\w+)', json.dumps(content["texts"]).replace("\\", "")))
    figure.close()


def test_limits_that_change_are_in_the_table_where_nothing_of_them_is_drawn():
    def draw_a_dot(fig):
        ax = fig.subplots()
        ax.set_axis_off()
        return {"dot": ax.plot([0], [0], "o")[0]}

    def move_the_limits(artists, top):
        artists["dot"].axes.set_ylim(0, top)
        return f"The top is {top}."

    figure = LiveFigure(draw_a_dot, move_the_limits, {"top": Slider(1, 1, 3, label="top")}, "A dot.", size=(3, 2))
    content = table(figure, 300).content
    assert [shown(content, top=k)["axes"][0]["y"] for k in range(3)] == [["linear", 0.0, top] for top in (1, 2, 3)]
    figure.close()


def test_what_does_not_move_is_held_at_its_start():
    taken = table(explorer(beforehand=("kind",)), 300)
    assert taken.held == [("gain", "30"), ("bound", "yes"), ("word", "a")]
    assert taken.content["spec"]["controls"].keys() == {"kind"}


def test_one_slider_takes_every_position_and_two_at_least_twenty():
    one = {"gain": Slider(30, 0, 900, label="gain"), "on": Switch(True, label="on")}
    assert [len(places) for places in chosen_positions(one, {"gain": 0, "on": 0}, 100).values()] == [901, 2]
    two = {"gain": Slider(30, 0, 900, label="gain"), "time": Slider(7, 0, 500, label="time")}
    taken = chosen_positions(two, {"gain": 0, "time": 0}, 100)
    for name, control in two.items():
        assert len(taken[name]) >= 20
        assert {0, control.position(control.value), len(control.positions()) - 1} <= set(taken[name])
    assert len(chosen_positions(two, {"gain": 41, "time": 0}, 100)["gain"]) >= 41


def test_a_name_of_no_control_is_refused():
    with pytest.raises(ValueError, match="beforehand: expected names among"):
        explorer(beforehand=("colour",))


def test_the_page_holds_picture_and_words_for_readers_without_a_script():
    taken = table(explorer(beforehand=("kind",)), 300)
    page = page_html(taken, "gain <of> it", "p/1.webp")
    assert '<img src="p/1.webp" alt="A line &amp; a dot. The gain is 30 &amp; &lt;flat&gt;, True, a."' in page
    assert "gain &lt;of&gt; it: an explorer" in page
    assert "Here they stay as they are: gain: 30; bound: yes; word: a." in page
    packed = re.search(r'<script type="text/plain">(.*)</script>', page)[1]
    assert json.loads(zlib.decompress(base64.b64decode(packed))) == json.loads(json.dumps(taken.content))


def test_a_handle_says_where_each_position_lies_and_is_thinned_with_its_control():
    figure = explorer(
        beforehand={"gain": 10},
        handles=lambda artists: [
            Handle(artists["dot"], y="gain"),
            Handle(artists["dot"].axes, points=("kind", {"flat": (0, 0), "log": (1, 50)}.get)),
        ],
    )
    dot, ring = figure.spec["handles"]
    assert dot["ways"] == {"y": {"name": "gain", "at": list(np.arange(0.0, 91, 5))}}
    assert dot["group"] == "m1"
    assert ring == {"axes": 0, "group": None, "ways": {"points": {"name": "kind", "at": [(0, 0), (1, 50)]}}}
    (left,) = table(figure, 300).content["spec"]["handles"]
    assert left["ways"]["y"]["at"][0] == 0
    assert len(left["ways"]["y"]["at"]) == len(table(figure, 300).content["spec"]["controls"]["gain"]["words"])
    figure.close()


def test_a_handle_that_cannot_be_is_refused():
    with pytest.raises(TypeError, match="expected some of x, y, radius, angle, points, got z"):
        Handle(None, z="gain")
    with pytest.raises(ValueError, match=r"expected names among \['gain'.*got 'colour'"):
        explorer(handles=lambda artists: [Handle(artists["dot"], x="colour")])
    with pytest.raises(ValueError, match="is not among the moving artists"):
        explorer(handles=lambda artists: [Handle(artists["dot"].axes.title, x="gain")])

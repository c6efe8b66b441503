"""Every explorer: swept over its controls, compared with pictures drawn afresh, read for its words and weighed."""

import functools
import hashlib
import itertools
import json
import math
import re
import threading
import zlib

import matplotlib as mpl
import numpy as np
import pytest
from chapters import chapters
from half_life_explorer import half_life
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from published import MOST

from rnnlib.pictures import controls, dark, style
from rnnlib.pictures.beforehand import chosen_positions
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.live import LiveFigure

FACTORIES = {
    f"{chapter.package}.{name}": getattr(chapter.explorers, name)
    for chapter in chapters()
    for name in chapter.explorers.__all__
} | {"adapt.half_life": half_life}  # the template of docs/ADAPT.md

ROUGH_TEXTS = (
    *("", " ", "x", "None", "nan", "0", "-1", "2 Nov 2026", "February 30th, 2026", "2026年11月2日", "Wednesday, " * 20),
    *("m" * 200, "2" * 200, "<b>bold</b> & $x_1$ \\n", "a\tb\nc\0d", "\U0001f600 e\u0301 \u200b\u202e", "\ud800"),
)


@functools.cache
def made(name):
    return FACTORIES[name]()


@pytest.fixture(params=FACTORIES)
def explorer(request):
    """An explorer as it is at first."""
    explorer = made(request.param)
    explorer.reset()
    return explorer


def choices(control, rng=None):
    """What a hand can give a control: every option, or the ends of a slider and points between, drawn if ``rng``."""
    if isinstance(control, controls.Text):
        return [control.value, *ROUGH_TEXTS]
    values = control.positions()
    if isinstance(control, controls.Choice) or len(values) < 6:
        return values
    last = len(values) - 1
    between = rng.integers(len(values), size=3) if rng else np.linspace(0, last, 5).astype(int)[1:-1]
    return [values[k] for k in (0, *between, last)]


def corners(explorer, most):
    """The ends of all controls together, no more than ``most`` of them."""
    ends = ([choices(control)[0], choices(control)[-1]] for control in explorer.controls.values())
    every = [dict(zip(explorer.controls, corner, strict=True)) for corner in itertools.product(*ends)]
    return [every[k] for k in np.unique(np.linspace(0, len(every) - 1, most).astype(int))]


def anywhere(explorer, rng):
    """One value for each control, drawn at random."""
    drawn = {}
    for name, control in explorer.controls.items():
        values = choices(control, rng)
        drawn[name] = values[rng.integers(len(values))]
    return drawn


def words_beside_the_axes(fig):
    """The titles, labels and tick labels of a figure that can be seen, with their outlines in pixels."""
    texts = [text for text in fig.texts if text.get_visible()]
    for ax in filter(lambda ax: ax.get_visible(), fig.axes):
        # the titles
        texts += [child for child in ax.get_children() if isinstance(child, Text) and child not in ax.texts]
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            texts += [axis.label, *(tick.label1 for tick in ticks), *(tick.label2 for tick in ticks)]
    return [(text.get_text(), outline(text)) for text in texts if text.get_visible() and text.get_text().strip()]


def outline(text):
    """The rectangle that a text fills, less a rim of half a pixel; it may be slanted."""
    box, angle = text.get_window_extent(), text.get_rotation()
    width, height = box.size
    if angle % 90:
        text.set_rotation(0)
        width, height = text.get_window_extent().size
        text.set_rotation(angle)
    else:
        angle = 0
    centre = (box.min + box.max) / 2
    turned = Affine2D().scale(max(width - 1, 1), max(height - 1, 1)).rotate_deg(angle).translate(*centre)
    return turned.transform_path(Path([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)]))


def assert_legible(explorer):
    """Nothing reaches beyond the picture and no words beside the axes run into others."""
    fig = explorer.fig
    with style.context(explorer._look):
        box, page = fig.get_tightbbox(), fig.bbox_inches
        words = words_beside_the_axes(fig)
        shown = [label for label in fig.findobj(Label) if label.get_visible() and len(label.get_path().vertices)]
        labels = [label.get_window_extent() for label in shown]
    assert style.smallest_letters(fig) >= explorer._look["font.size"], f"small letters at {explorer.values}"
    slack = 0.03
    assert box.x0 >= -slack, f"cut off by {-box.x0:.2f} inches on the left at {explorer.values}"
    assert box.y0 >= -slack, f"cut off by {-box.y0:.2f} inches at the bottom at {explorer.values}"
    assert box.x1 <= page.x1 + slack, f"cut off by {box.x1 - page.x1:.2f} inches on the right at {explorer.values}"
    assert box.y1 <= page.y1 + slack, f"cut off by {box.y1 - page.y1:.2f} inches at the top at {explorer.values}"
    for label in labels:
        corners_inside = [fig.bbox.padded(2).contains(*corner) for corner in (label.min, label.max)]
        assert all(corners_inside), f"a label is cut off at {explorer.values}"
    for one, other in itertools.combinations(labels, 2):
        across, up = np.minimum(one.max, other.max) - np.maximum(one.min, other.min)
        assert min(across, up) <= 1, f"two labels collide at {explorer.values}"
    for (one, here), (other, there) in itertools.combinations(words, 2):
        assert not here.intersects_path(there), f"{one!r} runs into {other!r} at {explorer.values}"


def test_there_are_explorers():
    assert len(FACTORIES) > 25


def assert_says_something(explorer):
    said, values = explorer.sentence, explorer.values
    assert said.strip(), f"nothing is said at {values}"
    assert "nan" not in said.split(), f"an unexplained nan at {values}: {said}"
    assert not re.search(r"[-−]0(\.0+)?(?![\d.,]*[1-9])", said), f"a zero with a minus at {values}: {said}"


def test_every_value_is_drawn_and_put_into_words_and_every_control_moves_the_picture(explorer):
    for name, control in explorer.controls.items():
        seen = set()
        for value in choices(control):
            explorer.set(**{name: value})
            assert_says_something(explorer)
            seen.add(explorer.svg())
        assert len(seen) > 1, f"{name} moves nothing"
        explorer.reset()


def test_the_ends_of_all_controls_together_and_random_points_are_drawn(explorer):
    rng = np.random.default_rng(0)
    for values in [*corners(explorer, most=8), *(anywhere(explorer, rng) for _ in range(8))]:
        explorer.set(**values)
        assert_says_something(explorer)


@pytest.mark.sample(16)
@pytest.mark.parametrize("name", FACTORIES)
def test_a_moved_picture_equals_one_drawn_afresh_as_text(name):
    moved, fresh, rng = made(name), FACTORIES[name](), np.random.default_rng(1)
    for _ in range(4):
        moved.set(**anywhere(moved, rng))
    fresh.set(**moved.values)
    assert moved.svg() == fresh.svg()
    assert moved.sentence == fresh.sentence
    moved._scene.forget()
    moved.set()
    assert moved.svg() == fresh.svg(), "drawn whole it differs"
    fresh.close()


def test_reset_brings_back_the_first_picture(explorer):
    first, sentence = explorer.svg(), explorer.sentence
    explorer.set(**anywhere(explorer, np.random.default_rng(2)))
    explorer.reset()
    assert explorer.svg() == first
    assert explorer.sentence == sentence


def test_what_can_be_grasped_lies_where_its_control_says(explorer):
    artists = {group: artist for artist, group in explorer._scene.names.items()}
    for handle in (handle for handle in explorer.spec["handles"] if handle["group"] is not None):
        artist, ax = artists[handle["group"]], explorer.fig.axes[handle["axes"]]
        for step in (0, 1, -1):
            explorer.reset()
            start = explorer.spec["controls"]
            places = {way: (to["name"], to["at"]) for way, to in handle["ways"].items() if way in ("x", "y", "points")}
            at = {name: min(max(start[name]["start"] + step, 1), len(there) - 1) for name, there in places.values()}
            explorer.set(**{name: explorer.controls[name].at(k) for name, k in at.items()})
            box = artist.get_window_extent(FigureCanvasAgg(explorer.fig).get_renderer())
            middle = ax.transData.inverted().transform(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2))
            for way, (name, there) in places.items():
                wanted = {"x": (there[at[name]], middle[1]), "y": (middle[0], there[at[name]])}.get(
                    way, there[at[name]]
                )
                off = ax.transData.transform(wanted) - ax.transData.transform(middle)
                assert np.abs(off).max() < 1, f"{name}: {off} points off"
    explorer.reset()


class Page:
    """A page that folds the patches of a figure, as front/live.js does, and counts what each weighs."""

    def __init__(self, figure, monkeypatch):
        self.state, self.weights, self.troubles = figure.everything(), [], []
        monkeypatch.setattr(figure, "send", self.heard)

    def heard(self, content, buffers):
        self.weights.append(len(buffers[0]))
        patch = json.loads(zlib.decompress(buffers[0]))
        self.troubles += [patch["trouble"]] if "trouble" in patch else []
        for name in ("parts", "defs", "colours"):
            self.state[name] = self.state[name] | patch.get(name, {})
        self.state |= {name: patch[name] for name in ("scene", "axes", "said", "at", "off") if name in patch}


def test_what_the_page_holds_after_many_moves_is_what_a_new_page_gets_and_moves_are_light(explorer, monkeypatch):
    page, rng = Page(explorer, monkeypatch), np.random.default_rng(3)
    for name, control in explorer.controls.items():
        for value in choices(control, rng):
            explorer._heard(None, {"n": "1", "at": {name: control.position(value)}}, [])
    assert page.troubles == []
    everything = json.loads(zlib.decompress(explorer.get_state()["picture"]))
    for name in ("scene", "parts", "axes", "said", "at", "off"):
        assert page.state[name] == everything[name], name
    named = re.findall(r'(?:href="#|url\(#)(\w+)', json.dumps(everything).replace('\\"', '"'))
    assert set(named) <= page.state["defs"].keys()
    assert max(page.weights) <= 20_000


@pytest.mark.sample(12)
@pytest.mark.parametrize("events", [5, pytest.param(72, marks=pytest.mark.slow)])
def test_two_hands_and_play_in_three_threads_never_make_a_wrong_picture(explorer, events, monkeypatch):
    """JupyterLab sends moves to one thread and runs cells in another; together the explorers get 10,000 events."""
    page, pictures, faults = Page(explorer, monkeypatch), [], []

    def heard(content, buffers):
        page.heard(content, buffers)
        pictures.append((dict(explorer.values), looks(page.state)))

    monkeypatch.setattr(explorer, "send", heard)

    def places(values):
        return {name: explorer.controls[name].position(value) for name, value in values.items()}

    def hand(seed):
        rng = np.random.default_rng(seed)
        return [places(anywhere(explorer, rng)) for _ in range(events)]

    def play():
        steppers = [name for name, control in explorer.controls.items() if isinstance(control, controls.Stepper)]
        name = [*steppers, *explorer.controls][0]
        every = choices(explorer.controls[name])
        return [places({name: every[k % len(every)]}) for k in range(events)]

    def run(moves):
        try:
            for move in moves:
                explorer._heard(None, {"n": "1", "at": move}, [])
        except Exception as error:  # a thread would keep it to itself
            faults.append(error)

    threads = [threading.Thread(target=run, args=(moves,)) for moves in (hand(1), hand(2), play())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == page.troubles == []
    assert len(pictures) == 3 * events
    for values, shown in pictures:
        explorer.move(values)
        assert looks(explorer.everything()) == shown, f"a wrong picture at {values}"


def looks(state):
    """What is seen and said, as one short text."""
    seen = json.dumps([state["scene"], sorted(state["parts"].items()), state["said"]], ensure_ascii=False)
    return hashlib.sha256(seen.encode("utf-8", "replace")).hexdigest()


@pytest.mark.sample(16)
def test_nothing_is_cut_off_and_no_words_collide(explorer):
    assert_legible(explorer)
    for values in corners(explorer, most=3):
        explorer.set(**values)
        assert_legible(explorer)


@pytest.mark.sample(12)
@pytest.mark.parametrize("name", FACTORIES)
def test_it_is_legible_in_the_style_of_the_lecture_hall_too(name):
    with mpl.rc_context():
        style.use(lecture=True)
        try:
            explorer = FACTORIES[name]()
            assert_legible(explorer)
            for values in corners(explorer, most=3):
                explorer.set(**values)
                assert_legible(explorer)
            explorer.close()
        finally:
            style.use()


def test_the_site_moves_every_position_of_one_control_or_twenty_of_two(explorer):
    """Or as many choices of three or more together; a control that has no part in it is named on the page."""
    moved = {key: explorer.controls[key] for key in explorer.beforehand}
    listed = {
        key: control.listed() if isinstance(control, controls.Text) else control for key, control in moved.items()
    }
    taken = chosen_positions(listed, explorer.beforehand, MOST)
    counts = {key: len(places) for key, places in taken.items()}
    whole = [key for key, control in listed.items() if counts[key] == len(control.positions())]
    assert whole or math.prod(counts.values()) >= 20 * 20, counts


def test_what_meets_in_a_legend_differs_in_lightness_or_pattern(explorer):
    """By colour alone not every eye can tell it; a step of 15 in CIE lightness (0 to 100) is plain to see."""
    for legend in explorer.fig.findobj(Legend):
        looks = [pattern_and_lightness(handle) for handle in legend.legend_handles]
        for (one, here), (other, there) in itertools.combinations(looks, 2):
            assert one != other or abs(here - there) >= 15, [text.get_text() for text in legend.get_texts()]


def pattern_and_lightness(handle):
    """How a part of a legend is drawn, and the CIE lightness of its colour."""
    if isinstance(handle, Line2D):
        colour, hollow = handle.get_color(), handle.get_markerfacecolor() == "none"
        pattern = (handle.get_linestyle(), *map(str, handle._unscaled_dash_pattern), handle.get_marker(), hollow)
    else:
        colour = np.ravel(handle.get_facecolor())[:3]
        pattern = (handle.get_hatch(), str(handle.get_linestyle()))
    luminance = float(dark.linear(to_rgb(colour)) @ [0.2126, 0.7152, 0.0722])
    return (type(handle), *pattern), 116 * np.cbrt(luminance) - 16


@pytest.mark.sample(12)
def test_words_stand_for_the_picture_where_it_cannot_be_shown(explorer):
    assert isinstance(explorer, LiveFigure)
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert explorer.sentence in data["text/plain"]
    assert len(explorer.alt) > 30


def test_labels_are_words(explorer):
    for name, control in explorer.controls.items():
        for words in (control.label, *control.words()):
            assert words.strip(), name
            assert not set("_$\\") & set(words), f"{name}: {words!r} reads like code"
        assert len(control.label) <= 45, f"{name}: {control.label!r} is too long for the place beside a slider"
        assert len(set(control.words())) == len(control.words()), f"{name}: two positions read alike"


def effect(explorer, name, values, rng):
    """Whether moving one control changes what is seen or said, the others at these values."""
    seen = set()
    for value in choices(explorer.controls[name], rng)[-4:]:
        explorer.move(values | {name: value})
        seen.add(looks(explorer.everything()))
    return len(seen) > 1


def off_at(explorer, values):
    explorer.move(values)
    return explorer.everything()["off"]


def test_a_control_that_is_off_changes_nothing(explorer):
    rng, off = np.random.default_rng(), explorer.everything()["off"]
    for values in [anywhere(explorer, rng) for _ in range(20 if explorer.turns_off else 0)]:
        for name in off_at(explorer, values):
            off.append(name)
            assert not effect(explorer, name, values, rng), f"{name} is off at {values}, and changes the picture"
    assert bool(off) == explorer.turns_off, "no control is ever off"


@pytest.mark.slow
def test_a_control_that_changes_nothing_at_an_end_of_another_one_is_off(explorer):
    """For every option of a choice, and for both ends of a slider, with the rest of the controls anywhere."""
    rng = np.random.default_rng()
    for other, control in explorer.controls.items():
        if isinstance(control, controls.Stepper | controls.Text | controls.Button):
            continue
        values = control.positions()
        for value in values if isinstance(control, controls.Choice) else [values[0], values[-1]]:
            for name in explorer.controls.keys() - {other}:
                if isinstance(explorer.controls[name], controls.Text | controls.Button):
                    continue
                places = [anywhere(explorer, rng) | {other: value} for _ in range(8)]
                if not any(effect(explorer, name, place, rng) for place in places):
                    said = f"{name} changes nothing where {other} is {value!r}: name it in off"
                    assert all(name in off_at(explorer, place) for place in places), said

"""The film of each chapter: its script names it, its way is what was asked for, and pictures of it are drawn."""

import functools
import re
import sys

import film as film_tool
import numpy as np
import pytest
from chapters import chapters
from PIL import Image
from published import NotReady

from rnnlib.chapters.ch3_vanishing import explorers as vanishing
from rnnlib.pictures.controls import Choice, Slider, Stepper

CHAPTERS = {chapter.package: chapter for chapter in chapters()}


@functools.cache
def film_of(package):
    return film_tool.planned(CHAPTERS[package])


@pytest.mark.parametrize("package", CHAPTERS)
def test_a_chapter_has_one_film_that_moves_what_its_picture_shows(package):
    film = film_of(package)
    assert film.heading
    assert 5 <= sum(count for _, count in film.way) / film_tool.RATE <= 60
    few = film._replace(way=[film.way[0], film.way[-1]])
    (first, _), (last, _) = film_tool.frames(few)
    assert first.size == last.size == (film_tool.WIDTH, film_tool.HEIGHT)
    for picture in (first, last):
        assert np.asarray(picture).min() == 0 or np.asarray(picture).std() > 10
    assert np.any(np.asarray(first) != np.asarray(last))


def test_nothing_of_a_frame_touches_its_edge():
    """With the longest sentence that the film has."""
    film = film_of("ch3_vanishing")
    (picture, _), *_ = film_tool.frames(film._replace(way=film.way[-1:]))
    pixels = np.asarray(picture)
    for edge in (pixels[:8], pixels[-8:], pixels[:, :8], pixels[:, -8:]):
        assert (edge == 255).all()


def test_the_way_begins_at_the_first_value_and_goes_on_step_by_step():
    explorer = vanishing.powers()
    way = film_tool.way(explorer, "weight: 1, 1.01; scale: linear")
    weights = [values["weight"] for values, _ in way]
    assert weights[0] == 1
    assert weights == sorted(weights)
    assert len(set(weights)) == explorer.controls["weight"].position(1.01) - explorer.controls["weight"].position(1) + 1
    assert [values["scale"] for values, _ in way] == ["log"] * (len(way) - 1) + ["linear"]
    assert way[-1][1] == film_tool.RATE * film_tool.REST


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (Slider(0, 0, 1000, label="a slider with many places"), 36),
        (Slider(0, 0, 3, label="a slider with few places"), 3),
        (Stepper(0, 0, 40, label="a stepper"), 40),
        (Choice("a", ["a", "b", "c"], label="a choice"), 1),
    ],
)
def test_a_control_takes_some_seconds_to_its_goal(control, expected):
    last = len(control.positions()) - 1
    steps = film_tool.steps(control, 0, last)
    places = [place for place, _ in steps]
    assert len(places) == expected
    assert places[-1] == last
    assert places == sorted(set(places))
    assert all(frames >= 1 for _, frames in steps)


@pytest.mark.parametrize("moves", ["width: 1", "weight: seven", "weight: 7", "scale: round"])
def test_a_film_of_what_is_not_there_names_line_and_controls(monkeypatch, tmp_path, moves):
    chapter = CHAPTERS["ch3_vanishing"]
    original = film_tool.stage_script.path_of(chapter).read_text(encoding="utf-8")
    script = tmp_path / "stage.md"
    script.write_text(re.sub(r'film="[^"]+"', f'film="{moves}"', original), encoding="utf-8")
    monkeypatch.setattr(film_tool.stage_script, "path_of", lambda chapter: script)
    with pytest.raises(NotReady, match=r"stage\.md, line \d+: expected a film of the controls weight, steps, scale"):
        film_tool.planned(chapter)
    script.write_text(re.sub(r'\{film="[^"]+"\}', "", original), encoding="utf-8")
    with pytest.raises(NotReady, match=r'expected .*film="control: value, value".*, got no film'):
        film_tool.planned(chapter)


PICTURES = [(Image.new("RGB", (1280, 720), colour), 6) for colour in ("white", "black")]


def test_an_mp4_can_be_read_again(tmp_path):
    av = pytest.importorskip("av")
    film_tool.write_mp4(tmp_path / "film.mp4", PICTURES)
    with av.open(str(tmp_path / "film.mp4")) as container:
        frames = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0)]
        assert container.streams.video[0].codec_context.name == "h264"
    assert len(frames) == 12
    assert min(frames[:6]) > 230 > 30 > max(frames[6:])


def test_a_gif_can_be_read_again(tmp_path):
    film_tool.write_gif(tmp_path / "film.gif", PICTURES)
    with Image.open(tmp_path / "film.gif") as gif:
        assert (gif.n_frames, gif.info["duration"], gif.size) == (2, 500, (1280, 720))


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["42"], "There is no chapter 42. There are 0, 1, 2"),
        (["3", "--to", "film.avi"], "film.avi: expected a name that ends in .mp4 or .gif"),
    ],
)
def test_what_cannot_be_filmed_is_answered_with_the_next_step(arguments, answer, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["film.py", *arguments])
    assert answer in film_tool.main()

"""Make a short film of the main move of a chapter, with its sentence, for slides of your own.

python tools/film.py 3                  film_3.mp4, H.264 in 1280 by 720, which every program for slides plays
python tools/film.py 3 --to loop.gif    a GIF, which plays by itself and again and again, in fewer colours

The script of the chapter names the move: ``![](cell:ID){film="weight: 0.99, 1.01"}``, see tools/stage_script.py. The
film is written by PyAV, FFmpeg as a Python package: frames go to it from memory, it needs no program beside it, and
it is kept up for every system. A GIF is written by Pillow, which the course has anyway.
"""

import argparse
import importlib.util
import io
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import stage_script
from lecture import chosen
from PIL import Image
from published import NotReady, publish

from rnnlib.pictures import style
from rnnlib.pictures.controls import Slider, Stepper
from rnnlib.pictures.figures.label import Label

WIDTH, HEIGHT = 1280, 720
RATE = 12  # frames a second
SWEEP = 3.0  # seconds from one value of a slider to the next
REST = 2.0  # seconds at a value, to read the sentence
LETTERS = 88  # of a line of the sentence
INSTALL = 'python -m pip install -e ".[site,film]" -c constraints.txt'

INK, QUIET, HEADING = "#222222", "#BBBBBB", "#0B3D6B"
MARGIN, LINE, ROW = 40, 34, 44  # pixels: at the sides, of a line of the sentence, of a control


class Film(NamedTuple):
    """What is filmed: an explorer below its heading, and the way of its controls, ``(values, frames)`` each."""

    heading: str
    explorer: object
    way: list


def planned(chapter):
    """The film that the script of a chapter asks for; :class:`NotReady` tells what is missing."""
    script = stage_script.read(stage_script.path_of(chapter))
    found = [(slide, part) for slide in script.slides for part in slide.parts if part.film]
    if not found:
        raise script.wrong(1, '![](cell:ID){film="control: value, value"} on one slide', "no film")
    slide, part = found[0]
    explorers = []
    with tempfile.TemporaryDirectory() as folder:
        publish(chapter.path, folder, only={part.text}, moved_by=lambda it: explorers.append(it) or "")
    if not explorers:
        raise script.wrong(part.line, "the id of a cell with an explorer", part.text)
    try:
        return Film(slide.heading, explorers[0], way(explorers[0], part.film))
    except (KeyError, ValueError) as error:
        names = ", ".join(explorers[0].controls)
        raise script.wrong(part.line, f"a film of the controls {names} and their values", str(error)) from None


def way(explorer, moves):
    """``(values, frames)`` one after another, along ``moves``: ``"weight: 0.99, 1.01; steps: 100"``.

    The film begins at the first value; every other is reached step by step. Raises KeyError for a control and
    ValueError for a value that the explorer does not have.
    """
    now, path = dict(explorer.values), []
    for move in moves.split(";"):
        name, _, stops = (piece.strip() for piece in move.partition(":"))
        control = explorer.controls[name]
        for stop in stops.split(","):
            goal, start = control.position(control.parse(stop.strip())), control.position(now[name])
            between = steps(control, goal if not path else start, goal)
            for place, frames in between:
                now[name] = control.at(place)
                path.append((dict(now), frames))
    return path


def steps(control, start, goal):
    """``(place, frames)`` of a control on its way to ``goal``, where it rests."""
    count = abs(goal - start) if isinstance(control, Slider) else 0
    if isinstance(control, Stepper):
        frames = round(RATE * control.interval / 1000)
    else:
        count = min(count, round(RATE * SWEEP))
        frames = round(RATE * SWEEP / max(count, 6))
    places = np.linspace(start, goal, count + 1).round().astype(int)[1:-1]
    return [*((int(place), frames) for place in places), (goal, round(RATE * REST))]


def frames(film):
    """The pictures of a film, ``(picture, count)`` each: an RGB image and for how many frames it is seen."""
    moved = {name for name in film.explorer.values if len({str(values[name]) for values, _ in film.way}) > 1}
    moved = [name for name in film.explorer.controls if name in moved]
    sentences = []
    for values, _ in film.way:
        film.explorer.set(**values)
        sentences.append(textwrap.wrap(film.explorer.sentence, LETTERS))
    foot = MARGIN / 2 + LINE * max(map(len, sentences))
    for (values, count), sentence in zip(film.way, sentences, strict=True):
        film.explorer.set(**values)
        yield _frame(film, moved, sentence, foot), count


def _frame(film, moved, sentence, foot):
    """Heading, controls, picture and sentence on white."""
    ground = style.new_figure(WIDTH / 100, HEIGHT / 100)
    ground.set_layout_engine("none")
    ax = ground.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    ax.set_axis_off()

    def write(words, x, y, pixels, **look):
        points = 0.72 * pixels  # of 100 to the inch
        look = {"color": INK, "rim": False, "scale": points / mpl.rcParams["font.size"]} | look
        Label(ax, **look).say(x, y, words, ha="left")

    top = HEIGHT - 38
    write(film.heading.replace("$", ""), MARGIN, top, 32, color=HEADING)
    top -= 8
    for name in moved:
        top -= ROW
        _control(ax, write, film.explorer.controls[name], film.explorer.values[name], top)
    for k, line in enumerate(sentence):
        write(line, MARGIN, foot - LINE * (k + 0.5), 25, weight="normal")
    image = _as_image(ground)
    wide, high = film.explorer.fig.get_size_inches()
    room = WIDTH - 2 * MARGIN, top - 24 - foot
    dots = min(room[0] / wide, room[1] / high)
    picture = Image.open(io.BytesIO(film.explorer.png(dpi=dots))).convert("RGB")
    image.paste(picture, ((WIDTH - picture.width) // 2, round(HEIGHT - foot - (room[1] + picture.height) / 2) - 8))
    return image


def _control(ax, write, control, value, y):
    """A control in its place: a slider with its track, words for any other."""
    place, words = control.position(value), control.words()
    write(control.label, MARGIN, y, 22, weight="normal")
    if isinstance(control, Slider):
        left, right = 0.4 * WIDTH, 0.82 * WIDTH
        ax.plot([left, right], [y, y], color=QUIET, linewidth=5, solid_capstyle="round")
        at = left + (right - left) * place / (len(words) - 1)
        ax.plot(at, y, "o", color=style.COLOURS["state"], markersize=15)
        write(words[place], 0.85 * WIDTH, y, 22)
    else:
        write(words[place], 0.4 * WIDTH, y, 22)


def _as_image(figure):
    figure.canvas.draw()
    return Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")


def write_mp4(path, pictures):
    """Write ``pictures``, as of :func:`frames`, as H.264 in an MP4 file."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture, count in pictures:
            for _ in range(count):
                container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())


def write_gif(path, pictures):
    """Write ``pictures``, as of :func:`frames`, as a GIF that plays again and again."""
    pictures = [(picture.quantize(64, dither=Image.Dither.NONE), count) for picture, count in pictures]
    (first, _), *rest = pictures
    times = [1000 * count // RATE for _, count in pictures]
    first.save(path, save_all=True, append_images=[it for it, _ in rest], duration=times, loop=0)


WRITERS = {".mp4": write_mp4, ".gif": write_gif}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapter", help="its number")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to, .mp4 or .gif")
    arguments = parser.parse_args()
    path = arguments.to or Path(f"film_{arguments.chapter}.mp4")
    try:
        chapter = chosen(arguments.chapter, tool="film")
        if path.suffix not in WRITERS:
            raise NotReady(f"{path}: expected a name that ends in {' or '.join(WRITERS)}")
        if path.suffix == ".mp4" and importlib.util.find_spec("av") is None:
            raise NotReady(f"An .mp4 needs PyAV: {INSTALL}\nA GIF needs nothing: --to film.gif")
        film = planned(chapter)
        print(f"Chapter {chapter.number}, {film.heading}: {len(film.way)} pictures are being drawn.", flush=True)
        WRITERS[path.suffix](path, frames(film))
    except NotReady as error:
        return str(error)
    except OSError as error:
        return f"{path} could not be written: {error.strerror or error}"
    print(f"{path}: {sum(count for _, count in film.way) / RATE:.0f} seconds, {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

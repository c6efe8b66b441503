"""A figure of which only the moving artists are drawn again looks as matplotlib draws it whole."""

import numpy as np
import pytest

from rnnlib import style
from rnnlib.blitting import Blitter


@pytest.fixture(autouse=True)
def _course_style():
    without_tick_labels = {"xtick.labelbottom": False, "ytick.labelleft": False}  # they take most of the time
    with style.context(style.rc_params() | without_tick_labels):
        yield


def drawn_whole(blitter):
    """What matplotlib draws when nothing is kept."""
    parts = [part for artist in blitter.moving for part in artist.findobj()]
    for part in parts:
        part.set_animated(False)
    blitter.fig.canvas.draw()
    whole = np.asarray(blitter.fig.canvas.buffer_rgba()).copy()
    for part in parts:
        part.set_animated(True)
    blitter.fig.stale = True
    return whole


def assert_looks_whole(blitter):
    """Compare bytes; half-transparent edges of what is laid over may be rounded otherwise."""
    kept = blitter.pixels().copy()
    whole = drawn_whole(blitter)
    np.testing.assert_allclose(kept.astype(int), whole.astype(int), atol=2)
    return kept


def count_full_draws(blitter):
    draws, draw = [], blitter.fig.canvas.draw

    def counting_draw():
        draws.append(1)
        draw()

    blitter.fig.canvas.draw = counting_draw
    return draws


def lines(ax):
    ax.set_ylim(-1, 1)
    below, moving = ax.plot([0, 1], [0, 0], "C0"), ax.plot([0, 1], [1, -1], "C1", linewidth=9)
    above = ax.plot([0, 1], [-1, 1], "C2", linewidth=9)
    ax.legend([*below, *moving, *above], ["below", "moving", "above"], loc="center")
    ax.set_title("One line moves")
    ax.set_xlabel("step")
    return {"line": moving}, lambda: moving[0].set_ydata([-0.5, 0.3])


def zorders(ax):
    a, b, c = (ax.axhspan(0.1 * k, 0.5 + 0.1 * k, color=f"C{k}", zorder=k) for k in range(3))
    text = ax.text(0.5, 0.5, "between", zorder=1.5, fontsize=30)
    return [a, c], lambda: (a.set_y(0.2), c.set_alpha(0.5), text, b)


def image(ax):
    shown = ax.imshow(np.arange(12.0).reshape(3, 4))
    ax.text(1, 1, "still", color="white")
    return {"image": shown}, lambda: shown.set_data(np.arange(12.0)[::-1].reshape(3, 4))


def text_and_annotation(ax):
    note = ax.annotate("here", (0.1, 0.1), (0.5, 0.5), arrowprops={"arrowstyle": "->"})
    title = ax.set_title("first")

    def move():
        note.xy = 0.9, 0.2
        note.set_text("there")
        title.set_text("second")

    return {"note": note, "title": title}, move


def legend_that_follows(ax):
    (line,) = ax.plot([0, 1], label="one")
    legend = ax.legend(loc="upper left")
    return [line, legend], lambda: (line.set_ydata([1, 0]), legend.get_texts()[0].set_text("another"))


def collections(ax):
    points = ax.scatter([0.1, 0.5], [0.2, 0.7], c=[0.0, 1.0])
    arrows = ax.quiver([0.2, 0.8], [0.2, 0.8], [1, 1], [0, 1])
    band = ax.fill_between([0, 1], [0, 0], [0.2, 0.3], alpha=0.4)

    def move():
        points.set_offsets([[0.3, 0.3], [0.9, 0.1]])
        arrows.set_UVC([0, 1], [1, -1])
        band.set_data([0, 1], [0.5, 0.2], [0.8, 0.9])

    return {"all": {"points": points, "arrows": arrows, "band": band}}, move


def containers(ax):
    bars = ax.bar([1, 2, 3], [3, 2, 1])
    stems = ax.stem([1, 2, 3], [1, 2, 3])
    return [bars, stems], lambda: (bars[1].set_height(0.5), stems.markerline.set_ydata([3, 1, 2]))


def no_frame(ax):
    ax.set_axis_off()
    (line,) = ax.plot([0, 1])
    return line, lambda: line.set_ydata([1, 0.5])


def twin(ax):
    (line,) = ax.plot([0, 1], "C0", linewidth=8)
    over = ax.twinx()
    over.plot([1, 0], "C1", linewidth=8)
    return line, lambda: line.set_ydata([0.5, 0.5])


def inset(ax):
    (line,) = ax.plot([0, 1], "C0", linewidth=8)
    small = ax.inset_axes([0.3, 0.3, 0.4, 0.4])
    (moving,) = small.plot([0, 1], "C1")
    small.text(0.2, 0.5, "still")
    return [line, moving], lambda: (line.set_ydata([0.5, 0.4]), moving.set_ydata([1, 0]))


def figure_words(ax):
    (line,) = ax.plot([0, 1], linewidth=20)
    ax.figure.text(0.5, 0.5, "over all")
    words = ax.figure.text(0.1, 0.9, "moving words")
    return [line, words], lambda: (line.set_ydata([0.6, 0.6]), words.set_x(0.4))


SCENES = (
    *(lines, zorders, image, text_and_annotation, legend_that_follows, collections, containers),
    *(no_frame, twin, inset, figure_words),
)


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def scene(request):
    fig = style.new_figure(5, 2.5)
    axes = fig.subplots(1, 2)
    axes[1].plot([1, 2, 3])
    moving, move = request.param(axes[0])
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    return Blitter(fig, moving), move


def test_what_moves_is_drawn_where_it_belongs_and_nothing_else_is_drawn_again(scene):
    blitter, move = scene
    before = assert_looks_whole(blitter)
    blitter.pixels()
    draws = count_full_draws(blitter)
    move()
    after = blitter.pixels().copy()
    assert draws == []
    assert not np.array_equal(before, after)
    del blitter.fig.canvas.draw
    np.testing.assert_array_equal(after, assert_looks_whole(blitter))


CHANGES = {
    "limits": lambda ax: ax.set_ylim(-3, 3),
    "scale": lambda ax: ax.set_yscale("symlog"),
    "ticks": lambda ax: ax.set_xticks([0.25, 0.75], ["a quarter", "three"]),
    "label": lambda ax: ax.set_xlabel("time"),
    "title": lambda ax: ax.set_title("Another title"),
    "legend": lambda ax: ax.get_legend().get_texts()[0].set_text("renamed"),
    "still line": lambda ax: ax.lines[0].set_ydata([0.5, 0.5]),
    "hidden": lambda ax: ax.set_visible(False),
    "frameless": lambda ax: ax.set_axis_off(),
    "colour": lambda ax: ax.set_facecolor("yellow"),
    "new artist": lambda ax: ax.axvline(0.5),
    "neighbour": lambda ax: ax.figure.axes[1].set_xlim(0, 9),
    "suptitle": lambda ax: ax.figure.suptitle("Over all"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_what_stands_still_is_noticed(change):
    fig = style.new_figure(5, 2.5)
    ax, _ = fig.subplots(1, 2)
    moving, move = lines(ax)
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    blitter = Blitter(fig, moving)
    before = blitter.pixels().copy()
    change(ax)
    after = assert_looks_whole(blitter)
    assert not np.array_equal(before, after)
    blitter.pixels()
    draws = count_full_draws(blitter)
    move()
    blitter.pixels()
    assert draws == []


def test_colours_that_change_take_their_bar_with_them():
    fig = style.new_figure(4, 3)
    ax = fig.subplots()
    shown = ax.imshow(np.eye(3))
    fig.colorbar(shown)
    blitter = Blitter(fig, shown)
    before = blitter.pixels().copy()
    shown.set_clim(0, 50)
    assert not np.array_equal(before, assert_looks_whole(blitter))


def test_a_moving_artist_in_hidden_axes_is_not_drawn():
    fig = style.new_figure(4, 3)
    ax = fig.subplots()
    (line,) = ax.plot([0, 1])
    blitter = Blitter(fig, {"line": line, "axes": ax})
    blitter.pixels()
    ax.set_visible(False)
    assert (blitter.pixels() == 255).all()
    ax.set_visible(True)
    assert not (blitter.pixels() == 255).all()


def test_after_an_error_in_drawing_the_next_picture_is_whole_again():
    fig = style.new_figure(4, 3)
    ax = fig.subplots()
    (line,) = ax.plot([0, 1])
    ax.set_title("good")
    blitter = Blitter(fig, line)
    good = blitter.pixels().copy()
    ax.set_title(r"$\unknown$")
    with pytest.raises(ValueError, match="unknown"):
        blitter.pixels()
    ax.set_title("good")
    np.testing.assert_array_equal(blitter.pixels(), good)


@pytest.mark.parametrize("wrong", ["line", 3, None, {"line": "line"}], ids=str)
def test_what_is_not_an_artist_is_named(wrong):
    with pytest.raises(TypeError, match="expected artists of matplotlib, got"):
        Blitter(style.new_figure(), [wrong])


def test_a_part_of_another_artist_cannot_move_by_itself():
    fig = style.new_figure()
    ax = fig.subplots()
    ax.plot([0, 1], label="curve")
    with pytest.raises(ValueError, match="name the artist it belongs to"):
        Blitter(fig, ax.legend(loc="upper left").get_texts())

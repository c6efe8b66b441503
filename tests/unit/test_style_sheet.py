"""One look for every picture, and the switch for the lecture hall."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnnlib.pictures import style
from rnnlib.pictures.figures import Picture
from rnnlib.pictures.figures.characters import Characters
from rnnlib.pictures.figures.label import Label


@pytest.fixture(autouse=True)
def _settings_of_the_course_before_and_after():
    with mpl.rc_context():
        style.use()
        yield
        style.use()


def test_the_sheet_sets_only_what_matplotlib_knows_and_warns_of_nothing():
    rc = style.rc_params()
    assert rc["font.size"] == 12.5
    assert rc.keys() <= mpl.rcParams.keys()


def test_nothing_is_smaller_than_the_letters_of_the_text():
    rc = style.rc_params()
    sizes = ("axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
    assert min(rc[name] for name in sizes) == rc["font.size"]


def test_the_smallest_letters_of_a_figure_are_found_whatever_draws_them():
    style.use()
    figure = style.new_figure(5, 2)
    assert style.smallest_letters(figure) is None
    axes = figure.subplots()
    figure.draw_without_rendering()  # the numbers at the ticks
    assert style.smallest_letters(figure) == 12.5
    label, characters = Label(axes, color="black", scale=0.5), Characters(axes, scale=0.4)
    assert style.smallest_letters(figure) == 12.5
    label.say(0, 0, "small")
    assert style.smallest_letters(figure) == 6.25
    characters.write([(0, 0)], "x")
    assert style.smallest_letters(figure) == 5
    axes.text(0, 0, "hidden", fontsize=3, visible=False)
    assert style.smallest_letters(figure) == 5
    axes.text(0, 0, "tiny", fontsize=3)
    assert style.smallest_letters(figure) == 3


def test_use_sets_the_look_and_takes_the_lecture_back():
    style.use(lecture=True)
    assert mpl.rcParams["font.size"] == pytest.approx(12.5 * style.LECTURE_SCALE)
    assert mpl.rcParams["lines.linewidth"] == pytest.approx(2.2 * style.LECTURE_SCALE)
    assert style.scale() == style.LECTURE_SCALE
    style.use()
    assert mpl.rcParams["font.size"] == 12.5
    assert style.scale() == 1


def test_the_look_inside_a_context_ends_with_it():
    mpl.rcParams["font.size"] = 7
    with style.context():
        assert mpl.rcParams["font.size"] == 12.5
        with style.context():
            assert mpl.rcParams["font.size"] == 12.5
        assert mpl.rcParams["font.size"] == 12.5
    assert mpl.rcParams["font.size"] == 7


def test_a_new_figure_belongs_to_no_window():
    style.use()
    assert plt.get_fignums() == []
    figure = style.new_figure(5, 2)
    assert plt.get_fignums() == []
    np.testing.assert_array_equal(figure.get_size_inches(), [5, 2])
    assert figure.get_constrained_layout()


def linear(colour):
    channels = np.array(mpl.colors.to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(colour, ground="white"):
    """The contrast ratio of WCAG 2, 1 to 21."""
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (colour, ground))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", sorted(set(style.COLOURS.values())))
def test_every_colour_can_be_seen_on_white(colour):
    assert contrast(colour) > 2


@pytest.mark.parametrize(
    "together",
    [
        ("input", "state", "output", "gradient"),
        ("input_gate", "forget_gate", "output_gate", "candidate", "memory"),
        ("reset_gate", "update_gate", "candidate", "state"),
        ("RNN", "LSTM", "GRU", "bound"),
    ],
    ids=" ".join,
)
def test_colours_that_meet_in_one_picture_differ(together):
    for left, right in itertools.combinations(together, 2):
        distance = np.abs(np.subtract(mpl.colors.to_rgb(style.COLOURS[left]), mpl.colors.to_rgb(style.COLOURS[right])))
        assert distance.max() > 0.2, (left, right)


def test_a_picture_carries_words_and_its_width_on_the_page_and_the_size_of_its_letters():
    style.use()
    figure = style.new_figure(5, 2)
    figure.subplots().plot([1, 2])
    data, metadata = Picture(figure, "A line\n that rises.")._repr_mimebundle_()
    assert data["text/plain"] == "A line that rises."
    assert metadata == {"image/png": {"alt": "A line that rises.", "width": 500, "letters": 12.5}}


@pytest.mark.parametrize("nothing", ["", "  ", None, 3], ids=repr)
def test_a_picture_without_words_is_refused(nothing):
    with pytest.raises(ValueError, match="expected a sentence"):
        Picture(style.new_figure(), nothing)

"""The colours of a dark page: readable, and with the meanings they have on a white one."""

import itertools

import matplotlib.colors as mcolors
import pytest

from rnnlib.pictures import style
from rnnlib.pictures.dark import contrast, on_dark, variable

PAPER = on_dark((1, 1, 1))
INK = on_dark(mcolors.to_rgb("#222222"))
HUES = sorted(set(style.COLOURS.values()) - {"#000000", "#777777"})


@pytest.mark.parametrize("colour", [*HUES, "#000000", "#222222", "#444444", "#555555", "#666666", "#777777"])
def test_words_and_lines_can_be_read_on_the_dark_page(colour):
    assert contrast(on_dark(mcolors.to_rgb(colour)), PAPER) >= 4.5


@pytest.mark.parametrize("colour", HUES)
def test_an_area_is_seen_on_the_page_and_words_on_the_area(colour):
    area = on_dark(mcolors.to_rgb(colour), area=True)
    assert contrast(area, PAPER) >= 3
    assert contrast(area, (1, 1, 1)) >= 4.5


@pytest.mark.parametrize("tint", ["#F2F2F2", "#DDEBF5", "#F3C6B0", "#BFE3D6", "#E3E3E3"])
def test_a_tint_stays_a_ground_for_words(tint):
    assert contrast(on_dark(mcolors.to_rgb(tint), area=True), INK) >= 4.5


@pytest.mark.parametrize("colour", HUES)
def test_a_hue_keeps_its_meaning(colour):
    def hue(rgb):
        return mcolors.rgb_to_hsv(rgb)[0]

    for area in (False, True):
        turned = abs(hue(on_dark(mcolors.to_rgb(colour), area)) - hue(mcolors.to_rgb(colour)))
        assert min(turned, 1 - turned) < 0.06


@pytest.mark.parametrize("area", [False, True])
def test_colours_that_differ_on_white_differ_on_black(area):
    for one, other in itertools.combinations(HUES, 2):
        assert variable(mcolors.to_rgb(one), area)[2] != variable(mcolors.to_rgb(other), area)[2]


def test_a_variable_names_the_colour_and_holds_both_of_its_values():
    assert variable((0.0, 0.0, 0.0)) == ("c000000", "#000000", "#ffffff")
    assert variable((1.0, 1.0, 1.0), True)[0] == "cffffff", "greys are mirrored either way"
    assert variable(mcolors.to_rgb("#0072B2"), True)[:2] == ("a0072b2", "#0072b2")

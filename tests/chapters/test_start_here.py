"""Chapter 0 and the README: their links lead somewhere, the glossary is whole, the explorer computes what it shows."""

import re

import numpy as np
import pytest
import readme_picture
from chapters import NOTEBOOKS, ROOT, chapters, rows
from needs import markdown
from PIL import Image, ImageSequence

from rnnlib.chapters.ch0_start_here.explorers import leaking as start_here
from rnnlib.chapters.ch3_vanishing import explorers as vanishing
from rnnlib.pictures import style

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def table(heading):
    """The rows of a table of chapter 0, as lists of cells."""
    found = rows("\n\n".join(markdown(NOTEBOOKS / "00_start_here.ipynb")), heading)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


PAGES = [*NOTEBOOKS.glob("*.ipynb"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_relative_link_leads_somewhere(path):
    for text in markdown(path):
        for target in LINK.findall(text):
            if not re.match(r"https?:|#|attachment:|cell:", target):
                assert (path.parent / target.partition("#")[0]).exists(), target


def test_the_glossary_is_in_both_languages_and_in_the_order_of_the_chapters():
    terms = table("Glossary English – 中文")
    assert len(terms) >= 40
    assert len({english for english, *_ in terms}) == len(terms)
    numbers = [int(chapter) for *_, chapter in terms]
    assert numbers == sorted(numbers)
    assert set(numbers) <= {chapter.number for chapter in chapters()}
    for english, chinese, meaning, _ in terms:
        assert english.isascii()
        assert re.fullmatch("[\u4e00-\u9fff（）]+", chinese), chinese
        assert meaning


def test_the_notation_table_gives_every_style():
    quantities = [row for row in table("The notation") if len(row) == 7]
    assert [row[1].partition(",")[0] for row in quantities] == ["$x_t$", "$S_t$", "$W_x$", "$W_s$", "$W_o$", "$b_s$"]
    assert [row[-1] for row in quantities][2:4] == ["`weight_ih_l0`", "`weight_hh_l0`"]


@pytest.mark.parametrize("weight", [0.0, 0.01, 0.5, 0.9, 1.0, 1.02])
def test_an_input_that_came_n_steps_ago_counts_w_to_the_n(weight):
    held = start_here.remembered(weight, 5)
    np.testing.assert_array_equal(held[:4], 0)
    np.testing.assert_allclose(held[4:], weight ** np.arange(20.0), rtol=1e-12)


@pytest.mark.parametrize("weight", np.arange(1, 100) / 100)
def test_steps_to_half_is_the_first_step_at_which_no_more_than_half_is_left(weight):
    n = start_here.steps_to_half(weight)
    assert weight**n <= 0.5 < weight ** (n - 1)


def test_the_picture_of_the_readme_is_what_the_explorer_draws():
    alt, target = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")).groups()
    assert ROOT / target == readme_picture.PATH
    assert len(alt) > 60
    style.use()
    explorer = vanishing.powers()
    with Image.open(readme_picture.PATH) as picture:
        saved = [image.convert("RGB") for image in ImageSequence.Iterator(picture)]
    assert len(saved) == len(readme_picture.WEIGHTS)
    for k in (0, 7, 21, 33):
        drawn = np.asarray(readme_picture.frame(explorer, readme_picture.WEIGHTS[k]).convert("RGB"), dtype=int)
        different = np.abs(drawn - np.asarray(saved[k], dtype=int)).max(axis=-1) > 64
        assert different.mean() < 1 / 2000, "run  python tools/readme_picture.py  and commit the picture"

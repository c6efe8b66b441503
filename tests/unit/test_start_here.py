"""Chapter 0 and the README: their maps agree with the notebooks, their links lead somewhere, the numbers are right."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import readme_picture
from PIL import Image, ImageSequence

from rnnlib.explorers import start_here, vanishing

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(path for path in (ROOT / "notebooks").glob("0[1-9]*.ipynb"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def markdown(path):
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def rows(path, heading):
    """The rows of the table below a heading, as lists of cells."""
    text = "\n\n".join(markdown(path))
    section = re.search(rf"^#+ {heading}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return table[2:]


def minutes(path):
    """Minutes alone and on stage, from the first cell of a chapter."""
    found = re.search(r"(\d+) minutes alone, (\d+) on stage", markdown(path)[0])
    return [f"{found[1]} min", f"{found[2]} min"]


@pytest.mark.parametrize("name", ["notebooks/00_start_here.ipynb", "README.md"])
def test_the_map_lists_every_chapter_with_its_minutes(name):
    path = ROOT / name
    table = rows(path, "The map" if path.suffix == ".ipynb" else "The chapters")
    table = [row for row in table if "00_start_here" not in row[0]]
    linked = [(path.parent / LINK.search(row[0])[1]).resolve() for row in table]
    assert linked == CHAPTERS
    assert [row[2:] for row in table] == [minutes(chapter) for chapter in CHAPTERS]


PAGES = [*(ROOT / "notebooks").glob("*.ipynb"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_relative_link_leads_somewhere(path):
    for text in markdown(path):
        for target in LINK.findall(text):
            if not re.match(r"https?:|#|attachment:", target):
                assert (path.parent / target.partition("#")[0]).exists(), target


def test_the_glossary_is_in_both_languages_and_points_to_chapters():
    table = rows(ROOT / "notebooks" / "00_start_here.ipynb", "Glossary English – 中文")
    assert len(table) >= 40
    assert len({english for english, *_ in table}) == len(table)
    chapters = [int(chapter) for *_, chapter in table]
    assert chapters == sorted(chapters)
    assert set(chapters) <= {int(path.stem[:2]) for path in CHAPTERS}
    for english, chinese, meaning, _ in table:
        assert english.isascii()
        assert re.fullmatch("[\u4e00-\u9fff（）]+", chinese), chinese
        assert meaning


def test_the_notation_table_gives_every_style():
    table = rows(ROOT / "notebooks" / "00_start_here.ipynb", "The notation")
    quantities = [row for row in table if len(row) == 7]
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


def test_the_numbers_of_the_prediction():
    assert start_here.steps_to_half(0.9) == 7
    assert round(0.9**6, 2) == 0.53
    assert round(0.9**7, 2) == 0.48


def test_the_picture_of_the_readme_is_what_the_explorer_draws():
    alt, target = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")).groups()
    assert ROOT / target == readme_picture.PATH
    assert len(alt) > 60
    explorer = vanishing.powers()
    with Image.open(readme_picture.PATH) as picture:
        saved = [image.convert("RGB") for image in ImageSequence.Iterator(picture)]
    assert len(saved) == len(readme_picture.WEIGHTS)
    for k in (0, 7, 21, 33):
        drawn = np.asarray(readme_picture.frame(explorer, readme_picture.WEIGHTS[k]).convert("RGB"), dtype=int)
        different = np.abs(drawn - np.asarray(saved[k], dtype=int)).max(axis=-1) > 64
        assert different.mean() < 1 / 2000, "run  python tools/readme_picture.py  and commit the picture"

"""The scripts of the lectures: few words, minutes that add up, numbers and code that the notebook holds."""

import re

import nbformat
import pytest
import stage_script
from chapters import chapters
from stage_script import NotAScript, path_of, read

CHAPTERS = {chapter.package: chapter for chapter in chapters()}
FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.^_{])\d+(?:[  ,]\d{3})*(?:\.\d+)?")
ONE_LINE = 20  # words beside a picture


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request):
    return CHAPTERS[request.param]


@pytest.fixture(scope="module")
def script(chapter):
    return read(path_of(chapter))


@pytest.fixture(scope="module")
def cells(chapter):
    return {cell.id: cell for cell in nbformat.read(chapter.path, as_version=4).cells}


def written(slide):
    """The Markdown of a slide without code, comments and formulas that have a line of their own."""
    text = "\n".join(part.text for part in slide.parts if part.kind == "words")
    return re.sub(r"<!--.*?-->", "", FORMULA.sub("", CODE.sub("", text)), flags=re.DOTALL)


def words(slide):
    """How many words a slide has: a formula in a line is one, the number of a point is none."""
    text = re.sub(r"^\s*\d+\. ", "", written(slide), flags=re.MULTILINE)
    return len(re.findall(r"\w\S*", re.sub(r"\$[^$]+\$", "x", text)))


def lines_of_code(slide, cells):
    blocks = [cells[part.text].source for part in slide.parts if part.kind == "code"]
    blocks += [code for part in slide.parts if part.kind == "words" for code in CODE.findall(part.text)]
    return [len(block.strip().splitlines()) for block in blocks]


def test_it_has_15_to_25_slides_whose_minutes_are_those_on_stage(chapter, script):
    assert 15 <= len(script.slides) <= 25
    assert sum(slide.minutes for slide in script.slides) == chapter.on_stage
    assert all(slide.minutes.denominator <= 2 and len(slide.notes.split()) >= 5 for slide in script.slides)


def test_a_slide_has_a_heading_and_few_words_or_one_formula_or_one_picture(script, cells):
    for slide in script.slides[1:]:
        shown = [part for part in slide.parts if part.kind == "output"]
        formulas = sum(len(FORMULA.findall(part.text)) for part in slide.parts if part.kind == "words")
        assert slide.heading, slide.line
        assert words(slide) <= (ONE_LINE if shown else 40), (slide.heading, words(slide))
        assert formulas <= 1, slide.heading
        assert len(shown) <= 1, slide.heading
        assert all(count <= 12 for count in lines_of_code(slide, cells)), slide.heading


def test_the_cells_are_code_that_shows_something(script, cells):
    for slide in script.slides:
        for part in slide.parts:
            if part.kind != "words":
                assert cells[part.text].cell_type == "code", part
                assert part.kind == "code" or cells[part.text].outputs, part


def test_an_output_comes_with_its_question_or_its_order(script):
    for slide in script.slides[1:]:
        if any(part.kind == "output" for part in slide.parts):
            assert words(slide) or slide.heading.endswith("?"), slide.heading


def test_code_that_is_written_out_is_part_of_a_cell(script, cells):
    sources = [cell.source for cell in cells.values() if cell.cell_type == "code"]
    for slide in script.slides:
        for part in slide.parts:
            for code in CODE.findall(part.text) if part.kind == "words" else ():
                assert any(code.strip("\n") in source for source in sources), code


def test_every_number_is_in_the_notebook(chapter, script):
    """Digits in any notation of the same number: 20 752 and 20,752."""
    notebook = plain(chapter.path.read_text(encoding="utf-8"))
    known = set(NUMBER.findall(notebook))
    for slide in script.slides[1:]:
        formulas = set(NUMBER.findall(plain(" ".join(FORMULA.findall("\n".join(part.text for part in slide.parts))))))
        for number in NUMBER.findall(plain(f"{slide.heading}\n{written(slide)}")):
            assert number in known | formulas or int(float(number)) == float(number) <= 12, (slide.heading, number)


def plain(text):
    return re.sub(r"(?<=\d)(?: | |\\\\?,|,|\{,\})(?=\d{3}(?!\d))", "", text)


NOTES = "::: notes\n1 min. Say: hello.\n:::\n"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("## A\n", 1, "::: notes that begin with their minutes"),
        (f"{NOTES}## A\ntext\n", 4, "::: notes that begin with their minutes"),
        (f"{NOTES}## A\ntext\n::: notes\nSay: hello.\n:::\n", 7, "notes that begin with their minutes"),
        (f"{NOTES}## A\ntext\n::: notes\n1 min. Say\n", 6, "a line ::: that ends these notes"),
        (f"{NOTES}## A\nsee ![](cell:ab)\n{NOTES}", 5, "on a line of its own"),
        (f"{NOTES}## A\n![picture](cell:ab)\n{NOTES}", 5, "on a line of its own"),
        (f"{NOTES}# A\n{NOTES}", 4, "## before the heading"),
        (f"{NOTES}## A\ntext\n{NOTES}{NOTES}", 9, "one block of notes"),
        (f"{NOTES}## A\ntext\n\n. . .\n\n{NOTES}", 11, "before and after each"),
        (f"{NOTES}## A\n```python\nx = 1\n{NOTES}", 5, "``` on a line of its own"),
        (f"Words.\n{NOTES}", 1, "the notes of the title slide"),
        (f"{NOTES}::: warning\n:::\n", 4, "::: notes, and below"),
    ],
)
def test_a_script_that_is_not_understood_is_told_its_line(tmp_path, text, line, expected):
    path = tmp_path / "stage.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotAScript, match=rf"stage\.md, line {line}: expected .*{re.escape(expected)}.*, got "):
        read(path)


def test_a_chapter_without_a_script_is_told_where_it_belongs(tmp_path):
    with pytest.raises(NotAScript, match=r"stage\.md, line 1: expected a script .* got no file"):
        read(tmp_path / "stage.md")


def test_a_script_is_read_step_by_step(tmp_path):
    path = tmp_path / "stage.md"
    slide = "## A?\n\nFirst.\n\n![](cell:ab12)\n\n. . .\n\n![code](cell:cd34)\n\n::: notes\n2.5 min. Ask: why?\n:::\n"
    path.write_text(f"{NOTES}\n{slide}", encoding="utf-8")
    script = stage_script.read(path)
    slide = script.slides[1]
    assert [[(part.kind, part.text) for part in step] for step in slide.steps] == [
        [("words", "First."), ("output", "ab12")],
        [("code", "cd34")],
    ]
    assert (slide.heading, float(slide.minutes), slide.notes) == ("A?", 2.5, "Ask: why?")
    assert script.cells == {"ab12", "cd34"}

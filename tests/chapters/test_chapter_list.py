"""The list of chapters: each has all that it needs; one that lacks something is named with what it lacks."""

import json
import re

import chapters as tool
import pytest
from chapters import ROOT, TABLES, NotAChapter, chapters, read, rows, table, with_table
from needs import NEEDS, NOT_NEEDED, lectures, markdown

CHAPTERS = {chapter.package: chapter for chapter in chapters()}
WANTED = [(package, need) for package in CHAPTERS for need in NEEDS if (package, need) not in NOT_NEEDED]


@pytest.mark.parametrize(("package", "need"), WANTED, ids=lambda value: value.replace(" ", "_"))
def test_a_chapter_has_what_it_needs(package, need):
    missing = NEEDS[need](CHAPTERS[package])
    assert not missing, f"chapter {CHAPTERS[package].number}, {need}: {missing}"


def test_what_is_not_needed_belongs_to_a_chapter_and_a_need():
    assert all(package in CHAPTERS and need in NEEDS and reason for (package, need), reason in NOT_NEEDED.items())


def test_the_chapters_are_numbered_without_a_gap_and_no_folder_is_left_over():
    assert [chapter.number for chapter in chapters()] == list(range(len(CHAPTERS)))
    folders = {path.parent.name for path in (ROOT / "rnnlib" / "chapters").glob("*/__init__.py")}
    assert folders == set(CHAPTERS)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_chapters_is_the_list(name):
    path = ROOT / name
    assert rows("\n\n".join(markdown(path)), TABLES[name]) == table(path.parent), (
        "run  python tools/chapters.py --write"
    )


def test_a_table_is_written_below_its_heading_alone():
    text = "# A\n\n| a |\n|---|\n| old |\n\n# The map\n\n| chapter |\n|---|\n| old row |\n\nEnd.\n"
    after = with_table(text, "The map", ROOT)
    assert after.startswith(
        "# A\n\n| a |\n|---|\n| old |\n\n# The map\n\n| chapter |\n|---|\n| [0 Start here](notebooks/"
    )
    assert after.endswith(" min |\n\nEnd.\n")
    assert with_table(after, "The map", ROOT) == after
    assert with_table(text, "Another", ROOT) == text


def test_a_lecture_takes_the_minutes_of_its_chapters():
    on_stage = {chapter.number: chapter.on_stage for chapter in chapters()}
    assert lectures()
    for numbers, minutes in lectures():
        assert set(numbers) <= set(on_stage), f"docs/TEACHING.md: a lecture on a chapter that is not there, {numbers}"
        assert minutes == sum(on_stage[number] for number in numbers), numbers


def write(folder, title="# 3 · T\n\n**Why?**\n\n40 minutes alone, 20 on stage.", name="03_t", package="ch3_vanishing"):
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": title},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": f"from rnnlib.chapters.{package} import exercises, explorers",
            "outputs": [],
            "execution_count": None,
        },
    ]
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def test_a_notebook_tells_its_chapter(tmp_path):
    chapter = read(write(tmp_path))
    assert (chapter.number, chapter.title, chapter.question) == (3, "T", "Why?")
    assert (chapter.alone, chapter.on_stage, chapter.package) == (40, 20, "ch3_vanishing")
    assert tool.chapters(tmp_path) == [chapter]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "# T\n\n**Why?**"}, "03_t.ipynb: the first cell has no line such as  # 3 · Title"),
        ({"title": "# 3 · T\n\nWhy?"}, "no question in bold"),
        ({"title": "# 3 · T\n\n**Why?**"}, "does not say  40 minutes alone, 20 on stage"),
        ({"package": "x"}, "no cell says  from rnnlib.chapters.ch3_"),
        ({"name": "04_t"}, "the numbers differ"),
        ({"package": "ch4_lstm"}, "the numbers differ"),
    ],
)
def test_what_a_notebook_lacks_is_named(tmp_path, changes, message):
    with pytest.raises(NotAChapter, match=re.escape(message)):
        read(write(tmp_path, **changes))

"""What publishes the course: links from each chapter, notebooks that are not ready, the workflow."""

import itertools
import re
import shutil
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import link_chapters
import nbformat
import pytest
import stage_script
import yaml
from chapters import read as read_chapter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from readme_command import command
from run_notebooks import ROOT, as_saved, fingerprint

from rnnlib.chapters.ch0_start_here import explorers
from rnnlib.pictures.controls import Slider, check_beforehand
from rnnlib.pictures.live import LiveFigure

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def chapter(tmp_path):
    """A function that writes a small notebook, as if it had been run."""
    code = new_code_cell("2 + 3", id="sum", execution_count=1)
    code.outputs = [new_output("execute_result", {"text/plain": "5"}, execution_count=1)]

    def write(**changes):
        code.update(source="2 + 3", execution_count=1)
        notebook = new_notebook(cells=[new_markdown_cell("# 1 · Small\n\n**How small?**", id="title"), code])
        notebook.metadata.code = fingerprint(notebook)
        code.update(changes)
        path = tmp_path / "notebooks" / "01_small.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_saved(notebook), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_links_to_binder_and_colab_and_installs_itself_on_colab_alone(path):
    title, links, colab = nbformat.read(path, as_version=4).cells[:3]
    assert title.source.startswith("# ")
    where = link_chapters.repository()
    assert f"https://mybinder.org/v2/gh/{where}/main?urlpath=lab/tree/notebooks/{path.name})" in links.source
    assert f"https://colab.research.google.com/github/{where}/blob/main/notebooks/{path.name})" in links.source
    lines = colab.source.split("\n")
    guard = lines.index('if "google.colab" in sys.modules:')
    assert [line for line in lines[:guard] if line] == [lines[0], "import sys"]
    assert lines[0].startswith("# ")
    assert all(line.startswith("    ") for line in lines[guard + 1 :] if line)
    assert f"https://github.com/{where} " in colab.source
    assert (links.metadata, colab.metadata) == ({}, link_chapters.FOLDED)


def test_linking_again_changes_nothing_and_another_repository_reaches_every_place(chapter):
    notebook = nbformat.read(chapter(), as_version=4)
    link_chapters.link(notebook, "01_small.ipynb", "a/b")
    assert [cell.id for cell in notebook.cells] == ["title", "links", "colab", "sum"]
    assert [cell.execution_count for cell in notebook.cells[2:]] == [1, 2]
    assert notebook.cells[3].outputs[0].execution_count == 2
    assert notebook.metadata.code == fingerprint(notebook)
    once = as_saved(notebook)
    link_chapters.link(notebook, "01_small.ipynb", "a/b")
    assert as_saved(notebook) == once
    link_chapters.link(notebook, "01_small.ipynb", "c/d")
    assert once.count("a/b") == as_saved(notebook).count("c/d") == 3
    assert "a/b" not in as_saved(notebook)


def test_linking_does_not_make_a_stale_notebook_fresh(chapter):
    notebook = nbformat.read(chapter(source="2 + 4"), as_version=4)
    link_chapters.link(notebook, "01_small.ipynb", "a/b")
    assert notebook.metadata.code != fingerprint(notebook)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"execution_count": None, "outputs": []}, "has cells that were not run"),
        ({"execution_count": 7}, "has cells that were not run"),
        ({"source": "2 + 4"}, "has outputs of an earlier version of its code"),
    ],
)
def test_a_notebook_that_was_not_run_or_is_stale_is_not_published(chapter, changes, reason):
    published = pytest.importorskip("published")
    path = chapter(**changes)
    with pytest.raises(published.NotReady) as problem:
        published.read(path)
    assert str(problem.value).startswith(f"01_small.ipynb {reason}")
    assert str(problem.value).endswith("run  python tools/run_notebooks.py notebooks/01_small.ipynb")
    assert published.read(chapter()).cells


def test_an_explorer_that_says_something_else_than_what_is_saved_is_stale(chapter, tmp_path):
    published = pytest.importorskip("published")
    source = "from rnnlib.chapters.ch0_start_here import exercises, explorers\n\nexplorers.leaky_memory()"
    picture = new_output("display_data", {"image/png": "", "text/plain": "Old words."})
    picture.metadata = {"image/png": {"alt": "Old words.", "width": 860}}
    notebook = nbformat.read(chapter(), as_version=4)
    notebook.cells[1].update(source=source, outputs=[picture])
    notebook.metadata.code = fingerprint(notebook)
    path = tmp_path / "01_small.ipynb"
    path.write_text(as_saved(notebook), encoding="utf-8")
    with pytest.raises(
        published.NotReady, match=r"01_small.ipynb has an old picture of explorers.leaky_memory\(\): run"
    ):
        published.publish(path, tmp_path / "pictures")


@pytest.mark.parametrize("call", ["explorers.leaky_memory()", 'after_commit("key", explorers.leaky_memory())'])
def test_for_an_explorer_that_needs_nothing_of_the_notebook_none_of_it_is_run(chapter, tmp_path, call):
    published = pytest.importorskip("published")
    explorer = explorers.leaky_memory()
    words = f"{explorer.alt} {explorer.sentence}"
    explorer.close()
    picture = new_output("display_data", {"image/png": ""}, metadata={"image/png": {"alt": words, "width": 860}})
    notebook = nbformat.read(chapter(source='raise RuntimeError("it is run")', outputs=[]), as_version=4)
    source = "from rnnlib.chapters.ch0_start_here import explorers\n\n"
    notebook.cells.append(new_code_cell(source + call, execution_count=2, outputs=[picture]))
    notebook.metadata.code = fingerprint(notebook)
    path = tmp_path / "01_small.ipynb"
    path.write_text(as_saved(notebook), encoding="utf-8")
    cell = published.publish(path, tmp_path / "pictures", moved_by=lambda explorer: explorer.sentence).cells[-1]
    assert cell.outputs[0].data["text/html"] in words


def test_the_command_says_what_stops_it_and_leaves_what_was_built(chapter, tmp_path):
    pytest.importorskip("sphinx_book_theme")
    path = chapter(execution_count=None)
    (tmp_path / "made").mkdir()
    shutil.copy(path, tmp_path / "made" / "before")
    command = [sys.executable, ROOT / "tools" / "build_site.py", "--notebooks", path.parent, "--to", tmp_path / "made"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("run  python tools/run_notebooks.py notebooks/01_small.ipynb")
    assert "Traceback" not in done.stderr
    assert (tmp_path / "made" / "before").is_file()


def test_the_workflow_builds_with_the_right_to_read_and_publishes_what_was_built():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8"))
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    commands = [step["run"] for step in build["steps"] if "run" in step]
    wanted = ["[site]", "run_notebooks.py --check", 'link_chapters.py "$GITHUB_REPOSITORY"', "build_site.py"]
    assert [part in command for part, command in zip(wanted, commands, strict=True)] == [True] * 4
    upload = next(step for step in build["steps"] if "upload-pages-artifact" in step.get("uses", ""))
    assert upload["with"]["path"] == "_site"
    for name in ("run_notebooks", "link_chapters", "build_site"):
        assert (ROOT / "tools" / f"{name}.py").is_file()
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in build
    assert publish["needs"] == "build"
    assert not any("python" in step.get("run", "") for step in publish["steps"])


ASKED = r"(?:Move|Set|Drag|Put|Choose|Make|Type|Switch|Turn|Pull|Change|Lengthen|Step|Press|Try|Go)\b[^.?!]*"


def asked_to_move(control, text):
    """The sentences of a text that tell the reader to move a control: by a word of its label, or by its symbol."""
    words = [word for word in re.findall(r"[^\W\d_]+", control.label) if len(word) > 3 and word not in COMMON]
    symbols = re.findall(r"\b[A-Zλρτε]\b", control.label)
    named = "|".join([*(rf"\b{word}\b" for word in words), *(rf"\${symbol}\$|\b{symbol} =" for symbol in symbols)])
    return [found for found in re.findall(ASKED, text) if named and re.search(named, found)]


COMMON = {"number", "steps", "size", "start", "that", "with", "after"}  # words that name other things too


def words_beside(script):
    """The words of the slides that show a cell, by its id."""
    beside = {cell: [] for cell in script.cells}
    for slide in script.slides:
        words = [part.text for part in slide.parts if part.kind == "words"]
        for part in slide.parts:
            if part.kind == "output":
                beside[part.text] += words
    return {cell: "\n".join(words) for cell, words in beside.items()}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_the_text_and_the_slides_ask_to_move_moves_without_a_kernel(path, monkeypatch):
    undrawn = SimpleNamespace()

    def only_noted(self, draw, update, controls, alt, size=None, beforehand=None, **rest):
        undrawn.controls, undrawn.beforehand = controls, check_beforehand(beforehand, controls)

    monkeypatch.setattr(LiveFigure, "__init__", only_noted)
    chapter = read_chapter(path)
    slides = words_beside(stage_script.read(stage_script.path_of(chapter)))
    cells = nbformat.read(path, as_version=4).cells
    for k, cell in enumerate(cells):
        call = re.search(r"^explorers\.(\w+)\(\)$", cell.source, re.MULTILINE)
        if cell.cell_type == "code" and call:
            getattr(chapter.explorers, call[1])()
            after = itertools.takewhile(lambda cell: cell.cell_type == "markdown", cells[k + 1 :])
            text = "\n".join(cell.source for cell in [cells[k - 1], *after] if cell.cell_type == "markdown")
            still = {name: control for name, control in undrawn.controls.items() if name not in undrawn.beforehand}
            for name, control in still.items():
                for words in (text.split("\n## ")[0], slides.get(cell.id, "")):
                    assert asked_to_move(control, words) == [], f"{call[1]}: {name} does not move"


def test_a_sentence_that_asks_is_heard():
    assert asked_to_move(Slider(5, 1, 9, label="number of steps T"), "Look. Then make it long: Make $T$ small.")
    assert asked_to_move(Slider(5, 1, 9, label="input scale"), "Set the input scale to 0 and back.")
    assert not asked_to_move(Slider(5, 1, 9, label="input scale"), "The input scale is 1. Set the weight to 0.")


TEACHING = (ROOT / "docs" / "TEACHING.md").read_text(encoding="utf-8")


def table_below(heading):
    """The rows of the first table below a heading of the page for teachers."""
    lines = iter(TEACHING.split(f"## {heading}\n", 1)[1].splitlines())
    part = itertools.takewhile(lambda line: not line.startswith("## "), lines)
    rows = [line.strip("|").split("|") for line in part if line[:1] == "|"]
    return [[entry.strip() for entry in row] for row in rows[2:]]


def chapters():
    """The cells of each chapter by its number."""
    return {int(path.stem[:2]): nbformat.read(path, as_version=4).cells for path in NOTEBOOKS}


def test_the_plan_for_seven_lectures_covers_every_chapter_once_in_its_minutes():
    rows, taught = table_below("Seven lectures of 90 minutes"), chapters()
    assert len(rows) == 7
    planned = [[int(number) for number in row[1].split(",")] for row in rows]
    assert sorted(itertools.chain(*planned)) == sorted(taught)
    for numbers, row in zip(planned, rows, strict=True):
        stage = sum(int(re.search(r"(\d+) (?:minutes )?on stage", taught[number][0].source)[1]) for number in numbers)
        assert row[2] == f"{stage} min"
        assert stage <= 80


def test_the_plan_for_one_lecture_names_slides_that_exist_and_their_minutes():
    """Slides that continue one go with it; where everyone works alone there are more minutes than the slide has."""
    rows = table_below("One lecture of 45 minutes")
    scripts = {
        read_chapter(path).number: stage_script.read(stage_script.path_of(read_chapter(path))) for path in NOTEBOOKS
    }
    assert sum(half_minutes(row[0]) for row in rows) == 2 * 45
    for minutes, number, named in rows:
        headings = set(re.findall(r"\*([^*]+)\*", named))
        shown = [slide for slide in scripts[int(number)].slides if slide.heading in headings]
        assert headings == {slide.heading for slide in shown} != set()
        own = 2 * sum(slide.minutes for slide in shown)
        assert half_minutes(minutes) == own or (half_minutes(minutes) > own and "alone" in named)


def half_minutes(text):
    """Minutes such as 10½, doubled."""
    return 2 * int(text.rstrip("½")) + text.endswith("½")


def test_the_commands_for_teachers_install_extras_that_exist():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert '-e ".[site]" -c constraints.txt' in command("site-bash", TEACHING)
    assert "site" in extras
    assert "tools/build_site.py" in command("site-bash", TEACHING)

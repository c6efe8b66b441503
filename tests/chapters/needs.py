"""What a chapter needs beside its notebook, one function each: it returns what is missing, or an empty text."""

import ast
import importlib
import json
import re
from functools import cache

import stage_script
from chapters import ROOT, TABLES, Chapter, chapters, rows, table
from claims import claims_of
from other_answers import OTHER_ANSWERS

from rnnlib.judging import Exercise, PencilExercise, exercises_of

# What a chapter may do without, and why.
NOT_NEEDED = {
    ("ch0_start_here", "glossary"): "chapter 0 holds the glossary",
    ("ch0_start_here", "exercises"): "one exercise shows how exercises work",
    ("ch0_start_here", "map"): "the map leads from chapter 0 to the others",
}


@cache
def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def markdown(path):
    """The Markdown of a page or of a notebook, cell by cell."""
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    return [source(cell) for cell in cells(path) if cell["cell_type"] == "markdown"]


def code(chapter):
    return "\n".join(source(cell) for cell in cells(chapter.path) if cell["cell_type"] == "code")


def _in_table(chapter, name):
    path = ROOT / name
    wanted = [row for row in table(path.parent) if f"{chapter.path.name})" in row]
    found = [row for row in rows("\n\n".join(markdown(path)), TABLES[name]) if f"{chapter.path.name})" in row]
    return "" if found == wanted else f"{name} has not its row {wanted}: run  python tools/chapters.py --write"


def readme(chapter: Chapter):
    return _in_table(chapter, "README.md")


def map_of_the_course(chapter):
    return _in_table(chapter, "notebooks/00_start_here.ipynb")


def lectures():
    """The plan of docs/TEACHING.md: the chapters of each lecture and its minutes."""
    plan = rows((ROOT / "docs" / "TEACHING.md").read_text(encoding="utf-8"), r"\w+ lectures of 90 minutes")
    entries = [row.split("|") for row in plan]
    return [([int(number) for number in re.findall(r"\d+", row[2])], int(row[3].split()[0])) for row in entries]


def teaching(chapter):
    planned = [number for numbers, _ in lectures() for number in numbers]
    return "" if planned.count(chapter.number) == 1 else "docs/TEACHING.md: not one lecture of the plan has it"


def glossary(chapter):
    terms = rows("\n\n".join(markdown(chapters()[0].path)), "Glossary English – 中文")
    found = [row for row in terms if row.rstrip("| ").endswith(f"| {chapter.number}")]
    return "" if found else "no term of the glossary in chapter 0 names it"


def neighbours(chapter):
    """Links to the chapters before and after, in the title cell; to the next one at the end."""
    everyone = chapters()
    place = everyone.index(chapter)
    before = everyone[place - 1].path.name if place else ""
    after = everyone[place + 1].path.name if place + 1 < len(everyone) else ""
    title, end = source(cells(chapter.path)[0]), source(cells(chapter.path)[-1])
    where = title.partition("minutes alone")[2]
    missing = [
        text
        for text, found in {
            f"the title cell does not link back to {before}": not before or "Before it:" in where,
            f"the title cell does not say  After it: … {after}": not after
            or re.search(rf"After it: \[[^\]]+\]\({re.escape(after)}\)", where),
            f"the last cell does not say  **Next:** … {after}": not after
            or re.search(rf"\*\*Next:\*\* \[[^\]]+\]\({re.escape(after)}\)", end),
        }.items()
        if not found
    ]
    return "; ".join(missing)


def lecture(chapter):
    """The script of its lecture, on cells that the notebook has."""
    try:
        script = stage_script.read(stage_script.path_of(chapter))
    except stage_script.NotAScript as error:
        return str(error)
    missing = script.cells - {cell["id"] for cell in cells(chapter.path)}
    return f"stage.md shows cells that the notebook has not: {sorted(missing)}" if missing else ""


def claims(chapter):
    return "" if claims_of(chapter.package) else f"tests/chapters/claims/{chapter.package}.py has no CLAIMS"


def exercises(chapter):
    count = len(exercises_of(chapter.exercises))
    return "" if 4 <= count <= 7 else f"{count} exercises: 4 to 7 are wanted"


def other_answers(chapter):
    missing = [
        name
        for name, exercise in exercises_of(chapter.exercises).items()
        if not isinstance(exercise, PencilExercise) and not OTHER_ANSWERS.get(f"{chapter.package}.{name}")
    ]
    return f"tests/chapters/other_answers/{chapter.package}.py: no right answer for {missing}" if missing else ""


def explorers_handed_out(chapter):
    """Every explorer that a module of the chapter makes is listed, and the notebook shows every one that is listed."""
    folder = ROOT / "rnnlib" / "chapters" / chapter.package / "explorers"
    made = {
        node.name
        for path in folder.glob("[!_]*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _makes_an_explorer(node)
    }
    listed = set(chapter.explorers.__all__)
    unshown = {name for name in listed if f"explorers.{name}(" not in code(chapter)}
    return "; ".join(
        [f"explorers/__init__.py does not list {sorted(made - listed)}"] * bool(made - listed)
        + [f"the notebook does not show {sorted(unshown)}"] * bool(unshown)
    )


def _makes_an_explorer(function):
    """Whether a function without required arguments returns a ``LiveFigure`` of its own making."""
    required = len(function.args.args) - len(function.args.defaults)
    calls = {getattr(node.func, "id", "") for node in ast.walk(function) if isinstance(node, ast.Call)}
    return not required and "LiveFigure" in calls


def exercises_handed_out(chapter):
    """Every exercise that a module of the chapter makes is listed, and the notebook checks every one."""
    package = chapter.exercises
    folder = ROOT / "rnnlib" / "chapters" / chapter.package / "exercises"
    made = {
        name
        for path in folder.glob("[!_]*.py")
        for name, value in vars(importlib.import_module(f"{package.__name__}.{path.stem}")).items()
        if isinstance(value, Exercise)
    }
    unlisted = made - set(package.__all__)
    unchecked = {name for name in exercises_of(package) if f"exercises.{name}.check(" not in code(chapter)}
    return "; ".join(
        [f"exercises/__init__.py does not list {sorted(unlisted)}"] * bool(unlisted)
        + [f"the notebook does not check {sorted(unchecked)}"] * bool(unchecked)
    )


def _calls(chapter, *names):
    """The calls of functions with these names in the code of a notebook."""
    sources = [source(cell) for cell in cells(chapter.path) if cell["cell_type"] == "code"]
    trees = [ast.parse(text) for text in sources if any(f"{name}(" in text for name in names)]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id in names]


# Where the reasons for wrong answers come among the arguments.
REASONS = {"predict_choice": 5, "predict_number": 7}


def predictions(chapter):
    asked = _calls(chapter, *REASONS)
    # a reason for one wrong choice makes predict_choice ask for all of them
    bare = [
        ast.unparse(call.args[0])
        for call in asked
        if not (any(keyword.arg == "wrong" for keyword in call.keywords) or len(call.args) > REASONS[call.func.id])
    ]
    if not asked:
        return "the notebook asks for no prediction"
    return f"no reason is given for the wrong answers to {', '.join(bare)}" if bare else ""


def recall_questions(chapter):
    asked = len(_calls(chapter, "ask_choice", "ask_number"))
    return "" if asked == 3 or chapter.number < 2 else f"{asked} questions on the chapters before: 3 are wanted"


def _shows(cell):
    """The explorers and laboratories that a code cell shows, by name."""
    return re.findall(r"\bexplorers\.(\w+)\(|\b(laboratory)\(", source(cell)) if cell["cell_type"] == "code" else []


def first_screen(chapter):
    """Something moves before the reader has to scroll: only folded cells and few words come before an explorer."""
    before, words = [], 0
    for cell in cells(chapter.path):
        if _shows(cell):
            break
        before.append(cell)
    unfolded = [
        cell["id"]
        for cell in before
        if cell["cell_type"] == "code" and not cell["metadata"].get("jupyter", {}).get("source_hidden")
    ]
    words = sum(
        len(source(cell).split()) for cell in before if cell["cell_type"] == "markdown" and cell["id"] != "links"
    )
    return "; ".join(
        [f"unfolded code before the first explorer: {unfolded}"] * bool(unfolded)
        + [f"{words} words before the first explorer, {MOST_WORDS} fit on the screen"] * (words > MOST_WORDS)
    )


MOST_WORDS = 120


def tries(chapter):
    """A **Try** of two moves or more near every explorer, in one of the places where it is shown."""
    everything, near, shown = cells(chapter.path), set(), set()
    for k, cell in enumerate(everything):
        names = {explorer or laboratory for explorer, laboratory in _shows(cell)}
        shown |= names
        beside = [source(other) for other in everything[max(k - 3, 0) : k + 3] if other["cell_type"] == "markdown"]
        texts = [text.partition("**Try")[2] for text in beside if "**Try" in text]
        if any(len(re.findall(r"[.?:;]\s|[.?]$|^- ", text, re.MULTILINE)) >= 2 for text in texts):
            near |= names
    shown.discard("laboratory")  # its text is the task that it is set
    return f"no **Try** of two moves beside {sorted(shown - near)}" if shown - near else ""


def core_path(chapter):
    """The title cell gives the minutes of a core path, about half of those alone."""
    title = source(cells(chapter.path)[0])
    minutes = re.search(r"Core path, about (\d+) minutes", title)
    if not minutes:
        return "the title cell does not say  Core path, about … minutes"
    share = int(minutes[1]) / chapter.alone
    return "" if 0.4 <= share <= 0.6 else f"the core path is {share:.0%} of the minutes alone, not about half"


def remember(chapter):
    """A section on what to remember, of five points at most, near the end."""
    found = [text for text in markdown(chapter.path)[-8:] if text.startswith("## What to remember")]
    if len(found) != 1:
        return "the chapter does not end with  ## What to remember"
    points = len(re.findall(r"^(?:-|\d\.) ", found[0], re.MULTILINE))
    return "" if 3 <= points <= 5 else f"{points} points to remember: 3 to 5 are wanted"


NEEDS = {
    "README": readme,
    "map": map_of_the_course,
    "plan of lectures": teaching,
    "glossary": glossary,
    "neighbours": neighbours,
    "lecture": lecture,
    "claims": claims,
    "exercises": exercises,
    "other answers": other_answers,
    "explorers handed out": explorers_handed_out,
    "exercises handed out": exercises_handed_out,
    "predictions": predictions,
    "recall questions": recall_questions,
    "first screen": first_screen,
    "Try": tries,
    "core path": core_path,
    "what to remember": remember,
}

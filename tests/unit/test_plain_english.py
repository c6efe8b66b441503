"""The English of the course: patterns that a native speaker would not write.

Prose, comments, docstrings, messages and the scripts of the lectures are read.

Each pattern is shown to find what it is for. A place that is right all the same is in ``ALLOWED``, with the reason.
"""

import ast
import io
import json
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THIS = Path(__file__).resolve()

# What each pattern is: the expression, then a sentence that it must find and one that it must leave alone.
PATTERNS = {
    "is to be for should": (
        r"\b(?:is|are|was|were) to be\b(?! in)",
        "The picture is to be drawn afresh.",
        "The picture should be drawn afresh.",
    ),
    "is to do for should do": (
        r"\b(?:is|are|was|were) to (?!come\b|blame\b|keep\b|see\b|say\b|be\b|the\b|its\b|one\b|some\b)[a-z]{3,}\b",
        "One unit is to add up 60 numbers.",
        "One unit should add up 60 numbers. What is hard is to keep it.",
    ),
    "shall": (r"\b[Ss]hall\b", "A gradient shall have the length 1.", "A gradient must have the length 1."),
    "stand for be": (
        r"\bst(?:ands?|ood)\b(?! (?:out|up to|in front|for)\b)",
        "The reason stands beside each pattern.",
        "The mark stands out. H stands for the number of units.",
    ),
    "who for anyone who": (
        r"(?:^|[.:;] |\b(?:for|so that|to|of|if|and|but|that) )"
        r"[Ww]ho (?:\w+ly |always |never )?\w+(?:s|ed)\b(?![^.]*\?)",
        "Who always answers 1 has a loss.",
        "Anyone who always answers 1 has a loss. For anyone who reads alone.",
    ),
    "a participle or adjective before its verb": (
        r"(?:^|[.;:—] |, )(?:[Ww]anted|[Aa]sked|[Dd]rawn|[Aa]llowed|[Nn]ew|[Mm]issing|[Nn]eeded|[Gg]iven|[Rr]eturned"
        r"|[Rr]ight)"
        r" (?:is|are) (?!and\b|as\b|to\b|$)",
        "The memory answers; wanted is v.",
        "What was wanted is here. The values given are floats.",
    ),
    "is none": (r"\b(?:that|which|it) is none\b", "a network that is none", "a network that is not one"),
    "is no for is not a": (
        r"\b(?:what|that|which) (?:is|are|was) no (?!longer\b|more\b|less\b|better\b|worse\b|larger\b|smaller\b)\w+",
        "ValueError for what is no number",
        "a step that is no longer a number",
    ),
    "told for shown or refused": (
        r"\b(?:is|are|be) told (?:so|as such|in (?:a )?sentence)\b|\bit is told whether\b",
        "What lacks one is told so.",
        "The decoder is told the true symbol.",
    ),
    "to be had": (r"\b(?:be had|had for)\b", "Nothing more is to be had.", "Nothing is left to gain."),
    "hardly a": (r"\b[Hh]ardly an? ", "Four of five symbols are right, and hardly a date.", "Hardly any date is."),
    "but for": (r"\bbut for (?:the|its|a|one)\b", "Right but for the sign.", "Right except for the sign."),
    "mend as a noun": (r"\b[Tt]he mend\b", "The mend", "They mend the net."),
    "turned for flipped": (
        r"\bturn(?:s|ed)? (?:round wholly|(?:a|the|its) (?:bit|sign) (?:over|round))\b|\bsigns? (?:is|are) turned\b",
        "All signs are turned.",
        "The gradient turned by 60 degrees.",
    ),
    "out of the world": (r"out of the world", "It throws the weight out of the world.", "It leaves the page."),
    "at home": (r"\b(?:is|are) at home\b", "Where it is at home", "Where it fits"),
    "the notes of the speaker": (r"notes of the speaker", "the notes of the speaker", "the speaker notes"),
    "a noun with of before the clause": (
        r"(?:^|[.;:] )Of (?:what|natural \w+|this|that|these|those|it|them)\b[^.?!]*"
        r"\b(?:nobody|no one|nothing|we|you|it|they)\b",
        "Of natural language nobody knows how well it can be guessed.",
        "Nobody knows how well it can be guessed. Of these, 3 are left.",
    ),
    "verb before its subject": (
        r"(?:^|[.;] )(?:Now|Then|Otherwise|Often|Perhaps|Sometimes|Therefore|Thus|Instead|(?:Beside|In|With|From) it)"
        r" (?:does|do|has|have|can|may|must|will|was|were|lies|comes|goes|begins|gives|says|needs|stays|follows)"
        r" (?:the|it|they|we|you|he|she|each|every|all)\b",
        "Then comes the reset gate into play.",
        "Then the reset gate comes into play.",
    ),
    "in the mean for on average": (
        r"\b(?<!not )in the mean\b",
        "It changes by a factor of 0.9 a step, in the mean.",
        "It must not count: not in the mean.",
    ),
    "so do": (r"\bso (?:they|it) (?:do|does)\b", "speak of nothing, and so they do with set-up", "so it learns"),
    "on stage beside the text": (r"> \*On stage", "> *On stage, 2 minutes.* Say it.", "40 on stage."),
}

# A pattern and a piece of text that it finds and that is right: why.
ALLOWED = {
    ("in the mean for on average", "padding in the mean"): "the mean of the losses",
    ("stand for be", "the eigenvectors stood at right angles"): "lines stand at right angles",
    ("who for anyone who", "who travels where and when"): "a question that the sentence names: who travels?",
}


def test_every_pattern_finds_what_it_is_for_and_leaves_plain_english_alone():
    for name, (pattern, bad, good) in PATTERNS.items():
        assert re.search(pattern, bad), name
        assert not re.search(pattern, good), name


@cache
def prose():
    """(where, text) of all that is written for a reader: Markdown, comments, docstrings, messages, scripts."""
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text, where = "".join(cell["source"]), f"{path.name}, cell {cell['id']}"
            if cell["cell_type"] == "markdown":
                found += [(where, block) for block in text.split("\n\n")]
            else:
                found += [
                    (where, words) for words in in_code(re.sub(r"^( *)[!%].*$", r"\1pass", text, flags=re.MULTILINE))
                ]
    folders = [folder for folder in ROOT.iterdir() if folder.is_dir() and folder.name[0] not in "._"]
    files = [*ROOT.glob("*.md"), *ROOT.glob("*.py")]
    files += [path for folder in folders for suffix in ("py", "md") for path in folder.rglob(f"*.{suffix}")]
    for path in sorted(set(files) - {THIS}):
        where, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        found += [(where, words) for words in (text.split("\n\n") if path.suffix == ".md" else in_code(text))]
    return [(where, " ".join(text.split())) for where, text in found]


def in_code(text):
    """The strings of a program, f-strings with … for what is filled in, and its comments."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# ")


@pytest.mark.parametrize("name", PATTERNS)
def test_the_course_is_written_in_plain_english(name):
    pattern = re.compile(PATTERNS[name][0])
    fine = [text for pattern_of, text in ALLOWED if pattern_of == name]
    found = [
        f"{where}: …{text[max(match.start() - 40, 0) : match.end() + 40]}…"
        for where, text in prose()
        for match in pattern.finditer(text)
        if not any(piece in text[max(match.start() - 60, 0) : match.end() + 60] for piece in fine)
    ]
    assert not found, "\n".join([f"not plain English ({name}), write as in {PATTERNS[name][2]!r}:", *found])


def test_what_is_allowed_is_found_in_the_course():
    for name, piece in ALLOWED:
        assert any(piece in text and re.search(PATTERNS[name][0], text) for _, text in prose()), piece

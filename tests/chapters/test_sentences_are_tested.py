"""Every explorer has a test that computes again, at many positions, what its sentences say."""

import ast
from functools import cache

import pytest
from chapters import ROOT, chapters

EXPLORERS = [f"{chapter.package}.{name}" for chapter in chapters() for name in chapter.explorers.__all__]


@cache
def with_a_test():
    """The explorers that a test of the chapters names by the mark ``sentences``."""
    names = []
    for path in (ROOT / "tests" / "chapters").glob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "mark.sentences(" in text:
            marks = [mark for test in ast.parse(text).body for mark in getattr(test, "decorator_list", [])]
            calls = [mark for mark in marks if isinstance(mark, ast.Call)]
            names += [arg.value for c in calls if ast.unparse(c.func) == "pytest.mark.sentences" for arg in c.args]
    return names


@pytest.mark.parametrize("name", EXPLORERS)
def test_what_an_explorer_says_is_computed_again(name):
    assert name in with_a_test(), f'no test has the mark @pytest.mark.sentences("{name}")'


def test_an_explorer_is_named_by_one_test_and_exists():
    assert sorted(with_a_test()) == sorted(set(with_a_test()))
    assert set(with_a_test()) <= set(EXPLORERS)

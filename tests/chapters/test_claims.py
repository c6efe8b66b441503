"""What the chapters say in numbers: every claim is in its chapter, and no number is left that nothing accounts for."""

import ast
import functools
import random

import pytest
from chapters import ROOT, chapters
from claims import Claim, claims_of
from mutate_numbers import changes, survives
from unguarded import Page, shown, unguarded

CHAPTERS = {chapter.package: chapter for chapter in chapters()}
CLAIMS = {
    f"{package}: {claim.template[:60]}{'' if len(claim.template) <= 60 else f'… {number}'}": (package, claim)
    for package in CHAPTERS
    for number, claim in enumerate(claims_of(package))
}
FOLDER = ROOT / "tests" / "chapters" / "claims"


@pytest.fixture(scope="module")
def pages():
    return functools.cache(lambda package: Page(CHAPTERS[package]))


@pytest.mark.parametrize(("package", "claim"), CLAIMS.values(), ids=CLAIMS.keys())
def test_the_chapter_says_what_the_claim_computes(pages, package, claim):
    page = pages(package)
    assert any(claim.pattern.search(passage.text) for passage in page.passages), (
        f"chapter {page.chapter.number} has no text like {claim.template!r} with {claim.values}"
    )


@pytest.mark.parametrize("package", CHAPTERS)
def test_no_number_in_the_text_is_unguarded(pages, package):
    page = pages(package)
    left = [shown(passage, number) for passage, number in unguarded(page)]
    assert not left, "\n".join([f"{len(left)} numbers: write claims in tests/chapters/claims/{package}.py", *left])


@pytest.mark.parametrize("package", CHAPTERS)
def test_what_is_allowed_is_in_the_chapter_with_a_reason(pages, package):
    page = pages(package)
    for text, reason in page.allowed.items():
        assert len(reason) > 5, text
        assert any(" ".join(text.split()) in " ".join(passage.text.split()) for passage in page.passages), text


def sample(population, size, seed):
    return random.Random(seed).sample(population, min(size, len(population)))


@pytest.mark.parametrize("package", CHAPTERS)
def test_a_changed_digit_is_found(pages, package):
    page = pages(package)
    for change in sample(list(changes(page)), 12, package):
        assert not survives(page, *change), change


def calls_of_claim(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("ch*.py")), ids=lambda path: path.stem)
def test_a_claim_computes_something(path):
    assert path.stem in CHAPTERS, f"no chapter has the package {path.stem}"
    for call in calls_of_claim(path):
        value = call.args[1]
        body = value.body if isinstance(value, ast.Lambda) else value
        computed = any(isinstance(node, ast.BinOp | ast.Call | ast.Attribute | ast.Name) for node in ast.walk(body))
        assert computed, f"line {call.lineno}: the value is written out, not computed"


def test_a_claim_is_found_across_lines_and_covers_its_values_alone():
    claim = Claim("after {} steps {:,.0f} is\nleft of 3", lambda: (1000, 1.01**999))
    text = "after 1000 steps 20\u202f752 is left of 3, after 1000 steps 20 753 is left of 3"
    assert [text[a:b] for a, b in claim.spans(text)] == ["1000", "20\u202f752"]
    assert Claim("{} units", lambda: 16).spans("0.16 units, 116 units, 16 units") == [(23, 25)]


def test_a_statement_covers_all_of_it_if_it_is_true():
    assert Claim("memory 3, 7, 7", lambda: sum([3, 4]) == 7).spans("a memory 3, 7, 7 b") == [(2, 16)]
    with pytest.raises(ValueError, match="is not true"):
        Claim("memory 3, 7, 7", lambda: 1 > 2).spans("")
    with pytest.raises(ValueError, match="1 places, 2 values"):
        Claim("{} units", lambda: (1, 2)).spans("")

"""What the tests of the explorers' sentences share: positions of the controls, and the numbers in a sentence."""

import itertools
import re
from functools import cache

import numpy as np
import pytest

from rnnlib.pictures.live import MINUS, LiveFigure

POSITIONS = 200
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
# for an explorer whose sentence takes long to compute again: some places in every run, and all of them once a week
SOME_OR_ALL = pytest.mark.parametrize("most", [40, pytest.param(POSITIONS, marks=pytest.mark.slow)])
NUMBER = r"[−-]?\d[\d\u202f]*(?:\.\d+)?(?:e[+−-]\d+)?(?: × 10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?"


def value(text):
    """The number that is written as a reader sees it: −0.25, 20 752, 4.4 × 10⁻⁵, inf."""
    text = text.replace("\u202f", "").replace("−", "-")
    if " × 10" in text:
        mantissa, power = text.split(" × 10")
        return float(mantissa) * 10.0 ** int(power.translate(SUPERSCRIPTS))
    return float(text)


def found(pattern, sentence):
    """The numbers in the places marked # of ``pattern``."""
    match = re.search(re.escape(pattern).replace(r"\#", f"({NUMBER}|inf)"), sentence)
    assert match, f"no {pattern!r} in {sentence!r}"
    return [value(group) for group in match.groups()]


def near(said, true, digits=2):
    """Whether a number is the rounded form of another, to so many digits."""
    return said == pytest.approx(true, rel=0.6 * 10.0 ** (1 - digits), abs=1e-300)


@cache
def made(explorer):
    return explorer()


def said_at(shown, values):
    """The sentence of an explorer at these values; its artists are moved, and no picture is made of them."""
    return MINUS.sub("−", shown._update(shown.artists, **values))


def positions(explorer, most=POSITIONS):
    """``most`` random places of all controls, among them the ends of each; all places where there are no more.

    Each place comes with the sentence. ``explorer`` makes the explorer, or is one.
    """
    shown, rng = explorer if isinstance(explorer, LiveFigure) else made(explorer), np.random.default_rng(0)
    every = {name: list(control.positions()) for name, control in shown.controls.items()}
    if np.prod([len(values) for values in every.values()]) <= most:
        places = (dict(zip(every, values, strict=True)) for values in itertools.product(*every.values()))
    else:
        places = ({name: _drawn(values, rng) for name, values in every.items()} for _ in range(most))
    for chosen in places:
        yield chosen, said_at(shown, chosen)


def _drawn(values, rng):
    return values[rng.integers(len(values)) if rng.random() < 0.8 else rng.choice([0, len(values) - 1])]

"""What chapter 11 says in numbers."""

import re

import numpy as np

from rnnlib.chapters.ch11_laboratory import reading
from rnnlib.chapters.ch11_laboratory.exercises import CHECKED
from rnnlib.chapters.ch11_laboratory.missions import MISSIONS
from rnnlib.chapters.ch11_laboratory.settings import Settings

from . import Notebook, claim

book = Notebook(11)
SIXTY, TAUGHT, WINDOW = MISSIONS["lag-60"], MISSIONS["taught-by-hand"], MISSIONS["short-window"]
LONG, SHORT = TAUGHT.begin.length, TAUGHT.plan[0][1]["length"]
SEEDS = int(book.printed("a895973f", r"start: \d+ of (\d+)"))

PASSED, LATER = int(book.code("a1b869ad", r"loss > (\d+)")), int(book.code("a1b869ad", r"\((\d+), \{\"clip\""))


def numbers_of(key):
    """The numbers in the text of a mission, as its settings have them."""
    mission = MISSIONS[key]
    begin = mission.begin
    most = [int(number) for number in re.findall(r"at most (\d+)", mission.rule[0])] if mission.rule else []
    if key == "largest-rate":
        return begin.length, next(rate for rate in (1, 3) if mission.rule[1](Settings(rate=float(rate))))
    if most:
        return begin.length, *most
    return {
        "one-number": (begin.units, begin.length),
        "short-window": (begin.window, begin.length),
        "order": (begin.length, mission.steps),
        "irnn": (begin.length, begin.units),
    }.get(key, (begin.length,))


TEXTS = {
    "lag-60": "recall a class across {} steps of noise",
    "largest-rate": "Recall at lag {} with plain SGD. Learn it with a rate of {} or more",
    "one-number": "An LSTM with {} units does not recall across {} steps",
    "fifteen-parameters": "Solve the adding problem over {} steps with at most {} parameters",
    "parity-at-the-end": "only after the last of {} bits",
    "short-window": "Backpropagation is cut after {} steps. Learn to recall across {} all the same",
    "order": "Temporal order over {} steps with a GRU, within {} steps of training",
    "irnn": "Solve the adding problem over {} steps with a plain network of {} units",
    "parity": "Tell the parity of {} bits at every step, with at most {} parameters",
}

CLAIMS = [
    *(claim(text, lambda key=key: numbers_of(key)) for key, text in TEXTS.items()),
    *(claim("### Exercise {} · ", lambda k=k: f"11.{k}") for k, _ in enumerate(CHECKED, 1)),
    claim("A gradient reaches lag {} with", lambda: SIXTY.begin.length),
    claim("say of the gradient at lag {}?", lambda: SIXTY.begin.length // LONG),
    claim("forget gate near {} do", lambda: np.ones(1).prod().astype(int)),
    claim("multiplied by the gate, so {} keeps", lambda: np.ones(1).prod().astype(int)),
    claim("cut after {} steps. What", lambda: WINDOW.begin.window),
    claim("it forgets after {} steps", lambda: WINDOW.begin.window),
    claim("`A 0.1 -0.3 0` for recall", lambda: reading.class_and_noise("A 0.1 -0.3 0").shape == (4, 1, 3)),
    claim("`0110` for parity", lambda: reading.bits("0110").shape == (4, 1, 2)),
    claim("`0.3 0.9* 0.1 0.4*` for adding", lambda: reading.marked_numbers("0.3 0.9* 0.1 0.4*")[:, 0, 1].sum() == 2),
    claim("At lag {} it learns nothing. With the lag at {} it", lambda: (LONG, SHORT)),
    claim("Then the lag is moved to {}.", lambda: LONG),
    claim("trained at lag {} until it is right. Then the lag jumps to {}.", lambda: (SHORT, LONG)),
    claim("they learn lag {} too", lambda: LONG),
    claim("they forget lag {} and", lambda: SHORT),
    claim("At lag {} the network has built", lambda: SHORT),
    claim("had they begun at lag {}. What lag {} has built", lambda: (LONG, SHORT)),
    claim("lag {} from the start", lambda: LONG),
    claim("lag {} first, then {}:", lambda: (SHORT, LONG)),
    claim("Set the lag to {} and train", lambda: SHORT),
    claim("move the lag to {} without", lambda: LONG),
    claim("clipping at norm {}.", lambda: int(Settings().clip)),
    claim("the loss passes {} within {} steps", lambda: (PASSED, LATER)),
    claim("it stays below {}:", lambda: PASSED),
    claim("of {}", lambda: SEEDS),
]
ALLOWED = {
    "`exercises.lag_60.hint()`": "the name of an exercise",
    "`exercises.lag_60.solution()`": "the name of an exercise",
}

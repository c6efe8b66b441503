"""What chapter 8 says in numbers."""

import importlib
import re
from math import exp, log

import numpy as np
from chapters import chapters

import rnnlib
from rnnlib.chapters.ch8_language_models import characters, exercises, experiments, explorers
from rnnlib.chapters.ch8_language_models.explorers import writing
from rnnlib.tasks import flights

from . import Notebook, claim

book = Notebook(8)
(CHAPTER,) = (chapter for chapter in chapters() if chapter.number == 8)
FLOOR = flights.entropy()
RESULTS = experiments.results()
PERPLEXITY = np.median(RESULTS["contest"][..., 0], axis=2)  # (networks, rates)
SHARE = np.median(RESULTS["contest"][..., 1 + experiments.TEMPERATURES.index(1.0)], axis=2)
ELMAN, JORDAN, GRU, LSTM = range(4)
LOW, MIDDLE, HIGH = range(3)
MOST_PARAMETERS = importlib.import_module(type(exercises.small_model).__module__).MOST_PARAMETERS
FEW = book.code("e645d25e", r"some_requests\((\d+)\)")


def fit(requests, units, dropout=0.0):
    """The saved training: (training, validation) over the steps."""
    place = (experiments.REQUESTS.index(requests), experiments.FIT_UNITS.index(units))
    return RESULTS["fit"][(*place, experiments.DROPOUTS.index(dropout))]


def four_stops():
    """What the four stops of the explorer of fits show."""
    heart, floor, small = fit(30, 64), fit(3000, 64), fit(3000, 4)
    plain, dropped = fit(100, 64), fit(100, 64, 0.3)
    return bool(
        heart[0, -1] < 1.05 * exp(log(30) / FLOOR.length)
        and floor[:, -1].max() < 1.05 * FLOOR.perplexity
        and small[:, -1].min() > 1.3 * FLOOR.perplexity
        and small[1, -1] < 1.05 * small[0, -1]
        and dropped[1, -1] - dropped[0, -1] < 0.5 * (plain[1, -1] - plain[0, -1])
    )


def sharpened(temperature):
    return rnnlib.softmax(np.array([1.0, 0.0, -1.0]) / temperature)


def teacher_is_one_step_late():
    text = np.arange(5)[:, None]
    x, targets = type(exercises.shift).answer(text, 5)
    return not x[0].any() and np.array_equal(x[1:].argmax(axis=-1), targets[:-1])


def words_by_hand():
    """Exercise 8.1: its answers from the numbers in the task."""
    wanted = [(0.5 * 0.25 * 1 * 0.125) ** (-1 / 4), 2 * np.log(2), 2]
    return np.allclose(np.array(type(exercises.by_hand).answer(), dtype=float).ravel(), wanted, atol=2e-3)


def divergence_is_not_negative():
    p, q = np.random.default_rng(0).dirichlet(np.ones(6), size=(2, 50))
    return bool(np.all(np.sum(p * np.log(p / q), axis=1) >= 0) and np.sum(p[0] * np.log(p[0] / p[0])) == 0)


def windows_of_forty_are_worse():
    perplexities = np.exp(RESULTS["window"][..., 0])
    return bool(np.all(perplexities[4] > perplexities[3]))


def fair_windows():
    means = np.exp(RESULTS["window"][:, 1, :, 0]).mean(axis=1)
    return bool(means[[2, 3]].max() < means[[0, 4]].min()) and experiments.WINDOWS[2:4] == (10, 20)


def bars(tau, said=("show", "me")):
    return rnnlib.softmax(experiments.logits_after(experiments.trained(), list(said))[-1] / tau)


def nothing_turns_from(requests):
    ends = RESULTS["fit"][experiments.REQUESTS.index(requests) :, :, :, 1]
    before = RESULTS["fit"][experiments.REQUESTS.index(requests) - 1, :, :, 1]
    return bool(
        np.all(ends[..., -1] < 1.02 * ends.min(axis=-1)) and np.any(before[..., -1] > 1.05 * before.min(axis=-1))
    )


def jordan_is_last():
    worst = np.all(PERPLEXITY[JORDAN] == PERPLEXITY.max(axis=0)) and np.all(SHARE[JORDAN] <= SHARE[ELMAN])
    return bool(worst and np.all(RESULTS["contest"][JORDAN, HIGH, :, 0] > 10)) and experiments.RATES[HIGH] == 0.02


def gru_and_lstm():
    first = np.all(PERPLEXITY[GRU, :HIGH] == PERPLEXITY[:, :HIGH].min(axis=0))
    level = PERPLEXITY[LSTM, HIGH] <= PERPLEXITY[GRU, HIGH]
    others = PERPLEXITY[[ELMAN, GRU], LOW].max() < PERPLEXITY[LSTM, LOW]
    return bool(first and level and others and SHARE[LSTM, LOW] < SHARE[[ELMAN, GRU], LOW].min())


def printed(cell):
    return "".join(output.get("text", "") for output in book.cells[cell].outputs)


def learned_quickly():
    """A training of the chapter's GRU, after a third of its steps."""
    rng = np.random.default_rng(0)
    model = experiments.new_model("GRU", rng)
    text = rnnlib.stream(experiments.training_text(), experiments.WINDOW)
    options = {"rng": np.random.default_rng(0), "clip": experiments.CLIP, "progress": False}
    rnnlib.train(model, text, experiments.STEPS // 3, rnnlib.Adam(experiments.RATE), **options)
    return experiments.STEPS // 3 == 200 and experiments.perplexity(model, experiments.held_out_text()) < 2.5


def logits(said=("show", "me")):
    return experiments.logits_after(experiments.trained(), list(said))[-1]


def entropy(p):
    return -np.sum(p * np.log(p))


def different_at(tau):
    """The share of different well-formed requests at the temperature of SHARES that is nearest."""
    shares, _ = writing._shares_of_trained()
    return float(shares[np.abs(np.log(writing.SHARES / tau)).argmin(), 1])


CLAIMS = [
    claim(
        "{} minutes alone, {} on stage. Core path, about {} minutes",
        lambda: (CHAPTER.alone, CHAPTER.on_stage, CHAPTER.alone // 2),
    ),
    claim("scores by a temperature of 0.1", lambda: bool(sharpened(0.1).max() > 0.999)),
    claim("the largest comes close to 1", lambda: bool(0.999 < sharpened(0.1).max() < 1)),
    claim("what does a decoder read at step 3?", teacher_is_one_step_late),
    claim("the true symbol of step 2", teacher_is_one_step_late),
    claim("its own symbol of step 2", teacher_is_one_step_late),
    claim("the true symbol of step 3", teacher_is_one_step_late),
    claim("of {}", lambda: book.code("a92199a6", r"range\((\d+)\)")),
    claim("and {:.0f} is certainty", lambda: exp(-log(1.0))),
    claim("the probabilities ½, ¼, 1 and ⅛", words_by_hand),
    claim("in nats ($\\ln 2 = {:.3f}$)", lambda: log(2)),
    claim("in nats ($\\ln 2 =", lambda: round(exp(0.693)) == 2),
    claim(r"}_{\ge\, 0},", divergence_is_not_negative),
    claim("| step $t$ | 1 | 2 | 3 | 4 | 5 |", teacher_is_one_step_late),
    claim(r"h_t \text{ from } w_1, \dots, w_{t-1}", teacher_is_one_step_late),
    claim(
        "whole numbers from 0 to $V - 1$",
        lambda: all(c["text"].min() >= 0 and c["text"].max() < c["V"] for c in exercises.shift.cases()),
    ),
    claim("A text of {} words cannot", lambda: len(experiments.training_text().x)),
    claim("in windows of {} words, with one", lambda: experiments.WINDOW),
    claim(
        "A GRU with {} units, {} windows of {} × {} words",
        lambda: (experiments.UNITS["GRU"], experiments.STEPS, experiments.COLUMNS, experiments.WINDOW),
    ),
    claim("falls from {} within", lambda: experiments.V),
    claim("within 200 steps to below 2.5", lambda: learned_quickly()),
    claim("a sample of {:,} words", lambda: experiments.held_out_text().targets.size),
    claim("Take windows of {} words", lambda: experiments.WINDOWS[0]),
    claim("Go to {} and look", lambda: experiments.WINDOWS[-1]),
    claim("At 40 words both are worse again", windows_of_forty_are_worse),
    claim("Windows of some 10 to 20 words are a fair trade", fair_windows),
    claim("of {} well-formed, such as", lambda: book.code("bf8285ab", r"size=(\d+)")),
    claim(
        "survive a temperature of {}.",
        lambda: min(case["temperature"] for case in exercises.draw_words.cases()),
    ),
    claim(
        "Set τ to {:g}, then to {:g}",
        lambda: tuple(explorers.generation().controls["tau"].positions()[k] for k in (-1, 0)),
    ),
    claim("it always has {} probabilities", lambda: experiments.V),
    claim("0.05: nearly no mistakes", lambda: bool(writing._shares_of_trained()[0][0, 0] > 0.99)),
    claim("about 0.6", lambda: different_at(0.65) == max(map(different_at, writing.SHARES))),
    claim("1: as it was trained", lambda: bool(np.allclose(bars(1), rnnlib.softmax(logits())))),
    claim("2: more variety", lambda: bool(entropy(bars(2)) > entropy(bars(1)))),
    claim("But at 1 the model says all it has learned", lambda: bool(np.allclose(bars(1), rnnlib.softmax(logits())))),
    claim("take only {} requests", lambda: FEW),
    claim("by a GRU with {} units. Another {} are", lambda: (book.code("e645d25e", r"default_rng\(0\), (\d+)"), FEW)),
    claim("two trainings on {} requests", lambda: FEW),
    claim("turns at about step {} and", lambda: book.printed("2d28a57e", r"0\.0 +(\d+)")),
    claim("the *patience*; here {} measurements", lambda: book.code("e645d25e", r"patience=(\d+)")),
    claim("eight trainings each, {} steps", lambda: experiments.FIT_STEPS),
    claim("A request has {:.1f} words on average", lambda: FLOOR.length),
    claim("ln 30 nats a request", lambda: len(set(map(tuple, experiments.some_requests(30)))) == 30),
    claim(
        "ln 30 / {:.1f} = {:.2f} nats a word, and e to this power is {:.2f}",
        lambda: (FLOOR.length, log(30) / FLOOR.length, exp(log(30) / FLOOR.length)),
    ),
    claim("are ln 30 /", lambda: len(set(map(tuple, experiments.some_requests(30)))) == 30),
    claim("here {:.3f}, and on fresh text", lambda: FLOOR.perplexity),
    claim("below the floor of {:.2f} for", lambda: FLOOR.perplexity),
    claim(
        "30 requests, 64 units: by heart, down to the dotted line. The same with 3000 requests: both curves come to "
        "the floor. 3000 requests, 4 units: both stay high together. 100 requests, 64 units, then dropout 0.3: the gap",
        four_stops,
    ),
    claim("from 1000 requests on hardly anything turns", lambda: nothing_turns_from(1000)),
    claim(
        "A GRU with {} units, {} pieces of the story side by side, windows of {} characters",
        lambda: (characters.UNITS, characters.COLUMNS, characters.WINDOW),
    ),
    claim("falls below 3.", lambda: bool(np.all(RESULTS["characters"][:, 0, 0, -1] < 3))),
    claim(
        "at most {} parameters, less than half",
        lambda: MOST_PARAMETERS,
    ),
    claim("a perplexity of at most {} on", lambda: exercises.small_model.goal),
    claim("the same {} windows", lambda: experiments.STEPS),
    claim("The rate is {}, a third", lambda: book.code("6cdc0a67", r"Adam\(([\d.]+)\)")),
    claim(
        "between 2.3 and 2.4, just above",
        lambda: all(2.3 < float(pp) < 2.4 for pp in re.findall(r"perplexity (2\.\d+)", printed("7e6f4ae7"))),
    ),
    claim("well-formed at τ = {}", lambda: book.code("7e6f4ae7", r"well_formed\(network, (\d)\.0")),
    claim("cool the writers to τ = {}", lambda: experiments.TEMPERATURES[1]),
    claim("bounds, and at a rate of 0.02 all eight run away", jordan_is_last),
    claim("closest to the floor at 0.005 and at 0.01; at 0.02 the LSTM", gru_and_lstm),
    claim("and at 0.005 it lags behind the GRU and the Elman network", gru_and_lstm),
]
ALLOWED = {}

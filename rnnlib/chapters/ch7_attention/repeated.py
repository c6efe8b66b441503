"""The trainings of chapter 7 over many seeds, and what was measured after each.

``RESULTS`` is written by ``tools/train_date_translators.py seeds`` and ``... rows``.
"""

from functools import cache, partial

import numpy as np

from rnnlib.optimizers import Adam
from rnnlib.seq2seq import Pairs
from rnnlib.shared import shared
from rnnlib.tasks import dates
from rnnlib.training import train

from . import experiments

RESULTS = {name: experiments.WEIGHTS / f"{name}.npz" for name in ("seeds", "rows")}
KINDS = ("without", "dot", "additive", "without, source reversed", "without, date written backward")
SEEDS = 10
STEPS = 200
DIGITS = 4  # of the year, each of which is read wrongly once
ROW_SEEDS, ROW_SIZE, ROW_STEPS, ROW_RATE = 8, 32, 1000, 0.01


def draw(kind, rng, size, part="training"):
    """Dates for a kind of translator, with the source or the Chinese date in another order if it says so."""
    if kind != KINDS[4]:
        batch = dates.draw_batch(rng, size, part)
        return reversed_sources(batch) if kind == KINDS[3] else batch
    drawn = dates.draw_dates(rng, size, part)
    forms = rng.integers(len(dates.FORMS), size=size)
    texts = [dates.english(date, dates.FORMS[k]) for date, k in zip(drawn, forms, strict=True)]
    backward = ["".join(experiments.parts(dates.chinese(date))[::-1]) for date in drawn]
    return Pairs(*dates.encode(texts), *dates.encode_chinese(backward))


def reversed_sources(batch):
    """The same pairs, each source read from its last character to its first."""
    source = np.zeros_like(batch.source)
    for b, length in enumerate(batch.source_lengths):
        source[:length, b] = batch.source[:length, b][::-1]
    return batch._replace(source=source)


@shared
def train_translator(kind, seed, steps=STEPS):
    """A translator of single dates with 64 units, trained as in the notebook, from a seed."""
    rng = np.random.default_rng(seed)
    model = experiments.new_translator(64, kind if kind in ("dot", "additive") else None, rng)
    train(model, lambda rng: draw(kind, rng, 32), steps, Adam(0.01), rng=rng, clip=1.0, progress=False)
    return model


def real_symbols(batch):
    """Which of the targets ``(T, B)`` are symbols and not padding."""
    return np.arange(len(batch.targets))[:, None] < batch.target_lengths


def by_step(model, batch):
    """The share of right symbols at each step, with teacher forcing and running free: ``(2, T)``."""
    forced = model.teacher_forced(batch) == batch.targets
    written = model.translate(batch.source, batch.source_lengths, longest=len(batch.targets)).symbols
    free = np.zeros_like(forced)
    free[: len(written)] = written == batch.targets[: len(written)]
    real = real_symbols(batch)
    return np.stack([np.sum(right & real, axis=1) / real.sum(axis=1) for right in (forced, free)])


def after_a_slip(model, batch, step):
    """The share of dates in which one wrong digit, read after ``step``, changes nothing that is written later.

    Both runs read the true symbols everywhere else.
    """
    targets = batch.targets.copy()
    targets[step] = (targets[step] + 3) % 10
    same = (model.teacher_forced(batch._replace(targets=targets)) == model.teacher_forced(batch)) | ~real_symbols(batch)
    return same[step + 1 :].all(axis=0).mean()


def right_parts(model, kind, batch):
    """The share of dates whose year, month and day come out right when the model runs free: ``(3,)``."""
    wanted = dates.decode(batch.targets)
    written = dates.decode(model.translate(batch.source, batch.source_lengths, longest=len(batch.targets)).symbols)

    def pieces(text):
        if kind != KINDS[4]:
            return experiments.parts(text)
        day, found, rest = text.partition("日")
        month, found_too, year = rest.partition("月")
        return year, month + found_too, day + found

    right = [
        [a == b for a, b in zip(pieces(text), pieces(want), strict=True)]
        for text, want in zip(written, wanted, strict=True)
    ]
    return np.mean(right, axis=0)


def measures(kind, model):
    """What the notebook measures after a training of this kind, by name: a dict of numbers and arrays."""
    batch = draw(kind, np.random.default_rng(2), 500, "held out")
    curves, counts = by_step(model, batch), real_symbols(batch).sum(axis=1)
    found = {
        "exact": model.exact_match(batch).mean(),
        "symbols": np.average(curves, weights=counts, axis=1),  # teacher forcing, running free
        "parts": right_parts(model, kind, batch),
    }
    if kind in KINDS[:3]:
        found["slips"] = np.array([after_a_slip(model, batch, step) for step in range(DIGITS)])
    if model.attention is not None:
        drawn = dates.draw_dates(np.random.default_rng(7), 300, "held out")
        texts = [dates.english(date, dates.FORMS[k % len(dates.FORMS)]) for k, date in enumerate(drawn)]
        found["looks"] = np.array(list(experiments.looks_at_parts(model, texts, drawn).values()))
        found["letters"] = np.array(list(experiments.month_without(model, texts, drawn).values()))
    return found


def constant_answer(batch):
    """The share of symbols of a batch that are the most frequent one of their step in training: reading nothing."""
    seen = dates.draw_batch(np.random.default_rng(0), 2000)
    steps = range(min(len(seen.targets), len(batch.targets)))
    guess = np.array([np.bincount(seen.targets[t][real_symbols(seen)[t]]).argmax() for t in steps])
    return np.mean((batch.targets[: len(guess)] == guess[:, None])[real_symbols(batch)[: len(guess)]])


def train_rows(seed, steps=ROW_STEPS):
    """A translator of rows of one to three dates with dot attention, trained in float32 from a seed."""
    rng = np.random.default_rng(seed)
    model = experiments.new_translator(ROW_SIZE, "dot", rng, np.float32)
    draw = partial(experiments.draw_rows, size=experiments.BATCH, dtype=np.float32)
    train(model, draw, steps, Adam(ROW_RATE), rng=rng, clip=1.0, progress=False)
    return model


def row_measures(model):
    """Exact match on held-out rows of one, two and three dates; then for rows of four dates how many end after one,
    two, three and four dates: ``(7,)``."""
    longer = experiments.draw_rows(np.random.default_rng(8), 100, "held out", 4, model.encoder.dtype)
    return np.array([*experiments.exact_matches(experiments.translate_rows(model)), *ends_after(model, longer)])


def ends_after(model, rows):
    """The share of rows whose translation ends behind its first, second, third and fourth date: ``(4,)``."""
    symbols, *_ = model.translate(rows.source, rows.source_lengths, longest=60)
    written, ended = dates.decode(symbols), (symbols == model.end).any(axis=0)
    counts = np.array(
        [text.count("日") if end and text.endswith("日") else 0 for text, end in zip(written, ended, strict=True)]
    )
    return np.array([np.mean(counts == count) for count in range(1, 5)])


@cache
def results(name):
    """The arrays of one of RESULTS: 'seeds' by ``kind/measure``, 'rows' as ``rows``; the first axis is the seeds."""
    with np.load(RESULTS[name]) as file:
        return dict(file)


def over_seeds(kind, measure):
    """A measure of a kind of translator for each seed: ``(SEEDS,)`` or ``(SEEDS, n)``."""
    return results("seeds")[f"{kind}/{measure}"]

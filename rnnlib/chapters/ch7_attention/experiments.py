"""The date translators behind chapter 7: how they are made, and those that were trained beforehand.

The weights in ``trained/`` are written by ``tools/train_date_translators.py``.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.attention import AdditiveAttention, DotAttention
from rnnlib.cells import GRUResetAfter
from rnnlib.interop import load
from rnnlib.seq2seq import Pairs, Seq2Seq
from rnnlib.tasks import dates
from rnnlib.wrappers import Bidirectional

WEIGHTS = Path(__file__).with_name("trained")
ONE_DATE = WEIGHTS / "one_date.npz"
KINDS = ("with attention", "without")
SIZES = (8, 16, 32, 64)
MOST = 3
BLANK = "?"  # not in the alphabet
MONTH_STEP = 5  # behind four digits and 年
PARTS = ("year", "month", "day")
LEARNING_RATE = 0.005
STEPS = 3000
ONE_DATE_STEPS = 400
MORE_STEPS = 9000  # for the largest of those that have no attention
BATCH = 32


def new_translator(size, attention, rng, dtype=np.float64):
    """An untrained translator of dates: GRUs with ``size`` units in the decoder, half of them in each direction of the
    encoder.

    ``attention`` is 'dot', 'additive' or None.
    """
    letters, symbols = len(dates.ALPHABET), len(dates.SYMBOLS)
    halves = (GRUResetAfter(letters, size // 2, rng=rng, dtype=dtype) for _ in range(2))
    encoder, decoder = Bidirectional(*halves), GRUResetAfter(symbols, size, rng=rng, dtype=dtype)
    if attention is not None:
        makers = {"dot": DotAttention, "additive": lambda: AdditiveAttention(size, size, 32, rng=rng, dtype=dtype)}
        attention = makers[attention]()
    return Seq2Seq(encoder, decoder, end=dates.SYMBOLS.index(dates.END), attention=attention, rng=rng)


def draw_rows(rng, size, part="training", count=None, dtype=np.float64):
    """``size`` rows of ``count`` dates each, separated by commas, with their Chinese: :class:`Pairs`.

    Without ``count`` it is drawn from 1 to MOST, for all rows alike. The dates and their forms are those of
    :func:`rnnlib.tasks.dates.draw_batch`.
    """
    count = int(rng.integers(1, MOST + 1)) if count is None else count
    drawn = [dates.draw_dates(rng, size, part) for _ in range(count)]
    forms = rng.integers(len(dates.FORMS), size=(count, size))
    rows = [[dates.english(drawn[k][b], dates.FORMS[forms[k, b]]) for k in range(count)] for b in range(size)]
    wanted = ["".join(dates.chinese(drawn[k][b]) for k in range(count)) for b in range(size)]
    source, lengths = dates.encode([", ".join(row) for row in rows])
    return Pairs(source.astype(dtype), lengths, *dates.encode_chinese(wanted))


def weights_of(kind, size):
    """The file with the weights of a translator of rows of dates."""
    return WEIGHTS / f"{'attention' if kind == KINDS[0] else 'bottleneck'}_{size}.npz"


def untrained_row_translator(kind, size, dtype=np.float32):
    """The translator of a kind and a size as its training starts."""
    return new_translator(size, "dot" if kind == KINDS[0] else None, np.random.default_rng(0), dtype)


@cache
def row_translator(kind, size):
    """A trained translator of rows of one to MOST dates, of a kind and a size."""
    return _loaded(weights_of(kind, size), kind, size)


@cache
def date_translator():
    """A trained translator of single dates with dot attention and 64 units."""
    return _loaded(ONE_DATE, KINDS[0], 64)


def _loaded(path, kind, size):
    """The weights are kept in float32; computed with in float64, they give the same symbols on every machine."""
    saved, model = load(path, untrained_row_translator(kind, size)), untrained_row_translator(kind, size, np.float64)
    for name, array in model.params.items():
        array[...] = saved.params[name]
    return model


@cache
def held_out_rows(size=100):
    """For each number of dates a row can have, ``size`` rows of days that no training has seen."""
    rng = np.random.default_rng(1)
    return [draw_rows(rng, size, "held out", count) for count in range(1, MOST + 1)]


def translate_rows(model):
    """What a model writes for :func:`held_out_rows`: a list of texts for each number of dates."""
    return [
        dates.decode(
            model.translate(
                batch.source.astype(model.encoder.dtype), batch.source_lengths, longest=len(batch.targets)
            ).symbols
        )
        for batch in held_out_rows()
    ]


@cache
def written_rows(kind, size):
    """What the trained translator of a kind and a size writes: :func:`translate_rows`, once."""
    return translate_rows(row_translator(kind, size))


def exact_matches(written):
    """The share of right texts for each number of dates: ``(MOST,)``."""
    wanted = [dates.decode(batch.targets) for batch in held_out_rows()]
    return np.array(
        [np.mean([a == b for a, b in zip(*pair, strict=True)]) for pair in zip(written, wanted, strict=True)]
    )


def mean_lengths():
    """The mean number of characters of the held-out rows, for each number of dates: ``(MOST,)``."""
    return np.array([batch.source_lengths.mean() for batch in held_out_rows()])


def texts_of(batch):
    """The English texts of a batch."""
    letters = batch.source.argmax(axis=-1).T
    return [
        "".join(dates.ALPHABET[k] for k in row[:length])
        for row, length in zip(letters, batch.source_lengths, strict=True)
    ]


def right_parts(model, batch):
    """The share of single dates whose year, month and day are right when the model runs free: a dict."""
    wanted = map(parts, dates.decode(batch.targets))
    written = dates.decode(model.translate(batch.source, batch.source_lengths, longest=len(batch.targets)).symbols)
    right = np.array(
        [[a == b for a, b in zip(parts(text), want, strict=True)] for text, want in zip(written, wanted, strict=True)]
    )
    return dict(zip(PARTS, right.mean(axis=0).tolist(), strict=True))


def parts(chinese):
    """Year, month and day of a Chinese date, each with its ideograph; what comes behind 日 goes with the day."""
    year, found, rest = chinese.partition("年")
    month, found_too, day = rest.partition("月")
    return year + found, month + found_too, day


def part_places(text, date):
    """Where the year, the month and the day are in an English date: a dict of ranges of characters, from 0."""
    year, month = text.rindex(f"{date.year:04}"), text.index(dates.MONTHS[date.month - 1][:3])
    month_end = month + len(re.match("[A-Za-z]+", text[month:])[0])
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", text).span()
    return dict(zip(PARTS, (range(year, year + 4), range(month, month_end), range(*day)), strict=True))


def looks_at_parts(model, texts, drawn):
    """The share of written digits whose largest weight is on the part they belong to: a dict by part.

    ``texts`` are the dates ``drawn``, in English.
    """
    symbols, _, weights = model.translate(*dates.encode(texts))
    seen = {part: [] for part in PARTS}
    for b, (text, date) in enumerate(zip(texts, drawn, strict=True)):
        written, places, t = parts(dates.decode(symbols[:, b : b + 1])[0]), part_places(text, date), 0
        for part, chinese in zip(PARTS, written, strict=True):
            looks = weights[t : t + len(chinese) - 1, b].argmax(axis=1)  # not for the ideograph behind the digits
            seen[part] += [look in places[part] for look in looks]
            t += len(chinese)
    return {part: float(np.mean(looks)) for part, looks in seen.items()}


def month_without(model, texts, drawn):
    """The share of months that stay right when letters of the name are read as nothing: a dict by which letters.

    The letters are ranked by the weights of the first digit of the month. ``texts`` are the dates ``drawn``, in
    English.
    """
    weights = model.translate(*dates.encode(texts)).weights[MONTH_STEP]
    changed = {"without the most looked at": [], "without the least looked at": [], "with the most looked at alone": []}
    for text, date, row in zip(texts, drawn, weights, strict=True):
        name = sorted(part_places(text, date)["month"], key=lambda s: -row[s])
        for blank, which in zip((name[:1], name[-1:], name[1:]), changed, strict=True):
            changed[which].append("".join(BLANK if s in blank else letter for s, letter in enumerate(text)))
    wanted = [parts(dates.chinese(date))[1] for date in drawn]
    shares = {}
    for which, altered in changed.items():
        symbols = model.translate(*dates.encode(altered, unknown="blank")).symbols
        written = [parts(chinese)[1] for chinese in dates.decode(symbols)]
        shares[which] = float(np.mean([a == b for a, b in zip(written, wanted, strict=True)]))
    return shares


def first_dates_right(kind, size, count):
    """The share of held-out rows of ``count`` dates of which the first date is right."""
    wanted = dates.decode(held_out_rows()[count - 1].targets)
    firsts = [text[: text.index("日") + 1] for text in wanted]
    return float(np.mean([a.startswith(b) for a, b in zip(written_rows(kind, size)[count - 1], firsts, strict=True)]))

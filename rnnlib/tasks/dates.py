"""Dates in English, in many written forms, to be written in Chinese, character by character.

"November 2nd, 2026" becomes "2026年11月2日": the year comes last in the one and first in the other, so whoever
writes the second must look back and forth over the first.
"""

import datetime
from itertools import takewhile

import numpy as np

from ..checks import check_choice, check_rng, check_size, check_texts
from ..sampling import check_symbols
from ..seq2seq import Pairs

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FORMS = (
    "{month} {nth}, {year}",
    "{month} {day}, {year}",
    "{mon} {nth}, {year}",
    "{mon} {day}, {year}",
    "{mon}. {day}, {year}",
    "{nth} {month} {year}",
    "{day} {month} {year}",
    "{day} {mon} {year}",
    "{nth} of {month} {year}",
    "the {nth} of {month} {year}",
    "the {nth} of {month}, {year}",
    "{weekday}, {month} {nth}, {year}",
    "{weekday}, {day} {month} {year}",
    "{wkd} {day} {mon} {year}",
    "{wkd}, {mon} {day}, {year}",
)

ALPHABET = "".join(sorted(set("".join([*MONTHS, *WEEKDAYS, "the of nd st rd th 0123456789,."]))))
CHARACTER_INDEX = {character: k for k, character in enumerate(ALPHABET)}
END = "<end>"
SYMBOLS = (*"0123456789年月日", END)
DAYS = np.arange(datetime.date(1900, 1, 1).toordinal(), datetime.date(2100, 1, 1).toordinal())
PARTS = {"training": DAYS[DAYS % 10 != 0], "held out": DAYS[DAYS % 10 == 0]}


def chinese(date):
    """The date as it is written in Chinese: "2026年11月2日"."""
    _check_date(date)
    return f"{date.year}年{date.month}月{date.day}日"


def english(date, form):
    """The date in one of FORMS: "November 2nd, 2026". Raises ValueError for an unknown form."""
    _check_date(date)
    month, weekday = MONTHS[date.month - 1], WEEKDAYS[date.weekday()]
    ending = "th" if 11 <= date.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(date.day % 10, "th")
    return check_choice("form", form, FORMS).format(
        month=month,
        mon=month[:3],
        weekday=weekday,
        wkd=weekday[:3],
        day=date.day,
        nth=f"{date.day}{ending}",
        year=date.year,
    )


def draw_dates(rng, size, part="training"):
    """``size`` days from 1900 to 2099, each of its part equally probable.

    Every tenth day is kept for ``part='held out'`` and never drawn for 'training'. Raises TypeError or ValueError
    for a ``rng`` that is not a generator, a size below 1 and an unknown part.
    """
    check_rng("rng", rng)
    check_choice("part", part, PARTS)
    return [datetime.date.fromordinal(int(day)) for day in rng.choice(PARTS[part], check_size("size", size))]


def draw_batch(rng, size, part="training", forms=FORMS):
    """``size`` dates, each in one of ``forms`` drawn for it, with their Chinese: :class:`Pairs`.

    Raises as :func:`draw_dates`, and ValueError for an unknown form.
    """
    if not check_texts("forms", forms):
        raise ValueError("forms: expected at least one of FORMS, got none")
    for form in forms:
        check_choice("forms", form, FORMS)
    dates = draw_dates(rng, size, part)
    chosen = rng.integers(len(forms), size=size)
    source, source_lengths = encode([english(date, forms[k]) for date, k in zip(dates, chosen, strict=True)])
    return Pairs(source, source_lengths, *encode_chinese([chinese(date) for date in dates]))


def unknown_characters(text):
    """The characters of ``text`` that no date is written with, each once, in order: a string."""
    if not isinstance(text, str):
        raise TypeError(f"text: expected a string, got {type(text).__name__}")
    return "".join(dict.fromkeys(character for character in text if character not in ALPHABET))


def encode(texts, unknown="refuse"):
    """One-hot characters of several texts, padded to one length: ``(S, B, len(ALPHABET))``; and the lengths ``(B,)``.

    ``unknown`` says what becomes of characters outside ALPHABET: 'refuse' raises ValueError, 'blank' makes each a
    step of zeros, of which a network reads nothing. Raises TypeError for what is not a list of strings, and ValueError
    for no text and for an empty one.
    """
    check_choice("unknown", unknown, ("refuse", "blank"))
    _check_texts(texts)
    strange = unknown_characters("".join(texts))
    if strange and unknown == "refuse":
        raise ValueError(f"texts: expected the characters {ALPHABET!r}, got {strange!r} beside them")
    lengths = np.array([len(text) for text in texts])
    blank = len(ALPHABET)
    indices = np.full((lengths.max(), len(texts)), blank)
    for b, text in enumerate(texts):
        indices[: len(text), b] = [CHARACTER_INDEX.get(character, blank) for character in text]
    return np.eye(blank + 1, blank)[indices], lengths


def encode_chinese(texts):
    """The symbols ``(T, B)`` of several Chinese dates, each ended and filled up with END, and the lengths with it.

    Raises as :func:`encode`.
    """
    _check_texts(texts)
    strange = sorted(set("".join(texts)) - set(SYMBOLS))
    if strange:
        raise ValueError(
            f"texts: expected the characters {''.join(SYMBOLS[:-1])}, got {''.join(strange)!r} beside them"
        )
    lengths = np.array([len(text) + 1 for text in texts])
    symbols = np.full((lengths.max(), len(texts)), SYMBOLS.index(END))
    for b, text in enumerate(texts):
        symbols[: len(text), b] = [SYMBOLS.index(character) for character in text]
    return symbols, lengths


def decode(symbols):
    """The texts of ``symbols (T, B)``, each up to its END: a list of B strings."""
    columns = check_symbols("symbols", symbols, len(SYMBOLS), axes=("T", "B")).T.tolist()
    return ["".join(takewhile(lambda symbol: symbol != END, (SYMBOLS[k] for k in column))) for column in columns]


def _check_date(date):
    if not isinstance(date, datetime.date):
        raise TypeError(f"date: expected a datetime.date, got {type(date).__name__}")


def _check_texts(texts):
    check_texts("texts", texts)
    if not texts or not all(texts):
        raise ValueError(f"texts: expected at least one text, and at least one character in each, got {list(texts)}")

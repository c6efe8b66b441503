"""Dates: each written form says the day it is written for, and text and symbols turn into one another."""

import datetime
import re

import numpy as np
import pytest

from rnnlib.tasks import dates


def read_english(text):
    """The date a reader finds in the text, and the weekday if there is one, by other means than the forms."""
    words = re.findall(r"[A-Za-z]+|\d+", text)
    day, year = (int(word) for word in words if word.isdigit())
    months = [k for k, m in enumerate(dates.MONTHS, 1) for word in words if len(word) > 2 and m.startswith(word)]
    weekdays = [k for k, d in enumerate(dates.WEEKDAYS) for word in words if len(word) > 2 and d.startswith(word)]
    (month,) = months
    return datetime.date(year, month, day), weekdays


@pytest.mark.parametrize("form", dates.FORMS)
def test_every_form_says_its_day(form):
    rng = np.random.default_rng(0)
    for date in [*dates.draw_dates(rng, 40), *(datetime.date(2026, month, 1) for month in range(1, 13))]:
        text = dates.english(date, form)
        assert dates.unknown_characters(text) == ""
        read, weekdays = read_english(text)
        assert read == date
        assert weekdays in ([], [date.weekday()])


def test_the_endings_of_the_days():
    written = [dates.english(datetime.date(2026, 1, day), "{nth} {month} {year}").split()[0] for day in range(1, 32)]
    assert written[:4] == ["1st", "2nd", "3rd", "4th"]
    assert written[10:13] == ["11th", "12th", "13th"]
    assert written[20:24] == ["21st", "22nd", "23rd", "24th"]
    assert written[30] == "31st"


def test_chinese_has_the_year_first():
    date = datetime.date(2026, 11, 2)
    assert dates.chinese(date) == "2026年11月2日"
    assert dates.english(date, "{month} {nth}, {year}") == "November 2nd, 2026"
    assert dates.english(date, "{weekday}, {day} {month} {year}") == "Monday, 2 November 2026"


def test_held_out_days_are_never_trained_on():
    rng = np.random.default_rng(0)
    training, held_out = (set(dates.draw_dates(rng, 5000, part)) for part in dates.PARTS)
    assert not training & held_out
    assert {d.toordinal() % 10 for d in training} == set(range(1, 10))
    assert {d.toordinal() % 10 for d in held_out} == {0}
    assert {d.month for d in held_out} == set(range(1, 13))
    assert min(training | held_out).year == 1900
    assert max(training | held_out).year == 2099


def test_a_batch_holds_the_texts_and_their_translations():
    batch = dates.draw_batch(np.random.default_rng(3), 50, forms=dates.FORMS[:6])
    assert batch.source.shape == (batch.source_lengths.max(), 50, len(dates.ALPHABET))
    for b, (n, wanted) in enumerate(zip(batch.source_lengths, dates.decode(batch.targets), strict=True)):
        text = "".join(dates.ALPHABET[k] for k in batch.source[:n, b].argmax(axis=-1))
        assert dates.chinese(read_english(text)[0]) == wanted
        assert batch.target_lengths[b] == len(wanted) + 1
        assert (batch.source[n:, b] == 0).all()
        assert (batch.source[:n, b].sum(axis=-1) == 1).all()


def test_text_becomes_symbols_and_text_again():
    texts = ["2026年11月2日", "1900年1月31日"]
    symbols, lengths = dates.encode_chinese(texts)
    assert lengths.tolist() == [11, 11]
    assert dates.decode(symbols) == texts
    assert dates.decode(symbols[:4]) == ["2026", "1900"]


def test_unknown_characters_are_named_or_left_blank():
    assert dates.unknown_characters("2 Nov 2026?!?") == "?!"
    with pytest.raises(ValueError, match=r"got '\?!' beside them"):
        dates.encode(["2 Nov 2026?!?"])
    x, lengths = dates.encode(["2?ö", "2"], unknown="blank")
    assert lengths.tolist() == [3, 1]
    assert x.sum(axis=-1).T.tolist() == [[1, 0, 0], [1, 0, 0]]
    x, lengths = dates.encode(["x" * 200], unknown="blank")
    assert x.shape == (200, 1, len(dates.ALPHABET))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: dates.encode("2 Nov 2026"), TypeError, "expected a list of strings"),
        (lambda: dates.encode([3]), TypeError, "expected a list of strings"),
        (lambda: dates.encode([]), ValueError, "at least one text"),
        (lambda: dates.encode(["2 Nov 2026", ""]), ValueError, "at least one character in each"),
        (lambda: dates.encode(["2"], unknown="guess"), ValueError, "unknown: expected one of 'refuse', 'blank'"),
        (lambda: dates.encode_chinese(["2026-11-2"]), ValueError, "got '-' beside them"),
        (lambda: dates.english(datetime.date(2026, 1, 1), "%d"), ValueError, "form: expected one of"),
        (lambda: dates.draw_dates(7, 2), TypeError, "rng"),
        (lambda: dates.draw_dates(np.random.default_rng(0), 0), ValueError, "size: expected at least 1"),
        (lambda: dates.draw_dates(np.random.default_rng(0), 2, "test"), ValueError, "part: expected one of 'training'"),
        (lambda: dates.draw_batch(np.random.default_rng(0), 2, forms=("{day}",)), ValueError, "forms: expected one of"),
        (lambda: dates.draw_batch(np.random.default_rng(0), 2, forms=()), ValueError, "forms: expected at least one"),
    ],
)
def test_wrong_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()

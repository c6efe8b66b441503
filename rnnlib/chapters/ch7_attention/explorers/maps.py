"""A date is read, and its Chinese written symbol by symbol: where does each symbol look?"""

import datetime
import functools
import re

import numpy as np

from rnnlib.pictures.controls import Stepper, Text
from rnnlib.pictures.figures import attention as pictures
from rnnlib.pictures.figures.attention import COLUMNS, END, ROWS, shown
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.seq2seq import Seq2Seq
from rnnlib.tasks import dates

from ..experiments import date_translator

EXAMPLES = ("2 Nov 2026", "February 30th, 2026", "November", "Good morning")  # where nothing can be typed
BACKWARDS = 3  # characters: a look that jumps back by more has changed the order
FIRST_YEAR, LAST_YEAR = (datetime.date.fromordinal(int(day)).year for day in dates.DAYS[[0, -1]])


def attention_map(model=None, text="Monday, November 2nd, 2026"):
    """The attention of a date translator over whatever is typed, one written symbol after another.

    ``model`` is a :class:`rnnlib.Seq2Seq` with attention that reads ``dates.ALPHABET`` and writes ``dates.SYMBOLS``;
    without it one that was trained beforehand. Raises TypeError or ValueError for any other model.
    """
    model = date_translator() if model is None else check_translator(model)
    translate = functools.lru_cache(maxsize=64)(functools.partial(translation, model))

    def update(artists, text, step):
        return _update(artists, translate(text), text, step)

    return LiveFigure(
        _draw,
        update,
        {
            "text": Text(text, label="date in English", examples=EXAMPLES),
            "step": Stepper(1, 1, ROWS, label="written symbol t"),
        },
        """The characters of an English date in a row, with a bar above each for its weight. Below, the symbols of the
        Chinese date from top to bottom, and for each a row of cells, darker where it looks.""",
        size=(9.0, 3.66),
        handles=lambda artists: [Handle(artists["row"], y=("step", lambda step: step - 1))],
    )


def check_translator(model):
    """Return ``model`` if it translates dates with attention; raise TypeError or ValueError if it does not."""
    if not isinstance(model, Seq2Seq):
        raise TypeError(f"model: expected a Seq2Seq, got {type(model).__name__}")
    if model.attention is None:
        raise ValueError("model: expected one with attention, got one without: it has no weights to show")
    sizes, wanted = (model.encoder.input_size, model.decoder.input_size), (len(dates.ALPHABET), len(dates.SYMBOLS))
    if sizes != wanted:
        raise ValueError(f"model: expected {wanted[0]} letters and {wanted[1]} symbols, got {sizes[0]} and {sizes[1]}")
    return model


def translation(model, text):
    """What the model writes for the first COLUMNS characters of ``text``, END as one symbol, and its weights.

    The weights are ``(len(written), len(read))``. For an empty text both are empty.
    """
    read = text[:COLUMNS]
    if not read:
        return "", np.zeros((0, 0))
    source, lengths = dates.encode([read], unknown="blank")
    symbols, ends, weights = model.translate(source.astype(model.encoder.dtype), lengths, longest=ROWS)
    written = "".join(END if dates.SYMBOLS[k] == dates.END else dates.SYMBOLS[k] for k in symbols[: ends[0], 0])
    return written, weights[: ends[0], 0]


def recognise(text):
    """The date that ``text`` is, if it is one of the forms that the task draws, or None."""
    return next((date for _, date, fault in readings(text) if not fault), None)


def readings(text):
    """Each way to read ``text`` in a form that the task draws: the form, the date or None, and what is wrong with it.

    What is wrong is a sentence, empty where nothing is: a day that does not exist, a wrong weekday or a wrong ending.
    """
    found = []
    for form in dates.FORMS:
        match = re.fullmatch(_pattern(form), text)
        if match is None:
            continue
        part = match.groupdict()
        day, year = int(part["day"]), int(part["year"])
        month = next(k for k, name in enumerate(dates.MONTHS, 1) if name.startswith(part["month"][:3]))
        try:
            date = datetime.date(year, month, day)
        except ValueError:
            fault = (
                f"There is no {day} {dates.MONTHS[month - 1]} {year}: it knows the form, and the day does not exist."
            )
            found.append((form, None, fault))
            continue
        if year < 1000:
            found.append((form, None, "Every year that it was trained on has four digits."))
            continue
        right = dates.english(date, form)
        fault = "" if right == text else f"It knows the form, but this day is written “{right}”."
        found.append((form, date, fault))
    return found


@functools.cache
def _pattern(form):
    """A regular expression for the dates in one of ``dates.FORMS``, right or wrong."""
    names = {
        "month": f"(?P<month>{'|'.join(dates.MONTHS)})",
        "mon": f"(?P<month>{'|'.join(month[:3] for month in dates.MONTHS)})",
        "weekday": f"(?:{'|'.join(dates.WEEKDAYS)})",
        "wkd": f"(?:{'|'.join(day[:3] for day in dates.WEEKDAYS)})",
        "nth": r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)",
        "day": r"(?P<day>[0-9]{1,2})",
        "year": r"(?P<year>[0-9]{1,4})",
    }
    return re.sub(r"\\\{(\w+)\\\}", lambda field: names[field[1]], re.escape(form))


def other_form(text):
    """The date of a text with the name of a month, a day and a year of four digits, in whatever order, or None."""
    years = re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", text)
    days = re.findall(r"(?<![0-9])[0-9]{1,2}(?![0-9])", text)
    months = [k for k, name in enumerate(dates.MONTHS, 1) if name[:3] in text]
    if not len(years) == len(days) == len(months) == 1:
        return None
    try:
        return datetime.date(int(years[0]), months[0], int(days[0]))
    except ValueError:
        return None


def readable_characters(text):
    """Characters for a sentence: as they are, or as their number where they cannot be printed."""
    return ", ".join(f"“{c}”" if c.isprintable() else f"U+{ord(c):04X}" for c in text)


def remarks(text, written):
    """What there is to say of a text and of what was written for it, in sentences."""
    said = []
    if len(text) > COLUMNS:
        said.append(f"Only the first {COLUMNS} of your {len(text)} characters are read; the rest is cut off.")
    strange = dates.unknown_characters(text[:COLUMNS])
    if strange:
        more = f" and {len(strange) - 4} more" if len(strange) > 4 else ""
        are, they = ("are", "each is") if len(strange) > 1 else ("is", "it is")
        said.append(
            f"{readable_characters(strange[:4])}{more} {are} not in its alphabet; {they} drawn as a box and read as "
            "a step of nothing."
        )
    return " ".join([*said, *_of_the_date(text, written)])


def _of_the_date(text, written):
    """What there is to say of the date in a text and of the one that was written."""
    read = readings(text)
    date, fault = next(((date, fault) for _, date, fault in read if not fault), read[0][1:] if read else (None, ""))
    said = [fault] if fault else []
    if not read:
        date = other_form(text)
        form = (
            f"This is not one of the {len(dates.FORMS)} forms it was trained on"
            if date
            else "Here is no date to be read"
        )
        said.append(f"{form}, so it writes its best guess.")
    if date is not None:
        if not FIRST_YEAR <= date.year <= LAST_YEAR:
            said.append(f"It was trained on the years {FIRST_YEAR} to {LAST_YEAR} alone.")
        right = written == dates.chinese(date) + END
        meant = (
            "The whole date comes out right."
            if not fault and read
            else "All the same, the day, month and year are right."
        )
        said.append(meant if right else f"Right would be {dates.chinese(date)}.")
    if END not in written:
        said.append(f"It wrote no end sign, and was stopped after {ROWS} symbols.")
    return said


def _draw(fig):
    ax = fig.subplots()
    ax.set_title("Where each written symbol looks")
    return pictures.attention_map(ax)


def _update(artists, translated, text, step):
    written, weights = translated
    read = shown(text[:COLUMNS], dates.ALPHABET)
    if not read:
        pictures.show_attention(artists, "", "", weights)
        return "There is nothing to read, so nothing is written. Type a date, such as 2 Nov 2026."
    row = min(step, len(written)) - 1
    pictures.show_attention(artists, read, written, weights, row)
    looks = weights.argmax(axis=1)
    place = int(looks[row])
    symbol = "the end sign ∎" if written[row] == END else f"“{written[row]}”"
    said = f"Step {row + 1} of {len(written)} writes {symbol}"
    if step > len(written):
        said = f"It ended at step {len(written)}, with {symbol}"
    letter = {" ": "a space"}.get(text[place], readable_characters(text[place]))
    said += f", and looks most at character {place + 1}, {letter}, with the weight {weights[row, place]:.2f}."
    if row and looks[row - 1] - place > BACKWARDS:
        said += f" The step before looked at character {looks[row - 1] + 1}: here the order changes."
    return f"{said} So far: {written[: row + 1]}. {remarks(text, written)}"

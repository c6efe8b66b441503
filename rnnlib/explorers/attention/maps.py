"""A date is read, and its Chinese written symbol by symbol: where does each symbol look?"""

import datetime
import functools
import re

import ipywidgets as widgets
import numpy as np

from ...figures import attention as pictures
from ...figures.attention import COLUMNS, END, ROWS, shown
from ...live import LiveFigure, Stepper
from ...seq2seq import Seq2Seq
from ...tasks import dates
from .trainings import date_translator

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
            "text": widgets.Text(
                value=text,
                description="date in English",
                continuous_update=False,
                layout={"min_width": "min(420px, 100%)"},
            ),
            "step": Stepper(value=9, min=1, max=ROWS, description="written symbol t"),
        },
        """The characters of an English date in a row, with a bar above each for its weight. Below, the symbols of the
        Chinese date from top to bottom, and for each a row of cells, darker where it looks.""",
        size=(9.0, 3.66),
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
    numbers = [int(number) for number in re.findall(r"\d{1,4}", text)]
    months = [k for k, month in enumerate(dates.MONTHS, 1) if month[:3] in text]
    for month in months:
        for day, year in (numbers[:2], numbers[1::-1]) if len(numbers) == 2 else ():
            try:
                date = datetime.date(year, month, day)
            except ValueError:
                continue
            if any(dates.english(date, form) == text for form in dates.FORMS):
                return date
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
    date = recognise(text)
    if date is None:
        said.append("This is no date in a form it was trained on, so it writes its best guess.")
    else:
        if not FIRST_YEAR <= date.year <= LAST_YEAR:
            said.append(f"It was trained on the years {FIRST_YEAR} to {LAST_YEAR} alone.")
        right = written == dates.chinese(date) + END
        said.append("The whole date comes out right." if right else f"Right would be {dates.chinese(date)}.")
    if END not in written:
        said.append(f"It found no end, and was stopped after {ROWS} symbols.")
    return " ".join(said)


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

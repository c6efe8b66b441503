"""What chapter 7 says in numbers."""

import datetime

import numpy as np
import pytest
from chapters import chapters

import rnnlib
from rnnlib.chapters.ch7_attention import exercises, experiments, explorers, repeated
from rnnlib.chapters.ch7_attention.explorers import plane
from rnnlib.pictures.figures import attention as figures
from rnnlib.pictures.figures import translation
from rnnlib.pictures.style import new_figure
from rnnlib.seq2seq import hand_over
from rnnlib.tasks import dates

from . import Notebook, claim

book = Notebook(7)
(CHAPTER,) = (chapter for chapter in chapters() if chapter.number == 7)
DAY = datetime.date(2026, 11, 2)
STEPS, BATCH = book.code("5041b6aa", r"STEPS, EVERY = (\d+)"), book.code("5041b6aa", r"dates\.draw_batch\(rng, (\d+)\)")
FORCED = book.printed("acefe50e", r"teacher forcing (\d+)%")
FIRST_MONTH_DIGIT = experiments.MONTH_STEP + 1
LONGEST = len(dates.chinese(datetime.date(2026, 12, 31))) + 1


def is_written(text, date, form):
    return dates.english(date, form) == text


def is_no_day(year, month, day):
    with pytest.raises(ValueError, match="day"):
        datetime.date(year, month, day)
    return True


def rows_of_the_table():
    """The date of the table in the section on teacher forcing, as it is written and as it is read."""
    written = [*dates.chinese(datetime.date(2026, 1, 2)).partition("年")[2], "end"]
    return len(written) == 5 and written[:4] == ["1", "月", "2", "日"]


def first_input_is_zeros():
    case = exercises.decoder_inputs.cases()[0]
    return not type(exercises.decoder_inputs).answer(**case)[0].any()


def targets_are_symbols():
    return all(c["targets"].min() >= 0 and c["targets"].max() < c["O"] for c in exercises.decoder_inputs.cases())


def softmax_jacobian_is_right():
    e, w = np.array([0.3, -1.0, 0.7]), rnnlib.softmax(np.array([0.3, -1.0, 0.7]))
    moved = [(rnnlib.softmax(e + 1e-6 * row) - rnnlib.softmax(e - 1e-6 * row)) / 2e-6 for row in np.eye(3)]
    return np.allclose(np.transpose(moved), w[:, None] * (np.eye(3) - w))


def products_have_variance_one():
    q, m = np.random.default_rng(0).normal(size=(2, 40_000, 16))
    return abs((q * m).var() - 1) < 0.03 and abs((q * m).sum(axis=1).var() - 16) < 0.5


def by_hand():
    memory, query = np.array([(2, 0), (0, 1), (1, 1)]), np.array([np.log(2), 0])
    weights = rnnlib.softmax(memory @ query)
    wanted = np.array(type(exercises.attention_by_hand).answer(), dtype=float).ravel()
    return np.allclose(wanted, [*weights, *(weights @ memory)])


def looked_up(length, real=5):
    return plane.looked_up(60, length, real)[1]


def beats(s, others):
    """Whether m_s has the largest score of all for a query in its own direction, and they do not in theirs."""
    return np.argmax(plane.MEMORY @ plane.MEMORY[s]) == s and all(
        np.linalg.norm(plane.MEMORY[s]) > np.linalg.norm(plane.MEMORY[other]) for other in others
    )


def names_in_the_drawing():
    ax = new_figure().subplots()
    translation.encoder_decoder(ax, attention=True)
    return [text.get_text() for text in ax.texts]


def gru_corners():
    z, r, h, n = np.array([1.0]), np.array([0.0]), np.array([0.3]), np.array([-0.8])
    return bool(z * h + (1 - z) * n == h and r * h == 0)


def the_decoder_starts_where_the_encoder_ends():
    model = experiments.date_translator()
    encoded = rnnlib.unroll(model.encoder, dates.encode(["2 Jan 2026"])[0])
    (state,) = hand_over(model.encoder, encoded.final_state)
    return np.array_equal(state, np.concatenate([part for (part,) in encoded.final_state], axis=-1))


CLAIMS = [
    claim(
        "{} minutes alone, {} on stage. Core path, about {} minutes",
        lambda: (CHAPTER.alone, CHAPTER.on_stage, CHAPTER.alone // 2),
    ),
    claim("What does z = 1 do?", gru_corners),
    claim("Then 1 - z is 0", gru_corners),
    claim("That is r = 0", gru_corners),
    claim("Two GRUs with {} units each read", lambda: experiments.date_translator().encoder.forward.output_size),
    claim("two scores ln 2 and 0:", lambda: bool(np.allclose(np.exp([np.log(2), 0]), [2, 1]))),
    claim("exponentials are 2 and 1, and their sum is 3.", lambda: bool(np.isclose(np.exp([np.log(2), 0]).sum(), 3))),
    claim("November 2nd, 2026", lambda: is_written("November 2nd, 2026", DAY, dates.FORMS[0])),
    claim("2 Jan 2026", lambda: is_written("2 Jan 2026", datetime.date(2026, 1, 2), "{day} {mon} {year}")),
    claim(
        "reads the characters 2, space, J, a, n",
        lambda: {"2", "J", "a", "n"} <= set(translation.READ) and translation.READ[0] == "2",
    ),
    claim("writes 1, 月, 2, 日 and reads", lambda: tuple(translation.WRITTEN) == ("1", "月", "2", "日")),
    claim(r"h_0 &= \text{the last state of the encoder} & h_0 &", the_decoder_starts_where_the_encoder_ends),
    claim(r"\quad y_0 = 0 & h_t", first_input_is_zeros),
    claim(r"O_t &\in \mathbb{R}^{{:d}}", lambda: len(dates.SYMBOLS)),
    claim("There are {} symbols", lambda: len(dates.SYMBOLS)),
    claim("The {} numbers $O_t$", lambda: len(dates.SYMBOLS)),
    claim(
        "two GRUs with {} units each, so $N = {}$. The decoder is a GRU with $H = {}$",
        lambda: (
            experiments.date_translator().encoder.forward.output_size,
            experiments.date_translator().encoder.output_size,
            experiments.date_translator().decoder.output_size,
        ),
    ),
    claim("through $h_0$: {} numbers", lambda: experiments.date_translator().decoder.output_size),
    claim("| step $t$ | 1 | 2 | 3 | 4 | 5 |", rows_of_the_table),
    claim("| it should write | 1 | 月 | 2 | 日 | end |\n| it reads | 0 | 1 | 月 | 2 | 日 |", rows_of_the_table),
    claim("The first 0 is a step of zeros", first_input_is_zeros),
    claim("whole numbers from 0 to $O-1$", targets_are_symbols),
    claim("{} steps of Adam (chapter 1), {} dates each", lambda: (STEPS, BATCH)),
    claim("Two curves over {} training steps", lambda: STEPS),
    claim("climbs to about {}, from below", lambda: f"{int(FORCED) / 100:.1f}"),
    claim(
        "right to the last symbol stays near {:.0f}.",
        lambda: float(book.printed("acefe50e", r"last symbol, free running: ([\d.]+)%")) / 100,
    ),
    claim("At step {}, the first digit of the month", lambda: FIRST_MONTH_DIGIT),
    claim("at step {}, often the second digit of the day", lambda: len("2026年1月23")),
    claim("Step {}, the end sign of the longest dates", lambda: LONGEST),
    claim("(Step {} exists only for the longest dates", lambda: LONGEST),
    claim("average of {} % hides steps of {} %", lambda: (FORCED, book.printed("acefe50e", r"forcing: (\d+)%"))),
    claim("about {} %, as of the symbols", lambda: FORCED),
    claim("Monday, November 2nd, 2026", lambda: is_written("Monday, November 2nd, 2026", DAY, dates.FORMS[11])),
    claim("2026年11月2日", lambda: dates.chinese(DAY) == "2026年11月2日"),
    claim("November 2nd, 2026 is a Monday", lambda: f"{DAY:%A}" == "Monday"),
    claim("“Tuesday, November 2nd, 2026”: no such day exists", lambda: f"{DAY:%A}" != "Tuesday"),
    claim("Tuesday, November 2nd, 2026", lambda: f"{DAY:%A}" != "Tuesday"),
    claim(
        "Saturday, May 1st, 1999",
        lambda: is_written("Saturday, May 1st, 1999", datetime.date(1999, 5, 1), dates.FORMS[11]),
    ),
    claim("2 Nov 2026", lambda: is_written("2 Nov 2026", DAY, "{day} {mon} {year}")),
    claim("May 1st, 1999", lambda: is_written("May 1st, 1999", datetime.date(1999, 5, 1), "{month} {nth}, {year}")),
    claim("February 30th, 2026", lambda: is_no_day(2026, 2, 30)),
    claim("a context, c 3, above\n    the third state", lambda: "$c_3$" in names_in_the_drawing()),
    claim(r"\sum_s w_{ts} = 1\quad", lambda: bool(np.isclose(looked_up(1).sum(), 1))),
    claim(
        "are independent, with mean 0 and variance 1, each product $q_n m_n$ has variance 1, and their sum",
        products_have_variance_one,
    ),
    claim("where its slope is nearly 0", lambda: bool(np.max(looked_up(8) * (1 - looked_up(8))) < 0.02)),
    claim("Ten random memory vectors", lambda: book.code("6273f488", r"size=\(2000, (\d+), N\)") == "10"),
    claim("the largest of {} weights", lambda: book.code("6273f488", r"size=\(2000, (\d+), N\)")),
    claim("$m_1 = (2, 0)$, $m_2 = (0, 1)$, $m_3 = (1, 1)$, and the query $q = (\\ln 2, 0)$", by_hand),
    claim("one of them goes to 1, the others to 0", lambda: bool(np.allclose(np.sort(looked_up(40)), [0, 0, 0, 0, 1]))),
    claim("at length 0 all scores are 0", lambda: bool(np.allclose(looked_up(0), 1 / 5))),
    claim(
        "Set the length to {:.0f}, then to {:.0f}",
        lambda: (explorers.look_up().controls["length"].min, explorers.look_up().controls["length"].max),
    ),
    claim("padding weighs exactly {:.0f}", lambda: looked_up(1, 3)[3]),
    claim("a long memory vector such as $m_2$ beats", lambda: bool(beats(1, [2, 3, 4]))),
    claim(r"w_{ts}(\mathbb{1}[s = r] - w_{tr})", softmax_jacobian_is_right),
    claim("The dotted line is at {} %", lambda: book.code("d7a874a8", r"axhline\(0\.(\d+)")),
    claim("over {} training steps. With dot", lambda: STEPS),
    claim(
        "jumps from 0 to 1 within the\nfirst hundred steps",
        lambda: bool(np.all(repeated.over_seeds("dot", "exact") > 0.99)),
    ),
    claim("at least {} % with attention", lambda: book.code("444dfca2", r">= 0\.(\d+)")),
    claim("on {} held-out dates:", lambda: book.code("acefe50e", r"default_rng\(2\), (\d+)")),
    claim("exact match after {} steps, ten trainings", lambda: repeated.STEPS),
    claim("trained beforehand, in {} steps", lambda: experiments.ONE_DATE_STEPS),
    claim("from character {} on the text is cut", lambda: figures.COLUMNS + 1),
    claim("Over {} held-out dates", lambda: book.code("645ebd90", r"default_rng\(7\), (\d+)")),
    claim("without, {} steps each; the largest", lambda: experiments.STEPS),
    claim("without attention got {}.", lambda: experiments.MORE_STEPS),
    claim("state be, of {}, {}, {} and {}, and still", lambda: experiments.SIZES),
    claim("At $H = {}$, after {} steps, three", lambda: (experiments.SIZES[-1], experiments.MORE_STEPS)),
    claim("without attention, H = {}, ", lambda: experiments.SIZES[-1]),
    claim("four dates, with attention, H = {}: exact", lambda: experiments.SIZES[-1]),
    claim("eight trainings, H = {}: three dates", lambda: repeated.ROW_SIZE),
]
ALLOWED = {}

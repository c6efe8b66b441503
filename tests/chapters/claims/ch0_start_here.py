"""What chapter 0 says in numbers."""

import re

from chapters import NOTEBOOKS, chapters, table

from rnnlib.chapters.ch0_start_here.explorers import leaking

from . import Notebook, claim, word

book = Notebook(0)


def alone_after(steps, weight=0.9):
    """What is left of an input, by running the loop of the chapter."""
    return book.names("962bdcac", "9a98539d").leaky_memory([1.0] + [0.0] * steps, weight)[-1]


def is_a_fixed_answer(steps):
    return steps == leaking.steps_to_half(0.9)


def kept():
    """The part that the memory of the prediction keeps at each step."""
    return float(book.code("e559e4ae", r"math\.log\((0\.9)\)"))


def core_hours(last):
    """The hours of the core paths of the chapters up to ``last``, as their title cells give the minutes."""
    titles = [next(iter(Notebook(chapter.number).cells.values())).source for chapter in chapters()[: last + 1]]
    return sum(int(re.search(r"Core path, about (\d+) minutes", title)[1]) for title in titles) / 60


CLAIMS = [
    claim("chapters 0 to 6 along their core paths: six to seven hours", lambda: 6 <= core_hours(6) <= 7),
    claim("The core paths of all chapters take {}.", lambda: word(round(core_hours(11)))),
    *(claim("{}", lambda row=row: row) for row in table(NOTEBOOKS)),
    claim("S_0 = {:.0f}.$$", lambda: float(leaking.remembered(0.9, 2)[0])),
    claim("inputs of size {:.0f}, some", lambda: leaking.remembered(0.9, 1)[0]),
    claim("The first input counts {:.0f}, then a half, then a quarter", lambda: 4 * alone_after(2, 0.5)),
    claim("after {} steps", lambda: leaking.steps_to_half(0.9)),
    claim("{}⁶ = {:.2f} and {}⁷ = {:.2f}", lambda: (kept(), alone_after(6), kept(), alone_after(7))),
    claim("0.9⁶ = 0.53 and 0.9⁷", lambda: leaking.steps_to_half(0.9) == 7 and round(alone_after(6), 2) == 0.53),
    claim("after 5 steps", lambda: not is_a_fixed_answer(5) and round(0.5 / (1 - 0.9)) == 5),
    claim("after 45 steps", lambda: not is_a_fixed_answer(45) and sum(range(10)) == 45),
    claim("Put $w$ at 0, at 0.5 and at 1. Then go beyond 1:", lambda: leaking.remembered(1.02, 5)[-1] > 1),
    claim("go back up and move $w$ to {}.", kept),
    claim("{}⁴⁵ = {:.4f}", lambda: (0.9, alone_after(45))),
    claim("0.9⁴⁵ =", lambda: round(alone_after(45), 4) == 0.0087),
]
ALLOWED = {
    "Jürgen Schmidhuber (1997)": "year of a paper; Schuster & Paliwal (1997) and Hochreiter (1991) are cited too",
    "*Python 3 (ipykernel)*": "the name that JupyterLab shows",
    "(as in d2l)": "the name of a book",
    "tools/lecture.py 0": "the number of this chapter",
    "Jeffrey Elman (1990)": "year of a paper; Elman (1991) is cited too",
    "Aston Zhang and others (2023)": "year of a book",
    "`weight_ih_l0`": "the name that PyTorch gives",
    "`weight_hh_l0`": "the name that PyTorch gives",
    "`bias_ih_l0`": "the name that PyTorch gives",
    "`bias_hh_l0`": "the name that PyTorch gives",
    "$b_s$, $b_o$ or $b_1$, $b_2$": "the letters of other texts",
    "$b_q$ | – | $b_1$": "the letters of another text",
    "Chapter 4 needs them; 5 needs 4. Chapter 6 can follow chapter 3. Chapters 7 and 8 need 5, and 7 needs 6": (
        "numbers of chapters"
    ),
    "Chapter 10 needs 3, 5 and 7. In chapter 11 you train networks of chapters 2 to 6": "numbers of chapters",
}

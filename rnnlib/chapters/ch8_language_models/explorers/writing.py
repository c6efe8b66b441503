"""Requests drawn word by word from a language model, beside the grammar that it has learned."""

from functools import cache

import numpy as np

from rnnlib.pictures.controls import Choice, Slider, Stepper, Text
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.words import set_word_columns, word_columns
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.sampling import probabilities
from rnnlib.tasks import flights

from .. import experiments

LAYOUT = [
    column.split()
    for column in (
        "show me i need is there are a return flight flights",
        "from via to that leaves leave on in the and back",
        "taipei tokyo paris oslo lima cairo delhi tomorrow before after <end>",
        "monday tuesday wednesday thursday friday sunday morning evening eight nine ten noon",
    )
]
LONGEST = 24
SAYABLE = frozenset(flights.WORDS) - {flights.END}
SHARES = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.6, 2, 3, 5])
SHARE_OF = 200


def generation(model=None):
    """A request while it is written: the probabilities of the next word, the model's and the true ones.

    ``model`` is a :class:`Model` that reads and says the words of :mod:`rnnlib.tasks.flights`; left out, a trained GRU.
    """
    model = experiments.trained() if model is None else model
    written = cache(lambda given, tau, number: _written(model, given, tau, number))

    def draw(fig):
        top, below = fig.subfigures(2, 1, height_ratios=[0.26, 1])
        ax = top.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ax.axis("off")
        ax.text(1, 0.1, "bar: the model   stroke: the grammar", ha="right", va="center")
        artists = word_columns(below, LAYOUT)
        artists["said"] = Label(ax, color="#222222", weight="normal", rim=False)
        artists["next"] = Label(ax, color="#222222", rim=False)
        return artists

    def update(artists, step, tau, beginning, number):
        given, unknown = known_words(beginning)
        words, logits = written(given, tau, number)
        k = min(len(given) + step, len(words)) - 1
        said, word = words[:k], words[k]
        chances = probabilities(logits[k], tau)
        truth = flights.next_words(said)
        set_word_columns(artists, LAYOUT, dict(zip(flights.WORDS, chances, strict=True)), truth)
        p = chances[flights.WORD_INDEX[word]]
        last = said if len(said) <= 9 else ["…", *said[-8:]]
        artists["said"].say(0, 0.72, " ".join(last) or "(nothing said yet)", ha="left")
        artists["next"].say(0, 0.1, f"→ {word}", ha="left")
        artists["next"].set_facecolor(COLOURS["target"] if word in truth else COLOURS["gradient"])
        over = " Here the request ends." if word == flights.END else ""
        if not truth:
            grammar = (
                "The grammar can make nothing of these words, so there are no strokes; the model has never read such a "
                "beginning, and goes on all the same"
            )
        elif word in truth:
            grammar = f"The grammar gives it {truth[word]:.2f}"
        else:
            grammar = "The grammar does not allow it here"
        best = flights.WORDS[int(np.argmax(chances))]
        forbidden = sum(chances[k] for w, k in flights.WORD_INDEX.items() if w not in truth)
        lost = f" {forbidden:.1%} of the model's probability lies on words that cannot follow." if truth else ""
        return (
            f"At τ = {tau:.2g} the likeliest next word is “{best}” with {chances.max():.2f}; the word drawn is "
            f"“{word}”, which has {p:.2g}. {grammar}.{lost}{over}{_left_out(unknown)}"
        )

    controls = {
        "step": Stepper(1, 1, LONGEST, label="word"),
        "tau": Slider(1.0, 0.05, 5, 0.05, log=True, label="temperature τ", format=".2g"),
        "beginning": Text("", label="begin with words of yours"),
        "number": Slider(1, 1, 20, label="request"),
    }
    alt = """All words of the grammar in four columns; behind each a bar for the probability that the model gives it as
    the next word, and a stroke where the grammar has it. Above, the request as far as it is written."""
    beforehand = {"step": LONGEST, "tau": 5, "number": 3}
    return LiveFigure(draw, update, controls, alt, size=(9.0, 3.66), beforehand=beforehand)


def known_words(text):
    """The words of a text that the grammar has, and those that it does not have: two tuples."""
    words = [word.strip(".,;:!?…\"'“”‘’()").lower() for word in text.split()]
    words = [word for word in words if word]
    known = tuple(word for word in words if word in SAYABLE)
    return known, tuple(dict.fromkeys(word for word in words if word not in SAYABLE))


def _left_out(unknown):
    """What is said of words that the model cannot read."""
    if not unknown:
        return ""
    shown = ", ".join(f"“{word}”" for word in unknown[:3]) + (" and others" if len(unknown) > 3 else "")
    are = "is" if len(unknown) == 1 else "are"
    return f" It knows {len(SAYABLE)} words; {shown} {are} not among them, and {are} left out."


def _written(model, given, tau, number):
    """The words of a request from its beginning to its end, or LONGEST words further, and O_t before each of them."""
    (words,), (ended,) = experiments.write(model, np.random.default_rng(number), 1, tau, given)
    words = [*words, flights.END] if ended else words
    words = words[: len(given) + LONGEST]
    return words, experiments.logits_after(model, words[:-1])


def requests(model=None):
    """How many requests are well-formed, and how many are different, against the temperature.

    ``model`` as in :func:`generation`.
    """
    shares, examples = _shares(model) if model is not None else _shares_of_trained()

    def draw(fig):
        ax = fig.subplots()
        well, different = (shares[:, k] for k in range(2))
        ax.stackplot(
            SHARES,
            100 * different,
            100 * (well - different),
            100 * (1 - well),
            colors=[COLOURS["target"], "#BFE3D6", COLOURS["gradient"]],
            linewidth=0,
        )
        ax.set(xscale="log", xlim=(SHARES[0], SHARES[-1]), ylim=(0, 100), yticks=[25, 50, 75, 100])
        ax.set(xlabel="temperature τ", ylabel=f"per cent of {SHARE_OF} requests")
        ax.set_xticks([0.05, 0.1, 0.2, 0.5, 1, 2, 5], ["0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
        ax.minorticks_off()
        ax.set_title("Cold it repeats itself, hot it breaks the rules")
        for x, y, name, colour in (
            (0.055, 85, "well-formed,\nbut said before", "#222222"),
            (0.4, 30, "well-formed", "white"),
            (4.8, 92, "not well-formed", "white"),
        ):
            ha = "right" if x > 1 else "left"
            ax.text(x, y, name, color=colour, fontweight="bold", ha=ha, va="center")
        artists = {"line": ax.axvline(1, color="black", linewidth=2)}
        return artists | {place: Label(ax, color="black") for place in ("well", "again", "wrong")}

    def update(artists, k):
        tau, (well, different), (words, wrong) = SHARES[k], shares[k], examples[k]
        artists["line"].set_xdata([tau, tau])
        for place, (low, high) in {"well": (0, different), "again": (different, well), "wrong": (well, 1)}.items():
            share = f"{high - low:.0%}" if high - low > 0.06 else ""
            ha, shift = ("right", (-5, 0)) if tau > 1 else ("left", (5, 0))
            artists[place].say(tau, 50 * (low + high), share, ha=ha, shift=shift)
        begin = "For example" if wrong == "." else "One that is not"
        return (
            f"At τ = {tau:.2g}, {well:.0%} of {SHARE_OF} requests are well-formed; {different:.0%} are well-formed and "
            f"different from those before. {begin}: “{_shown(words)}”{wrong}"
        )

    controls = {
        "k": Choice(
            int(np.argmin(np.abs(np.log(SHARES)))),
            {f"{tau:.2g}": k for k, tau in enumerate(SHARES)},
            label="temperature τ",
            shape="slider",
        ),
    }
    alt = """Three areas over the temperature: of the requests that the model writes, those that are well-formed and not
    yet said, those that repeat an earlier one, and those that the grammar does not allow."""
    return LiveFigure(
        draw,
        update,
        controls,
        alt,
        handles=lambda artists: [Handle(artists["line"], x=("k", lambda k: SHARES[k]))],
    )


def _shown(words):
    return " ".join(words if len(words) <= 24 else [*words[:24], "…"])


def _shares(model):
    """The shares of well-formed and of different well-formed requests at each of SHARES, ``(14, 2)``; and examples."""
    shares, examples = [], []
    for tau in SHARES:
        drawn, ended = experiments.write(model, np.random.default_rng(5), SHARE_OF, tau)
        right = [bool(end) and flights.is_well_formed(words) for words, end in zip(drawn, ended, strict=True)]
        good = [words for words, is_right in zip(drawn, right, strict=True) if is_right]
        shares.append((len(good), len(set(map(tuple, good)))))
        k = right.index(len(good) > SHARE_OF / 2)
        examples.append((drawn[k], "." if right[k] else _fault(drawn[k], ended[k])))
    return np.array(shares) / SHARE_OF, examples


_shares_of_trained = cache(lambda: _shares(experiments.trained()))


def _fault(words, ended):
    """Where a request breaks the grammar, in words."""
    for k, word in enumerate([*words, flights.END] if ended else words):
        following = flights.next_words(words[:k])
        if word not in following:
            allowed = ", ".join(following) if len(following) <= 3 else f"one of {len(following)} words"
            return f", which breaks off the grammar at “{word}”: it allows {allowed}."
    return f", and no end after {len(words)} words."

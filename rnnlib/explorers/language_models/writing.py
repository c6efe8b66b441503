"""Requests drawn word by word from a language model, beside the grammar that it has learned."""

from functools import cache

import ipywidgets as widgets
import numpy as np

from ...figures.label import Label
from ...figures.words import set_word_columns, word_columns
from ...live import LiveFigure, Stepper
from ...sampling import probabilities
from ...style import COLOURS
from ...tasks import flights
from . import runs

LAYOUT = [
    column.split()
    for column in (
        "show me i need is there are a return flight flights",
        "from via to that leaves leave on in the and back",
        "taipei tokyo paris oslo lima cairo delhi tomorrow before after <end>",
        "monday tuesday wednesday thursday friday sunday morning evening eight nine ten noon",
    )
]
BEGINNINGS = (
    "",
    "show me flights from oslo",
    "is there a return flight to lima on monday",
    "i need a flight from oslo via lima via lima via lima via lima to paris that",
    "taipei taipei taipei",
    "are there",
)
LONGEST = 24
SHARES = np.geomspace(0.05, 5, 13)
SHARE_OF = 200


def generation(model=None):
    """A request while it is written: the probabilities of the next word, the model's and the true ones.

    ``model`` is a :class:`Model` that reads and says the words of :mod:`rnnlib.tasks.flights`; left out, a trained GRU.
    """
    model = runs.trained() if model is None else model
    written = cache(lambda beginning, tau, number: _written(model, beginning, tau, number))

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
        words, logits = written(beginning, tau, number)
        given = beginning.split()
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
            f"At τ = {tau:.2g} the likeliest next word is “{best}” with {chances.max():.2f}; drawn is “{word}”, which "
            f"has {p:.2g}. {grammar}.{lost}{over}"
        )

    controls = {
        "step": Stepper(value=6, min=1, max=LONGEST, description="word"),
        "tau": widgets.FloatLogSlider(
            value=1.0,
            base=10,
            min=np.log10(0.05),
            max=np.log10(5),
            step=0.05,
            description="temperature τ",
            readout_format=".2f",
        ),
        "beginning": widgets.Dropdown(
            options=[
                (text if len(text) < 46 else f"{text[:32]} … {text[-13:]}", text) if text else ("(nothing)", "")
                for text in BEGINNINGS
            ],
            value="",
            description="after",
        ),
        "number": widgets.IntSlider(value=1, min=1, max=20, description="request"),
    }
    alt = """All words of the grammar in four columns; behind each a bar for the probability that the model gives it as
    the next word, and a stroke where the grammar has it. Above, the request as far as it is written."""
    return LiveFigure(draw, update, controls, alt, size=(9.0, 3.66))


def _written(model, beginning, tau, number):
    """The words of a request from its beginning to its end, or LONGEST words further, and O_t before each of them."""
    given = beginning.split()
    (words,), (ended,) = runs.write(model, np.random.default_rng(number), 1, tau, given)
    words = [*words, flights.END] if ended else words
    words = words[: len(given) + LONGEST]
    return words, runs.logits_after(model, words[:-1])


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
            (0.055, 92, "well-formed, but said before", "#222222"),
            (0.45, 30, "well-formed", "white"),
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
        "k": widgets.SelectionSlider(
            value=int(np.argmin(np.abs(np.log(SHARES)))),
            options=[(f"{tau:.2g}", k) for k, tau in enumerate(SHARES)],
            description="temperature τ",
        ),
    }
    alt = """Three areas over the temperature: of the requests that the model writes, those that are well-formed and not
    yet said, those that repeat an earlier one, and those that the grammar does not allow."""
    return LiveFigure(draw, update, controls, alt)


def _shown(words):
    return " ".join(words if len(words) <= 24 else [*words[:24], "…"])


def _shares(model):
    """The shares of well-formed and of different well-formed requests at each of SHARES, ``(13, 2)``; and examples."""
    shares, examples = [], []
    for tau in SHARES:
        drawn, ended = runs.write(model, np.random.default_rng(5), SHARE_OF, tau)
        right = [bool(end) and flights.is_well_formed(words) for words, end in zip(drawn, ended, strict=True)]
        good = [words for words, is_right in zip(drawn, right, strict=True) if is_right]
        shares.append((len(good), len(set(map(tuple, good)))))
        k = right.index(len(good) > SHARE_OF / 2)
        examples.append((drawn[k], "." if right[k] else _fault(drawn[k], ended[k])))
    return np.array(shares) / SHARE_OF, examples


_shares_of_trained = cache(lambda: _shares(runs.trained()))


def _fault(words, ended):
    """Where a request breaks the grammar, in words."""
    for k, word in enumerate([*words, flights.END] if ended else words):
        following = flights.next_words(words[:k])
        if word not in following:
            allowed = ", ".join(following) if len(following) <= 3 else f"one of {len(following)} words"
            return f", which breaks off the grammar at “{word}”: allowed is {allowed}."
    return f", and no end after {len(words)} words."

"""A short story, written for this course, as data for a language model that reads one character at a time."""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.cells import GRUResetAfter
from rnnlib.model import Batch, Model
from rnnlib.optimizers import Adam
from rnnlib.sampling import generate
from rnnlib.shared import shared
from rnnlib.training import stream, train

STORY = Path(__file__).with_name("ferry.txt")
TRAINING_SHARE = 0.85
COLUMNS, WINDOW, STEPS, RATE, CLIP, UNITS = 16, 40, 400, 0.01, 1.0, 96
EVERY = 25
PAIR_COUNTS = 2.0  # what a pair is worth before it was seen, spread by frequency


@cache
def story():
    """The story, and where its validation part begins: at a paragraph, behind TRAINING_SHARE of it."""
    text = STORY.read_text(encoding="utf-8").strip()
    return text, text.rfind("\n\n", 0, int(TRAINING_SHARE * len(text))) + 2


@cache
def alphabet():
    """Every character of the story, in order."""
    return "".join(sorted(set(story()[0])))


def parts():
    """What is learned from and what is set aside: two texts."""
    text, cut = story()
    return text[:cut], text[cut:]


def encode(text):
    """The number of each character, ``(T,)``. Raises ValueError for characters that the story does not have."""
    strange = "".join(sorted(set(text) - set(alphabet())))
    if strange:
        raise ValueError(f"text: expected characters of the story, got {strange!r} beside them")
    return np.array([alphabet().index(character) for character in text], dtype=int)


def decode(symbols):
    """The text of the numbers ``(T,)``."""
    return "".join(alphabet()[k] for k in symbols)


def as_batch(text, columns):
    """A text cut into ``columns`` pieces of one length, each to be predicted character by character: a ``Batch``."""
    symbols, V = encode(text), len(alphabet())
    T = len(symbols) // columns
    targets = symbols[: T * columns].reshape(columns, T).T
    x = np.zeros((T, columns, V))
    x[1:] = np.eye(V)[targets[:-1]]
    return Batch(x, targets)


def frequencies():
    """How often each character is in the training part, ``(V,)``; a tenth of a count for those that are not in it."""
    counts = np.bincount(encode(parts()[0]), minlength=len(alphabet())) + 0.1
    return counts / counts.sum()


def pairs():
    """The probability of each character after each other one, ``(V, V)``, from the counts of the training part."""
    symbols, V = encode(parts()[0]), len(alphabet())
    counts = np.tile(PAIR_COUNTS * frequencies(), (V, 1))
    np.add.at(counts, (symbols[:-1], symbols[1:]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def baselines():
    """The perplexity of the validation part for a model that knows nothing, the frequencies, and the pairs: a dict."""
    symbols = encode(parts()[1])
    return {
        "every character alike": float(len(alphabet())),
        "how often each is": float(np.exp(-np.log(frequencies()[symbols]).mean())),
        "the table of pairs": float(np.exp(-np.log(pairs()[symbols[:-1], symbols[1:]]).mean())),
    }


def new_model(rng, dropout=0.0):
    """An untrained GRU that reads and says characters."""
    V = len(alphabet())
    return Model(GRUResetAfter(V, UNITS, rng=rng), V, rng=rng, dropout=dropout)


def perplexities(model):
    """exp of the mean loss of a character on both parts: a dict."""
    learned, aside = parts()
    batches = {"training": as_batch(learned, COLUMNS), "validation": as_batch(aside, 1)}
    return {name: float(np.exp(model.loss(batch))) for name, batch in batches.items()}


def train_model(seed, steps=STEPS, dropout=0.0, measure=perplexities, **options):
    """A character model trained on the story, and its history; :func:`rnnlib.train` takes the ``options``."""
    rng = np.random.default_rng(seed)
    model = new_model(rng, dropout)
    options = {"clip": CLIP, "measure": measure, "measure_every": EVERY, "progress": False} | options
    text = stream(as_batch(parts()[0], COLUMNS), WINDOW)
    return model, train(model, text, steps, Adam(RATE), rng=rng, **options)


@shared
def run(seed, dropout):
    """Training and validation perplexity over a training: ``(2, measurements)``."""
    _, history = train_model(seed, dropout=dropout)
    return np.array([history.curve(name)[1] for name in ("training", "validation")])


def write(model, rng, beginning, count=300, temperature=0.7):
    """``count`` characters drawn after ``beginning``. Raises ValueError for characters that the story does not have."""
    symbols, _ = generate(model, rng, count, temperature=temperature, prefix=encode(beginning))
    return decode(symbols[:, 0])


def words_of_the_story(written):
    """The share of the written words, the first and the last left out, that are words of the story."""
    known = set(_words(story()[0]))
    words = _words(written)[1:-1]
    return float(np.mean([word in known for word in words])) if words else 0.0


def _words(text):
    return "".join(c if c.isalpha() or c == "'" else " " for c in text.lower()).split()

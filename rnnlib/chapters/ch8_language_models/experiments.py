"""The trainings behind chapter 8: how they are done, and the results of those that were done beforehand.

``RESULTS`` is written by ``tools/train_language_models.py``.
"""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.activations import softmax
from rnnlib.cells import LSTM, Elman, GRUResetAfter, Jordan
from rnnlib.model import Batch, Model
from rnnlib.optimizers import Adam
from rnnlib.sampling import generate
from rnnlib.shared import shared
from rnnlib.tasks import flights
from rnnlib.training import stream, train
from rnnlib.unroll import unroll

RESULTS = Path(__file__).parent / "trained" / "results.npz"
V = len(flights.WORDS)
END = flights.WORD_INDEX[flights.END]

# Four networks with nearly ten thousand parameters each.
UNITS = {"Elman": 64, "Jordan": 72, "GRU": 34, "LSTM": 29}
COLUMNS, WINDOW, STEPS, RATE, CLIP = 32, 20, 600, 0.01, 1.0
RATES = (0.005, 0.01, 0.02)
SEEDS = 8
TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
LONGEST = 40
# What a model has read before it writes: it was trained in the middle of a text.
BEFORE = (
    "is there a flight to oslo that leaves tomorrow",
    "i need return flights from tokyo to paris on friday and back on sunday",
)
SAID = [word for request in BEFORE for word in (*request.split(), flights.END)]

WINDOWS = (2, 5, 10, 20, 40)
WINDOW_WORDS = 3000

REQUESTS = (30, 100, 300, 1000, 3000)
FIT_UNITS = (4, 8, 16, 32, 64)
DROPOUTS = (0.0, 0.15, 0.3)
FIT_STEPS, FIT_EVERY = 400, 20
# Requests, units and dropout of the trainings that are done from SEEDS seeds, since the prose rests on them.
FIT_CLAIMS = ((100, 64, 0.0), (100, 64, 0.3), (1000, 64, 0.0), (3000, 4, 0.0))


def new_model(kind, rng, units=None, **dropout):
    """An untrained next-word model: 'Elman', 'Jordan', 'GRU' or 'LSTM', with ``units`` units or those of UNITS."""
    H = UNITS[kind] if units is None else units
    if kind == "Jordan":
        return Model(Jordan(V, H, V, rng=rng), rng=rng, **dropout)
    cell = {"Elman": Elman, "GRU": GRUResetAfter, "LSTM": LSTM}[kind]
    return Model(cell(V, H, rng=rng), V, rng=rng, **dropout)


@cache
def training_text():
    """Request after request, to be read in windows: COLUMNS texts of 6000 words."""
    return flights.draw_text(np.random.default_rng(1), COLUMNS, 6000)


@cache
def held_out_text():
    """Texts that no model is trained on: 64 of 200 words."""
    return flights.draw_text(np.random.default_rng(99), 64, 200)


@shared
def train_on_text(kind, seed=0, rate=RATE):
    """A next-word model after STEPS windows of :func:`training_text`."""
    rng = np.random.default_rng(seed)
    model = new_model(kind, rng)
    train(model, stream(training_text(), WINDOW), STEPS, Adam(rate), rng=rng, clip=CLIP, progress=False)
    return model


def log_probabilities(model, batch, window=None):
    """ln p of each target, ``(T, B)``; with ``window``, the state is put back to zero every so many steps."""
    window = len(batch.x) if window is None else window
    pieces = [model.outputs(batch.x[start : start + window]) for start in range(0, len(batch.x), window)]
    chances = softmax(np.concatenate(pieces))
    with np.errstate(divide="ignore"):
        return np.log(np.take_along_axis(chances, batch.targets[..., None], axis=-1)[..., 0])


def perplexity(model, batch):
    """exp of the mean loss of a word."""
    with np.errstate(over="ignore"):
        return float(np.exp(model.loss(batch)))


def write(model, rng, size, temperature=1.0, beginning=()):
    """``size`` requests that begin with the words ``beginning``, drawn word by word after SAID.

    Returns a list of lists of words, each up to its end or to LONGEST words, and for each whether it came to an end.
    """
    prefix = [flights.WORD_INDEX[word] for word in (*SAID, *beginning)]
    options = {"size": size, "temperature": temperature, "prefix": prefix, "end": END}
    symbols, _ = generate(model, rng, LONGEST, **options)
    requests = [[*beginning, *words] for words in flights.decode(symbols)]
    return requests, (symbols == END).any(axis=0)


def well_formed(model, temperature, size=200):
    """The share of ``size`` drawn requests that the grammar allows."""
    requests, ended = write(model, np.random.default_rng(5), size, temperature)
    return float(np.mean([end and flights.is_well_formed(words) for words, end in zip(requests, ended, strict=True)]))


def contest_run(kind, rate, seed):
    """The perplexity on :func:`held_out_text`, and the share of well-formed requests at each of TEMPERATURES."""
    model = train_on_text(kind, seed, rate)
    return perplexity(model, held_out_text()), [well_formed(model, temperature) for temperature in TEMPERATURES]


@shared
def window_run(window, carried, seed=0):
    """A GRU trained in windows, with the state carried over or set to zero, and used as it was trained.

    The mean loss at each place of a window, ``(window,)``, and over the whole held-out text, in nats.
    """
    rng = np.random.default_rng(seed)
    model = new_model("GRU", rng)
    text = Batch(*(part[:WINDOW_WORDS] for part in training_text()[:2]))
    following = stream(text, window)

    def draw(rng):
        return following(rng)._replace(**({} if carried else {"continues": False}))

    train(model, draw, WINDOW_WORDS // window, Adam(RATE), rng=rng, clip=CLIP, progress=False)
    loss = -log_probabilities(model, held_out_text(), None if carried else window).mean(axis=1)
    # the first windows are left out: nothing has been read before them
    settled = loss[-(-40 // window) * window :]
    return settled[: len(settled) // window * window].reshape(-1, window).mean(axis=0), loss.mean()


@cache
def some_requests(count, seed=1):
    """``count`` requests to learn from; the first of a larger collection are those of a smaller one."""
    rng = np.random.default_rng(seed)
    return [flights.draw_request(rng) for _ in range(count)]


@cache
def validation_requests():
    """300 requests that decide when to stop."""
    return flights.as_batch(some_requests(300, seed=98))


@shared
def fit_run(requests, units, dropout, seed=0, steps=FIT_STEPS):
    """A GRU trained on few requests again and again: its training and validation perplexity, ``(2, measurements)``.

    ``dropout`` is the rate both for the words that go in and for what goes on to the readout. Training perplexity is
    measured without dropout, on 300 of the requests at most.
    """
    data, rng = some_requests(requests), np.random.default_rng(seed)
    model = new_model("GRU", rng, units, dropout=dropout, input_dropout=dropout)
    seen = flights.as_batch(data[:300])

    def draw(rng):
        return flights.as_batch([data[k] for k in rng.integers(requests, size=COLUMNS)])

    def measure(model):
        return {"training": model.loss(seen), "validation": model.loss(validation_requests())}

    options = {"measure": measure, "measure_every": FIT_EVERY, "progress": False}
    history = train(model, draw, steps, Adam(RATE), rng=rng, clip=CLIP, **options)
    return np.exp([history.curve(name)[1] for name in ("training", "validation")])


@cache
def results():
    """The arrays of RESULTS by name."""
    with np.load(RESULTS) as file:
        return dict(file)


@cache
def trained():
    """A GRU that has read the training text, from its saved weights."""
    model = new_model("GRU", np.random.default_rng(0))
    for name, value in model.params.items():
        value[...] = results()[f"model.{name}"]
    return model


@cache
def grammar_perplexity():
    """The perplexity of the grammar itself on :func:`held_out_text`, whose last requests are cut off."""
    targets = held_out_text().targets
    total = 0.0
    for column in targets.T:
        *whole, rest = " ".join(flights.WORDS[k] for k in column).split(flights.END)
        total += sum(flights.log_probability(words.split()) for words in whole)
        rest = rest.split()
        total += sum(np.log(flights.next_words(rest[:k])[word]) for k, word in enumerate(rest))
    return float(np.exp(-total / targets.size))


def logits_after(model, words):
    """O_t after SAID and each of the words, ``(len(words) + 1, O)``."""
    given = np.eye(V)[[flights.WORD_INDEX[word] for word in (*SAID, *words)]]
    x = np.concatenate((np.zeros((1, V)), given))[:, None].astype(model.network.dtype)
    return model.read_out(unroll(model.network, x).outputs)[len(SAID) :, 0]

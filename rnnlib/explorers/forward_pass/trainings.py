"""The trainings behind the explorers of chapter 1, each run once and kept while the kernel lives."""

from functools import cache

import numpy as np

from ...cells import Elman, Jordan
from ...losses import squared_error
from ...model import Batch, Model
from ...optimizers import Adam
from ...sampling import generate
from ...tasks import agreement, slot_filling
from ...tdnn import TDNN
from ...training import train

WINDOWS = range(1, 9)
LONGEST_DISTANCE = 8
DISTANCES = range(1, 13)

DELAY = 2
FED_BACK = range(1, 6)
HIDDEN = 16


def train_tagger(network, rng, steps=200, progress=False):
    """A tagger for flight requests with the verb up to LONGEST_DISTANCE words before the city."""
    model = Model(network, len(slot_filling.TAGS), rng=rng)
    train(
        model,
        lambda rng: slot_filling.draw_batch(rng, 32, LONGEST_DISTANCE),
        steps,
        Adam(0.01),
        rng=rng,
        clip=1.0,
        progress=progress,
    )
    return model


@cache
def taggers():
    """A trained tagger for every window, and under 'RNN' an Elman network, as a dict."""
    models = {}
    for key in _progress((*WINDOWS, "RNN"), "training eight windows and an RNN"):
        rng = np.random.default_rng(0 if key == "RNN" else key)
        size = len(slot_filling.WORDS), 24
        network = Elman(*size, rng=rng) if key == "RNN" else TDNN(*size, key, rng=rng)
        models[key] = train_tagger(network, rng, steps=300 if key == "RNN" else 100)
    return models


@cache
def city_requests(distance, requests=60, seed=1):
    """Requests as ``(x, lengths)`` and the right tag of the city, which stands ``distance`` words after the verb.

    Each request is there twice, with "arrive" and with "leave" and all else the same, so a network that cannot see
    the verb is right in exactly one half.
    """
    rng = np.random.default_rng(seed)
    pairs = [slot_filling.draw_request(rng, distance)[0] for _ in range(requests)]
    x, lengths = slot_filling.encode([[verb, *words[1:]] for verb in slot_filling.VERBS for words in pairs])
    return (
        x,
        lengths,
        np.repeat([slot_filling.TAGS.index("destination"), slot_filling.TAGS.index("departure")], requests),
    )


def city_accuracy(model, distance):
    """The share of right tags at the city, ``distance`` words after the verb."""
    x, lengths, tags = city_requests(distance)
    return float(np.mean(model.predict(x, lengths)[distance] == tags))


@cache
def accuracy_table():
    """For every tagger the accuracy at the city at each of DISTANCES."""
    return {key: [city_accuracy(model, d) for d in DISTANCES] for key, model in taggers().items()}


def draw_echo(rng, size=32, steps=12):
    """Numbers in [-1, 1], to be said again DELAY steps later: ``Y_t = x_{t-DELAY}``, from step DELAY+1 on."""
    x = rng.uniform(-1, 1, size=(steps, size, 1))
    targets = np.concatenate((np.zeros((DELAY, size, 1)), x[:-DELAY]))
    counts = np.repeat(np.arange(steps)[:, None] >= DELAY, size, axis=1)
    return Batch(x, targets, counts)


def first_output_error(outputs, targets, mask=None):
    """The squared error of the first output; the others are free to hold what the network likes."""
    loss, d_first = squared_error(outputs[..., :1], targets, mask)
    return loss, np.concatenate((d_first, np.zeros_like(outputs[..., 1:])), axis=-1)


def mean_squared_error(model, batch):
    """The mean of (O_t - Y_t)^2 over the steps that count."""
    return 2 * model.loss(batch)


@cache
def echoes():
    """For every number of values a Jordan network feeds back a trained model, and under 'Elman' one to compare."""
    models = {}
    for key in _progress((*FED_BACK, "Elman"), "training five Jordan networks and an Elman network"):
        rng = np.random.default_rng(0 if key == "Elman" else key)
        if key == "Elman":
            model = Model(Elman(1, HIDDEN, rng=rng), 1, rng=rng, loss="squared_error")
        else:
            model = Model(Jordan(1, HIDDEN, key, rng=rng), loss="squared_error")
            model.loss_function = first_output_error
        train(model, draw_echo, 300, Adam(0.01), rng=rng, clip=1.0, progress=False)
        models[key] = model
    return models


@cache
def echo_errors():
    """The mean squared error of each of :func:`echoes` on the same 500 new sequences."""
    batch = draw_echo(np.random.default_rng(1), 500)
    return {key: mean_squared_error(model, batch) for key, model in echoes().items()}


@cache
def language_models():
    """Three next-word models of the agreement sentences: 'Elman', 'Jordan', and 'no memory' with a window of one."""
    V, H = len(agreement.WORDS), 20
    networks = {
        "Elman": lambda rng: (Elman(V, H, rng=rng), V),
        "Jordan": lambda rng: (Jordan(V, H, V, rng=rng), None),
        "no memory": lambda rng: (TDNN(V, H, 1, rng=rng), V),
    }
    models = {}
    for key in _progress(networks, "training three language models"):
        rng = np.random.default_rng(0)
        model = Model(*networks[key](rng), rng=rng)
        train(model, lambda rng: agreement.draw_batch(rng, 32), 500, Adam(0.01), rng=rng, clip=1.0, progress=False)
        models[key] = model
    return models


def perplexity(model, batch):
    """exp of the mean loss for one word."""
    return float(np.exp(model.loss(batch)))


def continue_sentences(model, beginning, size, rng, temperature=1.0, longest=12):
    """``size`` sentences that begin with the words ``beginning``, drawn word by word; each ends at the full stop."""
    prefix = [agreement.WORD_INDEX[word] for word in beginning]
    stop = agreement.WORD_INDEX[agreement.STOP]
    options = {"size": size, "temperature": temperature, "prefix": prefix, "end": stop}
    symbols, lengths = generate(model, rng, longest - len(prefix), **options)
    return [
        [*beginning, *(agreement.WORDS[k] for k in column[:length])]
        for column, length in zip(symbols.T, lengths, strict=True)
    ]


def _progress(keys, description):
    from tqdm.auto import tqdm

    return tqdm(list(keys), desc=description)

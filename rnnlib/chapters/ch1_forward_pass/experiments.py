"""What the notebook and the explorers of chapter 1 share: the hand-worked network, and trainings.

Each training runs once and is kept while the kernel lives. Those over many seeds were run beforehand, by
``python tools/train_first_networks.py``.
"""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib.cells import Elman, Jordan
from rnnlib.losses import squared_error
from rnnlib.model import Batch, Model
from rnnlib.optimizers import Adam
from rnnlib.sampling import generate
from rnnlib.shared import shared
from rnnlib.tasks import agreement, slot_filling
from rnnlib.tdnn import TDNN
from rnnlib.training import train

RESULTS = Path(__file__).parent / "trained" / "over_seeds.npz"
SEEDS = 8

WINDOWS = range(1, 9)
LONGEST_DISTANCE = 8
DISTANCES = range(1, 13)
# Where the taggers of many seeds are asked: inside a window of 4, at its edge, as far as trained, and far beyond.
ASKED = (3, 4, 8, 60)

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


@shared
def tagger(key, seed):
    """A tagger with a window of ``key`` words, or with a memory for 'RNN', trained from the start ``seed``."""
    rng = np.random.default_rng(seed)
    size = len(slot_filling.WORDS), 24
    network = Elman(*size, rng=rng) if key == "RNN" else TDNN(*size, key, rng=rng)
    return train_tagger(network, rng, steps=300 if key == "RNN" else 100)


@cache
def taggers():
    """A trained tagger for every window, and under 'RNN' an Elman network, as a dict."""
    keys = _progress((*WINDOWS, "RNN"), "training eight windows and an RNN")
    return {key: tagger(key, 0 if key == "RNN" else key) for key in keys}


@cache
def city_requests(distance, requests=60, seed=1):
    """Requests as ``(x, lengths)`` and the right tag of the city, which is ``distance`` words after the verb.

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


@shared
def echo(key, seed):
    """A Jordan network that feeds back ``key`` values, or an Elman network for 'Elman', trained to repeat numbers."""
    rng = np.random.default_rng(seed)
    if key == "Elman":
        model = Model(Elman(1, HIDDEN, rng=rng), 1, rng=rng, loss="squared_error")
    else:
        model = Model(Jordan(1, HIDDEN, key, rng=rng), loss="squared_error")
        model.loss_function = first_output_error
    train(model, draw_echo, 300, Adam(0.01), rng=rng, clip=1.0, progress=False)
    return model


def echo_error(model):
    """The mean squared error of a model of :func:`echo` on 500 new sequences, the same for all."""
    return mean_squared_error(model, draw_echo(np.random.default_rng(10**6), 500))


@cache
def echoes():
    """For every number of values a Jordan network feeds back a trained model, and under 'Elman' one to compare."""
    keys = _progress((*FED_BACK, "Elman"), "training five Jordan networks and an Elman network")
    return {key: echo(key, 0 if key == "Elman" else key) for key in keys}


@cache
def echo_errors():
    """The mean squared error of each of :func:`echoes`."""
    return {key: echo_error(model) for key, model in echoes().items()}


LANGUAGE_MODELS = ("Elman", "Jordan", "no memory")


@shared
def language_model(key, seed):
    """A next-word model of the agreement sentences, one of LANGUAGE_MODELS; 'no memory' has a window of one word."""
    V, H = len(agreement.WORDS), 20
    rng = np.random.default_rng(seed)
    if key == "Elman":
        network, readout = Elman(V, H, rng=rng), V
    elif key == "Jordan":
        network, readout = Jordan(V, H, V, rng=rng), None
    else:
        network, readout = TDNN(V, H, 1, rng=rng), V
    model = Model(network, readout, rng=rng)
    train(model, lambda rng: agreement.draw_batch(rng, 32), 500, Adam(0.01), rng=rng, clip=1.0, progress=False)
    return model


@cache
def language_models():
    """Each of LANGUAGE_MODELS, trained, as a dict."""
    return {key: language_model(key, 0) for key in _progress(LANGUAGE_MODELS, "training three language models")}


def right_sentences(model, sentences=2000):
    """The share of the sentences that a language model writes which follow the grammar."""
    written = continue_sentences(model, [], sentences, np.random.default_rng(2))
    return float(np.mean([agreement.is_sentence(sentence) for sentence in written]))


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


@cache
def trained():
    """The results that ``tools/train_first_networks.py`` has saved, as a dict of arrays."""
    with np.load(RESULTS) as found:
        return {name: found[name] for name in found.files}


def _progress(keys, description):
    from tqdm.auto import tqdm

    return tqdm(list(keys), desc=description)


def all_ones(memory_weight=1.0):
    """The hand-worked network: two linear units, W_x = ones, W_s = memory_weight * ones, no bias."""
    ones = np.ones((2, 2))
    return Elman.from_params({"W_x": ones, "W_s": memory_weight * ones, "b_s": np.zeros(2)}, activation="linear")

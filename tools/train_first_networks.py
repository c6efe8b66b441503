"""Do the trainings over eight seeds that chapters 1 and 2 tell of, and save their results: a few minutes on one core.

python tools/train_first_networks.py
"""

import numpy as np
from tqdm import tqdm

from rnnlib.chapters.ch1_forward_pass import experiments as ch1
from rnnlib.chapters.ch2_bptt import experiments as ch2
from rnnlib.tasks import agreement


def over_seeds(run, keys, seeds, name):
    """``run(key, seed)``, a list of numbers, for every key and seed: ``(keys, seeds, numbers)``."""
    pairs = [(key, seed) for key in keys for seed in range(seeds)]
    found = np.array([run(key, seed) for key, seed in tqdm(pairs, name)])
    return found.reshape(len(keys), seeds, -1)


def tagger(key, seed):
    model = ch1.tagger(key, seed)
    return [ch1.city_accuracy(model, distance) for distance in ch1.ASKED]


def language_model(key, seed):
    model = ch1.language_model(key, seed)
    batch = agreement.draw_batch(np.random.default_rng(1), 4000)
    return [ch1.perplexity(model, batch), ch1.right_sentences(model)]


def echo(key, seed):
    return [ch1.echo_error(ch1.echo(key, seed))]


if __name__ == "__main__":
    for chapter in (ch1, ch2):
        chapter.RESULTS.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        ch1.RESULTS,
        taggers=over_seeds(tagger, (4, "RNN"), ch1.SEEDS, "taggers of chapter 1"),
        echoes=over_seeds(echo, (*ch1.FED_BACK, "Elman"), ch1.SEEDS, "echoes"),
        language_models=over_seeds(language_model, ch1.LANGUAGE_MODELS, ch1.SEEDS, "language models"),
    )
    other = over_seeds(
        lambda name, seed: [ch2.tagger_accuracy(name, seed)], ch2.TAGGERS, ch2.TAGGER_SEEDS, "taggers of chapter 2"
    )
    np.savez_compressed(ch2.RESULTS, taggers=other[..., 0])

"""Do the trainings that chapter 8 shows or rests on, and save their results: about 20 minutes on one core.

python tools/train_language_models.py            all of them
python tools/train_language_models.py NAME ...   some of model, window, fit, fit_seeds, contest, characters
"""

import sys

import numpy as np
from tqdm import tqdm

from rnnlib.chapters.ch8_language_models import characters, experiments


def table(run, *axes):
    """``run`` at every point of a grid, as an array with the axes of the grid first."""
    places = list(np.ndindex(*map(len, axes)))
    values = [run(*(axis[k] for axis, k in zip(axes, place, strict=True))) for place in tqdm(places, run.__name__)]
    return np.array(values).reshape(*map(len, axes), *np.shape(values[0]))


def contest(kind, rate, seed):
    perplexity, shares = experiments.contest_run(kind, rate, seed)
    return [perplexity, *shares]


def window(window, carried, seed):
    places, mean = experiments.window_run(window, carried, seed)
    return [mean, *places, *[np.nan] * (experiments.WINDOWS[-1] - window)]


def fit_of_claim(claim, seed):
    return experiments.fit_run(*claim, seed)


SEEDS = range(experiments.SEEDS)
TABLES = {
    "window": lambda: table(window, experiments.WINDOWS, (False, True), SEEDS),
    "fit": lambda: table(experiments.fit_run, experiments.REQUESTS, experiments.FIT_UNITS, experiments.DROPOUTS),
    "fit_seeds": lambda: table(fit_of_claim, experiments.FIT_CLAIMS, SEEDS),
    "contest": lambda: table(contest, list(experiments.UNITS), experiments.RATES, SEEDS),
    "characters": lambda: table(characters.run, SEEDS, (0.0, 0.3)),
}


def model():
    return {f"model.{name}": value for name, value in experiments.train_on_text("GRU").params.items()}


def save(found):
    """Put arrays by name into RESULTS, beside what is there."""
    kept = dict(np.load(experiments.RESULTS)) if experiments.RESULTS.exists() else {}
    np.savez_compressed(experiments.RESULTS, **kept | {name: value.astype(np.float32) for name, value in found.items()})


def main(wanted):
    if not wanted or "model" in wanted:
        save(model())
    for name, make in TABLES.items():
        if not wanted or name in wanted:
            save({name: make()})


if __name__ == "__main__":
    main(sys.argv[1:])

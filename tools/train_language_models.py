"""Do the trainings that the explorers of chapter 8 show, and save their results: about 15 minutes on one core.

python tools/train_language_models.py
"""

import numpy as np
from tqdm import tqdm

from rnnlib.explorers.language_models import runs


def table(run, *axes):
    """``run`` at every point of a grid, as an array with the axes of the grid first."""
    places = list(np.ndindex(*map(len, axes)))
    values = [run(*(axis[k] for axis, k in zip(axes, place, strict=True))) for place in tqdm(places, run.__name__)]
    return np.array(values).reshape(*map(len, axes), *np.shape(values[0]))


def contest(kind, rate, seed):
    perplexity, shares = runs.contest_run(kind, rate, seed)
    return [perplexity, *shares]


def window(window, carried):
    places, mean = runs.window_run(window, carried)
    return [mean, *places, *[np.nan] * (runs.WINDOWS[-1] - window)]


if __name__ == "__main__":
    model = runs.train_on_text("GRU")
    found = {f"model.{name}": value for name, value in model.params.items()}
    found["window"] = table(window, runs.WINDOWS, (False, True))
    found["fit"] = table(runs.fit_run, runs.REQUESTS, runs.FIT_UNITS, runs.DROPOUTS)
    found["contest"] = table(contest, list(runs.UNITS), runs.RATES, range(runs.SEEDS))
    np.savez_compressed(runs.RESULTS, **{name: value.astype(np.float32) for name, value in found.items()})

"""Train the translators of dates that the explorers of chapter 7 load, and write their weights into the package.

python tools/train_date_translators.py [NAME ...]     all of them, or those whose file names are given
"""

import sys

import numpy as np

import rnnlib
from rnnlib.explorers.attention import trainings


def train(path, model, count, steps):
    """Train a model on rows of ``count`` dates, or of any number of them, and save it."""
    rnnlib.train(
        model,
        lambda rng: trainings.draw_rows(rng, trainings.BATCH, count=count, dtype=np.float32),
        steps,
        rnnlib.Adam(trainings.LEARNING_RATE),
        rng=np.random.default_rng(2),
        clip=1.0,
        description=path.stem,
    )
    right = trainings.exact_matches(trainings.translate_rows(model))
    print(f"{rnnlib.interop.save(path, model).name}: exact match by number of dates {right.round(2)}", flush=True)


def main(wanted):
    trainings.WEIGHTS.mkdir(exist_ok=True)
    jobs = {trainings.ONE_DATE: (trainings.KINDS[0], 64, 1, 400)}
    for size in trainings.SIZES:
        for kind in trainings.KINDS:
            largest = (kind, size) == (trainings.KINDS[1], trainings.SIZES[-1])
            steps = trainings.MORE_STEPS if largest else trainings.STEPS
            jobs[trainings.weights_of(kind, size)] = kind, size, None, steps
    for path, (kind, size, count, steps) in jobs.items():
        if not wanted or path.stem in wanted:
            train(path, trainings.untrained_row_translator(kind, size), count, steps)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Train the translators of dates behind chapter 7, and write their weights or what was measured into the package.

python tools/train_date_translators.py            all of it: some 40 minutes on one core
python tools/train_date_translators.py NAME ...   the weights of those files, such as attention_16
python tools/train_date_translators.py seeds      the trainings of the notebook over ten seeds, 5 minutes
python tools/train_date_translators.py rows       rows of dates over eight seeds, 3 minutes
"""

import sys

import numpy as np
from tqdm import tqdm

import rnnlib
from rnnlib.chapters.ch7_attention import experiments, repeated


def train(path, model, count, steps):
    """Train a model on rows of ``count`` dates, or of any number of them, and save it."""
    rnnlib.train(
        model,
        lambda rng: experiments.draw_rows(rng, experiments.BATCH, count=count, dtype=np.float32),
        steps,
        rnnlib.Adam(experiments.LEARNING_RATE),
        rng=np.random.default_rng(2),
        clip=1.0,
        description=path.stem,
    )
    right = experiments.exact_matches(experiments.translate_rows(model))
    print(f"{rnnlib.interop.save(path, model).name}: exact match by number of dates {right.round(2)}", flush=True)


def seeds(kinds=repeated.KINDS, count=repeated.SEEDS):
    """What was measured for each kind of translator and each seed, by ``kind/measure``."""
    found = {}
    for kind in kinds:
        runs = [repeated.measures(kind, repeated.train_translator(kind, seed)) for seed in tqdm(range(count), kind)]
        found |= {f"{kind}/{name}": np.array([run[name] for run in runs]) for name in runs[0]}
    return found


def rows(count=repeated.ROW_SEEDS):
    """What was measured for each translator of rows: ``(count, 7)``."""
    return {"rows": np.array([repeated.row_measures(repeated.train_rows(seed)) for seed in tqdm(range(count), "rows")])}


def save(name, found):
    np.savez_compressed(repeated.RESULTS[name], **{key: value.astype(np.float32) for key, value in found.items()})


def main(wanted):
    experiments.WEIGHTS.mkdir(exist_ok=True)
    jobs = {experiments.ONE_DATE: (experiments.KINDS[0], 64, 1, experiments.ONE_DATE_STEPS)}
    for size in experiments.SIZES:
        for kind in experiments.KINDS:
            largest = (kind, size) == (experiments.KINDS[1], experiments.SIZES[-1])
            steps = experiments.MORE_STEPS if largest else experiments.STEPS
            jobs[experiments.weights_of(kind, size)] = kind, size, None, steps
    for path, (kind, size, count, steps) in jobs.items():
        if not wanted or path.stem in wanted:
            train(path, experiments.untrained_row_translator(kind, size), count, steps)
    for name, run in {"seeds": seeds, "rows": rows}.items():
        if not wanted or name in wanted:
            save(name, run())


if __name__ == "__main__":
    main(sys.argv[1:])

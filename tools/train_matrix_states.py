"""Do the measurements and trainings that chapter 10 shows, and save their results: about 10 minutes on one core.

python tools/train_matrix_states.py                      all of them
python tools/train_matrix_states.py recall newton        some of them
"""

import sys

import numpy as np
from tqdm import tqdm

from rnnlib.chapters.ch10_what_came_next.experiments import counting, memories, newton


def measure_recall():
    """Accuracy and error by width, number of pairs, keys once or twice, and kind of memory."""
    axes = (memories.WIDTHS, memories.MULTIPLES, (False, True), (*memories.KINDS, "best matrix"))
    shape = tuple(map(len, axes))
    places = tqdm(list(np.ndindex(shape)), "recall")
    values = [memories.recall_run(*(axis[k] for axis, k in zip(axes, place, strict=True))) for place in places]
    save(memories.RECALL, recall=np.reshape(values, (*shape, 2)))


def measure_newton():
    """Sweeps and Lyapunov exponents by gain and seed."""
    runs = [(T, kind) for kind in ("mixing", "alone") for T in newton.LENGTHS]
    save(newton.NEWTON, **{f"{kind}.{T}": newton.newton_run(T, kind) for T, kind in tqdm(runs, "newton")})


def train_to_count():
    """Parity and counting modulo 3, and the adding problem, from many starts."""
    found = {}
    for modulus, (_, names) in counting.CONTESTS.items():
        runs = [
            [counting.counting_run(name, seed, modulus) for seed in tqdm(range(counting.SEEDS), f"{modulus} {name}")]
            for name in names
        ]
        for k, part in enumerate(("accuracy", "far", "transitions")):
            found[f"{modulus}.{part}"] = np.array([[run[k] for run in row] for row in runs])
    adders = [[counting.adding_run(name, seed) for seed in range(counting.SEEDS)] for name in counting.ADDERS]
    save(counting.COUNTING, adding=np.array(adders), **found)


def save(path, **arrays):
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **{name: array.astype(np.float32) for name, array in arrays.items()})


JOBS = {"recall": measure_recall, "newton": measure_newton, "counting": train_to_count}

if __name__ == "__main__":
    for name in sys.argv[1:] or JOBS:
        JOBS[name]()

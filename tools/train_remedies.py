"""Do the trainings over many seeds that chapter 3 tells of, and save their results: about four minutes on one core.

python tools/train_remedies.py
"""

import numpy as np
from tqdm import tqdm

from rnnlib.chapters.ch3_vanishing import experiments as ch3


def starts():
    """Right answers at lag 40: ``(rates, starts, seeds)``."""
    table = np.empty((len(ch3.RATES), len(ch3.STARTS), ch3.START_SEEDS))
    for i, j, seed in tqdm(list(np.ndindex(*table.shape)), "starts"):
        start = list(ch3.STARTS.values())[j]
        table[i, j, seed] = ch3.recall_accuracy(ch3.START_LAG, seed, ch3.RATES[i], **start)
    return table


def adders():
    """For each way of clipping and each seed the largest loss of every block of steps, the error and the dead units."""
    loss = np.full((len(ch3.CLIPPING), ch3.ADDER_SEEDS, ch3.ADDER_STEPS // ch3.BLOCK), np.nan)
    error, dead = np.empty(loss.shape[:2]), np.empty((*loss.shape[:2], 2), dtype=int)
    for i, seed in tqdm(list(np.ndindex(*error.shape)), "adders"):
        history, error[i, seed], *dead[i, seed] = ch3.train_adder(seed, *list(ch3.CLIPPING.values())[i])
        full = len(history) // ch3.BLOCK
        loss[i, seed, :full] = np.max(np.reshape(history.loss[: full * ch3.BLOCK], (full, ch3.BLOCK)), axis=1)
    return {"adder_loss": loss, "adder_error": error, "adder_dead": dead}


if __name__ == "__main__":
    ch3.RESULTS.parent.mkdir(exist_ok=True)
    np.savez_compressed(ch3.RESULTS, starts=starts(), **adders())

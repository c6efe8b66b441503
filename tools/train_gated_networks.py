"""Repeat the trainings of chapters 4, 5 and 6 over ten seeds, and write what they show into the package.

python tools/train_gated_networks.py [4] [5] [6]     all three chapters, or those that are given
"""

import sys

import numpy as np

from rnnlib.chapters.ch4_lstm import trainings
from rnnlib.chapters.ch5_gru import experiments as gru
from rnnlib.chapters.ch6_bidirectional import experiments as bidirectional

CHAPTERS = {"4": trainings, "5": gru, "6": bidirectional}


def main(wanted):
    for number in wanted or CHAPTERS:
        chapter = CHAPTERS[number]
        chapter.RESULTS.parent.mkdir(exist_ok=True)
        np.savez_compressed(chapter.RESULTS, **chapter.measure_seeds())
        print(f"chapter {number}: {chapter.RESULTS.name} written", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

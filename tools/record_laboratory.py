"""Record the trainings that chapter 11 shows without a kernel; some seconds.

python tools/record_laboratory.py
"""

import numpy as np

from rnnlib.chapters.ch11_laboratory import recordings


def main():
    recordings.FOLDER.mkdir(exist_ok=True)
    for key in recordings.RECORDED:
        np.savez_compressed(recordings.path_of(key), **recordings.record(key))
        print(f"{key}: {recordings.path_of(key).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

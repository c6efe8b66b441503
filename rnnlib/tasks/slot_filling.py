"""Slot filling: who travels where and when, from requests such as "arrive Taipei on November 2nd".

The same city is a destination after "arrive" and a place of departure after "leave": a tagger must remember.
"""

import numpy as np

from ..checks import check_rng, check_size
from ..model import Batch

CITIES = ("Taipei", "Tokyo", "Oslo", "Lima", "Cairo", "Paris")
MONTHS = ("January", "April", "July", "November")
DAYS = ("1st", "2nd", "3rd", "4th")
FILLERS = ("please", "with", "my", "family", "maybe", "early")
VERBS = ("arrive", "leave")
PADDING = "<pad>"

WORDS = (PADDING, *VERBS, "on", *CITIES, *MONTHS, *DAYS, *FILLERS)
TAGS = ("other", "destination", "departure", "time")
WORD_INDEX = {word: k for k, word in enumerate(WORDS)}


def draw_request(rng, distance):
    """A request and its tags, with ``distance`` - 1 filler words between the verb and the city.

    Distance 1 is "arrive Taipei on November 2nd"; returns two lists of words of equal length.
    """
    check_rng("rng", rng)
    check_size("distance", distance)
    verb = str(rng.choice(VERBS))
    fillers = [str(word) for word in rng.choice(FILLERS, size=distance - 1)]
    words = [verb, *fillers, str(rng.choice(CITIES)), "on", str(rng.choice(MONTHS)), str(rng.choice(DAYS))]
    place = "destination" if verb == "arrive" else "departure"
    return words, ["other"] * distance + [place, "other", "time", "time"]


def encode(requests):
    """One-hot words of several requests, padded to one length: ``(T, B, len(WORDS))``; and the lengths.

    Raises ValueError for a word that is not among WORDS.
    """
    unknown = sorted({word for words in requests for word in words} - set(WORDS))
    if unknown:
        raise ValueError(f"requests: expected words among {', '.join(WORDS[1:])}; got {', '.join(unknown)}")
    lengths = np.array([len(words) for words in requests])
    x = np.zeros((lengths.max(), len(requests), len(WORDS)))
    x[..., 0] = 1
    for b, words in enumerate(requests):
        x[np.arange(len(words)), b, 0] = 0
        x[np.arange(len(words)), b, [WORD_INDEX[word] for word in words]] = 1
    return x, lengths


def draw_batch(rng, size, longest=4):
    """``size`` requests whose distances are drawn from 1..``longest``, as a :class:`Batch` padded to one length."""
    check_rng("rng", rng)
    pairs = [draw_request(rng, int(rng.integers(1, longest + 1))) for _ in range(check_size("size", size))]
    x, lengths = encode([words for words, _ in pairs])
    targets = np.zeros(x.shape[:2], dtype=int)
    for b, (_, tags) in enumerate(pairs):
        targets[: len(tags), b] = [TAGS.index(tag) for tag in tags]
    mask = np.arange(len(x))[:, None] < lengths
    return Batch(x, targets, mask, lengths)

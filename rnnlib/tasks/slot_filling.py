"""Slot filling: who travels where and when, from requests such as "arrive Taipei on November 2nd".

The same city is a destination with "arrive" and a place of departure with "leave". Where the verb comes before
the city, a tagger must remember; where it comes after, as in "Taipei please arrive on November 2nd", a tagger
must have seen what follows.
"""

import numpy as np

from ..checks import check_choice, check_rng, check_size, check_texts
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
VERB_PLACES = ("before", "after", "either")


def draw_request(rng, distance, verb="before"):
    """A request and its tags, with ``distance`` - 1 filler words between the verb and the city.

    ``verb`` says where the verb is. Distance 1 is "arrive Taipei on November 2nd" with 'before' and "Taipei
    arrive on November 2nd" with 'after'; 'either' draws one of the two. Returns two lists of words of equal
    length. Raises TypeError or ValueError for a ``rng`` that is not a generator, a distance below 1 and a
    ``verb`` that is not one of the three.
    """
    words, tags, _ = _draw(rng, np.array([check_size("distance", distance)]), verb)
    return [WORDS[k] for k in words[:, 0]], [TAGS[k] for k in tags[:, 0]]


def encode(requests):
    """One-hot words of several requests, padded to one length: ``(T, B, len(WORDS))``; and the lengths ``(B,)``.

    ``requests`` is a list of lists of words. Raises TypeError for anything else, and ValueError for a word that
    is not among WORDS, for an empty request and for no request at all.
    """
    if not isinstance(requests, list | tuple):
        raise TypeError(f"requests: expected a list of lists of words, got {type(requests).__name__}")
    if any(isinstance(words, str) for words in requests):
        raise TypeError('requests: expected a list of lists of words, [["arrive", "Taipei"]], got a string: split it')
    for words in requests:
        check_texts("requests", words)
    if not requests or not all(requests):
        raise ValueError(f"requests: expected at least one request of at least one word, got {requests}")
    unknown = sorted({word for words in requests for word in words} - set(WORDS))
    if unknown:
        raise ValueError(f"requests: expected words among {', '.join(WORDS[1:])}; got {', '.join(unknown)}")
    lengths = np.array([len(words) for words in requests])
    indices = np.full((lengths.max(), len(requests)), WORD_INDEX[PADDING])
    for b, words in enumerate(requests):
        indices[: len(words), b] = [WORD_INDEX[word] for word in words]
    return np.eye(len(WORDS))[indices], lengths


def draw_batch(rng, size, longest=4, verb="before"):
    """``size`` requests whose distances are drawn from 1..``longest``, as a :class:`Batch` padded to one length.

    ``verb`` as in :func:`draw_request`. Raises as it does.
    """
    check_rng("rng", rng)
    check_size("longest", longest)
    distances = rng.integers(1, longest, check_size("size", size), endpoint=True)
    words, tags, lengths = _draw(rng, distances, verb)
    return Batch(np.eye(len(WORDS))[words], tags, np.arange(len(words))[:, None] < lengths, lengths)


def _draw(rng, distances, verb):
    """Requests of the given distances as indices of words and of tags, ``(T, B)``, and their lengths ``(B,)``."""
    check_rng("rng", rng)
    check_choice("verb", verb, VERB_PLACES)
    lengths, columns = distances + 4, np.arange(len(distances))
    t = np.arange(lengths.max())[:, None]

    def any_of(group, size):
        return WORD_INDEX[group[0]] + rng.integers(len(group), size=size)

    verbs, cities = any_of(VERBS, len(columns)), any_of(CITIES, len(columns))
    verb_first = rng.integers(2, size=len(columns)) == 0 if verb == "either" else np.array(verb == "before")
    words = any_of(FILLERS, (len(t), len(columns)))
    words[0] = np.where(verb_first, verbs, cities)
    words[distances, columns] = np.where(verb_first, cities, verbs)
    words[distances + 1, columns] = WORD_INDEX["on"]
    words[distances + 2, columns] = any_of(MONTHS, len(columns))
    words[distances + 3, columns] = any_of(DAYS, len(columns))
    words[t >= lengths] = WORD_INDEX[PADDING]
    tags = np.where((t > distances + 1) & (t < lengths), TAGS.index("time"), TAGS.index("other"))
    tags[np.where(verb_first, distances, 0), columns] = TAGS.index("destination") + verbs - WORD_INDEX["arrive"]
    return words, tags, lengths

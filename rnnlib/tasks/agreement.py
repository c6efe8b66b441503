"""Number agreement: "the dog often barks", "the dogs often bark": the verb must remember the noun.

A small probabilistic grammar, so that the entropy of its sentences is known. After Elman (1991), Distributed
representations, simple recurrent networks, and grammatical structure.
"""

import numpy as np

from ..checks import check_rng, check_size, check_texts
from ..model import Batch

STOP, ARTICLE = ".", "the"
NOUNS = (("dog", "cat", "bird"), ("dogs", "cats", "birds"))
VERBS = (("barks", "sleeps", "runs"), ("bark", "sleep", "run"))
CHANCES = (0.5, 0.3, 0.2)
ADVERBS = ("often", "really", "always")
ANOTHER_ADVERB = 0.5
MOST_ADVERBS = 4

WORDS = (STOP, ARTICLE, *NOUNS[0], *NOUNS[1], *ADVERBS, *VERBS[0], *VERBS[1])
WORD_INDEX = {word: k for k, word in enumerate(WORDS)}


def draw_sentences(rng, size):
    """``size`` sentences as lists of words: the, noun, up to MOST_ADVERBS adverbs, verb, full stop.

    Singular and plural are equally likely, the nouns and the verbs have CHANCES, and after the noun and after each
    adverb one more adverb follows with the chance ANOTHER_ADVERB.
    """
    check_rng("rng", rng)
    check_size("size", size)
    number = rng.integers(2, size=size)
    nouns, verbs = rng.choice(len(CHANCES), size=(2, size), p=CHANCES)
    how_many = np.minimum(rng.geometric(1 - ANOTHER_ADVERB, size) - 1, MOST_ADVERBS)
    adverbs = rng.choice(ADVERBS, size=(size, MOST_ADVERBS)).tolist()
    return [
        [ARTICLE, NOUNS[number[b]][nouns[b]], *adverbs[b][: how_many[b]], VERBS[number[b]][verbs[b]], STOP]
        for b in range(size)
    ]


def is_sentence(words):
    """Whether the grammar can make this list of words. Raises TypeError for anything but a list of strings."""
    check_texts("words", words)
    if len(words) < 4 or len(words) > 4 + MOST_ADVERBS or words[0] != ARTICLE or words[-1] != STOP:
        return False
    agrees = any(words[1] in nouns and words[-2] in verbs for nouns, verbs in zip(NOUNS, VERBS, strict=True))
    return agrees and set(words[2:-2]) <= set(ADVERBS)


def entropy():
    """The entropy of a sentence in nats, and the mean number of words in it, full stop included.

    Noun and verb: H(number) + 2 H(CHANCES). Adverbs: the n-th choice to go on is met with probability q^(n-1),
    each brings H(q), and each adverb log 3.
    """
    q, chances = ANOTHER_ADVERB, np.array(CHANCES)
    adverbs = sum(q**n for n in range(1, MOST_ADVERBS + 1))
    decisions = sum(q**n for n in range(MOST_ADVERBS))
    go_on = -(q * np.log(q) + (1 - q) * np.log(1 - q))
    words = -np.sum(chances * np.log(chances))
    return float(np.log(2) + 2 * words + decisions * go_on + adverbs * np.log(len(ADVERBS))), 4 + adverbs


def encode(sentences):
    """Inputs and targets for predicting each next word: a :class:`Batch`, padded to one length.

    The input at step t is word t-1, one-hot, and zeros before the first; the target is word t. Raises TypeError or
    ValueError for anything but lists of words of the grammar, at least one in each.
    """
    if not isinstance(sentences, list | tuple) or not sentences:
        raise ValueError(f"sentences: expected a list of at least one list of words, got {sentences!r}")
    for words in sentences:
        unknown = sorted(set(check_texts("sentences", words)) - set(WORDS))
        if unknown or not words:
            raise ValueError(f"sentences: expected words among {', '.join(WORDS)}, at least one, got {list(words)}")
    lengths = np.array([len(words) for words in sentences])
    targets = np.zeros((lengths.max(), len(sentences)), dtype=int)
    for b, words in enumerate(sentences):
        targets[: len(words), b] = [WORD_INDEX[word] for word in words]
    x = np.zeros((*targets.shape, len(WORDS)))
    x[1:] = np.eye(len(WORDS))[targets[:-1]]
    mask = np.arange(len(x))[:, None] < lengths
    return Batch(x, targets, mask, lengths)


def draw_batch(rng, size):
    """``size`` sentences as :func:`encode` gives them."""
    return encode(draw_sentences(rng, size))

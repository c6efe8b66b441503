"""Flight requests from a small probabilistic grammar whose entropy is known exactly.

"show me a return flight from taipei to oslo on monday and back on friday": who said "return" must say "and back",
"flight" wants "leaves" and "flights" want "leave", however many cities lie between. What a language model can
learn ends at :func:`entropy`; no model gives fewer nats a word on average.
"""

from bisect import bisect
from itertools import accumulate
from math import exp, inf, log
from typing import NamedTuple

import numpy as np

from ..checks import check_rng, check_size, check_texts
from ..model import Batch
from ..sampling import check_symbols

START, END = "REQUEST", "<end>"
# Each part of a request, and the ways to say it with their probabilities; capitals are parts again.
GRAMMAR = {
    "REQUEST": {"show me THING": 0.4, "i need THING": 0.2, "is there ONE": 0.2, "are there MANY": 0.2},
    "THING": {"ONE": 0.5, "MANY": 0.5},
    "ONE": {"a flight ROUTE that leaves TIME": 0.6, "a return flight ROUTE TIME and back TIME": 0.4},
    "MANY": {"flights ROUTE that leave TIME": 0.6, "return flights ROUTE TIME and back TIME": 0.4},
    "ROUTE": {"from CITY to CITY": 0.5, "to CITY": 0.2, "from CITY STOPS to CITY": 0.3},
    "STOPS": {"via CITY": 0.7, "via CITY STOPS": 0.3},
    "CITY": {"taipei": 0.25, "tokyo": 0.2, "paris": 0.15, "oslo": 0.1, "lima": 0.1, "cairo": 0.1, "delhi": 0.1},
    "TIME": {"tomorrow": 0.2, "on DAY": 0.4, "on DAY in the PART": 0.2, "on DAY LIMIT HOUR": 0.2},
    "DAY": {"monday": 0.2, "tuesday": 0.1, "wednesday": 0.1, "thursday": 0.1, "friday": 0.3, "sunday": 0.2},
    "PART": {"morning": 0.6, "evening": 0.4},
    "LIMIT": {"before": 0.5, "after": 0.5},
    "HOUR": {"eight": 0.3, "nine": 0.3, "ten": 0.2, "noon": 0.2},
}
RULES = {part: [(p, tuple(text.split())) for text, p in ways.items()] for part, ways in GRAMMAR.items()}
CUMULATIVE = {part: list(accumulate(p for p, _ in rules)) for part, rules in RULES.items()}
WORDS = (
    *dict.fromkeys(word for rules in RULES.values() for _, way in rules for word in way if word not in GRAMMAR),
    END,
)
WORD_INDEX = {word: k for k, word in enumerate(WORDS)}


class Entropy(NamedTuple):
    """``request`` the entropy of a request in nats; ``length`` its mean number of words, END counted."""

    request: float
    length: float

    @property
    def per_word(self):
        """Nats a word: the floor of the mean cross-entropy of any model."""
        return self.request / self.length

    @property
    def perplexity(self):
        """exp(nats a word): the floor of the perplexity."""
        return exp(self.per_word)


def entropy():
    """The exact :class:`Entropy` of the grammar.

    H(A) = sum over the ways of A of p (-ln p + sum of H of the parts in the way), and for the mean length
    L(A) = sum p (words in the way + sum of L of its parts): one linear equation a part. As no request can be
    derived in two ways, the entropy of the derivation is that of the request. Source: Grenander (1967).
    """
    parts = list(RULES)
    mean_parts, own = np.zeros((len(parts), len(parts))), np.zeros((len(parts), 2))
    for row, rules in enumerate(RULES.values()):
        for p, way in rules:
            own[row] += p * np.array([-log(p), sum(symbol in WORD_INDEX for symbol in way)])
            for symbol in way:
                if symbol in RULES:
                    mean_parts[row, parts.index(symbol)] += p
    request, length = np.linalg.solve(np.eye(len(parts)) - mean_parts, own)[parts.index(START)]
    return Entropy(float(request), float(length) + 1)


def draw_request(rng):
    """A request as a list of words, drawn from the grammar. Raises TypeError for a ``rng`` that is not a generator."""
    check_rng("rng", rng)
    waiting, words = [START], []
    while waiting:
        symbol = waiting.pop()
        if symbol in RULES:
            _, way = RULES[symbol][bisect(CUMULATIVE[symbol], rng.random() * CUMULATIVE[symbol][-1])]
            waiting.extend(reversed(way))
        else:
            words.append(symbol)
    return words


def draw_batch(rng, size):
    """``size`` requests to be predicted word by word, as :func:`as_batch` makes it."""
    return as_batch([draw_request(rng) for _ in range(check_size("size", size))])


def draw_text(rng, size, steps):
    """``size`` texts of ``steps`` words, request after request with END behind each: a :class:`Batch`.

    x and targets as in :func:`as_batch`, without padding: the last request is cut off. :func:`rnnlib.stream` makes
    windows of it. Raises TypeError or ValueError
    for a ``rng`` that is not a generator and sizes below 1.
    """
    check_size("size", size)
    check_size("steps", steps)
    texts = []
    for _ in range(size):
        text = []
        while len(text) < steps:
            text += [*draw_request(rng), END]
        texts.append([WORD_INDEX[word] for word in text[:steps]])
    return Batch(*_late(np.array(texts).T))


def as_batch(requests):
    """Requests as a :class:`Batch`: the target of each step is a word, x the word before it.

    x is ``(T, B, len(WORDS))``, one-hot, zeros at the first step, where nothing has been said; the last target of
    each request is END. Raises ValueError for no request at all, and for a word that is not in the grammar.
    """
    if not isinstance(requests, list | tuple) or not requests:
        raise ValueError(f"requests: expected at least one request, a list of words, got {requests!r}")
    for words in requests:
        _check_words(words, "requests")
    lengths = np.array([len(words) + 1 for words in requests])
    targets = np.full((lengths.max(), len(lengths)), WORD_INDEX[END])
    for b, words in enumerate(requests):
        targets[: len(words), b] = [WORD_INDEX[word] for word in words]
    x, targets = _late(targets)
    return Batch(x, targets, np.arange(len(x))[:, None] < lengths, lengths)


def decode(symbols):
    """The requests in ``symbols (T, B)``, each up to its END: a list of B lists of words."""
    symbols = check_symbols("symbols", symbols, len(WORDS), axes=("T", "B"))
    columns = ([WORDS[k] for k in column] for column in symbols.T.tolist())
    return [column[: column.index(END)] if END in column else column for column in columns]


def next_words(words=()):
    """The exact probability of each word, END among them, to follow ``words``; empty where nothing can.

    Raises TypeError for a string and ValueError for a word that is not in the grammar.
    """
    *_, following = _follow(_check_words(words))
    return following


def log_probability(words):
    """ln P(request), in nats; -inf for what the grammar does not allow. Raises as :func:`next_words`."""
    words = [*_check_words(words), END]
    total = 0.0
    for word, following in zip(words, _follow(words), strict=False):
        if word not in following:
            return -inf
        total += log(following[word])
    return total


def is_well_formed(words):
    """Whether the grammar allows the request. Raises as :func:`next_words`."""
    return log_probability(words) > -inf


def _follow(words):
    """Before each of ``words`` and after the last: the probability of each word to come next.

    What may come next is known by the stacks of symbols still to be said, each with its probability: the symbol on
    top is replaced by each of its ways until it is a word, and the stacks whose word was not said are dropped.
    """
    stacks = {(START, END): 1.0}
    for word in [*words, None]:
        said = {}
        waiting = list(stacks.items())
        while waiting:
            (top, *rest), p = waiting.pop()
            if top in RULES:
                waiting += [((*way, *rest), p * q) for q, way in RULES[top]]
            else:
                said.setdefault(top, {})
                said[top][tuple(rest)] = said[top].get(tuple(rest), 0.0) + p
        chances = {top: sum(ways.values()) for top, ways in said.items()}
        total = sum(chances.values())
        yield {top: p / total for top, p in chances.items()}
        stacks = {rest: p / chances[word] for rest, p in said.get(word, {}).items()}


def _late(symbols):
    """The inputs that predict ``symbols (T, B)``, each the symbol before, and the symbols."""
    x = np.zeros((*symbols.shape, len(WORDS)))
    x[1:] = np.eye(len(WORDS))[symbols[:-1]]
    return x, symbols


def _check_words(words, name="words"):
    if isinstance(words, str):
        raise TypeError(f"{name}: expected a list of words, got the string {words!r}: split it")
    unknown = sorted(set(check_texts(name, words)) - set(WORDS[:-1]))
    if unknown:
        raise ValueError(f"{name}: expected words of the grammar, {', '.join(WORDS[:-1])}; got {', '.join(unknown)}")
    return words

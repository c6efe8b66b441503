"""Flight requests: the exact entropy against draws, the oracle of the next word, and the parser."""

from functools import cache
from math import exp, log

import numpy as np
import pytest

import rnnlib
from rnnlib.tasks import flights

RNG = np.random.default_rng(0)
REQUESTS = [flights.draw_request(RNG) for _ in range(1500)]


def count_derivations(words):
    """In how many ways the grammar derives the words, by splitting them in every way: an oracle of its own."""
    words = tuple(words)

    @cache
    def count(symbols, start, stop):
        if not symbols:
            return int(start == stop)
        first, rest = symbols[0], symbols[1:]
        if first not in flights.GRAMMAR:
            return count(rest, start + 1, stop) if start < stop and words[start] == first else 0
        return sum(
            count(tuple(way.split()), start, middle) * count(rest, middle, stop)
            for way in flights.GRAMMAR[first]
            for middle in range(start + 1, stop + 1)
        )

    return count((flights.START,), 0, len(words))


def test_the_probabilities_of_each_part_add_up_to_one():
    for ways in flights.GRAMMAR.values():
        assert sum(ways.values()) == pytest.approx(1, abs=1e-12)


def test_the_exact_entropy_is_the_mean_surprise_of_draws():
    exact = flights.entropy()
    surprise = -np.array([flights.log_probability(words) for words in REQUESTS])
    lengths = np.array([len(words) + 1 for words in REQUESTS])
    assert abs(surprise.mean() - exact.request) < 4 * surprise.std() / np.sqrt(len(REQUESTS))
    assert abs(lengths.mean() - exact.length) < 4 * lengths.std() / np.sqrt(len(REQUESTS))
    assert exact.per_word == exact.request / exact.length
    assert exact.perplexity == pytest.approx(exp(exact.per_word))


def test_the_entropy_by_hand_of_a_smaller_grammar(monkeypatch):
    # n times "a", then "b", with probability 2^-(n+1): the entropy is 2 ln 2, the mean length 2, and END
    monkeypatch.setattr(flights, "RULES", {"REQUEST": [(0.5, ("b",)), (0.5, ("a", "REQUEST"))]})
    monkeypatch.setattr(flights, "WORD_INDEX", {"a": 0, "b": 1})
    assert flights.entropy().request == pytest.approx(2 * log(2))
    assert flights.entropy().length == pytest.approx(3)


def test_every_request_is_derived_in_one_way_and_read_back():
    for words in REQUESTS[:60]:
        assert count_derivations(words) == 1
        assert flights.is_well_formed(words)


def test_the_parser_agrees_with_splitting_in_every_way():
    rng, refused = np.random.default_rng(1), 0
    for words in REQUESTS[:60]:
        words = list(words)
        k = rng.integers(len(words))
        if rng.random() < 0.5:
            del words[k]
        else:
            words[k] = str(rng.choice(flights.WORDS[:-1]))
        assert flights.is_well_formed(words) == (count_derivations(words) > 0)
        refused += not flights.is_well_formed(words)
    assert refused > 40


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("show me a flight from oslo via lima via paris to tokyo that leaves tomorrow", True),
        ("show me a flight from oslo via lima via paris to tokyo that leave tomorrow", False),
        ("are there flights to oslo that leave on monday before noon", True),
        ("are there a flight to oslo that leaves on monday", False),
        ("i need a return flight to oslo on monday and back on friday", True),
        ("i need a return flight to oslo on monday", False),
        ("i need a flight to oslo on monday and back on friday", False),
        ("show me", False),
        ("", False),
    ],
)
def test_what_depends_on_words_far_back(text, allowed):
    assert flights.is_well_formed(text.split()) is allowed


def test_the_next_word_has_the_probability_of_the_grammar():
    assert flights.next_words() == pytest.approx({"show": 0.4, "i": 0.2, "is": 0.2, "are": 0.2})
    following = flights.next_words(["show", "me", "flights", "from", "oslo"])
    assert following == pytest.approx({"to": 0.5 / 0.8, "via": 0.3 / 0.8})
    whole = ["i", "need", "flights", "to", "oslo", "that", "leave", "tomorrow"]
    assert flights.next_words(whole) == {flights.END: 1.0}
    assert flights.next_words(["oslo"]) == {}
    counted = [words[4] for words in REQUESTS if words[:4] == ["show", "me", "a", "flight"]]
    following = flights.next_words(["show", "me", "a", "flight"])
    for word, p in following.items():
        assert abs(counted.count(word) / len(counted) - p) < 4 * np.sqrt(0.25 / len(counted))


def test_a_long_request_does_not_underflow():
    words = ["show", "me", "flights", "from", "oslo", *["via", "lima"] * 1500]
    assert flights.next_words(words) == pytest.approx({"to": 0.7, "via": 0.3})


def test_batches_say_the_word_before_and_want_the_word():
    batch = flights.draw_batch(np.random.default_rng(2), 30)
    requests = flights.decode(batch.targets)
    again = flights.as_batch(requests)
    for part, same in zip(batch, again, strict=True):
        np.testing.assert_array_equal(part, same)
    assert (batch.x[0] == 0).all()
    np.testing.assert_array_equal(batch.x[1:].argmax(axis=-1), batch.targets[:-1])
    assert all(flights.is_well_formed(words) for words in requests)
    np.testing.assert_array_equal(batch.lengths, [len(words) + 1 for words in requests])
    np.testing.assert_array_equal(batch.mask.sum(axis=0), batch.lengths)


def test_a_text_is_request_after_request():
    batch = flights.draw_text(np.random.default_rng(3), 2, 200)
    assert batch.x.shape == (200, 2, len(flights.WORDS))
    assert batch.mask is None
    np.testing.assert_array_equal(batch.x[1:].argmax(axis=-1), batch.targets[:-1])
    for column in batch.targets.T:
        text = " ".join(flights.WORDS[k] for k in column)
        *whole, _ = text.split(flights.END)
        assert len(whole) > 5
        assert all(flights.is_well_formed(words.split()) for words in whole)
    window = rnnlib.stream(batch, 50)
    assert [window(None).continues for _ in range(5)] == [False, True, True, True, False]


def test_a_model_that_knew_the_grammar_would_reach_the_floor():
    # the loss of the exact next-word probabilities is the entropy, up to the chance of the draw
    batch = flights.as_batch(REQUESTS[:80])
    loss = 0.0
    for words in REQUESTS[:80]:
        for k, word in enumerate([*words, flights.END]):
            loss -= log(flights.next_words(words[:k])[word])
    assert loss / batch.lengths.sum() == pytest.approx(flights.entropy().per_word, abs=0.05)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: flights.draw_request(1), TypeError, "rng"),
        (lambda: flights.draw_batch(np.random.default_rng(0), 0), ValueError, "size: expected at least 1"),
        (lambda: flights.draw_text(np.random.default_rng(0), 2, 0), ValueError, "steps: expected at least 1"),
        (lambda: flights.as_batch([]), ValueError, "requests: expected at least one"),
        (lambda: flights.as_batch([["fly", "me"]]), ValueError, "got fly$"),
        (lambda: flights.is_well_formed("show me"), TypeError, "split it"),
        (lambda: flights.next_words(["show", "<end>"]), ValueError, "got <end>"),
        (lambda: flights.log_probability(["moon"]), ValueError, "expected words of the grammar"),
    ],
)
def test_wrong_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()

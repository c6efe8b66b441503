"""Number agreement: what the grammar makes, how probable it is, and its entropy by counting every sentence."""

from itertools import product

import numpy as np
import pytest

from rnnlib.tasks import agreement
from rnnlib.tasks.agreement import ADVERBS, CHANCES, MOST_ADVERBS, NOUNS, VERBS, WORDS

SENTENCES = 4000


def every_sentence():
    """Each sentence of the grammar with its probability, written out."""
    for number, noun, verb, n in product(range(2), range(3), range(3), range(MOST_ADVERBS + 1)):
        goes_on = 0.5**n * (0.5 if n < MOST_ADVERBS else 1)
        for adverbs in product(ADVERBS, repeat=n):
            p = 0.5 * CHANCES[noun] * CHANCES[verb] * goes_on / 3**n
            yield ["the", NOUNS[number][noun], *adverbs, VERBS[number][verb], "."], p


def test_the_entropy_and_the_length_are_those_of_all_sentences_counted():
    sentences, p = zip(*every_sentence(), strict=True)
    p = np.array(p)
    assert p.sum() == pytest.approx(1)
    entropy, length = agreement.entropy()
    assert entropy == pytest.approx(-p @ np.log(p))
    assert length == pytest.approx(p @ [len(words) for words in sentences])


def test_the_grammar_takes_every_sentence_that_it_makes():
    assert all(agreement.is_sentence(words) for words, _ in every_sentence())


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "the .",
        "the dog .",
        "the dog bark .",
        "the dogs barks .",
        "the dog barks",
        "the dog barks often",
        "a dog barks .",
        "the barks dog .",
        "the often dog barks .",
        "the dog barks barks .",
        "the dog the often barks .",
        "the dog often the barks .",
        "the dog often often often often often barks .",
    ],
)
def test_the_grammar_refuses_the_rest(text):
    assert agreement.is_sentence(text.split()) is False


def test_sentences_are_drawn_as_the_grammar_says():
    drawn = agreement.draw_sentences(np.random.default_rng(0), SENTENCES)
    assert len(drawn) == SENTENCES
    assert all(agreement.is_sentence(words) for words in drawn)
    counts, expected = {}, {}
    for words, p in every_sentence():
        # the noun, the verb and the first two of the adverbs; the others follow in the same way
        key = tuple(words[:4]) + tuple(words[-2:]) if len(words) > 5 else tuple(words)
        expected[key] = expected.get(key, 0) + p
    for words in drawn:
        key = tuple(words[:4]) + tuple(words[-2:]) if len(words) > 5 else tuple(words)
        counts[key] = counts.get(key, 0) + 1
    for key, p in expected.items():
        assert abs(counts.get(key, 0) - p * SENTENCES) < 5 * np.sqrt(p * SENTENCES) + 1, key
    lengths = [len(words) for words in drawn]
    for n in range(MOST_ADVERBS + 1):
        p = 0.5 ** (n + 1) if n < MOST_ADVERBS else 0.5**n
        assert abs(lengths.count(4 + n) - p * SENTENCES) < 5 * np.sqrt(p * SENTENCES)


def test_the_input_is_the_word_before_the_one_that_is_wanted():
    sentences = agreement.draw_sentences(np.random.default_rng(1), 40)
    batch = agreement.encode(sentences)
    steps = max(map(len, sentences))
    assert batch.x.shape == (steps, 40, len(WORDS))
    assert batch.targets.shape == (steps, 40)
    for b, words in enumerate(sentences):
        n = len(words)
        assert batch.lengths[b] == n
        assert [WORDS[k] for k in batch.targets[:n, b]] == words
        assert batch.mask[:, b].tolist() == [True] * n + [False] * (steps - n)
        assert not batch.x[0, b].any()
        assert [WORDS[k] for k in batch.x[1:n, b].argmax(axis=-1)] == words[:-1]
        np.testing.assert_array_equal(batch.x[1:n, b].sum(axis=-1), 1)


def test_a_batch_is_sentences_encoded():
    batch = agreement.draw_batch(np.random.default_rng(2), 7)
    again = agreement.encode(agreement.draw_sentences(np.random.default_rng(2), 7))
    for part, same in zip(batch, again, strict=True):
        np.testing.assert_array_equal(part, same)


@pytest.mark.parametrize("sentences", [[], [[]], [["the", "moon"]], "the dog"])
def test_what_is_no_list_of_sentences_is_named(sentences):
    with pytest.raises(ValueError, match="sentences: expected"):
        agreement.encode(sentences)

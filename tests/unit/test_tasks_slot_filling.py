"""Slot filling: what the requests say, and that the tags follow from them."""

import numpy as np
import pytest

from rnnlib.tasks import slot_filling


def tags_by_rule(words):
    """The tags as a reader gives them: by the words alone."""
    place = "destination" if "arrive" in words else "departure"
    meaning = dict.fromkeys(slot_filling.CITIES, place)
    meaning |= dict.fromkeys((*slot_filling.MONTHS, *slot_filling.DAYS), "time")
    return [meaning.get(word, "other") for word in words]


@pytest.mark.parametrize("verb", slot_filling.VERB_PLACES)
def test_batches_hold_the_requests_that_a_reader_would_tag_alike(verb):
    batch = slot_filling.draw_batch(np.random.default_rng(0), 200, longest=5, verb=verb)
    words = np.array(slot_filling.WORDS)[batch.x.argmax(axis=-1)]
    seen = set()
    for b, length in enumerate(batch.lengths):
        request = words[:length, b].tolist()
        places = [request.index(w) for w in request if w in slot_filling.VERBS + slot_filling.CITIES]
        assert len(places) == 2
        assert length == max(places) + 4
        assert [slot_filling.TAGS[k] for k in batch.targets[:length, b]] == tags_by_rule(request)
        assert (words[length:, b] == slot_filling.PADDING).all()
        assert (batch.targets[length:, b] == 0).all()
        seen.add(request[0] in slot_filling.VERBS)
    assert seen == {"before": {True}, "after": {False}, "either": {True, False}}[verb]
    assert set(batch.lengths.tolist()) == {5, 6, 7, 8, 9}
    np.testing.assert_array_equal(batch.mask, np.arange(len(words))[:, None] < batch.lengths)
    np.testing.assert_array_equal(batch.x.sum(axis=-1), 1)


def test_the_text_and_the_batch_are_encoded_alike():
    rng = np.random.default_rng(1)
    pairs = [slot_filling.draw_request(rng, int(d), "either") for d in (3, 1, 4)]
    x, lengths = slot_filling.encode([words for words, _ in pairs])
    assert lengths.tolist() == [7, 5, 8]
    for b, (words, tags) in enumerate(pairs):
        assert [slot_filling.WORDS[k] for k in x[:, b].argmax(axis=-1)][: len(words)] == words
        assert tags == tags_by_rule(words)


def test_the_verb_is_drawn_evenly_and_decides_the_place():
    batch = slot_filling.draw_batch(np.random.default_rng(2), 4000)
    share = batch.x[0, :, slot_filling.WORD_INDEX["arrive"]].mean()
    assert abs(share - 0.5) < 0.04


@pytest.mark.parametrize(
    ("requests", "error", "words"),
    [
        ([["arrive", "Atlantis"]], ValueError, "got Atlantis"),
        ([], ValueError, "at least one request"),
        ([[]], ValueError, "at least one word"),
        ("arrive Taipei", TypeError, "list of lists of words"),
        (["arrive Taipei"], TypeError, "split it"),
    ],
)
def test_encode_names_what_it_cannot_read(requests, error, words):
    with pytest.raises(error, match=words):
        slot_filling.encode(requests)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((0, 4), TypeError, "rng"),
        ((np.random.default_rng(0), 0), ValueError, "size: expected at least 1"),
        ((np.random.default_rng(0), 4, 0), ValueError, "longest: expected at least 1"),
        ((np.random.default_rng(0), 4, 2, "behind"), ValueError, "verb: expected one of 'before'"),
    ],
)
def test_wrong_input_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        slot_filling.draw_batch(*arguments)

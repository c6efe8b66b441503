"""What chapters 1 and 2 draw from their trainings: held by the results shown, and by ten new seeds (marked slow)."""

import numpy as np
import pytest

from rnnlib.chapters.ch1_forward_pass import experiments as ch1
from rnnlib.chapters.ch2_bptt import experiments as ch2
from rnnlib.tasks import agreement

NEW_SEEDS = range(100, 110)


def test_a_window_works_up_to_its_edge_and_the_memory_far_beyond_its_training():
    window, memory = ch1.trained()["taggers"]
    assert np.all(window[:, 0] == 1)
    assert np.all(window[:, 1:] == 0.5)
    assert np.all(memory[:, :3] == 1)
    assert np.all(memory[:, 3] >= 0.95)


def test_three_fed_back_values_are_needed_and_enough():
    errors = dict(zip((*ch1.FED_BACK, "Elman"), ch1.trained()["echoes"][..., 0], strict=True))
    for key, error in errors.items():
        assert np.all(error < 0.01) if key == "Elman" or key >= 3 else np.all((error > 0.1) & (error < 1 / 3))


def test_elman_writes_a_few_sentences_in_a_hundred_better_and_predicts_alike():
    elman, jordan, without = ch1.trained()["language_models"]
    nats, words = agreement.entropy()
    assert np.all(elman[:, 1] > jordan[:, 1])
    assert 0.005 < np.mean(elman[:, 1] - jordan[:, 1]) < 0.05
    assert abs(np.median(elman[:, 0]) - np.median(jordan[:, 0])) < 0.02
    assert np.all(np.stack((elman, jordan))[..., 0] < np.exp(nats / words) + 0.1)
    assert np.all(without[:, 0] > 3)
    assert np.all(without[:, 1] < 0.8)


def test_beyond_the_window_the_window_tagger_guesses_and_the_rnn_does_not():
    window, memory = ch2.trained()["taggers"]
    assert np.all(np.abs(window - 0.5) < 0.07)
    assert np.all(memory > 0.99)


def test_the_saved_trainings_are_those_of_today():
    found = ch1.trained()
    assert ch1.city_accuracy(ch1.tagger(4, 2), 4) == found["taggers"][0, 2, 1]
    assert ch1.echo_error(ch1.echo(2, 1)) == pytest.approx(found["echoes"][1, 1, 0], rel=0.02)
    assert ch2.tagger_accuracy("RNN", 3) == ch2.trained()["taggers"][1, 3]


def test_random_starts_that_were_never_trained_spoil_the_tags():
    """The larger the start, the more: S_0 is something that the network has read."""
    from rnnlib import unroll

    model, (words, lengths, wanted) = ch1.tagger("RNN", 0), ch1.city_requests(4)
    shares = []
    for size in (0.0, 0.5, 1.0):
        S_0 = size * np.random.default_rng(0).uniform(-1, 1, (len(wanted), model.network.state_size))
        O = model.read_out(unroll(model.network, words, S_0, lengths=lengths).outputs)
        shares.append(np.mean(O[4].argmax(axis=-1) == wanted))
    assert shares[0] == 1
    assert shares[0] > shares[1] > shares[2]


def test_what_is_learned_at_short_lags_carries_beyond_the_window():
    assert all(share > 0.99 for share in ch2.train_in_window(2, 50))


@pytest.mark.slow
@pytest.mark.parametrize("seed", NEW_SEEDS)
def test_a_window_of_2_learns_to_carry_over_60_steps(seed):
    assert min(ch2.train_in_window(2, seed)) > 0.97


@pytest.mark.slow
def test_taggers_of_ten_seeds():
    window, memory = ([ch2.tagger_accuracy(name, seed) for seed in NEW_SEEDS] for name in ch2.TAGGERS)
    assert max(window) < 0.6
    assert sum(share > 0.99 for share in memory) >= 9
    far = [ch1.city_accuracy(ch1.tagger("RNN", seed), 60) for seed in NEW_SEEDS]
    assert sum(share > 0.9 for share in far) >= 9


@pytest.mark.slow
def test_echoes_of_ten_seeds():
    for key, learns in ((1, False), (2, False), (3, True), ("Elman", True)):
        errors = [ch1.echo_error(ch1.echo(key, seed)) for seed in NEW_SEEDS]
        assert sum((error < 0.01) == learns for error in errors) >= 9


@pytest.mark.slow
def test_language_models_of_ten_seeds():
    elman, jordan = (
        [ch1.right_sentences(ch1.language_model(key, seed)) for seed in NEW_SEEDS] for key in ("Elman", "Jordan")
    )
    assert sum(a > b for a, b in zip(elman, jordan, strict=True)) >= 8

"""Sampling: the draws follow the softmax, at every temperature."""

import numpy as np
import pytest

import rnnlib
from rnnlib.sampling import probabilities


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_draws_follow_the_softmax(temperature):
    logits = np.random.default_rng(0).normal(size=(5, 4))
    wanted = np.exp(logits / temperature) / np.exp(logits / temperature).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(probabilities(logits, temperature), wanted, rtol=1e-12)
    n = 20_000
    draws = rnnlib.sample(np.broadcast_to(logits, (n, 5, 4)), np.random.default_rng(1), temperature)
    counted = np.stack([(draws == k).mean(axis=0) for k in range(4)], axis=-1)
    assert np.abs(counted - wanted).max() < 5 * np.sqrt(0.25 / n)


def test_every_entry_of_the_batch_is_drawn_from_its_own_logits():
    logits = np.where(np.eye(6)[[3, 0, 5, 2]] > 0, 50.0, 0.0)
    assert rnnlib.sample(logits, np.random.default_rng(0)).tolist() == [3, 0, 5, 2]
    assert rnnlib.sample(logits[0], np.random.default_rng(0)) == 3


def test_temperature_zero_is_the_limit_from_above():
    logits = np.array([[1.0, 3.0, 2.0], [2.0, 2.0, 0.0]])
    assert rnnlib.sample(logits, np.random.default_rng(0), 0).tolist() == [1, 0]
    assert rnnlib.sample(logits[0], np.random.default_rng(0), 1e-300) == 1


def test_logits_of_any_size_are_drawn_without_overflow():
    logits = np.array([1e308, -1e308, 1e308, 0.0])
    draws = {int(rnnlib.sample(logits, rng)) for rng in map(np.random.default_rng, range(30))}
    assert draws == {0, 2}


def test_float32_and_float64_logits_give_the_same_draws():
    logits = np.random.default_rng(0).integers(-3, 3, size=(50, 7)).astype(np.float32)
    draws = [rnnlib.sample(logits.astype(t), np.random.default_rng(2)) for t in (np.float32, np.float64)]
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([0.1, 0.2], np.random.default_rng(0)), TypeError, "logits: expected a NumPy array"),
        ((np.array([1, 2]), np.random.default_rng(0)), TypeError, "expected float64 or float32, got int64"),
        ((np.array(1.0), np.random.default_rng(0)), ValueError, r"expected \(O,\), got \(\)"),
        ((np.zeros((2, 2, 2, 2)), np.random.default_rng(0)), ValueError, r"expected \(T, B, O\)"),
        ((np.zeros((2, 0)), np.random.default_rng(0)), ValueError, "empty"),
        ((np.array([np.nan, 0.0]), np.random.default_rng(0)), ValueError, "finite"),
        ((np.zeros(3), 0), TypeError, "rng: expected a np.random.Generator"),
        ((np.zeros(3), np.random.default_rng(0), -1.0), ValueError, "temperature: expected at least 0"),
        ((np.zeros(3), np.random.default_rng(0), np.inf), ValueError, "temperature"),
        ((np.zeros(3), np.random.default_rng(0), "hot"), TypeError, "temperature: expected a number"),
    ],
)
def test_wrong_input_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        rnnlib.sample(*arguments)

"""Temporal order and two time scales: the sequences are what their formulas say."""

import re

import numpy as np
import pytest

import rnnlib
from rnnlib.tasks import temporal_order, two_time_scales


@pytest.mark.parametrize("steps", [4, 5, 9, 10, 57, 100])
def test_the_order_of_the_marked_symbols_is_the_class(steps):
    batch = temporal_order.draw_batch(np.random.default_rng(0), 300, steps)
    assert batch.x.shape == (steps, 300, 8)
    for b in range(300):
        text = temporal_order.text(batch, b)
        assert re.fullmatch(r"B[abcd]*[XY][abcd]*[XY][abcd]*E", text)
        first, second = (k for k, symbol in enumerate(text) if symbol in "XY")
        assert max(1, steps // 10) <= first <= max(1, steps // 5)
        assert steps // 2 <= second <= 3 * steps // 5
        assert temporal_order.CLASSES[batch.targets[-1, b]] == text[first] + text[second]
    assert set(batch.targets[-1].tolist()) == {0, 1, 2, 3}
    np.testing.assert_array_equal(batch.mask.sum(axis=0), 1)
    assert batch.mask[-1].all()


def test_the_two_parts_have_their_scales_and_their_sum_is_the_input():
    slow, fast = 30.0, 2.0
    batch = two_time_scales.draw_batch(np.random.default_rng(0), 4000, 60, slow, fast)
    np.testing.assert_allclose(batch.x[..., 0], batch.targets.sum(axis=-1), rtol=1e-12)
    s, f = batch.targets[..., 0], batch.targets[..., 1]
    for lag in (0, 1, 5, 20):
        for t in (0, 30):
            assert abs(np.mean(s[t] * s[t + lag]) - np.exp(-lag / slow)) < 0.08
            assert abs(np.mean(f[t] * f[t + lag]) - np.exp(-lag / fast)) < 0.08
    assert abs(np.mean(s[20] * f[25])) < 0.08


def test_the_lowest_error_is_that_of_the_best_linear_estimate():
    batch = two_time_scales.draw_batch(np.random.default_rng(1), 40_000, 12)
    for n in (1, 3, 12):
        seen = batch.x[-n:, :, 0].T
        for part in (0, 1):
            target = batch.targets[-1, :, part]
            weights, *_ = np.linalg.lstsq(seen, target, rcond=None)
            assert abs(np.mean((seen @ weights - target) ** 2) - two_time_scales.lowest_error(n)) < 0.01


def test_more_memory_never_costs_and_helps_up_to_a_limit():
    errors = np.array([two_time_scales.lowest_error(n) for n in (1, 2, 5, 20, 50, 200)])
    assert errors[0] == pytest.approx(0.5)
    assert (np.diff(errors) < 1e-12).all()
    assert errors[-1] == pytest.approx(0.171, abs=5e-4)


def test_the_loss_of_the_memoryless_answer_is_its_lowest_error():
    batch = two_time_scales.draw_batch(np.random.default_rng(2), 3000, 20)
    halves = np.repeat(batch.x / 2, 2, axis=-1)
    loss, _ = rnnlib.squared_error(halves, batch.targets)
    assert loss / halves.shape[0] / halves.shape[1] == pytest.approx(two_time_scales.lowest_error(1), abs=0.02)


@pytest.mark.parametrize(
    ("draw", "arguments", "error", "words"),
    [
        (temporal_order.draw_batch, (1, 4, 20), TypeError, "rng"),
        (temporal_order.draw_batch, (np.random.default_rng(0), 4, 3), ValueError, "steps: expected at least 4"),
        (temporal_order.draw_batch, (np.random.default_rng(0), 0, 20), ValueError, "size"),
        (temporal_order.draw_batch, (np.random.default_rng(0), 4, 20.0), TypeError, "steps: expected a whole number"),
        (two_time_scales.draw_batch, (None, 4, 20), TypeError, "rng"),
        (two_time_scales.draw_batch, (np.random.default_rng(0), 4, 0), ValueError, "steps"),
        (two_time_scales.draw_batch, (np.random.default_rng(0), 4, 9, 0.0), ValueError, "slow: expected more than 0"),
        (two_time_scales.lowest_error, (0,), ValueError, "steps"),
        (two_time_scales.lowest_error, (5, 10.0, np.nan), ValueError, "fast"),
    ],
)
def test_wrong_input_is_named(draw, arguments, error, words):
    with pytest.raises(error, match=words):
        draw(*arguments)

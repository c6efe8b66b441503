"""The adding problem: what is marked, what is wanted, and what it costs to know nothing."""

import numpy as np
import pytest

import rnnlib
from rnnlib.tasks import adding, latest_mark


@pytest.mark.parametrize("steps", [2, 3, 50])
def test_the_sum_of_the_marked_two_is_wanted_at_the_end(steps):
    batch = adding.draw_batch(np.random.default_rng(0), 200, steps)
    values, marks = batch.x[..., 0], batch.x[..., 1]
    half = steps // 2
    assert set(np.unique(marks)) <= {0.0, 1.0}
    np.testing.assert_array_equal(marks[:half].sum(axis=0), 1)
    np.testing.assert_array_equal(marks[half:].sum(axis=0), 1)
    assert marks.any(axis=1).all(), "each step is marked in some of the sequences"
    for b in range(200):
        assert batch.targets[-1, b, 0] == pytest.approx(values[marks[:, b] == 1, b].sum())
    np.testing.assert_array_equal(batch.mask, np.repeat(np.arange(steps) == steps - 1, 200).reshape(steps, 200))
    assert 0 <= values.min() <= values.max() <= 1


def test_always_answering_one_costs_a_sixth():
    batch = adding.draw_batch(np.random.default_rng(1), 20_000, 10)
    loss, _ = rnnlib.squared_error(np.ones_like(batch.targets), batch.targets, batch.mask)
    assert 2 * loss / 20_000 == pytest.approx(1 / 6, abs=0.005)


@pytest.mark.parametrize("steps", [2, 3, 50])
def test_of_the_same_input_the_later_marked_number_may_be_wanted(steps):
    batch, same = (task.draw_batch(np.random.default_rng(0), 200, steps) for task in (latest_mark, adding))
    np.testing.assert_array_equal(batch.x, same.x)
    np.testing.assert_array_equal(batch.mask, same.mask)
    for b in range(200):
        latest = max(t for t in range(steps) if batch.x[t, b, 1] == 1)
        assert batch.targets[-1, b].tolist() == [batch.x[latest, b, 0]]
    assert batch.targets.shape == same.targets.shape


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((3, 4, 10), TypeError, "rng: expected"),
        ((np.random.default_rng(0), 0, 10), ValueError, "size: expected at least 1"),
        ((np.random.default_rng(0), 4, 1), ValueError, "steps: expected at least 2"),
        ((np.random.default_rng(0), 4, "ten"), TypeError, "steps: expected a whole number"),
    ],
)
def test_wrong_input_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        adding.draw_batch(*arguments)

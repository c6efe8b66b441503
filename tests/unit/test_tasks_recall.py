"""Recall and parity: what is shown, what is wanted, and when."""

import numpy as np
import pytest

from rnnlib.tasks import parity, recall

SIZE = 500


@pytest.mark.parametrize("lag", [1, 2, 9])
def test_recall_shows_a_class_then_noise_and_wants_the_class_at_the_end(lag):
    batch = recall.draw_batch(np.random.default_rng(0), SIZE, lag)
    assert batch.x.shape == (lag + 1, SIZE, 3)
    shown, noise = batch.x[0], batch.x[1:]
    classes = shown[:, :2].argmax(axis=-1)
    np.testing.assert_array_equal(shown, np.eye(3)[classes])
    assert abs(classes.mean() - 0.5) < 0.1
    assert not noise[..., :2].any()
    assert (np.abs(noise[..., 2]) <= 0.5).all()
    # even in -1/2..1/2: the mean is 0 and the variance 1/12, at every step, and no step repeats another
    assert np.abs(noise[..., 2].mean(axis=1)).max() < 0.06
    assert np.abs(noise[..., 2].var(axis=1) - 1 / 12).max() < 0.02
    assert len(np.unique(noise[..., 2])) == lag * SIZE
    np.testing.assert_array_equal(batch.targets[-1], classes)
    last = np.arange(lag + 1)[:, None] == lag
    np.testing.assert_array_equal(batch.mask, np.broadcast_to(last, (lag + 1, SIZE)))
    assert batch.mask.dtype == bool


@pytest.mark.parametrize("at_every_step", [True, False])
def test_parity_is_whether_the_number_of_ones_so_far_is_odd(at_every_step):
    batch = parity.draw_batch(np.random.default_rng(0), SIZE, 6, at_every_step)
    bits = batch.x.argmax(axis=-1)
    np.testing.assert_array_equal(batch.x, np.eye(2)[bits])
    for t in range(6):
        np.testing.assert_array_equal(batch.targets[t], [bits[: t + 1, b].sum() % 2 for b in range(SIZE)])
        assert abs(bits[t].mean() - 0.5) < 0.1
    assert len({tuple(column) for column in bits.T}) == 64, "every one of the 2^6 sequences is drawn"
    if at_every_step:
        assert batch.mask is None
    else:
        last = np.arange(6)[:, None] == 5
        np.testing.assert_array_equal(batch.mask, np.broadcast_to(last, (6, SIZE)))
        assert batch.mask.dtype == bool


@pytest.mark.parametrize("draw", [recall.draw_batch, parity.draw_batch])
def test_wrong_sizes_are_named(draw):
    rng = np.random.default_rng(0)
    assert len(draw(rng, 1, 1).x) <= 2
    for size, steps in ((0, 3), (3, 0)):
        with pytest.raises(ValueError, match=r"(size|steps|lag): expected at least 1, got 0"):
            draw(rng, size, steps)

"""What chapter 10 draws from its trainings and from Newton's sweeps, over new seeds (slow)."""

import numpy as np
import pytest

from rnnlib.chapters.ch10_what_came_next.experiments import counting, memories, newton

pytestmark = pytest.mark.slow
NEW_SEEDS = range(100, 110)


def counted(name, modulus=2):
    """Of ten new trainings: the accuracy at the end on 20 bits, and by stretch up to 1000 bits."""
    runs = [counting.counting_run(name, seed, modulus) for seed in NEW_SEEDS]
    return np.array([run[0][-1] for run in runs]), np.array([run[1] for run in runs])


def test_claim_a_gate_between_0_and_1_does_not_learn_parity_and_one_that_may_be_negative_does():
    shut, _ = counted("minGRU, gate in (0, 1)")
    opened, far = counted("minGRU, gate in (−1, 1)")
    assert shut.max() < 0.7
    assert np.sum(opened >= counting.SOLVED) >= 9
    assert far[:, 24].max() < 0.75  # by 500 bits it has faded


def test_claim_a_delta_rule_needs_a_beta_above_1():
    short, _ = counted("delta rule, β up to 1")
    long, far = counted("delta rule, β up to 2")
    assert short.max() < 0.7
    assert np.sum(long >= counting.SOLVED) >= 9
    assert far[:, 9].mean() > 0.9  # at 200 bits it still counts
    assert np.sum(far[:, -1] >= 0.99) <= 6


def test_claim_a_gru_counts_on():
    near, far = counted("GRU")
    assert np.sum(near >= counting.SOLVED) >= 9
    assert np.sum(far[:, -1] >= 0.99) >= 9


def test_claim_both_learn_to_add():
    held_out = counting.adding.draw_batch(np.random.default_rng(6), 300, counting.ADDING_T)
    ends = {
        name: [
            counting.train_to_add(name, seed, lambda model: 0.0, progress=False)[0].loss(held_out) for seed in NEW_SEEDS
        ]
        for name in counting.ADDERS
    }
    assert max(max(losses) for losses in ends.values()) < 1 / 12 / 5
    assert sum(gru < small for gru, small in zip(ends["GRU"], ends["minGRU"], strict=True)) >= 9


@pytest.mark.parametrize(("gain", "least", "most"), [(0.9, 4, 8), (1.5, 10, 60)])
def test_claim_sweeps_are_few_where_errors_die_out(gain, least, most):
    for seed in NEW_SEEDS:
        W, x = newton.draw_network(gain, seed, 1000)
        truth = newton.by_loop(W, x)
        needed = next(k for k, h in enumerate(newton.guesses(W, x)) if np.abs(h - truth).max() <= newton.TOLERANCE)
        assert least <= needed <= most


def test_claim_the_sum_finds_more_words_with_a_larger_error_and_loses_where_keys_come_twice():
    for d in (16, 32):
        right, error = {}, {}
        for twice in (False, True):
            for kind in ("sum", "delta rule, β = 1", "delta rule, β = 0.5"):
                found = [
                    memories.recall(memories.draw_pairs(np.random.default_rng(seed), d, d, twice), kind)
                    for seed in range(100, 116)
                ]
                right[twice, kind] = np.mean([part[1].mean() for part in found])
                error[twice, kind] = np.mean([part[2].mean() for part in found])
        assert right[False, "sum"] > right[False, "delta rule, β = 1"]
        assert error[False, "sum"] > error[False, "delta rule, β = 1"]
        assert right[True, "delta rule, β = 0.5"] > right[True, "sum"] + 0.2

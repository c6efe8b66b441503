"""The claims of chapter 5, and that its explorers show what rnnlib computes."""

import numpy as np
import pytest

import rnnlib
from rnnlib.chapters.ch4_lstm import experiments
from rnnlib.chapters.ch4_lstm.trainings import LEARNED
from rnnlib.chapters.ch5_gru import experiments as listening
from rnnlib.chapters.ch5_gru.experiments import correlation
from rnnlib.chapters.ch5_gru.explorers import one_unit, resets
from rnnlib.gradient_flow import step_jacobians
from rnnlib.tasks import two_time_scales


def one_unit_cell(z, r, weight):
    """A GRU of one unit whose gates stay at z and r."""
    logit = np.log([[r / (1 - r)], [z / (1 - z)]])
    W_x, W_h = np.array([[0.0], [0.0], [1.0]]), np.array([[0.0], [0.0], [weight]])
    return rnnlib.GRUResetBefore.from_params({"W_x": W_x, "W_h": W_h, "b": np.append(logit, 0.0)})


@pytest.mark.parametrize(("z", "r"), [(0.8, 0.3), (0.2, 0.9), (0.5, 0.5)])
def test_the_unit_of_the_explorer_is_a_gru(z, r):
    x = np.random.default_rng(0).normal(size=30)
    ours = rnnlib.unroll(one_unit_cell(z, r, 0.7), x[:, None, None]).outputs[:, 0, 0]
    np.testing.assert_allclose(one_unit.gru_unit(x, z, r, 0.7)[1:], ours, rtol=1e-12)


def test_the_corners():
    x = np.random.default_rng(1).normal(size=20)
    plain = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), 0.7), "b_s": np.zeros(1)}
    rnn = rnnlib.unroll(rnnlib.Elman.from_params(plain), x[:, None, None]).outputs[:, 0, 0]
    np.testing.assert_allclose(one_unit.gru_unit(x, 0, 1, 0.7)[1:], rnn)
    assert not one_unit.gru_unit(x, 1, 1, 0.7).any()
    np.testing.assert_allclose(one_unit.gru_unit(x, 0, 0, 0.7)[1:], np.tanh(x))


def test_a_higher_update_gate_follows_the_slow_part():
    slow, fast = one_unit.signal()
    low, high = (one_unit.gru_unit(slow + fast, z, 1)[1:] for z in (0.0, 0.8))
    assert correlation(high, slow) > 0.9 > correlation(low, slow)
    assert correlation(high, fast) < 0.2 < correlation(low, fast)


def test_negating_the_update_rows_translates_between_the_conventions():
    rng = np.random.default_rng(2)
    cell = rnnlib.GRUResetBefore(3, 4, rng=rng)
    x = rng.normal(size=(5, 2, 3))
    flipped = {name: (array.T * np.repeat([1.0, -1.0, 1.0], 4)).T for name, array in cell.params.items()}
    run = rnnlib.unroll(cell, x)
    h = np.zeros((2, 4))
    for t in range(5):
        a = x[t] @ flipped["W_x"].T + flipped["b"]
        r, z = (rnnlib.sigmoid(a[:, k : k + 4] + h @ flipped["W_h"][k : k + 4].T) for k in (0, 4))
        h = (1 - z) * h + z * np.tanh(a[:, 8:] + (r * h) @ flipped["W_h"][8:].T)
        np.testing.assert_allclose(h, run.outputs[t], rtol=1e-12)


def test_the_two_resets_agree_where_all_gates_are_alike_and_only_there():
    W_nh, h, pattern = resets._draws()
    for mean in (0.2, 0.5, 1.0):
        before, after = resets.candidates(resets.gates_around(mean, 0.0, pattern), W_nh, h)
        np.testing.assert_allclose(before, after, rtol=1e-12)
    before, after = resets.candidates(resets.gates_around(0.5, 0.4, pattern), W_nh, h)
    assert np.abs(before - after).max() > 0.1
    before, after = resets.candidates(resets.gates_around(0.5, 0.0, pattern), W_nh, h, 0.5)
    assert np.abs(before - after).max() > 0.1


def test_the_candidates_of_the_explorer_are_those_of_the_cells():
    W_nh, h, pattern = resets._draws()
    r, zeros = resets.gates_around(0.5, 0.4, pattern), np.zeros((2 * resets.UNITS, resets.UNITS))
    logits = np.concatenate((np.log(r / (1 - r)), np.full(resets.UNITS, -50.0), np.zeros(resets.UNITS)))
    params = {"W_x": np.zeros((3 * resets.UNITS, 1)), "W_h": np.concatenate((zeros, W_nh)), "b": logits}
    cells = (
        rnnlib.GRUResetBefore.from_params(params),
        rnnlib.GRUResetAfter.from_params(params | {"b_nh": np.zeros(resets.UNITS)}),
    )
    for cell, expected in zip(cells, resets.candidates(r, W_nh, h), strict=True):
        np.testing.assert_allclose(rnnlib.unroll(cell, np.zeros((1, 1, 1)), h[None]).outputs[0, 0], expected)


def test_three_quarters_of_the_parameters():
    rng = np.random.default_rng(3)
    for D, H in ((3, 4), (10, 20)):
        sizes = [
            sum(a.size for a in kind(D, H, rng=rng).params.values()) for kind in (rnnlib.GRUResetBefore, rnnlib.LSTM)
        ]
        assert sizes[0] / sizes[1] == 0.75


def test_the_jacobian_is_the_direct_path_and_two_terms_with_one_minus_z():
    rng = np.random.default_rng(4)
    cell = rnnlib.GRUResetBefore(3, 4, rng=rng)
    run = rnnlib.unroll(cell, rng.normal(size=(6, 1, 3)))
    r, z, n, _ = (part[-1, 0] for part in run.trace)
    h = run.states[0][-2, 0]
    W_rh, W_zh, W_nh = np.split(cell.params["W_h"], 3)
    jacobian = (
        np.diag(z)
        + np.diag((1 - z) * (1 - n**2)) @ W_nh @ (np.diag(r) + np.diag(h * r * (1 - r)) @ W_rh)
        + np.diag((h - n) * z * (1 - z)) @ W_zh
    )
    np.testing.assert_allclose(jacobian, step_jacobians(run)[-1], rtol=1e-10, atol=1e-14)


def test_the_batch_of_biases_is_a_gru_with_each_bias():
    curves, direct = experiments.left_in_gated(rnnlib.GRUResetAfter, "z", 1.0)
    column = 7
    cell = rnnlib.GRUResetAfter(1, experiments.UNITS, rng=np.random.default_rng(1))
    cell.params["b"][experiments.UNITS : 2 * experiments.UNITS] = experiments.BIASES[column]
    run = rnnlib.unroll(cell, np.random.default_rng(3).normal(size=(experiments.LAGS, 1, 1)))
    np.testing.assert_allclose(experiments.norms_by_lag(run)[:, 0], curves[:, column], rtol=1e-8)
    expected = np.linalg.norm(np.prod(run.trace.z[:, 0], axis=0)) / 4
    np.testing.assert_allclose(expected, direct[-1, column], rtol=1e-8)


def test_at_a_bias_of_five_both_gated_cells_keep_a_gradient_for_100_steps():
    column = int(5 - experiments.BIASES[0])
    rnn = experiments.left_in_rnn(1.0)
    lstm, _ = experiments.left_in_gated(rnnlib.LSTM, "f", 1.0)
    gru, direct = experiments.left_in_gated(rnnlib.GRUResetAfter, "z", 1.0)
    assert rnn[-1] < 1e-20
    assert lstm[-1, column] > 0.1
    assert gru[-1, column] > 0.1
    assert np.all(direct <= 1)


def test_a_gru_can_explode_too():
    gru, direct = experiments.left_in_gated(rnnlib.GRUResetAfter, "z", 8.0)
    assert gru[-1].max() > 1e3
    assert np.all(direct <= 1)


def test_the_lowest_error_is_below_that_without_memory():
    assert two_time_scales.lowest_error(60, 30.0) < 0.6 * two_time_scales.lowest_error(1, 30.0)


def test_the_gru_is_near_its_direct_path_and_the_lstm_is_not():
    gru = listening.over_draws(rnnlib.GRUResetAfter, "z", 1.0)
    lstm = listening.over_draws(rnnlib.LSTM, "f", 1.0)
    for bias in range(3, 9):
        column = list(listening.BIASES).index(bias)
        ratio = gru["whole"][:, column] / gru["direct"][:, column]
        assert np.all((ratio > 0.5) & (ratio < 4)), bias
        assert lstm["whole"][:, column].max() > 50 * lstm["whole"][:, column].min()


def claims_hold(found):
    """What the chapter says of its trainings over ten seeds."""
    learned = {
        rate: [np.sum(found[f"{name}, {rate}"][:, -1] < LEARNED) for name in listening.CONTEST]
        for rate in listening.RATES
    }
    assert all(gru >= lstm for lstm, gru in learned.values())
    assert min(gru for rate, (_, gru) in learned.items() if rate > 0.005) >= 9
    assert min(lstm for rate, (lstm, _) in learned.items() if rate > 0.005) < 9
    sorting = found["slow"] - found["fast"]
    by_update, by_reset = ([correlation(*pair) for pair in zip(found[gate], sorting, strict=True)] for gate in "zr")
    assert min(by_update) > 0.6
    assert np.mean(np.array(by_reset) < 0) >= 0.9
    assert np.mean(np.abs(by_update)) > np.mean(np.abs(by_reset))
    assert np.all(found["error"] < 0.31)


def test_what_was_found_over_ten_seeds_is_what_the_chapter_says():
    claims_hold(listening.seeds())


@pytest.mark.slow
def test_ten_other_seeds_say_the_same():
    claims_hold(listening.measure_seeds(range(100, 110)))

"""What chapter 3 draws from its trainings: held by the results it shows, and by ten new seeds (marked slow)."""

import numpy as np
import pytest

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch3_vanishing import experiments
from rnnlib.tasks import adding, recall

NEW_SEEDS = range(100, 110)
LIMIT = experiments.constant_answer_error()


def adders(name):
    row = list(experiments.CLIPPING).index(name)
    found = experiments.trained()
    return found["adder_error"][row], found["adder_dead"][row], found["adder_loss"][row]


def learned(rate, start):
    row = experiments.trained()["starts"][experiments.RATES.index(rate), list(experiments.STARTS).index(start)]
    return int(np.sum(row > 0.99))


def test_the_constant_answer_has_the_error_of_one_sixth():
    batch = adding.draw_batch(np.random.default_rng(0), 20_000, 20)
    assert np.mean((batch.targets[-1] - 1) ** 2) == pytest.approx(LIMIT, rel=0.03)


def test_free_the_loss_comes_back_to_the_constant_answer_and_the_units_do_not():
    error, dead, loss = adders("free")
    assert np.all(np.abs(error - LIMIT) < 0.02)
    assert np.all(dead[:, 1] >= 12)
    assert np.sum(dead[:, 1] == 16) == 6
    assert int(np.log10(2 * loss.max())) >= 41
    assert np.all(loss[:, -1] < 1)
    assert not np.isnan(loss).any()


def test_clipped_by_norm_all_learn_and_hardly_a_unit_dies():
    error, dead, _ = adders("clipped by norm")
    assert np.all(error < LIMIT / 4)
    assert np.all(dead[:, 1] - dead[:, 0] <= 1)
    np.testing.assert_array_equal(dead[:, 0], adders("free")[1][:, 0])
    assert np.all(dead[:, 0] > 0)


def test_clipped_by_value_five_of_eight_learn():
    error, _, _ = adders("clipped by value")
    assert np.sum(error < LIMIT / 2) == 5
    assert error.max() > 1e6


def test_the_saved_trainings_are_those_of_today():
    _, error, before, after = experiments.train_adder(1, 1.0)
    saved, dead, _ = adders("clipped by norm")
    assert error == pytest.approx(saved[1], rel=1e-3)
    assert [before, after] == dead[1].tolist()
    for rate, start, seed in ((0.03, "orthogonal", 3), (0.3, "identity and ReLU", 0), (0.03, "normal, gain 0.5", 5)):
        place = experiments.RATES.index(rate), list(experiments.STARTS).index(start), seed
        share = experiments.recall_accuracy(experiments.START_LAG, seed, rate, **experiments.STARTS[start])
        assert (share > 0.99) == (experiments.trained()["starts"][place] > 0.99)


def test_the_scale_of_the_start_counts_first_and_a_start_is_no_cure_for_a_large_rate():
    for rate in experiments.RATES:
        assert learned(rate, "normal, gain 0.5") == 0
        assert learned(rate, "normal, gain 1") > 8
    assert learned(0.03, "orthogonal") == learned(0.03, "identity and ReLU") == experiments.START_SEEDS
    assert learned(0.3, "orthogonal") <= learned(0.3, "normal, gain 1")
    assert learned(0.3, "identity and ReLU") < 4


def test_a_linear_network_that_stays_finite_does_not_learn_the_adding_problem():
    rng = np.random.default_rng(3)
    cell = rnnlib.Elman(2, 16, rng=rng, recurrent="orthogonal", gain=0.98, activation="linear")
    model = rnnlib.Model(cell, 1, loss="squared_error", rng=rng)
    history = rnnlib.train(
        model, lambda rng: adding.draw_batch(rng, 32, 50), 60, rnnlib.SGD(0.025), rng=rng, progress=False
    )
    assert len(history) == 60
    assert 2 * model.loss(adding.draw_batch(rng, 2000, 50)) > 0.9 * LIMIT


def test_orthogonal_is_a_ceiling_under_tanh_and_no_larger_than_the_better_normal_draws():
    def at_40(seed, **options):
        rng = np.random.default_rng(seed)
        run = rnnlib.unroll(rnnlib.Elman(3, 16, rng=rng, **options), recall.draw_batch(rng, 1, 60).x)
        return gradient_flow.jacobian_norms(gradient_flow.step_jacobians(run))[40]

    normal = [at_40(seed, gain=1.0) for seed in NEW_SEEDS]
    orthogonal = [at_40(seed, recurrent="orthogonal") for seed in NEW_SEEDS]
    assert max(orthogonal) < min(1, max(normal))
    assert min(orthogonal) > min(normal)


# The Lyapunov exponent


def test_the_exponent_of_powers_of_one_matrix_is_the_logarithm_of_its_radius():
    W = np.random.default_rng(0).normal(size=(6, 6))
    found = gradient_flow.lyapunov_exponent(np.broadcast_to(W, (5000, 6, 6)))
    assert found == pytest.approx(np.log(gradient_flow.spectral_radius(W)), abs=2e-3)


def test_matrices_of_radius_0_can_explode_together():
    A = np.array([[0.0, 2.0], [0.0, 0.0]])
    assert gradient_flow.spectral_radius(A) == 0
    assert gradient_flow.lyapunov_exponent(np.stack([A, A.T] * 50)) == pytest.approx(np.log(2), abs=0.01)
    assert gradient_flow.lyapunov_exponent(np.stack([A, A])) == -np.inf


@pytest.mark.parametrize(("gain", "scale"), [(0.8, 0.5), (2.5, 0.5), (2.0, 2.0)])
def test_exponents_of_many_gains_are_those_of_the_jacobians(gain, scale):
    matrix, from_input, x, start, _ = experiments._chaos_draws(3)
    params = {"W_x": from_input[:, None], "W_s": gain * matrix, "b_s": np.zeros(experiments.CHAOS_UNITS)}
    run = rnnlib.unroll(rnnlib.Elman.from_params(params), scale * x[:, None, None], start[None])
    jacobians = gradient_flow.step_jacobians(run)[experiments.SETTLE :]
    expected = gradient_flow.lyapunov_exponent(jacobians)
    assert experiments.exponents((1.0, gain), scale, seed=3)[1] == pytest.approx(expected, abs=0.05)


def test_two_runs_draw_together_below_0_and_drift_apart_above():
    for gain, together in ((1.0, True), (2.5, False)):
        exponent = experiments.exponents((gain,), 0.5)[0]
        distance = experiments.apart(gain, 0.5, 40)
        assert (exponent < 0) == together
        assert (distance[40] < distance[0] / 10) == together
        assert (distance[40] > distance[0] * 10) != together


@pytest.mark.parametrize("seeds", [range(8), pytest.param(NEW_SEEDS, marks=pytest.mark.slow)])
def test_input_moves_the_edge_of_chaos_to_a_larger_gain(seeds):
    for scale, signs in ((0.5, (-1, 1, 1)), (2.0, (-1, -1, 1))):
        for seed in seeds:
            np.testing.assert_array_equal(np.sign(experiments.exponents((1.0, 2.0, 3.0), scale, seed)), signs)
    for seed in seeds:
        assert abs(experiments.exponents((1.0,), 0.0, seed)[0]) < 0.15


# Over ten new seeds


@pytest.mark.slow
@pytest.mark.parametrize(("lag", "least", "most"), [(2, 10, 10), (5, 10, 10), (20, 0, 1)])
def test_a_small_start_learns_a_short_lag_and_not_a_long_one(lag, least, most):
    count = sum(experiments.recall_accuracy(lag, seed, gain=0.5) > 0.99 for seed in NEW_SEEDS)
    assert least <= count <= most


@pytest.mark.slow
def test_clipping_by_norm_lets_it_learn_and_free_it_does_not():
    clipped = [experiments.train_adder(seed, 1.0) for seed in NEW_SEEDS]
    free = [experiments.train_adder(seed, None) for seed in NEW_SEEDS]
    assert sum(error < LIMIT / 2 for _, error, _, _ in clipped) >= 9
    assert sum(error > 0.8 * LIMIT for _, error, _, _ in free) >= 9
    assert sum(after - before >= 4 for _, _, before, after in free) >= 8
    assert all(after - before <= 2 for _, _, before, after in clipped)


@pytest.mark.slow
def test_starts_at_lag_40():
    def count(rate, start):
        found = (experiments.recall_accuracy(40, seed, rate, **experiments.STARTS[start]) for seed in NEW_SEEDS)
        return sum(share > 0.99 for share in found)

    assert count(0.03, "normal, gain 0.5") == 0
    assert 3 <= count(0.03, "normal, gain 1") <= 9
    assert count(0.03, "orthogonal") >= 9
    assert count(0.03, "identity and ReLU") >= 9
    assert count(0.3, "orthogonal") <= count(0.3, "normal, gain 1") + 2
    assert count(0.3, "identity and ReLU") <= 5


@pytest.mark.slow
def test_most_linear_networks_are_lost_without_clipping_and_none_with_it():
    def stopped(seed, clip):
        rng = np.random.default_rng(seed)
        cell = rnnlib.Elman(2, 16, rng=rng, recurrent="orthogonal", gain=0.98, activation="linear")
        model = rnnlib.Model(cell, 1, loss="squared_error", rng=rng)
        with np.errstate(over="ignore", invalid="ignore"):
            return rnnlib.train(
                model,
                lambda rng: adding.draw_batch(rng, 32, 50),
                60,
                rnnlib.SGD(0.025),
                rng=rng,
                clip=clip,
                progress=False,
            ).stopped

    assert sum(bool(stopped(seed, None)) for seed in NEW_SEEDS) >= 7
    assert not any(stopped(seed, 1.0) for seed in NEW_SEEDS)


@pytest.mark.slow
def test_with_a_gain_of_two_relu_explodes_faster_than_tanh():
    norms = {}
    for activation in ("tanh", "relu"):
        norms[activation] = []
        for seed in NEW_SEEDS:
            rng = np.random.default_rng(seed)
            cell = rnnlib.Elman(1, 32, rng=rng, gain=2.0, activation=activation)
            run = rnnlib.unroll(cell, 0.5 * rng.normal(size=(60, 1, 1)))
            norms[activation].append(gradient_flow.jacobian_norms(gradient_flow.step_jacobians(run))[-1])
    assert np.median(norms["relu"]) > 1e4 * np.median(norms["tanh"])
    assert sum(relu > 100 * tanh for tanh, relu in zip(norms["tanh"], norms["relu"], strict=True)) >= 8


@pytest.mark.slow
def test_a_lag_beyond_the_window_is_seldom_learned():
    """Lag 8, with the last 2 or all 9 steps walked back."""

    def right(window, seed):
        rng = np.random.default_rng(seed)
        model = rnnlib.Model(rnnlib.Elman(3, 16, rng=rng, gain=0.5), 2, rng=rng)
        optimizer = rnnlib.SGD(0.3)
        for _ in range(200):
            batch = recall.draw_batch(rng, 32, 8)
            run = rnnlib.unroll(model.network, batch.x)
            _, d = rnnlib.softmax_cross_entropy(model.read_out(run.outputs), batch.targets, batch.mask)
            inner = rnnlib.truncated_bptt(run, d / 32 @ model.readout["W_o"], window).params
            outer = {"W_o": d[-1].T @ run.outputs[-1] / 32, "b_o": d.sum(axis=(0, 1)) / 32}
            clipped, _ = rnnlib.clip_by_norm({f"network.{name}": g for name, g in inner.items()} | outer, 1.0)
            optimizer.update(model.params, clipped)
        test = recall.draw_batch(rng, 400, 8)
        return np.mean(model.predict(test.x)[-1] == test.targets[-1])

    assert sum(right(2, seed) > 0.99 for seed in NEW_SEEDS) <= 5
    assert sum(right(9, seed) > 0.99 for seed in NEW_SEEDS) >= 9

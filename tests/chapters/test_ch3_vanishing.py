"""What chapter 3 says in numbers, asserted; and what its explorers compute, checked against rnnlib."""

import re

import numpy as np
import pytest

import rnnlib
from rnnlib import gradient_flow
from rnnlib.activations import ACTIVATIONS, get_activation
from rnnlib.chapters.ch3_vanishing import experiments
from rnnlib.chapters.ch3_vanishing import explorers as vanishing
from rnnlib.chapters.ch3_vanishing.explorers import chain, lags, matrix_powers, one_unit, surface
from rnnlib.gradcheck import numerical_gradient, relative_error
from rnnlib.pictures.figures.gradients import held
from rnnlib.pictures.figures.numbers import readable
from rnnlib.tasks import recall

LARGEST = float(np.finfo(np.float32).max)


@pytest.fixture(scope="module")
def slider():
    return vanishing.powers()


# One unit, a thousand steps


def unit_output(weight, T):
    params = {"W_x": np.ones((1, 1)), "W_s": np.array([[weight]]), "b_s": np.zeros(1)}
    x = np.zeros((T, 1, 1))
    x[0] = 1
    return rnnlib.unroll(rnnlib.Elman.from_params(params, activation="linear"), x).outputs[-1, 0, 0]


@pytest.mark.parametrize(("weight", "power_999"), [(1.0, 1.0), (1.01, 20752), (0.99, 4.36e-5), (0.01, 0.0)])
def test_the_output_of_step_1000_is_the_999th_power(weight, power_999):
    assert unit_output(weight, 1000) == pytest.approx(power_999, rel=1e-3, abs=1e-12)
    assert unit_output(weight, 1000) == pytest.approx(weight**999, rel=1e-10)


def test_with_one_factor_more_1_01_gives_20959():
    assert round(1.01**1000) == 20959
    assert round(1.01**999) == 20752
    assert 0.01**999 == 0


def test_a_millionth_of_the_weight_is_20_of_the_output():
    derivative = 999 * 1.01**998
    assert derivative == pytest.approx(2.05e7, rel=2e-3)
    assert derivative * 1e-6 == pytest.approx(20, rel=0.03)


def test_float32_overflows_above_1_0929_at_1000_steps():
    edge = LARGEST ** (1 / 999)
    assert round(edge, 4) == 1.0929
    assert edge**999 <= LARGEST * (1 + 1e-9) < (edge + 1e-4) ** 999


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (1.0, "the cliff begins right beside it"),
        (1.01, "20\u202f752"),
        (1.092, "not the loss, which is inf"),
        (1.093, "In float32 the value is inf from step"),
        (0.9, "below the smallest number above 0"),
        (0.95, "The ground is flat"),
        (0.999, "a size that training can use"),
        (1.02, "This is the cliff"),
    ],
)
def test_the_slider_says_where_it_stands(slider, weight, words):
    slider.set(weight=weight)
    assert words in slider.sentence


def test_the_step_of_the_overflow_is_the_first_whose_float32_value_is_inf(slider):
    slider.set(weight=1.1)
    step = int(re.search(r"from step (\d+) on", slider.sentence).group(1))
    assert 1.1 ** (step - 2) <= LARGEST < 1.1 ** (step - 1)


def test_plain_and_cliff_are_where_the_slope_is_small_and_large(slider):
    slider.reset()
    flat, cliff = (band.get_bbox() for band in slider.artists["bands"])

    def slope(w):
        return 2 * (w**999 - 1) * 999 * w**998

    assert abs(slope(flat.x1)) < 0.01 < abs(slope(flat.x1 + 0.001))
    assert slope(cliff.x0 - 0.001) < 1000 < slope(cliff.x0)
    assert one_unit.TARGET == 1


# A chain of single units


def test_the_sigmoid_is_nowhere_steeper_than_a_quarter_and_tanh_than_one():
    z = np.linspace(-20, 20, 4001)
    for name, most in (("sigmoid", 0.25), ("tanh", 1.0)):
        f = get_activation(name)
        slopes = f.slope(f.function(z))
        assert slopes.max() == most == f.max_slope
        assert z[slopes.argmax()] == pytest.approx(0, abs=1e-12)
        assert np.all(slopes[np.abs(z) > 1e-6] < most)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("weight", [0.3, 1.7])
def test_the_product_of_the_chain_is_its_derivative(name, weight):
    _, factors = chain.chain(weight, 6, name, steepest=False)
    f = get_activation(name)

    def output(y):
        for _ in range(6):
            y = f.function(weight * y)
        return float(y[0])

    start = np.full(1, chain.START)
    assert np.prod(factors) == pytest.approx(numerical_gradient(lambda: output(start), start)[0], rel=1e-6)


def test_below_4_a_sigmoid_chain_must_vanish_and_above_it_may_explode():
    for steepest, weight, grows in ((True, 3.9, False), (True, 4.1, True), (False, 10.0, False)):
        _, factors = chain.chain(weight, 50, "sigmoid", steepest)
        assert (np.prod(factors) > 1) == grows
    z, factors = chain.chain(10.0, 20, "sigmoid", steepest=False)
    assert z[1:] == pytest.approx(10, abs=0.01)
    assert factors == pytest.approx(0.0005, abs=1e-4)


# Matrices


def test_the_non_normal_matrix_rises_to_about_19():
    norms = gradient_flow.power_norms(np.array([[0.9, 5.0], [0.0, 0.9]]), 200)
    assert norms.max() == pytest.approx(19.4, abs=0.05)
    assert norms.argmax() in (9, 10)
    assert norms[200] < 1e-6
    n = np.arange(201)
    np.testing.assert_allclose(matrix_powers._powers("non-normal", 0.9)[2][7][0, 1], 5 * 7 * 0.9**6)
    assert np.all(norms >= 0.9**n * (1 - 1e-12))


def test_sigma_max_above_1_does_not_mean_explosion():
    W = np.array([[0.5, 10.0], [0.0, 0.5]])
    assert gradient_flow.largest_singular_value(W) == pytest.approx(10.02, abs=0.01)
    assert gradient_flow.power_norms(W, 200)[200] < 1e-50


def test_a_gradient_without_a_part_along_the_growing_eigenvector_vanishes():
    W = np.diag([1.1, 0.5])
    assert gradient_flow.spectral_radius(W) > 1
    carried = np.linalg.matrix_power(W.T, 200)
    assert np.linalg.norm(carried @ [0.0, 1.0]) < 1e-50
    assert np.linalg.norm(carried @ [1e-6, 1.0]) > 100


@pytest.mark.parametrize("kind", matrix_powers.KINDS)
@pytest.mark.parametrize("radius", [0.5, 0.9, 1.0, 1.5])
def test_every_kind_has_the_radius_of_the_slider_and_norms_between_the_guards(kind, radius):
    W, eigenvalues, stack, norms = matrix_powers._powers(kind, radius)
    assert np.max(np.abs(eigenvalues)) == pytest.approx(radius, rel=1e-6)
    n = np.arange(len(norms))
    sigma = gradient_flow.largest_singular_value(W)
    assert np.all(norms >= radius**n * (1 - 1e-7))
    assert np.all(norms <= sigma**n * (1 + 1e-7))
    np.testing.assert_allclose(stack[5], np.linalg.matrix_power(W, 5), rtol=1e-12, atol=1e-12)
    if kind in ("symmetric", "orthogonal"):
        assert sigma == pytest.approx(radius)


# A network with many units


@pytest.mark.parametrize("activation", lags.NAMES)
@pytest.mark.parametrize("gain", [0.5, 1.5, 5.0])
def test_norms_by_lag_are_those_of_backpropagation_and_below_the_bound(activation, gain):
    run = experiments.run_network(gain, activation, 30, 5, 0.5)
    at = np.arange(31)
    norms = experiments.norms_at_lags(run, set(at.tolist()))
    np.testing.assert_allclose(norms, gradient_flow.jacobian_norms(gradient_flow.step_jacobians(run)), rtol=1e-8)
    assert np.all(norms <= gradient_flow.gradient_bound(run.cell.params["W_s"], activation, at) * (1 + 1e-9))
    assert gradient_flow.spectral_radius(run.cell.params["W_s"]) == pytest.approx(gain)


def norm_over_100(gain, activation, units, scale):
    return experiments.norms_at_lags(experiments.run_network(gain, activation, 100, units, scale), {100})[0]


def test_a_large_gain_vanishes_where_tanh_saturates_and_explodes_where_it_does_not():
    assert norm_over_100(1.5, "tanh", 4, 0.0) == pytest.approx(5e17, rel=0.05)
    assert norm_over_100(1.5, "tanh", 4, 0.5) < 1e-3
    assert norm_over_100(1.5, "relu", 4, 0.5) > 1e10
    assert norm_over_100(5.0, "tanh", 16, 0.5) > 1e6


def test_relu_explodes_faster_than_tanh_above_gain_1_and_its_slope_is_0_or_1():
    tanh, relu = (norm_over_100(2.0, name, 16, 0.5) for name in ("tanh", "relu"))
    assert relu > 1e6 * tanh
    slopes = get_activation("relu").slope(experiments.run_network(2.0, "relu", 50, 16, 0.5).outputs)
    assert set(np.unique(slopes)) == {0.0, 1.0}


def test_a_bound_below_1_is_enough_for_vanishing():
    rng = np.random.default_rng(5)
    for activation in ACTIVATIONS:
        gain = 0.9 / get_activation(activation).max_slope
        cell = rnnlib.Elman(2, 6, rng=rng, recurrent="orthogonal", gain=gain, activation=activation)
        norms = gradient_flow.jacobian_norms(
            gradient_flow.step_jacobians(rnnlib.unroll(cell, rng.normal(size=(80, 1, 2))))
        )
        assert np.all(norms <= 0.9 ** np.arange(81) * (1 + 1e-9))


def test_the_shares_are_those_of_the_terms_of_the_gradient():
    run = experiments.run_network(0.8, "tanh", 12, 16, 0.7)
    direction = np.random.default_rng(1).normal(size=16)
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1, 0] = direction
    terms = []
    for n in range(12):
        # the term of lag n: the gradient when only the use of W_s at step T-n is counted
        delta = direction * (1 - run.outputs[-1, 0] ** 2)
        for j in range(n):
            delta = (run.cell.params["W_s"].T @ delta) * (1 - run.outputs[-2 - j, 0] ** 2)
        terms.append(np.outer(delta, run.states[0][11 - n, 0]))
    np.testing.assert_allclose(sum(terms), rnnlib.bptt(run, d_outputs).params["W_s"], rtol=1e-10)
    sizes = np.array([np.linalg.norm(term) for term in terms])
    np.testing.assert_allclose(lags.shares(run, direction), sizes / sizes.sum(), rtol=1e-10)


def test_near_terms_drown_far_ones_below_gain_1_and_the_whole_is_not_zero():
    run = experiments.run_network(0.8, "tanh", lags.SHARE_STEPS, lags.MOST_UNITS, 0.5)
    share = lags.shares(run, lags._loss_direction())
    assert share.sum() == pytest.approx(1)
    assert share[:5].sum() > 0.9
    assert share[30] < 1e-4


# The error surface


@pytest.mark.parametrize(("w", "b"), [(5.0, -2.0), (4.2, -2.1), (3.6, -1.0)])
def test_the_gradient_on_the_error_surface(w, b):
    point = np.array([w, b])
    loss, *gradient = surface.loss_and_gradient(w, b, 50)
    numerical = numerical_gradient(lambda: surface.loss_and_gradient(*point, 50)[0], point, epsilon=1e-6)
    assert relative_error(np.array(gradient), numerical) < 1e-6
    i, j = np.argmin(np.abs(surface.B - b)), np.argmin(np.abs(surface.W - w))
    assert surface.surface(50)[i, j] == pytest.approx(
        surface.loss_and_gradient(surface.W[j], surface.B[i], 50)[0], rel=1e-9
    )
    assert loss >= 0


def test_clipped_descent_stays_and_the_free_one_leaves():
    free, clipped = surface.descend(50), surface.descend(50, 0.2)
    assert free[2].max() == pytest.approx(29, abs=0.5)
    assert np.linalg.norm(np.diff(free[0], axis=0), axis=1).max() == pytest.approx(0.5 * free[2].max(), rel=1e-2)
    assert free[1][-1] > 0.08
    assert clipped[1][-10:].max() < 0.01
    lengths = np.linalg.norm(np.diff(clipped[0], axis=0), axis=1)
    assert np.all(lengths <= surface.RATE * 0.2 * (1 + 1e-9))


# Clipping


def angle(a, b):
    return np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


def test_by_norm_the_direction_stays_and_by_value_it_turns():
    g = {"theta": np.array([4.0, 0.5])}
    by_norm, norm = rnnlib.clip_by_norm(g, 1.0)
    by_value, _ = rnnlib.clip_by_value(g, 1.0)
    assert norm == pytest.approx(np.hypot(4, 0.5))
    assert angle(g["theta"], by_norm["theta"]) == pytest.approx(0, abs=1e-5)
    assert angle(g["theta"], by_value["theta"]) == pytest.approx(19.4, abs=0.05)
    assert angle(np.array([1.0, 0.0]), g["theta"]) == pytest.approx(7, abs=0.2)
    assert angle(np.array([1.0, 0.0]), by_value["theta"]) == pytest.approx(27, abs=0.5)


# The task


def test_recall_shows_the_class_first_and_asks_last():
    batch = recall.draw_batch(np.random.default_rng(2), 50, lag=7)
    assert batch.x.shape == (8, 50, 3)
    np.testing.assert_array_equal(batch.x[0].argmax(axis=-1), batch.targets[-1])
    np.testing.assert_array_equal(batch.mask.sum(axis=0), 1)
    assert batch.mask[-1].all()
    assert not batch.x[1:, :, :2].any()
    assert set(batch.targets[-1]) == {0, 1}
    with pytest.raises(ValueError, match="lag"):
        recall.draw_batch(np.random.default_rng(2), 5, lag=0)


def test_beyond_the_window_the_gradient_is_exactly_0():
    rng = np.random.default_rng(0)
    model = rnnlib.Model(rnnlib.Elman(3, 8, rng=rng), 2, rng=rng)
    batch = recall.draw_batch(rng, 6, lag=8)
    run = rnnlib.unroll(model.network, batch.x)
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = rng.normal(size=(6, 8))
    for window, sees in ((2, False), (8, False), (9, True)):
        near = run.window(9 - window, 9)
        assert np.any(rnnlib.bptt(near, d_outputs[-window:]).params["W_x"][:, :2] != 0) == sees


# Numbers and curves in pictures


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (1.01**999, "20\u202f752"),
        (4.36e-5, "4.4 × 10⁻⁵"),
        (np.inf, "inf"),
        (-np.inf, "−inf"),
        (np.nan, "NaN"),
        (-0.25, "−0.25"),
        (19.38, "19"),
        (3.1e38, "3.1 × 10³⁸"),
        (999.7, "1\u202f000"),
    ],
)
def test_numbers_are_readable(value, words):
    assert readable(value) == words


def test_what_leaves_the_axes_is_held_at_their_edge():
    np.testing.assert_array_equal(held([0, 1, np.inf, np.nan, 1e9], (1e-3, 1e3)), [1e-3, 1, 1e3, 1e3, 1e3])


def test_the_number_at_the_end_of_the_curve_is_not_written_across_it():
    """The curve's points on the page, many to a lag, all lie outside the box of the words."""
    explorer = vanishing.gradient_norm_by_lag()
    norms, number = explorer.artists["norms"], explorer.artists["number"]
    for activation in ("tanh", "linear"):
        for gain in (0.3, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 4.0):
            for steps in (20, 70, 85, 100):
                explorer.set(gain=gain, activation=activation, steps=steps)
                x, y = norms.axes.transData.transform(norms.get_xydata()).T
                across = np.linspace(x[0], x[-1], 1000)
                box = number.get_path().get_extents(number.get_transform())
                hit = box.count_contains(np.column_stack((across, np.interp(across, x, y))))
                assert hit == 0, explorer.sentence
                assert norms.axes.bbox.y0 <= box.y0 < box.y1 <= norms.axes.bbox.y1

"""Activation functions and their derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnnlib
from rnnlib.activations import ACTIVATIONS

Z = np.linspace(-6, 6, 241) + 0.0123


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_is_the_derivative(name):
    f = rnnlib.get_activation(name)
    numerical = (f.function(Z + 1e-5) - f.function(Z - 1e-5)) / 2e-5
    assert np.allclose(f.slope(f.function(Z)), numerical, atol=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_largest_slope_is_what_it_says_and_is_reached(name):
    f = rnnlib.get_activation(name)
    slopes = f.slope(f.function(np.append(Z, 0.0)))
    assert slopes.max() <= f.max_slope
    assert f.slope(f.function(np.array([1e-9])))[0] == pytest.approx(f.max_slope)


def test_tanh_has_slope_one_at_zero_and_less_elsewhere():
    slope = ACTIVATIONS["tanh"].slope
    assert slope(np.tanh(np.zeros(1)))[0] == 1
    assert (slope(np.tanh(Z)) < 1).all()


def test_sigmoid_has_slope_one_quarter_at_zero_and_less_elsewhere():
    slope = ACTIVATIONS["sigmoid"].slope
    assert slope(rnnlib.sigmoid(np.zeros(1)))[0] == 0.25
    assert (slope(rnnlib.sigmoid(Z)) < 0.25).all()


@given(st.floats(-30, 30))
def test_sigmoid_is_the_logistic_function(z):
    assert rnnlib.sigmoid(z) == pytest.approx(1 / (1 + np.exp(-z)), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_sigmoid_neither_overflows_nor_changes_type(dtype):
    y = rnnlib.sigmoid(np.array([-1e4, 0, 1e4], dtype))
    assert y.dtype == dtype
    assert y.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_results_go_where_they_are_asked_to(name):
    f, z, out = ACTIVATIONS[name], Z.copy(), np.empty_like(Z)
    assert f.function(z, out=out) is out
    assert np.array_equal(out, f.function(Z))
    assert np.array_equal(z, Z)
    assert f.slope(out, out=z) is z
    assert np.array_equal(z, f.slope(out))


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-1000, 1000))
def test_softmax_is_a_distribution_that_a_shift_does_not_change(z, shift):
    p = rnnlib.softmax(np.array(z))
    assert p.sum() == pytest.approx(1)
    assert (p > 0).all()
    assert np.allclose(rnnlib.softmax(np.array(z) + shift), p, atol=1e-10)


def test_softmax_of_very_different_numbers_and_along_any_axis():
    assert rnnlib.softmax(np.array([0.0, 1e5])).tolist() == [0, 1]
    assert rnnlib.softmax([0, np.log(3)]) == pytest.approx([0.25, 0.75])
    z = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert np.allclose(rnnlib.softmax(z, axis=1).sum(axis=1), 1)


def test_what_is_no_activation_or_no_numbers_is_named():
    for wrong in ("gelu", None, np.tanh):
        with pytest.raises(ValueError, match="activation: expected one of 'tanh', 'sigmoid', 'relu', 'linear', got"):
            rnnlib.get_activation(wrong)
    for wrong, error in ((np.array(["a"]), TypeError), (np.zeros((2, 0)), ValueError), (1.0, ValueError)):
        with pytest.raises(error, match=r"^z: expected .*, got"):
            rnnlib.softmax(wrong)


def test_sigmoid_is_exact_to_rounding_in_both_tails():
    for dtype, far in ((np.float64, 700), (np.float32, 80)):
        z = np.linspace(-far, far, 2001)
        wanted = np.exp(-np.logaddexp(0, -z.astype(dtype).astype(np.longdouble)))
        ours = rnnlib.sigmoid(z.astype(dtype))
        assert ours.dtype == dtype
        assert np.max(np.abs(ours / wanted - 1)) < 4 * np.finfo(dtype).eps
    assert rnnlib.sigmoid(np.array([-np.inf, -1e4, 1e4, np.inf])).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.float64])
def test_whole_numbers_are_no_trap(dtype):
    """Neither -z nor z - max(z) wraps round at the ends of a type of whole numbers."""
    assert np.allclose(rnnlib.softmax(np.array([1, 2, 3], dtype)), [0.09003057, 0.24472847, 0.66524096])
    assert np.allclose(rnnlib.sigmoid(np.array([0, 3], dtype)), [0.5, 0.95257413])
    if np.issubdtype(dtype, np.integer):
        ends = np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype)
        assert rnnlib.softmax(ends).tolist() == [pytest.approx(0, abs=1e-100), 1]


def test_each_row_of_a_softmax_has_a_largest_entry_of_its_own():
    z = np.array([[0.0, 1.0], [-2000.0, -1999.0]])
    assert np.allclose(rnnlib.softmax(z), [[0.26894142, 0.73105858]] * 2)
    assert np.allclose(rnnlib.softmax(z.T, axis=0).T, [[0.26894142, 0.73105858]] * 2)
    assert rnnlib.softmax([0.0, -np.inf]).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("z", "axis", "error", "message"),
    [
        (np.ones((2, 3)), 3, ValueError, "axis: expected one of the 2 axes of z, got 3"),
        (np.ones((2, 3)), 2, ValueError, "axis: expected one of the 2 axes of z, got 2"),
        (np.ones((2, 3)), -3, ValueError, "axis: expected at least -2, got -3"),
        (np.ones((2, 3)), None, TypeError, "axis: expected a whole number, got None"),
        (np.ones((2, 3)), (0, 1), TypeError, "axis: expected a whole number"),
        ([[1.0], [1.0, 2.0]], -1, TypeError, "z: expected an array of numbers, got list that makes no array"),
        ([1.0, np.nan], -1, ValueError, "z: expected a finite largest entry along axis -1"),
        ([1.0, np.inf], -1, ValueError, "z: expected a finite largest entry along axis -1"),
        ([-np.inf, -np.inf], -1, ValueError, "z: expected a finite largest entry along axis -1"),
        (np.ma.masked_invalid([1.0, np.nan]), -1, TypeError, "z: expected a plain NumPy array, got MaskedArray"),
    ],
)
def test_what_has_no_softmax_is_named(z, axis, error, message):
    with pytest.raises(error, match=message):
        rnnlib.softmax(z, axis)


def test_the_softmax_of_float32_stays_float32():
    assert rnnlib.softmax(np.ones(3, np.float32)).dtype == np.float32

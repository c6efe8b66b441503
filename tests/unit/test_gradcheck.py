"""Finite differences: right on what is known, blind to nothing that is wrong."""

import numpy as np
import pytest

from rnnlib import directional_error, numerical_gradient, relative_error

RNG = np.random.default_rng


def cubic():
    a = RNG(0).normal(size=(2, 3))
    return a, lambda: float(np.sum(a**3)), lambda: 3 * a**2


def test_a_known_gradient_is_found():
    a, f, exact = cubic()
    assert relative_error(numerical_gradient(f, a), exact()) < 1e-10
    assert directional_error(f, a, exact(), RNG(1)) < 1e-10


def test_one_wrong_entry_is_noticed():
    a, f, exact = cubic()
    wrong = exact()
    wrong[1, 2] *= 1.001
    assert relative_error(numerical_gradient(f, a), wrong) > 1e-5
    assert directional_error(f, a, wrong, RNG(1)) > 1e-6


def test_the_error_has_its_smallest_value_between_truncation_and_rounding():
    a, f, exact = cubic()
    errors = {epsilon: relative_error(numerical_gradient(f, a, epsilon), exact()) for epsilon in (1e-1, 1e-5, 1e-13)}
    assert errors[1e-1] > 1e6 * errors[1e-5] < errors[1e-13]
    # truncation: the third derivative of a^3 is 6, so the error is epsilon^2 in every entry
    assert np.allclose(numerical_gradient(f, a, 1e-1) - exact(), 1e-2)


def test_the_direction_is_a_unit_vector():
    a, _, exact = cubic()
    kept, moves = a.copy(), []
    directional_error(lambda: moves.append(a - kept) or 0.0, a, exact(), RNG(0), 0.01)
    assert np.allclose(moves[0], -moves[1])
    assert np.linalg.norm(moves[0]) == pytest.approx(0.01)


def test_the_array_is_put_back_whatever_happens():
    a, f, exact = cubic()
    kept = a.copy()
    numerical_gradient(f, a)
    directional_error(f, a, exact(), RNG(0))
    assert np.array_equal(a, kept)

    def fails():
        raise RuntimeError("no value here")

    for call in (lambda: numerical_gradient(fails, a), lambda: directional_error(fails, a, exact(), RNG(0))):
        with pytest.raises(RuntimeError, match="no value here"):
            call()
        assert np.array_equal(a, kept)


def test_relative_error_of_numbers_and_arrays():
    assert relative_error(1.0, 1.0) == 0
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error([1.0, 2.0], [1.0, 3.0]) == pytest.approx(0.2)
    assert relative_error(1.0, -1.0) == 1
    assert np.isnan(relative_error(np.nan, 1.0))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda a: numerical_gradient(lambda: 0.0, [1.0]), TypeError, "array: expected a NumPy array, got list"),
        (lambda a: numerical_gradient(lambda: 0.0, np.ones(2, int)), TypeError, "array: expected .*, got int64"),
        (lambda a: numerical_gradient(lambda: 0.0, a, 0), ValueError, "epsilon: expected more than 0, got 0"),
        (lambda a: directional_error(lambda: 0.0, a, a, 0), TypeError, "rng: expected a np.random.Generator, got int"),
        (
            lambda a: directional_error(lambda: 0.0, a, a[:1], RNG(0)),
            ValueError,
            r"gradient: expected \(2,\), the shape",
        ),
        (
            lambda a: directional_error(lambda: 0.0, a, a, RNG(0), -1),
            ValueError,
            "epsilon: expected more than 0, got -1",
        ),
        (lambda a: relative_error(a, a[:, None]), ValueError, r"left and right: .* one shape, got \(2,\) and \(2, 1\)"),
        (lambda a: relative_error(a[:0], a[:0]), ValueError, r"left and right: .*, got \(0,\) and \(0,\)"),
    ],
)
def test_wrong_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call(np.ones(2))


def test_at_float32_the_step_is_larger_and_the_gradient_is_right():
    a = np.array([1, 2, 3], np.float32)
    gradient = numerical_gradient(lambda: np.sum(a**3), a)
    assert gradient.dtype == np.float32
    assert relative_error(gradient, 3 * a**2) < 1e-4
    assert directional_error(lambda: np.sum(a**3), a, 3 * a**2, np.random.default_rng(0)) < 1e-3
    a = a.astype(np.float64)
    assert np.array_equal(
        numerical_gradient(lambda: np.sum(a**3), a), numerical_gradient(lambda: np.sum(a**3), a, 1e-5)
    )
    assert relative_error(numerical_gradient(lambda: np.sum(a**3), a), 3 * a**2) < 1e-9


def test_what_cannot_be_checked_is_named():
    fixed = np.ones(2)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="array: expected an array that can be changed in place"):
        numerical_gradient(lambda: 0.0, fixed)
    with pytest.raises(TypeError, match="function: expected a function, got float"):
        numerical_gradient(0.0, np.ones(2))
    for value, kind in ((np.ones(2), "ndarray"), (np.ones(1), "ndarray"), ("1", "str"), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"function: expected one that returns a number, got {kind}"):
            numerical_gradient(lambda value=value: value, np.ones(2))
    with pytest.raises(TypeError, match="gradient: expected an array of numbers, got <U1"):
        directional_error(lambda: 0.0, np.ones(1), np.array(["a"]), np.random.default_rng(0))
    with pytest.raises(TypeError, match="right: expected an array of numbers"):
        relative_error(np.ones(1), ["a"])

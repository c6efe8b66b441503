"""Where the weights start."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import identity, orthogonal, scaled_normal
from rnnlib.gradient_flow import spectral_radius
from rnnlib.initializers import INITIALIZERS

RNG = np.random.default_rng


def test_scaled_normal_has_the_spread_it_promises():
    weights = scaled_normal(RNG(0), 400, 300, gain=1.5)
    assert abs(weights.mean()) < 0.01
    assert weights.std() == pytest.approx(1.5 / np.sqrt(300), rel=0.01)


def test_scaled_normal_keeps_the_scale_of_its_input_and_has_a_radius_near_its_gain():
    weights = scaled_normal(RNG(0), 400, 400)
    assert np.std(weights @ RNG(1).normal(size=400)) == pytest.approx(1, rel=0.1)
    assert spectral_radius(0.9 * weights) == pytest.approx(0.9, rel=0.06)


@given(st.integers(1, 8), st.integers(1, 8), st.floats(0.1, 3))
def test_orthogonal_has_every_singular_value_equal_to_the_gain(rows, columns, gain):
    weights = orthogonal(RNG(rows), rows, columns, gain)
    assert weights.shape == (rows, columns)
    assert np.allclose(np.linalg.svd(weights, compute_uv=False), gain)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3)])
def test_orthogonal_turns_what_is_drawn_into_a_triangle_with_a_positive_diagonal(shape):
    triangle = orthogonal(RNG(0), *shape).T @ RNG(0).normal(size=shape)
    assert np.allclose(np.tril(triangle, -1), 0)
    assert (np.diag(triangle) > 0).all()


def test_orthogonal_is_drawn_evenly():
    """Without the signs of R the diagonal would be negative on average, not zero."""
    diagonals = [np.diag(orthogonal(RNG(seed), 3, 3)) for seed in range(1000)]
    assert np.abs(np.mean(diagonals, axis=0)).max() < 0.07


def test_identity_is_the_identity():
    assert np.array_equal(identity(RNG(0), 3, 3, gain=0.5), 0.5 * np.eye(3))
    assert identity(RNG(0), 2, 3).shape == (2, 3)


@pytest.mark.parametrize("draw", INITIALIZERS.values())
def test_a_draw_depends_on_its_generator_alone(draw):
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert np.array_equal(draw(RNG(5), 3, 4), draw(RNG(5), 3, 4))
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("draw", INITIALIZERS.values())
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.random, 3, 3), TypeError, "rng: expected a np.random.Generator, got module: make one with"),
        ((0, 3, 3), TypeError, "rng: expected a np.random.Generator, got int"),
        ((RNG(0), 0, 3), ValueError, "out_size: expected at least 1, got 0"),
        ((RNG(0), 3, -1), ValueError, "in_size: expected at least 1, got -1"),
        ((RNG(0), 3, 1.0), TypeError, "in_size: expected a whole number, got 1.0"),
        ((RNG(0), 3, 3, -0.1), ValueError, "gain: expected at least 0, got -0.1"),
        ((RNG(0), 3, 3, np.inf), ValueError, "gain: expected at least 0, got inf"),
        ((RNG(0), 3, 3, "1"), TypeError, "gain: expected a number, got '1'"),
    ],
)
def test_wrong_arguments_are_named(draw, arguments, error, message):
    with pytest.raises(error, match=message):
        draw(*arguments)

"""The losses of a step, and their gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnnlib
from rnnlib import softmax_cross_entropy, squared_error

RNG = np.random.default_rng
OUTPUTS = RNG(0).normal(size=(3, 2, 4))
CLASSES = RNG(1).integers(4, size=(3, 2))
NUMBERS = RNG(2).normal(size=(3, 2, 4))
MASK = np.array([[True, False], [True, True], [False, True]])


@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "masked"])
@pytest.mark.parametrize(("loss", "targets"), [(softmax_cross_entropy, CLASSES), (squared_error, NUMBERS)])
def test_the_gradient_agrees_with_finite_differences(loss, targets, mask):
    outputs = OUTPUTS.copy()
    numerical = rnnlib.numerical_gradient(lambda: loss(outputs, targets, mask)[0], outputs)
    assert rnnlib.relative_error(numerical, loss(outputs, targets, mask)[1]) < 1e-9


@pytest.mark.parametrize(("loss", "targets"), [(softmax_cross_entropy, CLASSES), (squared_error, NUMBERS)])
def test_steps_that_do_not_count_add_nothing(loss, targets):
    total, gradient = loss(OUTPUTS, targets, MASK)
    single = sum(loss(OUTPUTS[t : t + 1, b : b + 1], targets[t : t + 1, b : b + 1])[0] for t, b in np.argwhere(MASK))
    assert total == pytest.approx(single, rel=1e-14)
    assert not gradient[~MASK].any()
    assert gradient[MASK].all()


@given(st.integers(2, 50))
def test_equal_logits_cost_log_of_the_number_of_classes(O):
    loss, gradient = softmax_cross_entropy(np.full((1, 1, O), 3.0), np.array([[1]]))
    assert loss == pytest.approx(np.log(O))
    assert gradient[0, 0, 1] == pytest.approx(1 / O - 1)


def test_values_by_hand():
    loss, gradient = squared_error(np.array([[[3.0, 1.0]]]), np.array([[[1.0, 2.0]]]))
    assert loss == 2.5
    assert gradient.tolist() == [[[2.0, -1.0]]]
    loss, gradient = softmax_cross_entropy(np.log(np.array([[[1.0, 2.0, 5.0]]])), np.array([[1]]))
    assert loss == pytest.approx(np.log(4))
    assert gradient[0, 0] == pytest.approx([1 / 8, -3 / 4, 5 / 8])


def test_the_gradient_of_each_step_sums_to_zero():
    assert np.allclose(softmax_cross_entropy(OUTPUTS, CLASSES)[1].sum(axis=-1), 0, atol=1e-15)


def test_huge_logits_do_not_overflow():
    loss, gradient = softmax_cross_entropy(np.array([[[1e300, 0.0, -1e300]]]), np.array([[1]]))
    assert loss == 1e300
    assert gradient.tolist() == [[[1, -1, 0]]]


@pytest.mark.parametrize(("loss", "targets"), [(softmax_cross_entropy, CLASSES), (squared_error, NUMBERS)])
def test_nothing_of_the_caller_is_changed_and_float32_stays(loss, targets):
    outputs, kept = OUTPUTS.copy(), targets.copy()
    loss(outputs, targets, MASK)
    assert np.array_equal(outputs, OUTPUTS)
    assert np.array_equal(kept, targets)
    single = targets.astype(np.float32) if loss is squared_error else targets
    assert loss(outputs.astype(np.float32), single, MASK)[1].dtype == np.float32


BAD_OUTPUTS = [
    (OUTPUTS[0], ValueError, r"outputs: expected \(T, B, O\), got \(2, 4\)"),
    (OUTPUTS[:0], ValueError, "outputs: expected at least one entry along T"),
    (OUTPUTS.astype(int), TypeError, "outputs: expected float64 or float32, got int64"),
    (OUTPUTS.astype(object), TypeError, "outputs: expected float64 or float32, got object"),
    (
        np.where(np.arange(3)[:, None, None] == 1, np.inf, OUTPUTS),
        ValueError,
        "expected finite numbers, got inf at step t=1",
    ),
    (OUTPUTS.tolist(), TypeError, r"outputs: expected a NumPy array \(T, B, O\), got list"),
]


@pytest.mark.parametrize(("outputs", "error", "message"), BAD_OUTPUTS)
def test_wrong_outputs_are_named(outputs, error, message):
    for loss, targets in ((softmax_cross_entropy, CLASSES), (squared_error, NUMBERS)):
        with pytest.raises(error, match=message):
            loss(outputs, targets)


@pytest.mark.parametrize(
    ("loss", "targets", "mask", "error", "message"),
    [
        (
            softmax_cross_entropy,
            CLASSES + 1.0,
            None,
            TypeError,
            "targets: expected whole numbers, the class of each step",
        ),
        (softmax_cross_entropy, CLASSES[0], None, ValueError, r"targets: expected \(T=3, B=2\), got \(2,\)"),
        (softmax_cross_entropy, CLASSES + 2, None, ValueError, "targets: expected classes from 0 to O-1=3, got"),
        (softmax_cross_entropy, CLASSES - 1, None, ValueError, "targets: expected classes from 0 to O-1=3, got -1"),
        (squared_error, NUMBERS[..., :1], None, ValueError, r"targets: expected \(T=3, B=2, O=4\), got \(3, 2, 1\)"),
        (squared_error, NUMBERS.astype(np.float32), None, TypeError, "targets: expected float64"),
        (squared_error, NUMBERS * np.nan, None, ValueError, "targets: expected finite numbers, got nan at step t=0"),
        (squared_error, NUMBERS, MASK.astype(float), TypeError, "mask: expected booleans, true where a step counts"),
        (softmax_cross_entropy, CLASSES, MASK.T, ValueError, r"mask: expected \(T=3, B=2\), got \(2, 3\)"),
    ],
)
def test_wrong_targets_and_masks_are_named(loss, targets, mask, error, message):
    with pytest.raises(error, match=message):
        loss(OUTPUTS, targets, mask)


def test_the_cross_entropy_of_a_row_far_below_the_others_is_finite():
    outputs = np.array([[[0.0, 1.0], [-2000.0, -1999.0]]])
    loss, gradient = softmax_cross_entropy(outputs, np.array([[0, 0]]))
    assert loss == pytest.approx(2 * np.log1p(np.e))
    assert np.allclose(gradient, [[[-0.73105858, 0.73105858]] * 2])


@pytest.mark.parametrize("masked", ["outputs", "targets", "mask"])
def test_a_masked_array_is_refused_by_name(masked):
    arrays = {"outputs": np.ones((2, 1, 3)), "targets": np.zeros((2, 1), int), "mask": np.ones((2, 1), bool)}
    arrays[masked] = np.ma.masked_array(arrays[masked])
    with pytest.raises(TypeError, match=f"{masked}: expected a plain NumPy array, got MaskedArray"):
        softmax_cross_entropy(**arrays)


def test_a_class_just_above_the_last_is_named():
    with pytest.raises(ValueError, match="targets: expected classes from 0 to O-1=2, got 0 to 3"):
        softmax_cross_entropy(np.ones((1, 2, 3)), np.array([[0, 3]]))

"""Truncated backpropagation: between the immediate derivative and the whole gradient."""

import numpy as np
import pytest
from numerics import LENGTHS, READ_FORWARD, B, D, H, Problem, T, assert_same_gradients, make

import rnnlib
from rnnlib import bptt, truncated_bptt, unroll


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("window", [4, 9])
@pytest.mark.parametrize("name", READ_FORWARD)
def test_a_window_as_long_as_the_sequence_cuts_nothing(name, window, stride, lengths):
    problem = Problem(name, lengths)
    cut = truncated_bptt(problem.run(), problem.d_outputs, window, stride)
    assert_same_gradients(cut, bptt(problem.run(), problem.d_outputs))


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize(("window", "stride"), [(1, 1), (2, 1), (2, 2), (3, 2), (3, 3)])
@pytest.mark.parametrize("name", ["elman tanh", "jordan", "lstm", "gru, reset before", "stacked"])
def test_each_loss_goes_back_to_the_start_of_its_window(name, window, stride, lengths):
    """Written out: one backward pass for every single step, over the part that its block can see."""
    problem = Problem(name, lengths)
    run, cut = problem.run(), truncated_bptt(problem.run(), problem.d_outputs, window, stride)
    params = {key: np.zeros_like(array) for key, array in cut.params.items()}
    d_x = np.zeros_like(problem.x)
    for t in range(T):
        stop = min((t // stride + 1) * stride, T)
        start = max(stop - window, 0)
        d_one = np.zeros((stop - start, B, H))
        d_one[t - start] = problem.d_outputs[t]
        alone = bptt(run.window(start, stop), d_one)
        d_x[start:stop] += alone.x
        for key in params:
            params[key] += alone.params[key]
    assert rnnlib.relative_error(cut.x, d_x) < 1e-13
    for key in params:
        assert rnnlib.relative_error(cut.params[key], params[key]) < 1e-13, key


def test_a_window_of_one_is_the_immediate_derivative():
    """dL/dW_s = sum_t delta_t S_{t-1}^T with delta_t = f'(z_t) * dL/dS_t, and nothing from later steps."""
    problem = Problem("elman tanh")
    run = problem.run()
    delta = problem.d_outputs * (1 - run.outputs**2)
    immediate = np.einsum("tbi,tbj->ij", delta, run.states[0][:-1])
    assert rnnlib.relative_error(truncated_bptt(run, problem.d_outputs, 1).params["W_s"], immediate) < 1e-14


def test_float32_stays_float32():
    problem = Problem("lstm", dtype=np.float32)
    cut = truncated_bptt(problem.run(), problem.d_outputs, 2)
    assert {array.dtype for array in (cut.x, *cut.params.values(), *cut.initial_state)} == {np.dtype(np.float32)}


def test_the_caller_keeps_its_arrays():
    problem = Problem("lstm")
    before = problem.d_outputs.copy()
    truncated_bptt(problem.run(), problem.d_outputs, 2)
    assert np.array_equal(problem.d_outputs, before)


def test_wrong_arguments_are_named():
    run, good = unroll(make("lstm"), np.ones((T, B, D))), np.ones((T, B, H))
    cases = (
        ((run, good, 0), ValueError, "window: expected at least 1, got 0"),
        ((run, good, 2.0), TypeError, "window: expected a whole number, got 2.0"),
        ((run, good, 2, 0), ValueError, "stride: expected at least 1, got 0"),
        ((run, good, 2, 3), ValueError, "window: expected at least stride=3, got 2"),
        ((run, good[:2], 2), ValueError, r"d_outputs: expected \(T=4, B, H\), got \(2, 3, 3\)"),
        ((run, good[..., :1], 2), ValueError, r"d_outputs: expected \(T=1, B=3, H=3\), got \(1, 3, 1\)"),
        ((run, good * np.nan, 2), ValueError, "d_outputs: expected finite numbers, got nan at step t=0"),
        ((run, good.astype(int), 2), TypeError, "d_outputs: expected float64 or float32, got int64"),
        ((run.cell, good, 2), TypeError, r"run: expected what unroll\(...\) returns, got LSTM"),
        ((unroll(make("bidirectional"), run.x), good, 2), TypeError, "run: expected one that reads forward"),
    )
    for arguments, error, message in cases:
        with pytest.raises(error, match=message):
            truncated_bptt(*arguments)

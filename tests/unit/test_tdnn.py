"""The fixed window: what it sees, what it does not, and how it starts.

Its gradients, lengths and chunks are tested with those of the cells, in test_cells and test_unroll.
"""

import numpy as np
import pytest
from numerics import LENGTHS, NETWORKS, Problem

import rnnlib
from rnnlib import TDNN, bptt, unroll
from rnnlib.gradient_flow import input_influence

RNG = np.random.default_rng


@pytest.mark.parametrize("window", [1, 2, 3, 7])
def test_each_step_is_the_window_written_out(window):
    network = TDNN(2, 3, window, rng=RNG(0), activation="sigmoid")
    network.params["b"] += RNG(1).normal(size=3)
    x = RNG(2).normal(size=(5, 1, 2))
    outputs = unroll(network, x).outputs
    for t in range(5):
        z = network.params["b"].copy()
        for back in range(window):
            block = network.params["W_x"][:, (window - 1 - back) * 2 : (window - back) * 2]
            z += block @ (x[t - back, 0] if t >= back else np.zeros(2))
        assert np.allclose(outputs[t, 0], 1 / (1 + np.exp(-z)), rtol=1e-14)


@pytest.mark.parametrize("window", [1, 3])
def test_it_sees_its_window_and_nothing_else(window):
    influence = input_influence(TDNN(2, 3, window, rng=RNG(0)), RNG(1).normal(size=(6, 1, 2)))
    lag = np.subtract.outer(np.arange(6), np.arange(6))
    assert np.array_equal(influence > 0, (lag >= 0) & (lag < window))


def test_its_state_is_the_past_the_next_window_still_sees():
    network, x = TDNN(2, 3, 3, rng=RNG(0)), RNG(1).normal(size=(5, 2, 2))
    (past,) = unroll(network, x).final_state
    assert np.array_equal(past, np.concatenate((x[3], x[4]), axis=1))
    (cut,) = unroll(network, x, lengths=[1, 4]).final_state
    assert np.array_equal(cut, np.stack((np.concatenate((np.zeros(2), x[0, 0])), np.concatenate((x[2, 1], x[3, 1])))))
    assert unroll(TDNN(2, 3, 1, rng=RNG(0)), x).final_state[0].shape == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((2, 3, 0), {}, ValueError, "window: expected at least 1, got 0"),
        ((2, 3, 1.5), {}, TypeError, "window: expected a whole number, got 1.5"),
        ((0, 3, 1), {}, ValueError, "input_size: expected at least 1, got 0"),
        ((2, "3", 1), {}, TypeError, "state_size: expected a whole number, got '3'"),
        ((2, 3, 1), {"rng": None}, TypeError, "rng: expected a np.random.Generator, got NoneType"),
        ((2, 3, 1), {"activation": "step"}, ValueError, "activation: expected one of"),
        ((2, 3, 1), {"dtype": None}, TypeError, "dtype: expected np.float64 or np.float32, got None"),
    ],
)
def test_wrong_arguments_are_named(arguments, options, error, message):
    with pytest.raises(error, match=message):
        TDNN(*arguments, **({"rng": RNG(0)} | options))


def test_weights_that_were_replaced_by_wrong_ones_are_named():
    network = TDNN(2, 3, 2, rng=RNG(0))
    network.params["W_x"] = np.ones((3, 5))
    with pytest.raises(ValueError, match=r"W_x: expected \(out=3, in=4\), got \(3, 5\)"):
        unroll(network, np.ones((2, 1, 2)))


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", [name for name in NETWORKS if "tdnn" in name and "1" not in name])
def test_the_gradient_of_every_state_is_that_at_the_start_of_the_rest(name, lengths):
    problem = Problem(name, lengths)
    run, (states,) = problem.run(), problem.gradients(keep_state_gradients=True).states
    assert rnnlib.relative_error(states[0], problem.gradients().initial_state[0]) < 1e-14
    for t in range(1, len(run)):
        rest = bptt(run.window(t, len(run)), problem.d_outputs[t:], problem.d_final).initial_state[0]
        assert rnnlib.relative_error(states[t], rest) < 1e-12
    assert np.array_equal(states[-1], problem.d_final[0])

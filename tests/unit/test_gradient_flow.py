"""How gradients travel: Jacobians, their products, bounds, and the terms of a gradient by lag."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numerics import CELLS, LENGTHS, NETWORKS, B, D, H, Problem, T, make

import rnnlib
from rnnlib import Elman, IndRNN, bptt, gradient_flow, unroll
from rnnlib.activations import ACTIVATIONS
from rnnlib.gradient_flow import (
    cosine,
    gradient_bound,
    input_influence,
    jacobian_norms,
    lag_contributions,
    largest_singular_value,
    lyapunov_exponent,
    power_norms,
    spectral_radius,
    step_jacobians,
)

RNG = np.random.default_rng


@pytest.mark.parametrize("sequence", [0, 2])
@pytest.mark.parametrize("name", CELLS)
def test_the_jacobian_of_a_step_agrees_with_finite_differences(name, sequence):
    problem = Problem(name)
    run = problem.run()
    jacobians = step_jacobians(run, sequence)
    for t in range(T):
        state = tuple(part[t : t + 1, sequence].copy() for part in run.states)
        x = problem.x[t : t + 1, sequence : sequence + 1]
        columns = []
        for part in state:
            for unit in range(H):
                ends = []
                for nudge in (1e-6, -1e-6):
                    kept = part[0, unit]
                    part[0, unit] += nudge
                    ends.append(np.concatenate(unroll(problem.network, x, state).final_state, axis=1)[0])
                    part[0, unit] = kept
                columns.append((ends[0] - ends[1]) / 2e-6)
        assert rnnlib.relative_error(jacobians[t], np.stack(columns, axis=1)) < 1e-7


@pytest.mark.parametrize("name", CELLS)
def test_the_product_of_the_jacobians_carries_the_gradient_of_the_final_state(name):
    problem = Problem(name)
    d_final = np.concatenate([part[1] for part in problem.d_final])
    for jacobian in step_jacobians(problem.run(), 1)[::-1]:
        d_final = d_final @ jacobian
    start = bptt(problem.run(), np.zeros((T, B, H)), problem.d_final).initial_state
    assert rnnlib.relative_error(d_final, np.concatenate([part[1] for part in start])) < 1e-13


def test_the_norms_of_a_product_by_lag():
    jacobians = RNG(0).normal(size=(3, 2, 2))
    c, b, a = jacobians
    wanted = [1, *(np.linalg.norm(product, 2) for product in (a, a @ b, a @ b @ c))]
    assert np.allclose(jacobian_norms(jacobians), wanted)
    assert jacobian_norms(np.full((2, 1, 1), np.inf)).tolist() == [1, np.inf, np.inf]


def test_the_lyapunov_exponent_is_the_rate_at_which_a_vector_grows():
    jacobians = RNG(1).normal(size=(5, 3, 3))
    start = np.sin([1.0, 2.0, 3.0])
    end = start
    for jacobian in jacobians:
        end = jacobian @ end
    grown = np.linalg.norm(end) / np.linalg.norm(start)
    assert lyapunov_exponent(jacobians) == pytest.approx(np.log(grown) / 5)
    assert lyapunov_exponent(np.array([np.diag([0.5, -2.0])] * 400)) == pytest.approx(np.log(2), abs=0.01)
    assert lyapunov_exponent(1e100 * jacobians) == pytest.approx(np.log(grown) / 5 + 100 * np.log(10))
    assert lyapunov_exponent(1e-100 * jacobians) == pytest.approx(np.log(grown) / 5 - 100 * np.log(10))
    assert lyapunov_exponent(0 * jacobians) == -np.inf


def test_powers_of_a_matrix_end_as_its_spectral_radius_says_but_may_rise_first():
    """[[0.9, 5], [0, 0.9]]: the norm rises to about 19 before it falls, though its radius is below 1."""
    norms = power_norms(np.array([[0.9, 5.0], [0.0, 0.9]]), 400)
    assert norms.max() == pytest.approx(19.4, abs=0.1)
    assert 8 <= norms.argmax() <= 11
    assert norms[400] < 1e-10
    assert norms[400] / norms[399] == pytest.approx(0.9, rel=0.01)
    assert np.allclose(power_norms(np.diag([0.5, -2.0]), 3), [1, 2, 4, 8])


def test_a_largest_singular_value_above_one_need_not_explode():
    matrix = np.array([[0.5, 10.0], [0.0, 0.5]])
    assert largest_singular_value(matrix) > 10
    assert spectral_radius(matrix) == 0.5
    assert power_norms(matrix, 100)[100] < 1e-20


@given(
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    gain=st.floats(0.1, 3),
    T=st.integers(1, 12),
    seed=st.integers(0, 50),
)
def test_no_jacobian_exceeds_the_bound(activation, gain, T, seed):
    """||d S_T / d S_k|| <= (sigma_max(W_s) max f')^(T-k), for every activation, gain and input."""
    rng = RNG(seed)
    cell = Elman(2, 4, rng=rng, activation=activation, gain=gain)
    run = unroll(cell, rng.normal(size=(T, 1, 2)))
    norms = jacobian_norms(step_jacobians(run))
    bound = gradient_bound(cell.params["W_s"], activation, np.arange(T + 1))
    assert (norms <= bound * (1 + 1e-12)).all()
    if activation == "linear":
        assert norms[1] == pytest.approx(bound[1])


def terms_by_truncation(run, t, d_output):
    """term(t, k) for k = t, t-1, ..., 0: what each further step adds to the truncated gradient of L_t."""
    name, before = run.cell.recurrent_weight, 0.0
    for k in range(t, -1, -1):
        d_outputs = np.zeros((t + 1 - k, *d_output.shape))
        d_outputs[-1] = d_output
        gradient = bptt(run.window(k, t + 1), d_outputs).params[name]
        yield k, gradient - before
        before = gradient


@pytest.mark.parametrize(("sequence", "length"), [(0, 4), (1, 1), (2, 3)])
@pytest.mark.parametrize("name", CELLS)
def test_the_share_of_each_lag_is_what_each_further_step_adds(name, sequence, length):
    problem = Problem(name, LENGTHS)
    shares = lag_contributions(problem.run(), problem.d_outputs, sequence)
    one = slice(sequence, sequence + 1)
    alone = unroll(problem.network, problem.x[:length, one], tuple(part[one] for part in problem.state))
    wanted = np.zeros((T, T))
    for t in range(length):
        for k, term in terms_by_truncation(alone, t, problem.d_outputs[t, one]):
            wanted[t, k] = np.linalg.norm(term)
    assert np.allclose(shares, wanted, rtol=1e-9, atol=1e-14)
    assert wanted.any()


@pytest.mark.parametrize("name", NETWORKS)
def test_influence_is_what_a_nudge_does(name):
    network, x = make(name), RNG(0).normal(size=(T, 1, D))
    influence = input_influence(network, x)
    for k in range(T):
        jacobian = np.empty((T, H, D))
        for d in range(D):
            ends = []
            for nudge in (1e-6, -1e-6):
                moved = x.copy()
                moved[k, 0, d] += nudge
                ends.append(unroll(network, moved).outputs[:, 0])
            jacobian[..., d] = (ends[0] - ends[1]) / 2e-6
        assert np.allclose(influence[:, k], np.linalg.norm(jacobian, 2, axis=(1, 2)), atol=1e-8)


def test_only_a_network_that_reads_both_ways_sees_what_comes_later():
    x = RNG(0).normal(size=(T, 1, D))
    later = np.triu(np.ones((T, T), bool), 1)
    assert not input_influence(make("lstm"), x)[later].any()
    assert (input_influence(make("bidirectional"), x)[later] > 0).all()


def test_influence_starts_from_the_state_it_is_given():
    problem = Problem("stacked", B=1)
    given_state = input_influence(problem.network, problem.x, problem.state)
    assert not np.allclose(given_state, input_influence(problem.network, problem.x))
    second = problem.run().window(0, 2).final_state
    assert np.allclose(input_influence(problem.network, problem.x[2:], second), given_state[2:, 2:])


def test_cosine():
    left, right = {"a": np.array([1.0, 0.0]), "b": np.zeros((1, 1))}, {"a": np.array([1.0, 1.0]), "b": np.zeros((1, 1))}
    assert cosine(left, right) == pytest.approx(np.sqrt(0.5))
    assert cosine(left, {name: -2 * g for name, g in left.items()}) == pytest.approx(-1)


def run_of(name):
    return unroll(make(name), np.ones((T, B, D)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: step_jacobians(run_of("stacked")), TypeError, "run: expected the run of a single cell, .* StackedRun"),
        (lambda: step_jacobians(run_of("lstm"), 3), ValueError, "sequence: expected a whole number from 0 to 2, got 3"),
        (lambda: step_jacobians(run_of("lstm"), -1), ValueError, "sequence: expected at least 0, got -1"),
        (lambda: step_jacobians(run_of("lstm"), 1.0), TypeError, "sequence: expected a whole number, got 1.0"),
        (lambda: lag_contributions(run_of("tdnn 3 linear"), 0), TypeError, "run: expected the run of a single cell"),
        (
            lambda: lag_contributions(run_of("lstm"), np.ones((T, B, 1))),
            ValueError,
            r"d_outputs: expected \(T=4, B=3, H",
        ),
        (lambda: input_influence(make("lstm"), np.ones((T, 2, D))), ValueError, r"x: expected \(T, B=1, D=2\), got"),
        (
            lambda: input_influence(None, np.ones((T, 1, D))),
            TypeError,
            "network: expected a cell or a wrapper of cells",
        ),
        (lambda: jacobian_norms(np.ones((3, 2, 1))), ValueError, r"jacobians: expected \(T, rows=1, columns=1\), got"),
        (lambda: jacobian_norms([1.0]), TypeError, "jacobians: expected a NumPy array"),
        (lambda: power_norms(np.ones((2, 3)), 2), ValueError, r"matrix: expected \(rows=2, columns=2\), got \(2, 3\)"),
        (lambda: power_norms(np.eye(2), 0), ValueError, "steps: expected at least 1, got 0"),
        (lambda: spectral_radius(np.ones((2, 3))), ValueError, r"matrix: expected \(rows=2, columns=2\), got \(2, 3\)"),
        (lambda: spectral_radius(np.eye(2, dtype=int)), TypeError, "matrix: expected float64 or float32, got int64"),
        (lambda: largest_singular_value(np.ones(3)), ValueError, r"matrix: expected \(rows, columns\), got \(3,\)"),
        (
            lambda: largest_singular_value(np.full((2, 2), np.nan)),
            ValueError,
            "matrix: expected finite numbers, got nan",
        ),
        (lambda: gradient_bound(np.eye(2), "step", 3), ValueError, "activation: expected one of"),
        (
            lambda: cosine({"a": np.ones(2)}, {"b": np.ones(2)}),
            ValueError,
            r"left: expected the names \['b'\] of right",
        ),
    ],
)
def test_wrong_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("name", CELLS)
def test_at_padded_steps_the_jacobian_is_the_identity(name):
    problem = Problem(name, LENGTHS)
    for sequence, length in enumerate(LENGTHS):
        jacobians = gradient_flow.step_jacobians(problem.run(), sequence)
        whole = gradient_flow.step_jacobians(Problem(name).run(), sequence)
        assert np.array_equal(jacobians[:length], whole[:length])
        assert all(np.array_equal(jacobian, np.eye(len(jacobian))) for jacobian in jacobians[length:])


def test_what_points_nowhere_has_no_cosine():
    one, zero = {"a": np.ones(2)}, {"a": np.zeros(2)}
    for left, right, side in ((zero, one, "left"), (one, zero, "right"), (one, {"a": np.array([1, np.inf])}, "right")):
        with pytest.raises(ValueError, match=f"{side}: expected a gradient that points somewhere, got one of norm"):
            gradient_flow.cosine(left, right)
    assert gradient_flow.cosine({"a": np.full(2, 1e200)}, {"a": np.full(2, -1e-200)}) == pytest.approx(-1)


def test_a_nan_in_the_jacobians_is_not_told_as_infinity():
    jacobians = np.array([np.nan, 1e200, 1e200])[:, None, None]
    assert np.isnan(gradient_flow.jacobian_norms(jacobians)[3])
    assert gradient_flow.jacobian_norms(jacobians)[:3].tolist() == [1, 1e200, np.inf]


def test_an_element_wise_recurrence_has_the_lags_that_differences_find():
    """dL_t/du = sum over k of dq_k * h_{k-1}: the part of step k, found by giving each step weights of its own."""
    cell, T = IndRNN(2, 3, rng=RNG(4), activation="tanh"), 5
    x, d_outputs = RNG(5).normal(size=(T, 1, 2)), np.zeros((T, 1, 3))
    d_outputs[-1] = RNG(6).normal(size=3)
    each, eps = np.tile(cell.params["u"], (T, 1)), 1e-6

    def loss():
        h = np.zeros(3)
        for x_t, u in zip(x[:, 0], each, strict=True):
            h = np.tanh(cell.params["W_x"] @ x_t + u * h + cell.params["b"])
        return float(h @ d_outputs[-1, 0])

    terms = rnnlib.numerical_gradient(loss, each, eps)
    found = gradient_flow.lag_contributions(unroll(cell, x), d_outputs)[-1]
    assert np.allclose(found, np.linalg.norm(terms, axis=1), rtol=1e-6)

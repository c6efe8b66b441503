"""Every cell: its gradients, its formulas at the corners, its parameters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerics import CELLS, LENGTHS, NETWORKS, Problem, arrays_in, make

import rnnlib
from rnnlib import LSTM, Elman, GRUResetAfter, GRUResetBefore, Jordan, PeepholeLSTM, bptt, unroll

RNG = np.random.default_rng
EVERY_CELL = (Elman, LSTM, PeepholeLSTM, GRUResetBefore, GRUResetAfter)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_gradient_agrees_with_finite_differences(name, lengths):
    """Parameters, input and initial state, from losses on every output and on the final state."""
    problem = Problem(name, lengths)
    for part, array, gradient in problem.pairs():
        numerical = rnnlib.numerical_gradient(problem.loss, array)
        assert rnnlib.relative_error(numerical, gradient) < 1e-7, part
        assert np.abs(gradient).max() > 1e-3, f"{part} takes no part in the loss: the test would see nothing"


@pytest.mark.parametrize("name", CELLS)
def test_gradients_at_a_large_size(name):
    problem = Problem(name, T=40, B=6, D=20, H=48)
    for array in problem.network.params.values():
        array /= np.sqrt(array.shape[-1])
    for part, array, gradient in problem.pairs():
        assert rnnlib.directional_error(problem.loss, array, gradient, RNG(5), epsilon=1e-6) < 1e-5, part


@pytest.mark.parametrize("name", NETWORKS)
def test_float32_stays_float32_and_agrees(name):
    single, double = Problem(name, LENGTHS, dtype=np.float32), Problem(name, LENGTHS)
    gradients = single.gradients(keep_state_gradients=True)
    arrays = [single.run().outputs, gradients.x, *gradients.params.values(), *arrays_in(gradients.initial_state)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    assert rnnlib.relative_error(single.run().outputs, double.run().outputs) < 1e-5
    for part, _, gradient in single.pairs():
        wanted = next(g for other, _, g in double.pairs() if other == part)
        assert rnnlib.relative_error(gradient, wanted) < 1e-4, part


def test_a_peephole_lstm_without_peepholes_is_the_lstm_exactly():
    peephole, plain = make("peephole lstm"), make("lstm")
    peephole.params["p"][...] = 0
    for name in plain.params:
        plain.params[name][...] = peephole.params[name]
    problem = Problem("lstm", LENGTHS)
    runs = [unroll(network, problem.x, problem.state, LENGTHS) for network in (plain, peephole)]
    for left, right in zip(runs[0].trace, runs[1].trace, strict=True):
        assert np.array_equal(left, right)
    without, with_p = (bptt(run, problem.d_outputs, problem.d_final) for run in runs)
    assert all(np.array_equal(without.params[name], with_p.params[name]) for name in without.params)
    assert np.array_equal(without.x, with_p.x)


def test_a_jordan_cell_whose_output_is_its_hidden_layer_is_an_elman_cell():
    jordan = Jordan(2, 3, 3, rng=RNG(0))
    jordan.params["W_o"][...] = np.eye(3)
    elman = Elman.from_params({name: jordan.params[name] for name in ("W_x", "W_s", "b_s")})
    x = RNG(1).normal(size=(5, 2, 2))
    assert np.array_equal(unroll(jordan, x).outputs, unroll(elman, x).outputs)


@pytest.mark.parametrize("cell_type", [GRUResetBefore, GRUResetAfter])
def test_gru_with_an_open_update_gate_copies_its_state(cell_type):
    cell = cell_type(2, 3, rng=RNG(0))
    cell.params["b"][3:6] = 1000
    h = RNG(1).normal(size=(2, 3))
    run = unroll(cell, RNG(2).normal(size=(6, 2, 2)), h)
    assert rnnlib.relative_error(run.outputs, np.broadcast_to(h, (6, 2, 3))) < 1e-15


@pytest.mark.parametrize("cell_type", [GRUResetBefore, GRUResetAfter])
def test_gru_with_z_closed_and_r_open_is_an_elman_network(cell_type):
    cell = cell_type(2, 3, rng=RNG(0))
    cell.params["b"][:3], cell.params["b"][3:6] = 1000, -1000
    elman = Elman.from_params({"W_x": cell.params["W_x"][6:], "W_s": cell.params["W_h"][6:], "b_s": np.zeros(3)})
    x = RNG(2).normal(size=(6, 2, 2))
    assert rnnlib.relative_error(unroll(cell, x).outputs, unroll(elman, x).outputs) < 1e-15


@pytest.mark.parametrize("cell_type", [GRUResetBefore, GRUResetAfter])
def test_gru_with_a_closed_reset_gate_forgets_the_past(cell_type):
    cell = cell_type(2, 3, rng=RNG(0))
    cell.params["b"][:6] = -1000
    x, other = RNG(2).normal(size=(2, 6, 1, 2))
    other[-1] = x[-1]
    assert np.array_equal(unroll(cell, x).outputs[-1], unroll(cell, other).outputs[-1])


def test_lstm_with_f_open_and_i_closed_keeps_its_memory():
    cell = LSTM(2, 3, rng=RNG(0))
    cell.params["b"][:3], cell.params["b"][3:6] = -1000, 1000
    state = tuple(RNG(1).normal(size=(2, 2, 3)))
    run = unroll(cell, RNG(2).normal(size=(6, 2, 2)), state)
    assert np.array_equal(run.states[1], np.broadcast_to(state[1], (7, 2, 3)))


def test_the_forget_bias_is_the_start_of_b_f():
    assert LSTM(2, 3, rng=RNG(0)).params["b"].tolist() == [0] * 3 + [1] * 3 + [0] * 6
    assert LSTM(2, 3, rng=RNG(0), forget_bias=2.5).params["b"][3:6].tolist() == [2.5] * 3


def test_an_lstm_has_four_times_the_parameters_of_a_plain_cell_and_a_gru_three_quarters_of_it():
    count = {kind: sum(a.size for a in kind(5, 7, rng=RNG(0)).params.values()) for kind in EVERY_CELL}
    assert count[LSTM] == 4 * count[Elman]
    assert 4 * count[GRUResetBefore] == 3 * count[LSTM]
    assert count[GRUResetAfter] - count[GRUResetBefore] == 7
    assert count[PeepholeLSTM] - count[LSTM] == 3 * 7


@pytest.mark.parametrize("recurrent", ["orthogonal", "identity"])
@pytest.mark.parametrize("cell_type", EVERY_CELL)
def test_every_block_of_the_recurrent_weights_starts_as_asked(cell_type, recurrent):
    cell = cell_type(3, 4, rng=RNG(0), recurrent=recurrent, gain=2.0)
    for block in cell.blocks_of(cell.recurrent_weight):
        assert np.allclose(block @ block.T, 4 * np.eye(4), atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(sorted(NETWORKS)),
    T=st.integers(1, 7),
    B=st.integers(1, 4),
    D=st.integers(1, 5),
    with_lengths=st.booleans(),
    seed=st.integers(0, 99),
)
def test_shapes_hold_at_every_size(name, T, B, D, with_lengths, seed):
    lengths = RNG(seed).integers(1, T + 1, size=B) if with_lengths else None
    problem = Problem(name, lengths, T=T, B=B, D=D)
    run, gradients = problem.run(), problem.gradients()
    assert len(run) == T
    assert run.outputs.shape == (T, B, problem.network.output_size)
    for _, array, gradient in problem.pairs():
        assert gradient.shape == array.shape
    for left, right in zip(arrays_in(run.final_state), arrays_in(problem.state), strict=True):
        assert left.shape == right.shape
    assert np.isfinite(gradients.x).all()


def test_from_params_takes_the_arrays_as_they_are():
    params = make("gru, reset after").params
    cell = GRUResetAfter.from_params(params)
    assert all(cell.params[name] is params[name] for name in params)
    assert (cell.input_size, cell.state_size, cell.output_size) == (2, 3, 3)


def changed(**arrays):
    return Elman(2, 3, rng=RNG(0)).params | arrays


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (changed(W_s=np.ones((4, 3))), ValueError, r"W_s: expected \(out=3, in=3\), got \(4, 3\)"),
        (changed(W_s=np.ones((3, 4))), ValueError, r"W_s: expected \(out=4, in=4\), got \(3, 4\)"),
        (changed(W_x=np.ones((2, 3))), ValueError, r"W_x: expected \(out=3, in=3\), got \(2, 3\)"),
        (changed(W_x=np.ones(3)), ValueError, r"W_x: expected \(out, in\), got \(3,\)"),
        (changed(b_s=np.ones((3, 1))), ValueError, r"b_s: expected \(out=3,\), got \(3, 1\)"),
        (changed(b_s=np.ones(3, int)), TypeError, "b_s: expected float64 or float32, got int64"),
        (changed(W_s=np.ones((3, 3), object)), TypeError, "W_s: expected float64 or float32, got object"),
        (changed(W_s=np.ones((3, 3), np.float32)), TypeError, "W_s: expected float64, the type of the weights"),
        (changed(W_s=np.full((3, 3), np.nan)), ValueError, r"W_s: expected finite numbers, got nan at index \(0, 0\)"),
        (changed(W_s=[[1.0]]), TypeError, "W_s: expected a NumPy array"),
        (changed(U=np.ones((3, 3))), ValueError, r"params: expected the names \['W_s', 'W_x', 'b_s'\] of Elman"),
        ([("W_s", np.ones((3, 3)))], TypeError, "params: expected a dict of arrays by name, got list"),
    ],
)
def test_wrong_parameters_are_named(params, error, message):
    with pytest.raises(error, match=message):
        Elman.from_params(params)


@pytest.mark.parametrize("cell_type", EVERY_CELL)
@pytest.mark.parametrize(
    ("sizes", "options", "error", "message"),
    [
        ((0, 3), {}, ValueError, "input_size: expected at least 1, got 0"),
        ((3, -1), {}, ValueError, "state_size: expected at least 1, got -1"),
        ((3, 2.0), {}, TypeError, "state_size: expected a whole number, got 2.0"),
        ((True, 2), {}, TypeError, "input_size: expected a whole number, got True"),
        ((3, 2), {"rng": 0}, TypeError, r"rng: expected a np.random.Generator, got int: make one with"),
        ((3, 2), {"rng": np.random}, TypeError, "rng: expected a np.random.Generator, got module"),
        ((3, 2), {"recurrent": "xavier"}, ValueError, "recurrent: expected one of 'scaled_normal'"),
        ((3, 2), {"gain": -1}, ValueError, "gain: expected at least 0, got -1"),
        ((3, 2), {"gain": np.nan}, ValueError, "gain: expected at least 0, got nan"),
        ((3, 2), {"dtype": np.float16}, TypeError, "dtype: expected np.float64 or np.float32"),
        ((3, 2), {"dtype": int}, TypeError, "dtype: expected np.float64 or np.float32"),
        ((3, 2), {"dtype": np.ones(3)}, TypeError, "dtype: expected np.float64 or np.float32"),
    ],
)
def test_wrong_arguments_are_named(cell_type, sizes, options, error, message):
    with pytest.raises(error, match=message):
        cell_type(*sizes, **({"rng": RNG(0)} | options))


def test_options_of_single_cells_are_checked():
    with pytest.raises(ValueError, match="activation: expected one of 'tanh', 'sigmoid', 'relu', 'linear', got 'gelu'"):
        Elman(2, 3, rng=RNG(0), activation="gelu")
    with pytest.raises(TypeError, match="forget_bias: expected a number, got 'one'"):
        LSTM(2, 3, rng=RNG(0), forget_bias="one")
    with pytest.raises(ValueError, match="output_size: expected at least 1, got 0"):
        Jordan(2, 3, 0, rng=RNG(0))

"""Chapter 4: what its prose says about the LSTM, asserted."""

import numpy as np
import pytest

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch4_lstm import experiments, trainings
from rnnlib.chapters.ch4_lstm.explorers import cell as cell_explorers
from rnnlib.chapters.ch4_lstm.explorers import marks, norms
from rnnlib.pictures.figures import gates as figures
from rnnlib.pictures.style import COLOURS, new_figure
from rnnlib.tasks import adding, latest_mark


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def run(rng):
    cell = rnnlib.LSTM(3, 5, rng=rng, gain=1.5)
    return rnnlib.unroll(cell, rng.normal(size=(7, 2, 3)))


def worked(**softness):
    inputs = cell_explorers.worked_inputs(cell_explorers.WORKED_INPUTS, **softness)
    return cell_explorers.memory_cell(**inputs)


def test_the_cell_worked_by_hand():
    cell = worked()
    np.testing.assert_allclose(cell["c"], [3, 7, 7, 7, 0], atol=1e-3)
    np.testing.assert_allclose(cell["h"], [0, 0, 0, 7, 0], atol=1e-3)
    assert round(cell["h"][3], 4) == 6.9995


def test_softer_gates_show_between_five_and_six():
    assert 5 < worked(weight=5, bias=2)["h"][3] < 6
    assert worked(weight=0, bias=0)["f"] == pytest.approx(0.5)


def test_a_tanh_unit_cannot_hold_a_number_and_a_sum_can():
    fading = merged = kept = np.array([0.2, 0.5, 0.8])
    for _ in range(100):
        fading, merged, kept = np.tanh(fading), np.tanh(1.5 * merged), 1.0 * kept
    np.testing.assert_allclose(fading, [0.104, 0.119, 0.121], atol=1e-3)
    np.testing.assert_allclose(merged, 0.859, atol=1e-3)
    assert np.ptp(kept) > 0.5 > 20 * np.ptp(fading)


@pytest.mark.parametrize(("forget_bias", "share"), [(50.0, 1.0), (-50.0, 0.0)])
def test_an_open_forget_gate_keeps(rng, forget_bias, share):
    cell = rnnlib.LSTM(2, 3, rng=rng, forget_bias=forget_bias)
    memory = rng.normal(size=(4, 3))
    run = rnnlib.unroll(cell, rng.normal(size=(1, 4, 2)), (np.zeros((4, 3)), memory))
    np.testing.assert_allclose(run.states[1][1] - run.trace.i[0] * run.trace.g[0], share * memory, atol=1e-12)


def test_what_is_written_kept_and_lost_adds_up(rng):
    for biases in rng.uniform(-8, 8, size=(5, 3)):
        cell = cell_explorers.gate_run(*biases)
        np.testing.assert_allclose(cell["kept"] + cell["written"], cell["c"])
        np.testing.assert_allclose(cell["kept"] + cell["lost"], cell["before"])
        np.testing.assert_allclose(cell["before"][1:], cell["c"][:-1])


def test_erase_and_write_together_overwrite():
    cell = cell_explorers.gate_run(-8, 4, -8)
    assert cell["c"][12] == pytest.approx(np.tanh(cell_explorers.NUMBERS[12]) * rnnlib.sigmoid(0.0), rel=0.05)
    cell = cell_explorers.gate_run(-4, 4, -4)
    assert cell["lost"][12] < 0.1 * cell["c"][12] < cell["written"][12]


@pytest.mark.parametrize(("D", "H"), [(3, 4), (10, 20), (100, 128)])
def test_four_times_the_parameters(rng, D, H):
    plain, lstm, peephole = (
        sum(array.size for array in kind(D, H, rng=rng).params.values())
        for kind in (rnnlib.Elman, rnnlib.LSTM, rnnlib.PeepholeLSTM)
    )
    assert lstm == 4 * plain == 4 * (H * D + H * H + H)
    assert peephole == lstm + 3 * H


def test_adding_input_and_state_is_not_setting_them_side_by_side(rng):
    with pytest.raises(ValueError, match="could not be broadcast"):
        np.zeros(4) + np.zeros(3)
    W, h, x = rng.normal(size=(4, 8)), rng.normal(size=4), rng.normal(size=4)
    side_by_side = W @ np.concatenate((h, x))
    np.testing.assert_allclose(side_by_side, W[:, :4] @ h + W[:, 4:] @ x)
    assert not np.allclose(side_by_side, W @ np.concatenate((x, h)))
    np.testing.assert_allclose(W[:, :4] @ (h + x), W[:, :4] @ (x + h))


def test_only_a_peephole_sees_the_memory_behind_a_closed_output_gate(rng):
    plain = rnnlib.LSTM(1, 2, rng=rng)
    peephole = rnnlib.PeepholeLSTM.from_params(plain.params | {"p": np.array([[0.0, 0.0], [1.5, -1.0], [0.0, 0.0]])})
    silence, nothing = np.zeros((1, 1, 1)), np.zeros((1, 2))

    def forget_gate(cell, memory):
        return rnnlib.unroll(cell, silence, (nothing, np.full((1, 2), memory))).trace.f

    np.testing.assert_array_equal(forget_gate(plain, 2.0), forget_gate(plain, -2.0))
    assert np.all(forget_gate(peephole, 2.0) != forget_gate(peephole, -2.0))


def reordered(cell, order):
    """The cell's arrays with their blocks in another order of i, f, g, o."""
    rows = np.concatenate([np.arange(cell.state_size) + "ifgo".index(gate) * cell.state_size for gate in order])
    return {name: array[rows] for name, array in cell.params.items()}


def test_weights_read_in_the_wrong_order_run_and_differ(run):
    misread = rnnlib.LSTM.from_params(reordered(run.cell, "iofg"))
    assert not np.allclose(rnnlib.unroll(misread, run.x).outputs, run.outputs)


def test_the_order_of_onnx(run):
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    H = run.cell.state_size
    arrays = reordered(run.cell, "iofg")
    kinds = dict.fromkeys(("X", "W", "R", "B"), onnx.TensorProto.DOUBLE)
    values = [onnx.helper.make_tensor_value_info(name, kind, None) for name, kind in kinds.items()]
    result = onnx.helper.make_tensor_value_info("Y", onnx.TensorProto.DOUBLE, None)
    node = onnx.helper.make_node("LSTM", list(kinds), ["Y"], hidden_size=H)
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "lstm", values, [result]))
    bias = np.concatenate((arrays["b"], np.zeros(4 * H)))
    feeds = {"X": run.x, "W": arrays["W_x"][None], "R": arrays["W_h"][None], "B": bias[None]}
    (outputs,) = ReferenceEvaluator(model).run(None, feeds)
    np.testing.assert_allclose(outputs[:, 0], run.outputs)


def test_the_order_of_pytorch(run):
    torch = pytest.importorskip("torch")
    lstm = torch.nn.LSTM(3, 5).double()
    arrays = {"weight_ih_l0": "W_x", "weight_hh_l0": "W_h", "bias_ih_l0": "b"}
    state = {theirs: torch.tensor(run.cell.params[ours]) for theirs, ours in arrays.items()}
    lstm.load_state_dict(state | {"bias_hh_l0": torch.zeros(20, dtype=torch.float64)})
    outputs, _ = lstm(torch.tensor(run.x))
    np.testing.assert_allclose(outputs.detach().numpy(), run.outputs)


def blocks(run, t):
    """The derived d(h_t, c_t)/d(h_{t-1}, c_{t-1}) of the first sequence, as in the chapter."""
    i, f, g, o = (getattr(run.trace, name)[t - 1, 0] for name in "ifgo")
    c_before, c = run.states[1][t - 1, 0], run.states[1][t, 0]
    W_ih, W_fh, W_gh, W_oh = np.split(run.cell.params["W_h"], 4)
    K = np.diag(c_before * f * (1 - f)) @ W_fh + np.diag(g * i * (1 - i)) @ W_ih + np.diag(i * (1 - g**2)) @ W_gh
    kappa = o * (1 - np.tanh(c) ** 2)
    h_to_h = np.diag(np.tanh(c) * o * (1 - o)) @ W_oh + np.diag(kappa) @ K
    return np.block([[h_to_h, np.diag(kappa * f)], [K, np.diag(f)]])


def test_the_whole_jacobian_of_a_step(run):
    H, t = 5, 4
    x, epsilon = run.x[t - 1 : t, :1], 1e-6
    state = np.concatenate([part[t - 1, 0] for part in run.states])

    def step(state):
        after = rnnlib.unroll(run.cell, x, (state[None, :H], state[None, H:]))
        return np.concatenate([part[0] for part in after.final_state])

    measured = np.transpose([(step(state + d) - step(state - d)) / (2 * epsilon) for d in epsilon * np.eye(2 * H)])
    np.testing.assert_allclose(blocks(run, t), measured, atol=1e-9)
    np.testing.assert_allclose(gradient_flow.step_jacobians(run)[t - 1], measured, atol=1e-9)
    np.testing.assert_allclose(measured[H:, H:], np.diag(run.trace.f[t - 1, 0]), atol=1e-9)


def test_h_to_h_is_not_the_output_gate(run):
    h_to_h, o = blocks(run, 4)[:5, :5], run.trace.o[3, 0]
    assert np.max(np.abs(h_to_h - np.diag(np.diag(h_to_h)))) > 0.05
    assert np.max(np.abs(np.diag(h_to_h) - o)) > 0.2
    without = rnnlib.LSTM.from_params(run.cell.params | {"W_h": np.zeros((20, 5))})
    np.testing.assert_array_equal(gradient_flow.step_jacobians(rnnlib.unroll(without, run.x))[3, :5, :5], 0)


def test_gates_stand_in_between_and_the_forget_bias_decides():
    gates = rnnlib.sigmoid(np.array([-10.0, 10.0]))
    assert np.all((gates > 0) & (gates < 1))
    assert f"{0.99**1000:.1e}" == "4.3e-05"
    assert rnnlib.sigmoid(7.0) ** 1000 < 0.5 < rnnlib.sigmoid(7.5) ** 1000
    assert np.log(0.5) / np.log(rnnlib.sigmoid(1.0)) == pytest.approx(2.2, abs=0.05)


def test_the_gradient_by_lag_as_the_predictions_say():
    column = {bias: k for k, bias in enumerate(experiments.BIASES)}
    rnn = experiments.left_in_rnn(1.0)
    lstm, direct = experiments.left_in_gated(rnnlib.LSTM, "f", 1.0)
    assert lstm[-1, column[1]] == pytest.approx(4e-8, rel=0.1)
    assert lstm[-1, column[5]] == pytest.approx(0.4, rel=0.1)
    assert lstm[-1, column[-2]] < rnn[-1] < 1e-20
    assert direct[-1, column[1]] < 1e-3 * lstm[-1, column[1]]
    wild, wild_direct = experiments.left_in_gated(rnnlib.LSTM, "f", 6.0)
    assert wild[-1, column[0]] == pytest.approx(7e7, rel=0.1)
    assert wild_direct[-1, column[0]] < 1e-16


@pytest.mark.parametrize("gain", norms.GAINS)
def test_the_direct_path_cannot_grow(gain):
    assert np.all(np.diff(experiments.left_in_gated(rnnlib.LSTM, "f", gain)[1], axis=0) < 0)


def test_the_direct_path_is_what_is_left_if_nothing_else_is_heard():
    """With the matrices from h taken away, the direct path is the whole gradient at c, for every lag from 1 on."""
    params = rnnlib.LSTM(1, 5, rng=np.random.default_rng(0), forget_bias=2.0).params
    cell = rnnlib.LSTM.from_params(params | {"W_h": np.zeros((20, 5))})
    run = rnnlib.unroll(cell, np.random.default_rng(1).normal(size=(9, 2, 1)))
    np.testing.assert_allclose(experiments.direct_path(run, "f")[1:], experiments.norms_by_lag(run)[1:])


def test_opening_the_gates_further_stops_helping_since_the_read_out_is_saturated():
    seen = experiments.over_draws(rnnlib.LSTM, "f", 1.0)
    wide = experiments.BIASES >= 6
    medians = {name: np.median(values, axis=0)[wide] for name, values in seen.items()}
    assert np.all(medians["gates"] > 0.8)
    assert np.all(medians["slope"] < 0.07)
    assert np.all(medians["direct"] < 0.1)
    assert medians["whole"].max() < 2 * medians["whole"].min()
    assert np.all(seen["whole"].max(axis=0)[wide] > 100 * seen["whole"].min(axis=0)[wide])


def test_most_lstms_of_gain_six_explode_and_no_direct_path_does():
    grown = experiments.over_draws(rnnlib.LSTM, "f", 6.0, 40)
    at_zero = experiments.BIASES == 0
    assert 1 / 2 < np.mean(grown["whole"][:, at_zero] > 1) < 0.95
    assert grown["direct"].max() < 1


def test_a_forget_bias_that_comes_in_as_an_input_is_a_forget_bias():
    lstm, _ = experiments.left_in_gated(rnnlib.LSTM, "f", 2.0)
    x = np.random.default_rng(3).normal(size=(experiments.LAGS, 1, 1))
    cell = rnnlib.LSTM(1, experiments.UNITS, rng=np.random.default_rng(1), gain=2.0, forget_bias=3.0)
    expected = experiments.norms_by_lag(rnnlib.unroll(cell, x))[:, 0]
    np.testing.assert_allclose(lstm[:, list(experiments.BIASES).index(3)], expected)
    assert expected[0] == pytest.approx(1)


def test_the_latest_mark(rng):
    batch = latest_mark.draw_batch(rng, 50, 12)
    same = adding.draw_batch(np.random.default_rng(0), 50, 12)
    np.testing.assert_array_equal(batch.x, same.x)
    for k in range(50):
        last = np.flatnonzero(batch.x[:, k, 1])[-1]
        assert batch.targets[-1, k, 0] == batch.x[last, k, 0]
    np.testing.assert_array_equal(batch.mask, same.mask)
    with pytest.raises(ValueError, match="steps"):
        latest_mark.draw_batch(rng, 5, 1)


def test_kept_times_written_is_what_moves_the_answer(rng):
    """The pull of a number is the sum over the cells of what is read of them times what is written into them."""
    model, batch = trainings.train_latest(0), latest_mark.draw_batch(rng, 40, 20)
    seen = trainings.kept_and_written(model, batch)
    numerical = rnnlib.numerical_gradient(lambda: model.outputs(batch.x)[-1].sum(), batch.x)
    np.testing.assert_allclose(seen["pull"], np.abs(numerical[..., 0]), atol=1e-8)
    run, epsilon = rnnlib.unroll(model.network, batch.x), 1e-6
    t, H = 7, model.network.state_size
    ends = []
    for sign in (1, -1):
        memory = run.states[1][t + 1].copy()
        memory[:, 3] += sign * epsilon
        h = run.trace.o[t] * np.tanh(memory)
        after = rnnlib.unroll(model.network, batch.x[t + 1 :], (h, memory)).outputs
        ends.append(model.read_out(after)[-1, :, 0])
    by_hand = np.abs(ends[0] - ends[1]) / (2 * epsilon)
    assert np.all(by_hand <= seen["kept"][t] + 1e-8)
    assert H > 1


def claims_hold(found):
    """What the chapter says of its trainings over ten seeds."""
    learned = {kind: int(np.sum(found[f"{kind}: loss"][:, -1] < trainings.LEARNED)) for kind in trainings.ADDERS}
    assert learned["RNN, orthogonal"] == 0
    assert learned["ReLU RNN, identity"] >= 3
    assert np.mean(found["ReLU RNN, identity: clipped"]) > 0.9
    assert np.median(found["ReLU RNN, identity: right"]) < 0.5
    assert min(learned[f"LSTM, forget bias {bias}"] for bias in (0, 1, 3)) > 2
    assert min(learned[f"LSTM, forget bias {bias}"] for bias in (0, 1)) > 5
    assert learned["LSTM, forget bias 1"] >= learned["LSTM, forget bias 3"]
    adders = found["LSTM, forget bias 1: loss"][:, -1] < trainings.LEARNED
    kept, written, pull = (found[f"LSTM, forget bias 1: {name}"][adders] for name in ("kept", "written", "pull"))
    assert np.all(np.abs(kept[:, 0] / kept[:, 1] - 1) < 0.25)
    assert np.all(written[:, 0] > 10 * written[:, 1])
    assert np.all(pull[:, 0] > 20 * pull[:, 1])
    assert np.all(np.abs(found["LSTM, forget bias 1: opposite"][adders] - 0.5) < 0.25)
    assert np.mean(found["LSTM, forget bias 1: correlation"][adders] > 0) > 0.5
    assert found["latest mark: right"].min() > 0.8
    assert found["latest mark: closing"].min() > 0.15
    first, second, _ = found["latest mark: kept"].T
    assert np.all(second > 2.5 * first)


def test_what_was_found_over_ten_seeds_is_what_the_chapter_says():
    claims_hold(trainings.seeds())


@pytest.mark.slow
def test_ten_other_seeds_say_the_same():
    claims_hold(trainings.measure_seeds(range(100, 110)))


def test_what_is_saved_is_what_the_tool_computes():
    history = trainings.train_adder("GRU", 3)[1]
    np.testing.assert_allclose(history.curve()[1], trainings.seeds()["GRU: loss"][3], rtol=1e-3)


def test_the_pull_of_a_number_is_its_gradient(rng):
    model, batch = marks.trained_on_latest_mark()
    x = batch.x[:, :2].copy()
    pull = marks.at_marks(model, batch)["pull"][:, :2]
    numerical = rnnlib.numerical_gradient(lambda: model.outputs(x)[-1].sum(), x)
    np.testing.assert_allclose(pull, np.abs(numerical[..., 0]), atol=1e-8)


def test_an_unclipped_step_jams_the_gates_of_a_third_of_the_starts_and_a_clipped_one_of_hardly_any():
    free, clipped = (np.array([experiments.one_wild_step(seed, clip) for seed in range(60)]) for clip in (None, 1.0))
    assert np.median(free[:, 0]) > 10
    assert 0.25 <= np.mean(free[:, 2] - free[:, 1] > 0.1) <= 0.45
    assert np.sum(clipped[:, 2] - clipped[:, 1] > 0.1) == 1


def test_always_answering_one_costs_a_twelfth():
    targets = adding.draw_batch(np.random.default_rng(1), 20_000, 50).targets[-1]
    assert np.mean((targets - 1) ** 2) / 2 == pytest.approx(1 / 12, rel=0.03)


@pytest.mark.parametrize("gate", figures.GATES)
def test_a_gate_is_white_where_closed_and_coloured_where_open(gate):
    pixels = figures.gate_pixels(np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.0]]), gate)
    colour = [int(COLOURS[gate][k : k + 2], 16) for k in (1, 3, 5)]
    assert pixels.shape == (2, 3, 3)
    np.testing.assert_array_equal(pixels[0, 0], 255)
    np.testing.assert_array_equal(pixels[0, 1], colour)
    np.testing.assert_array_equal(pixels[1, 0], colour)


def test_bars_reach_from_bottom_to_top():
    bars = figures.bars(new_figure().subplots(), 3)
    figures.set_bars(bars, np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.0, 1.0]), width=0.5)
    corners = bars.get_paths()[2].get_extents()
    np.testing.assert_allclose([corners.x0, corners.x1, corners.y0, corners.y1], [2.75, 3.25, 1, 3])


def test_the_backward_drawing_turns_every_arrow_round():
    axes = new_figure().subplots(1, 2)
    levels = [figures.cell_diagram(ax, backward=backward) for ax, backward in zip(axes, (False, True), strict=True)]
    assert set(levels[0]) == set(figures.GATES)
    forward, backward = ([p for p in ax.patches if hasattr(p, "_posA_posB")] for ax in axes)
    assert len(forward) == len(backward) == 10
    for there, back in zip(forward, backward, strict=True):
        assert there._posA_posB == back._posA_posB[::-1]

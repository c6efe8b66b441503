"""Chapter 2, backpropagation through time: its worked numbers, its claims, and what its explorers compute."""

import itertools
from importlib import import_module

import numpy as np
import pytest
from matplotlib.figure import Figure

import rnnlib
from rnnlib import gradient_flow
from rnnlib.chapters.ch2_bptt import experiments
from rnnlib.chapters.ch2_bptt.explorers import lags, walk
from rnnlib.chapters.ch2_bptt.explorers.cost import steps_back
from rnnlib.pictures.figures.backward import short
from rnnlib.pictures.live_curves import LiveCurves

check = import_module("rnnlib.chapters.ch2_bptt.explorers.gradient_check")


def three_steps(copies_x, copies_s, W_o, losses="the last step", f=lambda z: z):
    """The loss of the three-step network of the chapter, with a copy of W_x and W_s for each step."""
    S, loss = walk.S_0, 0.0
    for t, (x, y) in enumerate(zip(walk.INPUTS, walk.TARGETS, strict=True)):
        S = f(copies_x[t] * x + copies_s[t] * S)
        if losses == "every step" or t == 2:
            loss += (y - W_o * S) ** 2 / 2
    return loss


def terms(v, weight):
    return {t: left * right for t, (left, right) in v["terms"][weight].items()}


def test_worked_numbers_of_the_three_step_network():
    v = walk.walk(0.5, "the last step", "linear")
    assert v["S"] == {0: 2, 1: 2, 2: 4, 3: 3}
    assert v["O"][3] == 6
    assert v["d_outputs"][3] == 1
    assert terms(v, "W_o") == {3: 3, 2: 0, 1: 0}
    assert terms(v, "W_x") == {3: 2, 2: 3, 1: 0.5}
    assert terms(v, "W_s") == {3: 8, 2: 2, 1: 1}
    assert sum(terms(v, "W_x").values()) == 5.5
    assert sum(terms(v, "W_s").values()) == 11


@pytest.mark.parametrize("losses", ["the last step", "every step"])
@pytest.mark.parametrize(("activation", "f"), [("linear", lambda z: z), ("tanh", np.tanh)])
def test_each_term_of_the_walk_is_the_gradient_of_one_copy(losses, activation, f):
    weight = 0.7
    v = walk.walk(weight, losses, activation)
    x, s, o = np.full(3, walk.W_X), np.full(3, weight), np.array([walk.W_O])
    for name, copies in (("W_x", x), ("W_s", s)):
        numerical = rnnlib.numerical_gradient(lambda: three_steps(x, s, o[0], losses, f), copies)
        np.testing.assert_allclose([terms(v, name)[t] for t in (1, 2, 3)], numerical, rtol=1e-7, atol=1e-9)
    numerical = rnnlib.numerical_gradient(lambda: three_steps(x, s, o[0], losses, f), o)
    np.testing.assert_allclose(sum(terms(v, "W_o").values()), numerical[0], rtol=1e-7)


def test_doubling_the_weight_makes_the_oldest_term_grow_most():
    before, after = (terms(walk.walk(w, "the last step", "linear"), "W_x") for w in (0.5, 1.0))
    assert [after[t] / before[t] for t in (1, 2, 3)] == [36, 18, 9]


def test_with_no_recurrent_weight_only_the_last_terms_are_left():
    v = walk.walk(0.0, "the last step", "linear")
    for name in ("W_x", "W_s"):
        assert terms(v, name)[3] != 0
        assert terms(v, name)[2] == terms(v, name)[1] == 0


def test_claim_one_factor_too_many_in_the_product():
    W_s, T = 0.5, 3
    right, wrong = (
        sum(1 * walk.W_O * W_s ** (T - k + extra) * walk.INPUTS[k - 1] for k in (1, 2, 3)) for extra in (0, 1)
    )
    x, s = np.full(3, walk.W_X), np.full(3, W_s)
    measured = rnnlib.numerical_gradient(lambda: three_steps(x, s, walk.W_O), x).sum()
    np.testing.assert_allclose(right, measured, rtol=1e-8)
    assert wrong == right / 2 == 2.75


def test_claim_the_immediate_derivative_is_not_the_total_one():
    x_1, x_2, x_3 = walk.INPUTS
    W = np.array([walk.W_X])

    def S_3(copy_1, copy_2, copy_3):
        return copy_3 * x_3 + 0.5 * (copy_2 * x_2 + 0.5 * (copy_1 * x_1 + 0.5 * walk.S_0))

    total = rnnlib.numerical_gradient(lambda: S_3(W[0], W[0], W[0]), W)[0]
    immediate = rnnlib.numerical_gradient(lambda: S_3(walk.W_X, walk.W_X, W[0]), W)[0]
    np.testing.assert_allclose([total, immediate], [2.75, 1.0], rtol=1e-8)


@pytest.mark.parametrize("activation", ["linear", "tanh", "sigmoid"])
def test_claim_the_formula_without_the_slope_holds_for_the_identity_alone(activation):
    rng = np.random.default_rng(0)
    cell = rnnlib.Elman(3, 4, rng=rng, activation=activation)
    run = rnnlib.unroll(cell, rng.normal(size=(6, 2, 3)), rng.normal(size=(2, 4)))
    gradients = rnnlib.bptt(run, rng.normal(size=(6, 2, 4)), keep_state_gradients=True)
    claimed = np.einsum("tbi,tbj->ij", gradients.states[0][1:], run.states[0][:-1])
    error = rnnlib.relative_error(claimed, gradients.params["W_s"])
    assert error < 1e-14 if activation == "linear" else error > 0.05


def test_claim_truncation_is_not_teacher_forcing():
    """Truncation leaves the forward pass alone; teacher forcing leaves the gradient its whole length."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=(20, 1, 1))
    cell = rnnlib.Elman(1, 5, rng=rng, gain=1.2)
    forced = rnnlib.unroll(cell, np.concatenate((np.zeros((1, 1, 1)), y[:-1])))
    d_outputs = rng.normal(size=(20, 1, 5))
    reach = gradient_flow.lag_contributions(forced, d_outputs)
    assert np.all(reach[19, 2:] > 0)
    cut = rnnlib.truncated_bptt(forced, d_outputs, 4).params
    full = rnnlib.bptt(forced, d_outputs).params
    assert rnnlib.relative_error(cut["W_s"], full["W_s"]) > 0.01
    # free running: W_s + W_x W_o takes the place of W_s, so the outputs themselves differ
    W_o = rng.normal(size=(1, 5))
    closed = {"W_x": 0 * cell.params["W_x"], "W_s": cell.params["W_s"] + cell.params["W_x"] @ W_o}
    alone = rnnlib.unroll(
        rnnlib.Elman.from_params(closed | {"b_s": np.zeros(5)}), np.zeros((20, 1, 1)), forced.states[0][5]
    )
    state, outputs = forced.states[0][5], []
    for _ in range(20):
        step = rnnlib.unroll(cell, (state @ W_o.T)[None], state)
        state = step.outputs[0]
        outputs.append(state)
    np.testing.assert_allclose(alone.outputs, outputs, rtol=1e-10)
    assert rnnlib.relative_error(alone.outputs[:15], forced.outputs[5:]) > 0.1


def test_teacher_forcing_leaves_a_jordan_network_no_way_back():
    """With the true output in the place of its memory, each step is on its own."""
    rng = np.random.default_rng(2)
    cell = rnnlib.Jordan(2, 4, 3, rng=rng)
    x, y = rng.normal(size=(5, 1, 2)), rng.normal(size=(5, 1, 3))
    outputs = []
    for t in range(1, 5):
        outputs.append(rnnlib.unroll(cell, x[t : t + 1], y[t - 1]).outputs[0])
    nudged = x.copy()
    nudged[0] += 1.0
    again = [rnnlib.unroll(cell, nudged[t : t + 1], y[t - 1]).outputs[0] for t in range(1, 5)]
    np.testing.assert_array_equal(outputs, again)


@pytest.mark.parametrize("losses", ["every step", "the last step"])
def test_cost_counts_the_steps_back_that_are_taken(losses):
    for T in (2, 3, 10, 37):
        walked = {(t, k) for t in range(1, T + 1) for k in range(1, t) if losses == "every step" or t == T}
        assert steps_back(T, losses) == (len(walked), len({k for _, k in walked}))
    assert steps_back(200)[0] == 19_900


@pytest.mark.parametrize(
    ("precision", "difference", "where", "smallest"),
    [
        ("float64", "two-sided", 5e-6, 4e-11),
        ("float64", "one-sided", 2e-8, 2e-8),
        ("float32", "two-sided", 4e-3, 2e-5),
        ("float32", "one-sided", 5e-4, 4e-4),
    ],
)
def test_error_against_epsilon_is_a_u_with_its_lowest_point_where_the_text_says(precision, difference, where, smallest):
    curve = check.check_curve(precision, difference)
    lowest = curve.argmin()
    assert where / 4 < check.EPSILONS[lowest] < where * 4
    assert smallest / 2 < curve[lowest] < smallest * 2
    # on the right it falls with eps^2 or eps, on the left it rises with 1/eps
    right, left = slice(2, max(lowest - 6, 4)), slice(lowest + 6, lowest + 18)
    for part, slope in ((right, 2 if difference == "two-sided" else 1), (left, -1)):
        fitted = np.polyfit(np.log(check.EPSILONS[part]), np.log(curve[part]), 1)[0]
        assert abs(fitted - slope) < 0.25, (precision, difference, slope, fitted)


def test_the_gradient_of_the_check_is_that_of_rnnlib():
    w, x, y = (part[..., 3] for part in check.one_unit_networks("float64"))
    params = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), w), "b_s": np.zeros(1)}
    run = rnnlib.unroll(rnnlib.Elman.from_params(params), x[:, None, None])
    expected = rnnlib.bptt(run, run.outputs - y[:, None, None]).params["W_s"]
    np.testing.assert_allclose(check.one_unit_gradient(w, x, y), expected.item(), rtol=1e-12)


def steps_of_the_loss(epsilon, precision):
    """How many different values the loss takes at the points that the window of width epsilon shows."""
    w, (x, y), _ = check._zoomed(precision)
    near = w + w.dtype.type(epsilon) * check.ZOOM.astype(w.dtype)
    return len(np.unique(check.one_unit_loss(near, x, y)))


def test_the_loss_becomes_stairs_where_the_notes_to_the_slide_say():
    assert steps_of_the_loss(1e-5, "float64") == len(check.ZOOM)
    assert steps_of_the_loss(1e-14, "float64") < len(check.ZOOM) / 2
    assert steps_of_the_loss(1e-2, "float32") == len(check.ZOOM)
    assert steps_of_the_loss(1e-6, "float32") < len(check.ZOOM) / 2


@pytest.mark.parametrize("blocks", ["every loss", "in chunks"])
def test_truncated_gradients_by_lag_are_those_of_truncated_bptt(blocks):
    gradients, sizes = lags.truncated_gradients(1.6, blocks)
    run, d_outputs = experiments.random_network(1.6, "tanh", lags.SEQUENCE, seed=2)
    # windows that divide T: the last chunk of rnnlib.truncated_bptt may reach into the one before
    for window in (1, 2, 5, 20, 60) if blocks == "in chunks" else (1, 2, 7, 25, 60):
        cut = rnnlib.truncated_bptt(run, d_outputs, window, stride=1 if blocks == "every loss" else window).params
        expected = np.concatenate((cut["W_x"], cut["W_s"], cut["b_s"][:, None]), axis=1).ravel()
        np.testing.assert_allclose(gradients[window - 1], expected, rtol=1e-9, atol=1e-12)
    full = rnnlib.bptt(run, d_outputs).params
    np.testing.assert_allclose(
        gradients[-1].reshape(experiments.UNITS, -1)[:, 4:-1], full["W_s"], rtol=1e-9, atol=1e-12
    )
    assert sizes.shape == (lags.SEQUENCE,)


def test_cosines_that_the_prediction_names():
    at = {gain: lags.cosines(lags.truncated_gradients(gain, "every loss")[0]) for gain in (1.0, 1.6, 2.0)}
    assert round(at[1.6][7], 2) == 0.85
    assert at[1.0][7] > 0.99
    assert round(at[2.0][7], 2) == 0.56
    assert np.any(np.diff(at[2.0]) < 0)


def test_looking_back_from_every_loss_costs_about_window_times_as_much():
    for window, T in itertools.product((1, 8, 60), (60,)):
        walked = sum(len(range(max(t - window, 0), t)) for t in range(1, T + 1))
        assert lags.truncation_steps(window, "every loss", T) == walked
    assert lags.truncation_steps(8, "every loss") / lags.SEQUENCE > 7
    assert lags.truncation_steps(8, "in chunks") == lags.SEQUENCE


def test_terms_fade_with_tanh_and_a_small_gain():
    run, d_outputs = experiments.random_network(0.8, "tanh", lags.PAIRS)
    sizes = gradient_flow.lag_contributions(run, d_outputs)
    for t in range(10, lags.PAIRS):
        assert sizes[t, 1] < 0.01 * sizes[t, t]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (2.0, "2"),
        (-0.5, "−0.5"),
        (0.964, "0.96"),
        (-67.62, "−67.6"),
        (367.7, "368"),
        (0.0011, "0.001"),
    ],
)
def test_short_numbers(value, words):
    assert short(value) == words


def test_live_curves_grow_while_they_are_measured(monkeypatch):
    shown = []

    class Handle:
        def update(self, picture):
            shown.append(picture.png())

    monkeypatch.setattr("rnnlib.pictures.live_curves.display", lambda picture, display_id: Handle())
    ax = Figure().add_subplot(xlim=(0, 10), ylim=(0, 3))
    with LiveCurves(ax, "Two curves that fall.") as curves:
        measure = curves.follow("RNN", lambda model: model, every=5)
        assert [measure(value) for value in (3.0, 2.0, 1.0)] == [3.0, 2.0, 1.0]
    (line,) = ax.lines
    assert line.get_xdata().tolist() == [0, 5, 10]
    assert list(line.get_ydata()) == [3, 2, 1]
    assert len(shown) >= 2
    assert shown[0] != shown[-1]

"""The claims of chapter 9, its explorer against rnnlib, and the code that lives in its notebook alone."""

import ast
import contextlib
import io
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import rnnlib
from rnnlib import interop, style
from rnnlib.explorers.after import impulse
from rnnlib.figures.scan import scan_rounds

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "09_frameworks_and_after.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code" and cell["id"] != "colab"]
SOURCES = ["".join(cell["source"]) for cell in CODE]


@pytest.fixture(scope="module")
def chapter():
    """The functions and classes that the notebook defines, without its stubs."""
    names = {"__name__": "chapter9", "np": np, "rnnlib": rnnlib, "dataclass": dataclass}
    for source in SOURCES:
        if ".check(" not in source:
            parts = [p for p in ast.parse(source).body if isinstance(p, ast.FunctionDef | ast.ClassDef)]
            exec(compile(ast.Module(parts, []), NOTEBOOK.name, "exec"), names)
    return names


def said(k):
    """What code cell k printed when the notebook was saved."""
    return "".join("".join(output.get("text", "")) for output in CODE[k]["outputs"])


def cell_with(text):
    """The number of the code cell that has this text."""
    (k,) = [k for k, source in enumerate(SOURCES) if text in source]
    return k


def test_the_chapter_prints_the_same_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    names, witnesses = {"__name__": "chapter9"}, cell_with("witnesses = ")
    with mpl.rc_context():
        for source in SOURCES[:witnesses]:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(source, names)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(SOURCES[witnesses], names)
    assert names["torch"] is None
    assert printed.getvalue() == said(witnesses)
    assert printed.getvalue().count("agree: True") == 2


@pytest.mark.parametrize(("name", "kind"), [("LSTM", rnnlib.LSTM), ("GRU", rnnlib.GRUResetAfter)])
def test_torch_gives_both_biases_the_same_gradient_but_for_the_candidate_of_the_gru(name, kind):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    H = 4
    module = getattr(torch.nn, name)(3, H, dtype=torch.float64)
    cell = interop.from_torch(module.state_dict())
    rng = np.random.default_rng(0)
    x, u = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, H))
    module(torch.from_numpy(x))[0].backward(torch.from_numpy(u))
    inputs, states = (getattr(module, f"bias_{part}_l0").grad.numpy() for part in ("ih", "hh"))
    ours = rnnlib.bptt(rnnlib.unroll(cell, x), u).params
    assert isinstance(cell, kind)
    np.testing.assert_allclose(ours["b"], inputs, rtol=1e-10, atol=1e-12)
    if name == "LSTM":
        np.testing.assert_allclose(inputs, states, rtol=1e-12)
    else:
        np.testing.assert_allclose(inputs[: 2 * H], states[: 2 * H], rtol=1e-12)
        np.testing.assert_allclose(ours["b_nh"], states[2 * H :], rtol=1e-10, atol=1e-12)
        assert np.abs(inputs - states)[2 * H :].max() > 0.1


def test_one_row_of_keras_biases_is_the_reset_before_the_product_and_two_are_after():
    for kind, rows in ((rnnlib.GRUResetBefore, 1), (rnnlib.GRUResetAfter, 2)):
        cell = kind(3, 4, rng=np.random.default_rng(0))
        (_, _, bias), *_ = interop.to_keras(cell)
        assert bias.size == rows * 12
        assert type(interop.from_keras(interop.to_keras(cell))) is kind


def test_two_tanh_steps_are_no_tanh_step():
    w, b, far = np.array([1.3, 0.7]), np.array([0.2, -0.4]), np.array([-1e3, 1e3])
    ends = np.tanh(w[1] * np.tanh(w[0] * far + b[0]) + b[1])
    np.testing.assert_allclose(ends, np.tanh(b[1] + w[1] * np.array([-1, 1])))
    assert np.abs(ends).max() < 0.9


@pytest.mark.parametrize("T", [1, 2, 3, 7, 8, 9, 100])
def test_the_scan_is_the_loop_in_log2_rounds(chapter, T):
    rng = np.random.default_rng(T)
    a = rng.normal(size=(T, 2, 3)) + 1j * rng.normal(size=(T, 2, 3))
    b = rng.normal(size=(T, 2, 3)) + 0j
    before = a.copy(), b.copy()
    h, rounds = chapter["scan"](a, b)
    np.testing.assert_allclose(h, chapter["loop"](a, b)[0], rtol=1e-9)
    assert rounds == math.ceil(math.log2(T))
    np.testing.assert_array_equal((a, b), before)


def test_the_picture_of_the_scan_has_as_many_rounds_and_combinations(chapter):
    for steps in (2, 5, 8):
        ax = style.new_figure(9, 3).subplots()
        assert scan_rounds(ax, steps) == math.ceil(math.log2(steps))
        covered = [int(text.get_text()) for text in ax.texts if text.get_text().isdigit()]
        assert covered[-steps:] == list(range(1, steps + 1))
        slanted = [line for line in ax.lines if len(line.get_xdata()) == 2 and np.ptp(line.get_xdata()) > 0]
        assert len(slanted) == chapter["combinations"](steps)


@pytest.mark.parametrize(("radius", "degrees"), [(0.99, 0), (0.95, 40), (1.004, 180)])
def test_the_explorer_shows_a_linear_network_with_this_eigenvalue(radius, degrees):
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    cell = rnnlib.Elman.from_params({"W_x": np.eye(2), "W_s": radius * turn, "b_s": np.zeros(2)}, activation="linear")
    x = np.zeros((impulse.STEPS + 1, 1, 2))
    x[0, 0, 0] = 1
    states = rnnlib.unroll(cell, x).outputs[:, 0]
    powers = impulse.response(radius, degrees)
    np.testing.assert_allclose(np.stack((powers.real, powers.imag), axis=-1), states, rtol=1e-9, atol=1e-8)


def test_what_is_left_after_a_thousand_steps():
    left = {radius: abs(impulse.response(radius, 7)[1000]) for radius in (0.99, 0.999, 1.0, 1.01)}
    assert round(left[0.999], 3) == 0.368
    assert left[0.99] < 1e-4
    assert left[1.0] == pytest.approx(1)
    assert round(left[1.01]) == 20959
    np.testing.assert_allclose(0.97 ** impulse.steps_to(0.5, 0.97), 0.5)
    assert impulse.steps_to(0.5, 1) == np.inf


def test_gamma_brings_the_state_to_variance_one():
    rng = np.random.default_rng(0)
    size = 0.98
    b = np.sqrt(1 - size**2) * rng.normal(size=(400, 5000))
    state = np.zeros(5000)
    for b_t in b:
        state = size * state + b_t
    assert state.var() == pytest.approx(1, abs=0.1)


def test_min_gru_is_its_formula_and_its_gradient_is_right(chapter):
    rng = np.random.default_rng(1)
    network = chapter["MinGRU"](3, 4, rng=rng, update_bias=0.5)
    network.params["b"] += rng.normal(size=8)
    x, u = rng.normal(size=(9, 2, 3)), rng.normal(size=(9, 2, 4))
    run, h = rnnlib.unroll(network, x), np.zeros((2, 4))
    (W_z, W_n), (b_z, b_n) = (np.split(network.params[name], 2) for name in ("W_x", "b"))
    for t in range(9):
        z = rnnlib.sigmoid(x[t] @ W_z.T + b_z)
        h = z * h + (1 - z) * (x[t] @ W_n.T + b_n)
        np.testing.assert_allclose(run.outputs[t], h, rtol=1e-10)
    gradients = rnnlib.bptt(run, u)
    for name, array in (network.params | {"x": x}).items():
        numerical = rnnlib.numerical_gradient(lambda: np.sum(u * rnnlib.unroll(network, x).outputs), array)
        ours = gradients.x if name == "x" else gradients.params[name]
        assert rnnlib.relative_error(ours, numerical) < 1e-7


def test_what_a_min_gru_says_over_ones_turns_at_most_h_times(chapter):
    rng, H, most = np.random.default_rng(2), 3, 0
    ones = rnnlib.Batch(np.tile(np.eye(2)[1], (300, 1, 1)), np.arange(1, 301)[:, None] % 2)
    for _ in range(300):
        model = rnnlib.Model(chapter["MinGRU"](2, H, rng=rng), 2, rng=rng)
        for array in model.params.values():
            array[...] = 3 * rng.normal(size=array.shape)
        classes = model.predict(ones.x)[:, 0]
        most = max(most, np.count_nonzero(np.diff(classes)))
        assert (classes != ones.targets[:, 0])[: H + 2].any()
    assert 1 <= most <= H


def test_a_factor_of_minus_one_makes_parity_of_one_unit(chapter):
    bits = chapter["parity"](np.random.default_rng(3), 5, 37)
    a = 1 - 2 * bits.x[..., 1]
    b = np.zeros_like(a)
    b[0] = a[0]
    np.testing.assert_array_equal(chapter["scan"](a, b)[0] < 0, bits.targets == 1)


def test_the_trainings_say_what_the_text_says():
    adding, parity = (said(cell_with(text)) for text in ("Both learn to add", "Only the GRU learns parity"))
    (gru, min_gru), (right, guessing) = (
        [float(line.split()[-1]) for line in text.splitlines() if "at the end" in line] for text in (adding, parity)
    )
    assert gru < min_gru < 0.01
    assert right > 0.99
    assert guessing < 0.65

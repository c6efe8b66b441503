"""Steps downhill and clipping, against the formulas and against PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import SGD, Adam, clip_by_norm, clip_by_value, global_norm
from rnnlib.checks import NotFiniteError

RNG = np.random.default_rng


def quantities(seed=0, dtype=np.float64):
    rng = RNG(seed)
    return {"W": rng.normal(size=(3, 2)).astype(dtype), "b": rng.normal(size=3).astype(dtype)}


def test_sgd_by_hand():
    params = {"w": np.array([1.0, 2.0])}
    SGD(0.1).update(params, {"w": np.array([10.0, -5.0])})
    assert params["w"].tolist() == [0.0, 2.5]


def test_momentum_remembers_the_steps_before():
    params, optimizer = {"w": np.zeros(1)}, SGD(1.0, momentum=0.5)
    places = []
    for g in (1.0, 0.0, 0.0):
        optimizer.update(params, {"w": np.array([g])})
        places.append(params["w"][0])
    assert places == [-1.0, -1.5, -1.75]


def test_the_first_step_of_adam_has_the_size_of_the_rate_whatever_the_gradient():
    params = {"w": np.zeros(3)}
    Adam(0.01, epsilon=1e-12).update(params, {"w": np.array([1e-3, -5.0, 400.0])})
    assert params["w"] == pytest.approx([-0.01, 0.01, -0.01])


def test_adam_is_its_formula_written_out():
    params, optimizer = quantities(), Adam(0.05, b1=0.8, b2=0.95, epsilon=1e-3)
    w, m, v = params["W"].copy(), 0.0, 0.0
    for k in range(1, 6):
        gradients = quantities(k)
        optimizer.update(params, gradients)
        m, v = 0.8 * m + 0.2 * gradients["W"], 0.95 * v + 0.05 * gradients["W"] ** 2
        w = w - 0.05 * (m / (1 - 0.8**k)) / (np.sqrt(v / (1 - 0.95**k)) + 1e-3)
    assert np.allclose(params["W"], w, rtol=1e-13)


@pytest.mark.parametrize("kind", ["sgd", "momentum", "adam"])
def test_pytorch_takes_the_same_steps(kind):
    torch = pytest.importorskip("torch")
    params = quantities()
    theirs = [torch.tensor(array, requires_grad=True) for array in params.values()]
    # PyTorch multiplies the velocity by the rate when it is used, rnnlib when it is stored: the same at a fixed rate
    optimizer, other = {
        "sgd": (SGD(0.1), torch.optim.SGD(theirs, 0.1)),
        "momentum": (SGD(0.1, 0.9), torch.optim.SGD(theirs, 0.1, momentum=0.9)),
        "adam": (Adam(0.1), torch.optim.Adam(theirs, 0.1)),
    }[kind]
    for k in range(5):
        gradients = quantities(10 + k)
        optimizer.update(params, gradients)
        for tensor, gradient in zip(theirs, gradients.values(), strict=True):
            tensor.grad = torch.tensor(gradient)
        other.step()
    for array, tensor in zip(params.values(), theirs, strict=True):
        assert np.allclose(array, tensor.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9), Adam()])
def test_params_change_in_place_in_their_own_type_and_gradients_stay(optimizer):
    params, gradients = quantities(dtype=np.float32), quantities(1, np.float32)
    kept, arrays = quantities(1, np.float32), dict(params)
    optimizer.update(params, gradients)
    assert all(params[name] is arrays[name] for name in arrays)
    assert all(array.dtype == np.float32 for array in params.values())
    assert all(np.array_equal(gradients[name], kept[name]) for name in kept)
    assert not np.array_equal(params["W"], quantities(dtype=np.float32)["W"])


@given(st.floats(0.01, 10), st.integers(0, 20))
def test_clipping_by_norm_cuts_the_length_and_keeps_the_direction(threshold, seed):
    g = quantities(seed)
    clipped, norm = clip_by_norm(g, threshold)
    assert norm == global_norm(g) == pytest.approx(np.sqrt(sum((a**2).sum() for a in g.values())))
    assert global_norm(clipped) == pytest.approx(min(norm, threshold))
    for name in g:
        assert np.allclose(clipped[name] * norm, g[name] * min(norm, threshold))


def test_clipping_by_value_turns_the_direction():
    clipped, norm = clip_by_value({"w": np.array([3.0, 4.0])}, 3.0)
    assert clipped["w"].tolist() == [3.0, 3.0]
    assert norm == 5.0


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_clipping_leaves_the_gradients_of_the_caller(clip):
    g = quantities()
    clipped, _ = clip(g, 1e-3)
    assert all(np.array_equal(g[name], quantities()[name]) for name in g)
    clipped["W"][...] = 7
    assert not (g["W"] == 7).any()
    assert clip({"w": np.zeros(2)}, 1.0)[0]["w"].tolist() == [0, 0]
    assert clip(quantities(dtype=np.float32), 0.1)[0]["W"].dtype == np.float32


def test_a_gradient_that_is_not_finite_is_noticed():
    g = {"w": np.array([1.0, np.inf])}
    assert global_norm(g) == np.inf
    assert np.isnan(global_norm({"w": np.array([np.nan])}))
    with pytest.raises(NotFiniteError, match="gradients: expected a finite norm, got inf"):
        clip_by_norm(g, 1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SGD(0), ValueError, "rate: expected more than 0, got 0"),
        (lambda: SGD(np.nan), ValueError, "rate: expected more than 0, got nan"),
        (lambda: SGD("0.1"), TypeError, "rate: expected a number, got '0.1'"),
        (lambda: SGD(0.1, 1), ValueError, "momentum: expected at least 0 and less than 1, got 1"),
        (lambda: Adam(-1), ValueError, "rate: expected more than 0, got -1"),
        (lambda: Adam(b1=1.0), ValueError, "b1: expected at least 0 and less than 1, got 1.0"),
        (lambda: Adam(b2=-0.1), ValueError, "b2: expected at least 0 and less than 1, got -0.1"),
        (lambda: Adam(epsilon=0), ValueError, "epsilon: expected more than 0, got 0"),
        (lambda: clip_by_norm(quantities(), 0), ValueError, "threshold: expected more than 0, got 0"),
        (lambda: clip_by_value(quantities(), None), TypeError, "threshold: expected a number, got None"),
        (lambda: clip_by_norm([1.0], 1.0), TypeError, "gradients: expected a dict of arrays by name, got list"),
        (lambda: global_norm(np.ones(2)), TypeError, "gradients: expected a dict of arrays by name, got ndarray"),
        (
            lambda: SGD(1).update(quantities(), {"W": np.ones((3, 2))}),
            ValueError,
            r"gradients: expected the names \['W', 'b'\] of params, got \['W'\]",
        ),
        (
            lambda: Adam().update(quantities(), quantities() | {"W": np.ones(2)}),
            ValueError,
            r"gradients W: expected \(3, 2\), got \(2,\)",
        ),
    ],
)
def test_wrong_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_norm_of_very_large_and_very_small_gradients():
    for size, dtype in ((1e200, np.float64), (1e30, np.float32), (1e-200, np.float64), (1e-30, np.float32)):
        gradients = {"a": np.array([3 * size], dtype), "b": np.array([[0, 4 * size]], dtype)}
        assert global_norm(gradients) == pytest.approx(5 * float(dtype(size)), rel=1e-6)
        clipped, norm = clip_by_norm(gradients, size / 2)
        assert norm == global_norm(gradients)
        assert global_norm(clipped) == pytest.approx(size / 2, rel=1e-6)
    assert global_norm({"a": np.zeros(2)}) == 0
    assert np.isnan(global_norm({"a": np.array([1e200, np.nan])}))
    assert global_norm({"a": np.array([1e200, -np.inf])}) == np.inf


WRONG = {
    "whole numbers": (np.array([3, 4]), "expected float64 or float32, got int64"),
    "a list": ([3.0, 4.0], "expected a NumPy array, got list"),
    "a masked array": (np.ma.masked_array([3.0, 4.0]), "expected a plain NumPy array, got MaskedArray"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_gradients_that_are_no_float_arrays_are_named(kind):
    wrong, message = WRONG[kind]
    for call in (global_norm, lambda g: clip_by_norm(g, 1.0), lambda g: clip_by_value(g, 1.0)):
        with pytest.raises(TypeError, match=f"gradients a: {message}"):
            call({"a": wrong})


@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(0.1)], ids=["SGD", "Adam"])
def test_nothing_is_stepped_where_an_array_cannot_be(optimizer):
    first, frozen = np.ones(2), np.ones(2)
    frozen.flags.writeable = False
    for last, error, message in (
        (frozen, ValueError, "last: expected an array that can be changed in place"),
        (np.ones(2, int), TypeError, "params last: expected float64 or float32, got int64"),
    ):
        with pytest.raises(error, match=message):
            optimizer.update({"first": first, "last": last}, {"first": np.ones(2), "last": np.ones(2)})
        assert first.tolist() == [1, 1]


def test_norms_below_one_are_clipped_and_float32_is_summed_in_float64():
    assert global_norm({"a": np.array([0.1, 0.2], np.float32)}) == np.hypot(
        np.float32(0.1), np.float64(np.float32(0.2))
    )
    clipped, norm = clip_by_norm({"a": np.array([0.3, -0.4])}, 0.1)
    assert norm == pytest.approx(0.5, rel=1e-15)
    assert clipped["a"] == pytest.approx([0.06, -0.08], rel=1e-15)
    assert global_norm({}) == 0
    with np.errstate(all="raise"):
        assert global_norm({"a": np.array([1e-200])}) == pytest.approx(1e-200, rel=1e-15)


def test_values_are_cut_at_both_ends():
    clipped, _ = clip_by_value({"a": np.array([-3.0, -0.5, 0.5, 3.0])}, 1.0)
    assert clipped["a"].tolist() == [-1, -0.5, 0.5, 1]
    with pytest.raises(ValueError, match="threshold: expected more than 0, got 0"):
        clip_by_value({"a": np.ones(1)}, 0)


def test_adam_starts_with_the_numbers_of_the_paper():
    adam = Adam()
    assert (adam.rate, adam.b1, adam.b2, adam.epsilon) == (1e-3, 0.9, 0.999, 1e-8)

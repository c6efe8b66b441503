"""The checks at the door: they let the right things in and name what is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import checks
from rnnlib.checks import (
    NotFiniteError,
    check_array,
    check_choice,
    check_dtype,
    check_floats,
    check_function,
    check_index,
    check_kind,
    check_lengths,
    check_matching,
    check_method,
    check_number,
    check_rng,
    check_size,
    check_state,
    check_texts,
    check_writable,
)

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.integers(0, 3), max_size=3),
)


def test_what_is_right_comes_back_as_it_is():
    x = np.zeros((2, 3))
    assert check_array("x", x, T=None, D=3) is x
    assert check_array("x", np.zeros((2, 0)), B=2, past=0).shape == (2, 0)
    assert check_array("x", np.full(2, np.inf), finite=False, N=2).shape == (2,)
    assert check_size("n", np.int64(3)) == 3
    assert check_number("r", np.float32(0.5), above=0, most=0.5) == 0.5
    assert check_index("k", 2, 3) == 2
    assert check_choice("kind", "b", {"a": 1, "b": 2}) == "b"
    assert check_dtype("dtype", "float32") == check_dtype("dtype", np.float32) == np.float32
    assert check_dtype("dtype", x.dtype) == np.float64
    assert check_lengths("lengths", [1, 4], 2, 4).tolist() == [1, 4]
    assert check_lengths("lengths", np.array([2], np.uint8), 1, 4).tolist() == [2]
    rng = np.random.default_rng(0)
    assert check_rng("rng", rng) is rng


@given(ANYTHING)
def test_a_size_is_a_whole_number_from_one(value):
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        assert check_size("n", value) == value
    else:
        kind = ValueError if isinstance(value, int) and not isinstance(value, bool) else TypeError
        with pytest.raises(kind, match=r"^n: expected (a whole number|at least 1), got"):
            check_size("n", value)


@given(ANYTHING, st.floats(-5, 5), st.floats(-5, 5))
def test_a_number_is_finite_and_within_its_bounds(value, low, high):
    for bounds, inside in (
        ({"least": low, "most": high}, lambda v: low <= v <= high),
        ({"above": low, "below": high}, lambda v: low < v < high),
    ):
        if isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value) and inside(value):
            assert check_number("r", value, **bounds) == value
        else:
            with pytest.raises((TypeError, ValueError), match=r"^r: expected .+, got"):
                check_number("r", value, **bounds)


@given(ANYTHING)
def test_an_array_is_an_array(value):
    with pytest.raises(
        TypeError, match=r"^x: expected a NumPy array \(T, B, D=2\), got .*: convert it with np.asarray"
    ):
        check_array("x", value, T=None, B=None, D=2)


@given(
    st.lists(st.integers(0, 4), max_size=4), st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=1, max_size=3)
)
def test_a_shape_fits_or_is_refused(shape, wanted):
    axes = {f"axis{i}": size for i, size in enumerate(wanted)}
    fits = len(shape) == len(wanted) and all(n > 0 and w in (None, n) for n, w in zip(shape, wanted, strict=False))
    if fits:
        check_array("x", np.ones(shape), **axes)
    else:
        with pytest.raises(ValueError, match=r"^x: expected .+, got \("):
            check_array("x", np.ones(shape), **axes)


@given(st.integers(0, 3), st.integers(0, 2), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_the_first_number_that_is_not_finite_is_named_with_its_step(t, d, bad):
    x = np.zeros((5, 1, 3))
    x[t, 0, d], x[4, 0, 2] = bad, np.nan
    with pytest.raises(NotFiniteError, match=f"x: expected finite numbers, got {bad} at step t={t}"):
        check_array("x", x, T=None, B=1, D=3)
    with pytest.raises(NotFiniteError, match=rf"W: expected finite numbers, got {bad} at index \({t}, {d}\)"):
        check_array("W", x[:, 0], out=5, D=3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: check_array("x", np.ones((5, 3)), T=None, B=None, D=3),
            ValueError,
            r"add a batch axis with x\[:, None\]",
        ),
        (lambda: check_array("W", np.ones((3, 2)), out=2, D=3), ValueError, r"got \(3, 2\): transpose it with W.T"),
        (lambda: check_array("x", np.ones(3, ">f8"), D=3), TypeError, "x: expected float64 or float32, got >f8"),
        (
            lambda: check_array("x", np.ones(3, np.complex128), D=3),
            TypeError,
            "got complex128: convert it with x.astype",
        ),
        (lambda: check_choice("kind", "c", ("a", "b")), ValueError, "kind: expected one of 'a', 'b', got 'c'"),
        (lambda: check_choice("kind", ["a"], ("a",)), ValueError, r"kind: expected one of 'a', got \['a'\]"),
        (lambda: check_rng("rng", np.random.RandomState), TypeError, r"make one with np.random.default_rng\(0\)"),
        (lambda: check_dtype("dtype", "float16"), TypeError, "dtype: expected np.float64 or np.float32, got 'float16'"),
        (lambda: check_index("k", 3, 3), ValueError, "k: expected a whole number from 0 to 2, got 3"),
        (lambda: check_matching("g", [], "p", {}), TypeError, "g: expected a dict of arrays by name, got list"),
        (lambda: check_matching("g", {}, "p", None), TypeError, "p: expected a dict of arrays by name, got NoneType"),
        (lambda: check_matching("g", {"a": 1}, "p", {"b": 1}), ValueError, r"g: expected the names \['b'\] of p, got"),
        (
            lambda: check_matching("g", {"a": np.ones(2)}, "p", {"a": np.ones(3)}),
            ValueError,
            r"g a: expected \(3,\), got",
        ),
        (
            lambda: check_method("optimizer", 3, "update"),
            TypeError,
            "optimizer: expected an object with the method update",
        ),
        (lambda: check_method("optimizer", dict, "update"), TypeError, "got the class dict"),
    ],
)
def test_wrong_things_are_named_with_what_to_do(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_state_comes_back_as_a_tuple_of_its_parts():
    h, c, sizes = np.ones((2, 3)), np.zeros((2, 4)), {"h": 3, "c": 4}
    zeros = check_state("state", None, sizes, 2, np.float32)
    assert [(part.shape, part.dtype, part.any()) for part in zeros] == [((2, n), np.float32, False) for n in (3, 4)]
    assert check_state("state", (h, c), sizes, 2, np.float64) == (h, c)
    assert check_state("state", h, {"h": 3}, 2, np.float64) == (h,)
    message = r"state: expected a tuple \(h \(B=2, N=3\), c \(B=2, N=4\)\), got a tuple of 1"
    with pytest.raises(TypeError, match=message):
        check_state("state", (h,), sizes, 2, np.float64)
    with pytest.raises(ValueError, match=r"state c: expected \(B=2, N=4\), got \(2, 3\)"):
        check_state("state", (h, h), sizes, 2, np.float64)


def test_every_check_is_tested_here():
    tested = {name for name in globals() if name.startswith("check_")}
    assert {name for name in vars(checks) if name.startswith("check_")} == tested


def test_what_calculates_by_rules_of_its_own_is_refused():
    with pytest.raises(TypeError, match="x: expected a plain NumPy array, got MaskedArray, which calculates by rules"):
        check_array("x", np.ma.masked_array(np.ones((2, 3))), T=None, D=3)
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(np.ones((2, 3)))
    with pytest.raises(TypeError, match="x: expected a plain NumPy array, got matrix"):
        check_floats("x", matrix)
    memory = np.ones((2, 3)).view(type("Subclass", (np.ndarray,), {}))
    assert check_floats("x", memory) is memory


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0], "x: expected a NumPy array, got list"),
        (np.float64(1), "x: expected a NumPy array, got float64"),
        (np.ones(2, np.float16), r"x: expected float64 or float32, got float16: convert it with x.astype"),
        (np.ones(2, ">f4").astype(">f8"), "x: expected float64 or float32, got >f8"),
    ],
)
def test_what_holds_no_floats_is_named(value, message):
    with pytest.raises(TypeError, match=message):
        check_floats("x", value)


def test_a_kind_is_asked_for_by_its_letter():
    assert check_kind("x", [1, 2], "iu", "whole numbers").tolist() == [1, 2]
    with pytest.raises(TypeError, match="x: expected whole numbers, got float64"):
        check_kind("x", [1.0], "iu", "whole numbers")
    with pytest.raises(TypeError, match="x: expected whole numbers, got list that makes no array"):
        check_kind("x", [[1], [1, 2]], "iu", "whole numbers")


def test_an_array_that_cannot_be_changed_is_named():
    params = {"a": np.ones(2), "b": np.ones(2)}
    assert check_writable(params) is params
    params["b"].flags.writeable = False
    with pytest.raises(ValueError, match="b: expected an array that can be changed in place, got a read-only one"):
        check_writable(params)


def test_numbers_too_large_for_a_float_are_not_finite():
    assert check_number("n", 2**70) == 2.0**70
    with pytest.raises(ValueError, match="n: expected a finite number, got 1000"):
        check_number("n", 10**400)


def test_a_set_has_an_update_but_is_no_optimizer():
    with pytest.raises(TypeError, match="optimizer: expected an object with the method update, got set"):
        check_method("optimizer", {1}, "update")


def test_functions_and_texts_are_told_from_other_things():
    assert check_function("f", len) is len
    with pytest.raises(TypeError, match="f: expected a function, got int"):
        check_function("f", 3)
    texts = ["a", ""]
    assert check_texts("t", texts) is texts
    for wrong in ("a", ["a", 1], None, np.array(["a"])):
        with pytest.raises(TypeError, match="t: expected a list of strings, got"):
            check_texts("t", wrong)

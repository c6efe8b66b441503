"""Every public function with one argument spoilt: it answers, or names what is wrong; the caller's own is untouched.

A sample of the calls runs with the other tests; all of them, some 10,000, with the slow ones.
"""

import copy
import datetime
import re

import numpy as np
import pytest
from public_calls import CALLS, rng

import rnnlib

THINGS = [
    None,
    True,
    "x",
    "",
    b"x",
    -1,
    0,
    1,
    3,
    7,
    -2.5,
    0.0,
    1.0,
    np.nan,
    np.inf,
    -np.inf,
    1j,
    object(),
]
THINGS += [[], [1], [1.0, 2.0], [[1], [1, 2]], ["a"], (), (1,), (None,), {}, {"a": 1}, {"a": [1.0]}, {1}, range(3)]
THINGS += [dict, np.float64, rnnlib.LSTM, len, lambda: 1.0, lambda *args, **options: None, np.random, datetime.date]
SHAPES = [
    (),
    (1,),
    (3,),
    (0,),
    (2, 3),
    (3, 3),
    (4, 3),
    (4, 3, 2),
    (4, 3, 3),
    (4, 3, 5),
    (3, 4, 2),
    (4, 0, 2),
    (1, 1, 1, 1),
]
TYPES = [
    np.float64,
    np.float32,
    np.float16,
    np.longdouble,
    ">f8",
    np.int64,
    np.uint8,
    bool,
    np.complex128,
    object,
    "U3",
    "M8[s]",
]


def spoilt(value):
    """Things to put in the place of ``value``: of any kind, and ``value`` itself with something wrong about it."""
    yield from THINGS
    for shape in SHAPES:
        yield np.ones(shape)
    for kind in TYPES:
        yield np.ones((4, 3)).astype(np.int64).astype(kind)
        yield np.ones((4, 3, 2)).astype(np.int64).astype(kind)
    if isinstance(value, np.ndarray):
        yield from changed(value)
    elif isinstance(value, dict):
        for name in value:
            yield {key: array for key, array in value.items() if key != name}
            yield {key if key != name else 1: array for key, array in value.items()}
            for wrong in (
                None,
                1.0,
                [1.0],
                "x",
                *(changed(value[name]) if isinstance(value[name], np.ndarray) else ()),
            ):
                yield value | {name: wrong}
    elif isinstance(value, list | tuple):
        for wrong in (None, 1.5, -1, 99, "?", [], [None], np.ones(2), np.ones((2, 2))):
            yield type(value)([wrong, *value[1:]]) if not hasattr(value, "_fields") else wrong
        yield type(value)([*value, *value]) if not hasattr(value, "_fields") else None
    elif isinstance(value, str):
        yield from (value.upper(), value + " ", [value], np.array([value]))


def changed(array):
    """An array that is right, with something wrong about it."""
    for kind in TYPES:
        yield array.astype(kind) if array.dtype.kind != "f" or kind != "M8[s]" else array.astype(int).astype(kind)
    yield array[None]
    yield array[..., None]
    yield array.T
    yield array[:0]
    yield array[1:]
    yield np.concatenate((array, array))
    yield array.tolist()
    yield np.ma.masked_array(array, np.zeros(array.shape, bool))
    for wrong in (np.nan, np.inf, -np.inf, -1, 99, 1e200):
        other = array.astype(np.float64)
        other.flat[0] = wrong
        yield other
        if np.isfinite(wrong) and array.dtype.kind in "iu":
            yield np.where(other > 1e9, 99, other).astype(array.dtype)


# what may be said of an argument that is not its own name, because it is found out further in
NEAR = {
    "below": ["layer 0", "layer 1"],
    "above": ["layer 1"],
    "params": ["W_x", "W_s", "b_s", "u:", "b:", "W_o", "b_o", "gradients"],
    "gradients": ["params"],
    "read_out": ["logits", "network"],
    "draw_batch": ["batch"],
    "measure": ["patience"],
    "model": ["steps", "batch"],
    "left": ["left and right", "right"],
    "right": ["left and right", "left"],
    "gradient": ["left and right", "left", "right"],
    "function": ["left", "right"],
    "a": ["b", "start"],
    "array": ["gradient"],
    "layers": ["layer", "kernel", "recurrent kernel", "recurrent weights", "bias", "W_x", "W_h", "W_s", "b"],
    "state": ["recurrent weights", "W_x", "W_h", "W_s", "weight_", "bias_", "b:"],
    "backward": ["forward"],
    "queries": ["attention", "memory"],
    "memory": ["attention", "lengths"],
    "attention": ["queries"],
    "name": ["activation", "name of the measurement", "history", "measure"],
    "matrix": ["jacobians"],
    "recurrent_weight": ["matrix"],
    "network": ["x", "state", "d_outputs"],
    "encoder": ["decoder"],
    "decoder": ["encoder"],
    "outputs": ["targets", "mask"],
    "x": ["targets", "mask", "lengths", "state", "source"],
    "source": ["lengths", "source_lengths", "targets", "x", "state"],
    "targets": ["target_lengths", "lengths"],
    "attended": ["d_context", "attention"],
    "stride": ["window"],
    "size": ["distance"],
}
RAW = re.compile(
    r"ufunc|operand|broadcast|has no attribute|object is not|out of bounds|matmul|reshape|unhashable|"
    r"not supported between|invalid literal|setting an array|truth value|can't convert|cannot convert|unsupported"
)


def snapshot(value):
    """A copy of everything in ``value`` that could be changed."""
    if isinstance(value, np.ndarray | list | dict | tuple | set):
        return copy.deepcopy(value)
    if hasattr(value, "params") and not isinstance(value, type):
        return copy.deepcopy(value.params)
    return value


def unchanged(value, before):
    left, right = ({"": snapshot(each)} for each in (value, before))
    try:
        np.testing.assert_equal(left, right)
    except AssertionError:
        return False
    return True


def every_call():
    """Each function with each argument spoilt in each way: the name of the call, of the argument, and its value."""
    for name, (_, make) in CALLS.items():
        for argument, value in make().items():
            for wrong in spoilt(value):
                # a function of the caller's own may raise what it likes
                if not (callable(value) and callable(wrong)):
                    yield name, argument, wrong


def judged(name, argument, wrong):
    """What is wrong with how the function takes this argument, in words; None where all is well."""
    function, make = CALLS[name]
    arguments = make() | {argument: wrong}
    before = {key: snapshot(value) for key, value in arguments.items()}
    told = f"{name}({argument}={wrong!r:.80})"
    try:
        with np.errstate(all="ignore"):
            function(**arguments)
    except (TypeError, ValueError) as error:
        names = (argument, *NEAR.get(argument, ()))
        text = str(error)
        if not text.startswith(names) or ": " not in text or RAW.search(text.partition(", got")[0]):
            return f"{told}: {type(error).__name__}: {text[:200]}"
    except Exception as error:
        return f"{told}: raw {type(error).__name__}: {str(error)[:200]}"
    # what these change is what they are for
    changes = {"train": {"model"}, "SGD.update": {"params"}, "Adam.update": {"params"}}.get(name, set())
    for key, value in arguments.items():
        if key not in changes and not unchanged(value, before[key]):
            return f"{told}: {key} was changed"
    return None


def refused(calls):
    return [problem for call in calls if (problem := judged(*call)) is not None]


@pytest.mark.filterwarnings("ignore")
def test_a_sample_of_the_spoilt_calls_is_answered_or_named():
    calls = list(every_call())
    chosen = rng().choice(len(calls), 1500, replace=False)
    problems = refused(calls[k] for k in chosen)
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems[:40])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_spoilt_call_is_answered_or_named():
    calls = list(every_call())
    assert len(calls) > 10_000
    problems = refused(calls)
    assert not problems, f"{len(problems)} of {len(calls)} problems:\n" + "\n".join(problems[:400])


def test_what_is_right_is_taken():
    for name, (function, make) in CALLS.items():
        try:
            function(**make())
        except Exception as error:
            raise AssertionError(f"{name} does not take its own arguments") from error

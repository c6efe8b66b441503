"""Every public function with one argument spoilt: it answers, or names what is wrong; the caller's own is untouched.

A sample of the calls runs with the other tests; all of them, some 10,000, with the slow ones.
"""

import copy
import datetime
import re

import numpy as np
import pytest

import rnnlib
from rnnlib import interop
from rnnlib.gradient_flow import (
    cosine,
    gradient_bound,
    input_influence,
    jacobian_norms,
    lag_contributions,
    largest_singular_value,
    power_norms,
    spectral_radius,
    step_jacobians,
)
from rnnlib.tasks import (
    adding,
    agreement,
    dates,
    flights,
    latest_mark,
    recall,
    slot_filling,
    temporal_order,
    two_time_scales,
)

T, B, D, H, O = 4, 3, 2, 3, 5
LENGTHS = np.array([4, 1, 3])


def rng():
    return np.random.default_rng(0)


def normal(*shape):
    return rng().normal(size=shape)


def cell(kind=rnnlib.LSTM, inputs=D, **options):
    return kind(inputs, H, rng=rng(), **options)


def run():
    return rnnlib.unroll(cell(), normal(T, B, D))


def batch(outputs=O):
    return rnnlib.Batch(normal(T, B, D), rng().integers(outputs, size=(T, B)), np.ones((T, B), bool), LENGTHS)


def pairs():
    targets = rng().integers(O, size=(T, B))
    return rnnlib.Pairs(normal(T, B, D), LENGTHS, targets, LENGTHS)


def model(network=None, **options):
    return rnnlib.Model(network or cell(), O, rng=rng(), **options)


def language_model():
    return rnnlib.Model(cell(rnnlib.GRUResetAfter, O), O, rng=rng())


def translator():
    return rnnlib.Seq2Seq(cell(rnnlib.Elman), cell(rnnlib.Elman, O), end=1, attention=rnnlib.DotAttention(), rng=rng())


def gradients():
    return {"a": normal(2, 3), "b": normal(4)}


def field(name, make):
    """A call that takes one field of a batch, the others being right."""
    return lambda function, **value: function(make()._replace(**{name: value[name]}))


def drawn(random):
    return rnnlib.Batch(random.normal(size=(T, B, D)), random.integers(O, size=(T, B)))


SIZES = {"input_size": 2, "state_size": 3}
# each public function with arguments that are right, made afresh for each call
CALLS = {
    **{
        kind.__name__: (kind, lambda: SIZES | {"rng": rng(), "recurrent": "orthogonal", "gain": 0.5})
        for kind in (rnnlib.Elman, rnnlib.LSTM, rnnlib.PeepholeLSTM, rnnlib.GRUResetAfter, rnnlib.GRUResetBefore)
    },
    "Elman activation": (rnnlib.Elman, lambda: SIZES | {"rng": rng(), "activation": "relu", "dtype": np.float32}),
    "LSTM forget bias": (rnnlib.LSTM, lambda: SIZES | {"rng": rng(), "forget_bias": 2.0}),
    "IndRNN": (rnnlib.IndRNN, lambda: SIZES | {"rng": rng(), "activation": "tanh", "gain": 0.5}),
    "MinGRU": (rnnlib.MinGRU, lambda: SIZES | {"rng": rng(), "gate": "tanh", "update_bias": 1.0, "dtype": np.float32}),
    "TDNN": (rnnlib.TDNN, lambda: SIZES | {"window": 2, "rng": rng(), "activation": "relu"}),
    "Jordan": (rnnlib.Jordan, lambda: {"input_size": 2, "hidden_size": 3, "output_size": 2, "rng": rng()}),
    "Elman.from_params": (rnnlib.Elman.from_params, lambda: {"params": cell(rnnlib.Elman).params}),
    "Stacked": (lambda below, above: rnnlib.Stacked(below, above), lambda: {"below": cell(), "above": cell(inputs=H)}),
    "Bidirectional": (rnnlib.Bidirectional, lambda: {"forward": cell(), "backward": cell(rnnlib.MinGRU)}),
    "AdditiveAttention": (
        rnnlib.AdditiveAttention,
        lambda: {"query_size": 2, "memory_size": 3, "size": 4, "rng": rng(), "dtype": np.float64},
    ),
    "attend": (
        rnnlib.attend,
        lambda: {
            "attention": rnnlib.DotAttention(),
            "queries": normal(T, B, H),
            "memory": normal(T, B, H),
            "lengths": LENGTHS,
        },
    ),
    "attend_back": (
        rnnlib.attend_back,
        lambda: {
            "attention": rnnlib.DotAttention(),
            "attended": rnnlib.attend(rnnlib.DotAttention(), normal(2, B, H), normal(T, B, H)),
            "d_context": normal(2, B, H),
        },
    ),
    **{
        f"unroll {kind.__name__}": (
            rnnlib.unroll,
            lambda kind=kind: {
                "network": cell(kind),
                "x": normal(T, B, D),
                "state": (normal(B, H),) * len(getattr(kind, "states", "h")),
                "lengths": LENGTHS,
            },
        )
        for kind in (rnnlib.Elman, rnnlib.LSTM, rnnlib.IndRNN, rnnlib.MinGRU)
    },
    "unroll both ways": (
        rnnlib.unroll,
        lambda: {"network": rnnlib.Bidirectional(cell(), cell()), "x": normal(T, B, D), "state": None},
    ),
    "bptt": (
        rnnlib.bptt,
        lambda: {"run": run(), "d_outputs": normal(T, B, H), "d_final_state": (normal(B, H), normal(B, H))},
    ),
    "bptt MinGRU": (
        rnnlib.bptt,
        lambda: {
            "run": rnnlib.unroll(cell(rnnlib.MinGRU), normal(T, B, D)),
            "d_outputs": normal(T, B, H),
            "d_final_state": normal(B, H),
        },
    ),
    "truncated_bptt": (
        rnnlib.truncated_bptt,
        lambda: {"run": run(), "d_outputs": normal(T, B, H), "window": 3, "stride": 2},
    ),
    "scan": (rnnlib.scan, lambda: {"a": normal(T, B), "b": normal(T, B), "start": normal(B)}),
    "softmax": (rnnlib.softmax, lambda: {"z": normal(2, 3), "axis": 0}),
    "get_activation": (rnnlib.get_activation, lambda: {"name": "tanh"}),
    **{
        kind.__name__: (kind, lambda: {"rng": rng(), "out_size": 2, "in_size": 3, "gain": 0.5})
        for kind in (rnnlib.scaled_normal, rnnlib.orthogonal, rnnlib.identity)
    },
    "squared_error": (
        rnnlib.squared_error,
        lambda: {"outputs": normal(T, B, O), "targets": normal(T, B, O), "mask": np.ones((T, B), bool)},
    ),
    "softmax_cross_entropy": (
        rnnlib.softmax_cross_entropy,
        lambda: {"outputs": normal(T, B, O), "targets": batch().targets, "mask": np.ones((T, B), bool)},
    ),
    "global_norm": (rnnlib.global_norm, lambda: {"gradients": gradients()}),
    "clip_by_norm": (rnnlib.clip_by_norm, lambda: {"gradients": gradients(), "threshold": 0.5}),
    "clip_by_value": (rnnlib.clip_by_value, lambda: {"gradients": gradients(), "threshold": 0.5}),
    "SGD": (rnnlib.SGD, lambda: {"rate": 0.1, "momentum": 0.5}),
    "Adam": (rnnlib.Adam, lambda: {"rate": 0.1, "b1": 0.5, "b2": 0.9, "epsilon": 1e-8}),
    "SGD.update": (rnnlib.SGD(0.1, 0.5).update, lambda: {"params": gradients(), "gradients": gradients()}),
    "Adam.update": (rnnlib.Adam().update, lambda: {"params": gradients(), "gradients": gradients()}),
    "numerical_gradient": (
        rnnlib.numerical_gradient,
        lambda: {"function": lambda: 1.0, "array": normal(2), "epsilon": 1e-3},
    ),
    "directional_error": (
        rnnlib.directional_error,
        lambda: {"function": lambda: 1.0, "array": normal(2), "gradient": normal(2), "rng": rng(), "epsilon": 1e-3},
    ),
    "relative_error": (rnnlib.relative_error, lambda: {"left": normal(2, 3), "right": normal(2, 3)}),
    "sample": (rnnlib.sample, lambda: {"logits": normal(B, O), "rng": rng(), "temperature": 0.5}),
    "generate": (
        rnnlib.generate,
        lambda: {
            "model": language_model(),
            "rng": rng(),
            "steps": 3,
            "size": 2,
            "temperature": 0.5,
            "prefix": [1, 2],
            "end": 0,
        },
    ),
    "free_run": (
        rnnlib.free_run,
        lambda: {
            "network": cell(inputs=H),
            "read_out": lambda outputs: outputs,
            "choose": lambda logits: logits.argmax(axis=-1),
            "x": normal(2, B, H),
            "steps": 3,
            "state": (normal(B, H), normal(B, H)),
            "end": 0,
        },
    ),
    "Model": (
        rnnlib.Model,
        lambda: {
            "network": cell(),
            "output_size": O,
            "loss": "squared_error",
            "dropout": 0.1,
            "input_dropout": 0.2,
            "rng": rng(),
        },
    ),
    "Model.outputs": (lambda **options: model().outputs(**options), lambda: {"x": normal(T, B, D), "lengths": LENGTHS}),
    "Model.predict": (lambda **options: model().predict(**options), lambda: {"x": normal(T, B, D), "lengths": LENGTHS}),
    **{
        f"Model.{method} {name}": (
            lambda method=method, name=name, **value: getattr(model(), method)(batch()._replace(**value)),
            lambda name=name: {name: getattr(batch(), name)},
        )
        for method in ("loss", "accuracy", "loss_and_gradients")
        for name in ("x", "targets", "mask", "lengths")
    },
    **{
        f"Seq2Seq.{method} {name}": (
            lambda method=method, name=name, **value: getattr(translator(), method)(pairs()._replace(**value)),
            lambda name=name: {name: getattr(pairs(), name)},
        )
        for method in ("loss", "loss_and_gradients", "teacher_forced", "exact_match")
        for name in pairs()._fields
    },
    "Seq2Seq": (
        rnnlib.Seq2Seq,
        lambda: {
            "encoder": cell(rnnlib.Elman),
            "decoder": cell(rnnlib.Elman, O),
            "end": 1,
            "attention": rnnlib.DotAttention(),
            "rng": rng(),
        },
    ),
    "Seq2Seq.predict": (
        lambda **options: translator().predict(**options),
        lambda: {"x": normal(T, B, D), "lengths": LENGTHS, "longest": 3},
    ),
    "Seq2Seq.translate": (
        lambda **options: translator().translate(**options),
        lambda: {"source": normal(T, B, D), "lengths": LENGTHS, "longest": 3},
    ),
    "train": (
        lambda **options: rnnlib.train(**options, progress=False),
        lambda: {
            "model": model(),
            "draw_batch": drawn,
            "steps": 2,
            "optimizer": rnnlib.SGD(0.1),
            "rng": rng(),
            "clip": 1.0,
            "clip_kind": "value",
            "measure": lambda model: 1.0,
            "measure_every": 1,
            "patience": 5,
        },
    ),
    "stream": (rnnlib.stream, lambda: {"batch": batch()._replace(lengths=None), "window": 2}),
    "History.smoothed_loss": (rnnlib.History([1.0, 2.0, 3.0]).smoothed_loss, lambda: {"window": 2}),
    "History.curve": (rnnlib.History(measured={0: {"a": 1.0}}).curve, lambda: {"name": "a"}),
    "step_jacobians": (step_jacobians, lambda: {"run": run(), "sequence": 1}),
    "lag_contributions": (lag_contributions, lambda: {"run": run(), "d_outputs": normal(T, B, H), "sequence": 1}),
    "input_influence": (
        input_influence,
        lambda: {"network": cell(), "x": normal(T, 1, D), "state": (normal(1, H), normal(1, H))},
    ),
    "cosine": (cosine, lambda: {"left": gradients(), "right": gradients()}),
    "jacobian_norms": (jacobian_norms, lambda: {"jacobians": normal(T, H, H)}),
    "power_norms": (power_norms, lambda: {"matrix": normal(H, H), "steps": 3}),
    "spectral_radius": (spectral_radius, lambda: {"matrix": normal(H, H)}),
    "largest_singular_value": (largest_singular_value, lambda: {"matrix": normal(H, 2)}),
    "gradient_bound": (
        gradient_bound,
        lambda: {"recurrent_weight": normal(H, H), "activation": "tanh", "lags": [0, 1, 2]},
    ),
    "to_torch": (interop.to_torch, lambda: {"network": cell()}),
    "to_keras": (interop.to_keras, lambda: {"network": cell()}),
    "from_torch": (interop.from_torch, lambda: {"state": interop.to_torch(cell()), "activation": "relu"}),
    "from_keras": (interop.from_keras, lambda: {"layers": interop.to_keras(cell()), "activation": "relu"}),
    "adding": (adding.draw_batch, lambda: {"rng": rng(), "size": 2, "steps": 5}),
    "latest_mark": (latest_mark.draw_batch, lambda: {"rng": rng(), "size": 2, "steps": 5}),
    "recall": (recall.draw_batch, lambda: {"rng": rng(), "size": 2, "lag": 5}),
    "temporal_order": (temporal_order.draw_batch, lambda: {"rng": rng(), "size": 2, "steps": 9}),
    "temporal_order.text": (
        temporal_order.text,
        lambda: {"batch": temporal_order.draw_batch(rng(), 2, 9), "sequence": 1},
    ),
    "two_time_scales": (
        two_time_scales.draw_batch,
        lambda: {"rng": rng(), "size": 2, "steps": 5, "slow": 50.0, "fast": 2.0},
    ),
    "lowest_error": (two_time_scales.lowest_error, lambda: {"steps": 5, "slow": 50.0, "fast": 2.0}),
    "slot_filling": (slot_filling.draw_batch, lambda: {"rng": rng(), "size": 2, "longest": 3, "verb": "after"}),
    "slot_filling.draw_request": (slot_filling.draw_request, lambda: {"rng": rng(), "distance": 2, "verb": "either"}),
    "slot_filling.encode": (slot_filling.encode, lambda: {"requests": [["arrive", "Taipei"]]}),
    "agreement": (agreement.draw_batch, lambda: {"rng": rng(), "size": 2}),
    "agreement.draw_sentences": (agreement.draw_sentences, lambda: {"rng": rng(), "size": 2}),
    "agreement.encode": (agreement.encode, lambda: {"sentences": [["the", "dog", "barks", "."]]}),
    "agreement.is_sentence": (agreement.is_sentence, lambda: {"words": ["the", "dog", "barks", "."]}),
    "dates": (dates.draw_batch, lambda: {"rng": rng(), "size": 2, "part": "held out", "forms": dates.FORMS[:2]}),
    "dates.draw_dates": (dates.draw_dates, lambda: {"rng": rng(), "size": 2, "part": "training"}),
    "dates.english": (dates.english, lambda: {"date": datetime.date(2026, 11, 2), "form": dates.FORMS[0]}),
    "dates.chinese": (dates.chinese, lambda: {"date": datetime.date(2026, 11, 2)}),
    "dates.encode": (dates.encode, lambda: {"texts": ["2 May 1984"], "unknown": "blank"}),
    "dates.encode_chinese": (dates.encode_chinese, lambda: {"texts": ["1984年5月2日"]}),
    "dates.unknown_characters": (dates.unknown_characters, lambda: {"text": "2 May"}),
    "dates.decode": (dates.decode, lambda: {"symbols": np.array([[1, 2], [3, 4]])}),
    "flights.draw_request": (flights.draw_request, lambda: {"rng": rng()}),
    "flights": (flights.draw_batch, lambda: {"rng": rng(), "size": 2}),
    "flights.draw_text": (flights.draw_text, lambda: {"rng": rng(), "size": 2, "steps": 5}),
    "flights.as_batch": (flights.as_batch, lambda: {"requests": [["show", "me"]]}),
    "flights.decode": (flights.decode, lambda: {"symbols": np.array([[1, 2], [3, 4]])}),
    "flights.next_words": (flights.next_words, lambda: {"words": ["show", "me"]}),
    "flights.log_probability": (flights.log_probability, lambda: {"words": ["show", "me"]}),
    "flights.is_well_formed": (flights.is_well_formed, lambda: {"words": ["show", "me"]}),
}

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
    "params": ["W_x", "W_s", "b_s", "gradients"],
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
    "layers": ["layer", "kernel", "recurrent kernel", "recurrent weights", "bias", "W_x", "W_h", "b"],
    "state": ["recurrent weights", "W_x", "W_h", "weight_", "bias_", "b:"],
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

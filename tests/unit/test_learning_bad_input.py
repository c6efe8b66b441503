"""Whatever comes in at the doors of the learning floor, the answer is finite or an error that names its argument."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import rnnlib
from rnnlib.tasks import dates, flights, slot_filling, temporal_order, two_time_scales

ANY_NUMBER = st.one_of(
    st.integers(-3, 5), st.floats(), st.booleans(), st.none(), st.text(max_size=2), st.complex_numbers()
)
ANY_ARRAY = st.one_of(
    ANY_NUMBER,
    st.lists(st.integers(-1, 3), max_size=3),
    arrays.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.bool_, np.complex128, np.dtype("U1")]),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    ),
)
PROPERTY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def rng():
    return np.random.default_rng(0)


def tries(call, names):
    """Call it, and let pass what answers with finite numbers or complains about one of ``names``."""
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            answer = call()
        except (TypeError, ValueError) as error:
            if not re.match(rf"({'|'.join(names)})\b.*: expected ", str(error)):
                raise AssertionError(f"{error!r} names no argument") from error
        else:
            for part in answer if isinstance(answer, tuple) else (answer,):
                if isinstance(part, np.ndarray | float) and np.asarray(part).dtype.kind == "f":
                    assert np.isfinite(part).all()


MODEL = rnnlib.Model(rnnlib.Elman(2, 3, rng=rng()), 2, rng=rng())
GOOD = rnnlib.Batch(np.ones((3, 2, 2)), np.ones((3, 2), int), np.ones((3, 2), bool), np.array([3, 1]))


@PROPERTY
@given(st.sampled_from(["x", "targets", "mask", "lengths"]), ANY_ARRAY)
def test_a_model_takes_a_batch_or_says_why_not(field, value):
    batch = GOOD._replace(**{field: value})
    for method in (MODEL.loss, MODEL.accuracy, lambda b: MODEL.loss_and_gradients(b)[0]):
        tries(lambda method=method: method(batch), ["x", "targets", "mask", "lengths", "outputs"])


SEQ2SEQ = rnnlib.Seq2Seq(rnnlib.Elman(2, 3, rng=rng()), rnnlib.Elman(4, 3, rng=rng()), end=3, rng=rng())
PAIRS = rnnlib.Pairs(np.ones((3, 2, 2)), np.array([3, 1]), np.ones((2, 2), int), np.array([2, 1]))


@PROPERTY
@given(st.sampled_from(PAIRS._fields), ANY_ARRAY)
def test_an_encoder_and_decoder_take_pairs_or_say_why_not(field, value):
    pairs = PAIRS._replace(**{field: value})
    for method in (SEQ2SEQ.loss, SEQ2SEQ.predict, SEQ2SEQ.exact_match):
        tries(lambda method=method: method(pairs), [*PAIRS._fields, "x", "lengths"])
    if field.startswith("source"):
        tries(
            lambda: SEQ2SEQ.translate(pairs.source, pairs.source_lengths, longest=3).symbols, ["source", "x", "lengths"]
        )


@PROPERTY
@given(st.sampled_from(["queries", "memory", "lengths"]), ANY_ARRAY, st.booleans())
def test_attention_attends_or_says_why_not(field, value, dot):
    attention = rnnlib.DotAttention() if dot else rnnlib.AdditiveAttention(2, 2, 3, rng=rng())
    good = {"queries": np.ones((2, 2, 2)), "memory": np.ones((3, 2, 2)), "lengths": np.array([1, 3])}
    tries(
        lambda: rnnlib.attend(attention, **good | {field: value}).context, ["queries", "memory", "lengths", "attention"]
    )


@PROPERTY
@given(ANY_ARRAY, ANY_NUMBER)
def test_sampling_draws_or_says_why_not(logits, number):
    tries(lambda: rnnlib.sample(logits, rng(), number), ["logits", "temperature"])
    tries(lambda: rnnlib.sample(logits, rng()), ["logits"])
    tries(lambda: rnnlib.sample(np.zeros(3), number), ["rng"])


TEXT_MODEL = rnnlib.Model(rnnlib.Elman(3, 2, rng=rng()), 3, rng=rng())


@PROPERTY
@given(st.sampled_from(["rng", "steps", "size", "temperature", "prefix", "end"]), st.one_of(ANY_NUMBER, ANY_ARRAY))
def test_generation_runs_or_says_why_not(name, value):
    arguments = {"model": TEXT_MODEL, "rng": rng(), "steps": 3, name: value}
    tries(lambda: rnnlib.generate(**arguments), [name])


@PROPERTY
@given(
    st.sampled_from(
        ["steps", "clip", "clip_kind", "measure", "measure_every", "patience", "rng", "optimizer", "model"]
    ),
    ANY_NUMBER,
)
def test_training_runs_or_says_why_not(name, value):
    arguments = {"model": MODEL, "draw_batch": lambda _: GOOD, "steps": 1, "optimizer": rnnlib.SGD(0.1), "rng": rng()}
    arguments |= {"progress": False, name: value}
    tries(lambda: rnnlib.train(**arguments).loss[-1], [name])


DRAWS = {
    "slot_filling": (slot_filling.draw_batch, {"size": 2, "longest": 2, "verb": "either"}),
    "temporal_order": (temporal_order.draw_batch, {"size": 2, "steps": 8}),
    "two_time_scales": (two_time_scales.draw_batch, {"size": 2, "steps": 3, "slow": 9.0, "fast": 1.0}),
    "dates": (dates.draw_batch, {"size": 2, "part": "training"}),
    "flights": (flights.draw_batch, {"size": 2}),
    "flight text": (flights.draw_text, {"size": 2, "steps": 5}),
}


@pytest.mark.parametrize("task", DRAWS)
@PROPERTY
@given(st.data())
def test_a_task_draws_or_says_why_not(task, data):
    draw, good = DRAWS[task]
    name = data.draw(st.sampled_from(["rng", *good]))
    arguments = {"rng": rng()} | good | {name: data.draw(ANY_NUMBER)}
    tries(lambda: draw(**arguments)[0], [name])


def test_an_answer_that_names_nothing_would_be_seen():
    def vague():
        raise ValueError("operands could not be broadcast together")

    with pytest.raises(AssertionError, match="names no argument"):
        tries(vague, ["x"])

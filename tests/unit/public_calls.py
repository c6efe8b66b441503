"""Every public function with arguments that are right: what the tests of wrong and of left-out arguments share."""

import datetime

import numpy as np

import rnnlib
from rnnlib import interop
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
from rnnlib.sampling import probabilities
from rnnlib.tasks import (
    adding,
    agreement,
    dates,
    flights,
    latest_mark,
    parity,
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
    **{
        f"{kind.__name__}.from_params": (kind.from_params, lambda kind=kind: {"params": cell(kind).params})
        for kind in (rnnlib.Elman, rnnlib.IndRNN)
    },
    "Jordan.from_params": (
        rnnlib.Jordan.from_params,
        lambda: {"params": rnnlib.Jordan(2, 3, 2, rng=rng()).params, "activation": "relu"},
    ),
    "DeltaRule": (
        rnnlib.DeltaRule,
        lambda: {"input_size": 2, "key_size": 3, "value_size": 2, "rng": rng(), "top": 1.5, "writes": 2},
    ),
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
    "unroll DeltaRule": (
        rnnlib.unroll,
        lambda: {
            "network": rnnlib.DeltaRule(D, 2, H, rng=rng()),
            "x": normal(T, B, D),
            "state": normal(B, 2 * H),
            "lengths": LENGTHS,
        },
    ),
    "bptt DeltaRule": (
        rnnlib.bptt,
        lambda: {
            "run": rnnlib.unroll(rnnlib.DeltaRule(D, 2, H, rng=rng()), normal(T, B, D)),
            "d_outputs": normal(T, B, H),
            "d_final_state": normal(B, 2 * H),
        },
    ),
    "bptt TDNN": (
        rnnlib.bptt,
        lambda: {
            "run": rnnlib.unroll(cell(rnnlib.TDNN, window=2), normal(T, B, D)),
            "d_outputs": normal(T, B, H),
            "d_final_state": normal(B, D),
        },
    ),
    "bptt both ways": (
        rnnlib.bptt,
        lambda: {
            "run": rnnlib.unroll(rnnlib.Bidirectional(cell(), cell()), normal(T, B, D)),
            "d_outputs": normal(T, B, 2 * H),
            "d_final_state": ((normal(B, H),) * 2,) * 2,
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
    "probabilities": (probabilities, lambda: {"logits": normal(B, O), "temperature": 0.5}),
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
    "lyapunov_exponent": (lyapunov_exponent, lambda: {"jacobians": normal(T, H, H)}),
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
    "from_torch": (interop.from_torch, lambda: {"state": interop.to_torch(cell())}),
    "from_keras": (interop.from_keras, lambda: {"layers": interop.to_keras(cell())}),
    "from_torch plain": (
        interop.from_torch,
        lambda: {"state": interop.to_torch(cell(rnnlib.Elman)), "activation": "relu"},
    ),
    "from_keras plain": (
        interop.from_keras,
        lambda: {"layers": interop.to_keras(cell(rnnlib.Elman)), "activation": "relu"},
    ),
    "adding": (adding.draw_batch, lambda: {"rng": rng(), "size": 2, "steps": 5}),
    "latest_mark": (latest_mark.draw_batch, lambda: {"rng": rng(), "size": 2, "steps": 5}),
    "parity": (parity.draw_batch, lambda: {"rng": rng(), "size": 2, "steps": 5}),
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

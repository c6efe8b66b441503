"""The arguments of every public function: what is of no kind is named, what is left out is what is documented."""

import types

import numpy as np
import pytest
from public_calls import CALLS

# what is left out, by call
FRESH = {"recurrent": "scaled_normal", "gain": 1.0, "dtype": np.float64}
DEFAULTS = {
    "Elman": FRESH | {"activation": "tanh"},
    "LSTM": FRESH | {"forget_bias": 1.0},
    "PeepholeLSTM": FRESH | {"forget_bias": 1.0},
    "GRUResetAfter": FRESH,
    "GRUResetBefore": FRESH,
    "IndRNN": {"activation": "relu", "gain": 1.0, "dtype": np.float64},
    "MinGRU": {"gate": "sigmoid", "update_bias": 0.0, "dtype": np.float64},
    "TDNN": {"activation": "tanh", "dtype": np.float64},
    "Jordan": FRESH | {"activation": "tanh"},
    "DeltaRule": {"top": 1.0, "writes": 1, "dtype": np.float64},
    "Elman.from_params": {"activation": "tanh"},
    "IndRNN.from_params": {"activation": "relu"},
    "Jordan.from_params": {"activation": "tanh"},
    "AdditiveAttention": {"dtype": np.float64},
    "attend": {"lengths": None},
    "unroll LSTM": {"state": None, "lengths": None},
    "bptt": {"d_final_state": None, "keep_state_gradients": False},
    "truncated_bptt": {"stride": 1},
    "softmax": {"axis": -1},
    "scaled_normal": {"gain": 1.0},
    "orthogonal": {"gain": 1.0},
    "identity": {"gain": 1.0},
    "squared_error": {"mask": None},
    "softmax_cross_entropy": {"mask": None},
    "SGD": {"momentum": 0.0},
    "Adam": {"rate": 1e-3, "b1": 0.9, "b2": 0.999, "epsilon": 1e-8},
    "probabilities": {"temperature": 1.0},
    "sample": {"temperature": 1.0},
    "generate": {"size": 1, "temperature": 1.0, "prefix": (), "end": None},
    "free_run": {"state": None, "end": None},
    "Model": {"loss": "softmax_cross_entropy", "dropout": 0.0, "input_dropout": 0.0},
    "Model.outputs": {"lengths": None, "state": None},
    "Model.predict": {"lengths": None},
    "Seq2Seq": {"attention": None},
    "Seq2Seq.predict": {"lengths": None, "longest": 100},
    "Seq2Seq.translate": {"lengths": None, "longest": 100},
    "train": {"clip": None, "clip_kind": "norm", "measure": None, "patience": None, "watch": None},
    "step_jacobians": {"sequence": 0},
    "lag_contributions": {"sequence": 0},
    "input_influence": {"state": None},
    "from_torch plain": {"activation": "tanh"},
    "from_keras plain": {"activation": "tanh"},
    "parity": {"at_every_step": True},
    "temporal_order.text": {"sequence": 0},
    "two_time_scales": {"slow": 100.0, "fast": 1.0},
    "lowest_error": {"slow": 100.0, "fast": 1.0},
    "slot_filling": {"longest": 4, "verb": "before"},
    "slot_filling.draw_request": {"verb": "before"},
    "dates": {"part": "training"},
    "dates.draw_dates": {"part": "training"},
    "dates.encode": {"unknown": "refuse"},
}


def contents(answer):
    """All that an answer holds, down to its arrays and numbers."""
    if isinstance(answer, dict):
        return {name: contents(part) for name, part in answer.items()}
    if isinstance(answer, tuple | list):
        return [contents(part) for part in answer]
    if hasattr(answer, "__dict__") and not isinstance(answer, type | types.FunctionType):
        return {"": type(answer)} | contents(vars(answer))
    return answer


@pytest.mark.parametrize("name", DEFAULTS)
def test_what_is_left_out_is_what_is_documented(name):
    function, make = CALLS[name]
    given = {argument for argument in make() if argument not in DEFAULTS[name]}
    answers = [function(**{name: make()[name] for name in given} | more) for more in ({}, DEFAULTS[name])]
    np.testing.assert_equal(*map(contents, answers))


# these are found out further in, where they have another name
FURTHER_IN = {"below": "layer 0", "above": "layer 1", "name": "(name|activation)", "recurrent_weight": "matrix"}


@pytest.mark.parametrize("name", CALLS)
def test_an_argument_of_no_kind_is_named(name):
    function, make = CALLS[name]
    for argument in make():
        with pytest.raises((TypeError, ValueError), match=rf"^{FURTHER_IN.get(argument, argument)}\b.*: expected"):
            function(**make() | {argument: object()})


MIXED = {"x", "state", "memory", "source", "d_context", "d_outputs", "d_final_state", "b", "start"}


@pytest.mark.parametrize("name", CALLS)
def test_float32_among_float64_is_named(name):
    function, make = CALLS[name]
    for argument, value in make().items():
        if argument in MIXED and isinstance(value, np.ndarray):
            with pytest.raises(TypeError, match=rf"^({argument}|x)\b.*: expected float64"):
                function(**make() | {argument: value.astype(np.float32)})

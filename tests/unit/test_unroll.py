"""The engine: lengths, chunks, blocks, what it keeps and what it leaves alone."""

import copy
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerics import (
    CELLS,
    LENGTHS,
    LINEAR,
    NETWORKS,
    READ_FORWARD,
    WINDOWS,
    B,
    D,
    H,
    Problem,
    T,
    arrays_in,
    assert_same_gradients,
    make,
    one,
)

import rnnlib
from rnnlib import LSTM, Gradients, NotFiniteError, bptt, unroll
from rnnlib.unroll import check_network, check_run

RNG = np.random.default_rng
SOME = ("elman tanh", "jordan", "lstm", "gru, reset after", "tdnn 3 linear")


def added(*gradients):
    return {name: sum(g.params[name] for g in gradients) for name in gradients[0].params}


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_batch_is_each_sequence_run_alone(name, lengths):
    """Outputs, final states and gradients; with lengths, each sequence is cut to its own."""
    problem = Problem(name, lengths)
    run, gradients = problem.run(), problem.gradients()
    alone = []
    for b, n in enumerate([T] * B if lengths is None else lengths):
        single = unroll(problem.network, problem.x[:n, b : b + 1], one(problem.state, b))
        alone.append(bptt(single, problem.d_outputs[:n, b : b + 1], one(problem.d_final, b)))
        assert rnnlib.relative_error(run.outputs[:n, b : b + 1], single.outputs) < 1e-14
        assert rnnlib.relative_error(gradients.x[:n, b : b + 1], alone[-1].x) < 1e-13
        assert not run.outputs[n:, b].any()
        assert not gradients.x[n:, b].any()
        for batched, own in ((run.final_state, single.final_state), (gradients.initial_state, alone[-1].initial_state)):
            for left, right in zip(arrays_in(one(batched, b)), arrays_in(own), strict=True):
                assert rnnlib.relative_error(left, right) < 1e-13
    for key, total in added(*alone).items():
        assert rnnlib.relative_error(gradients.params[key], total) < 1e-12, key


@pytest.mark.parametrize("name", NETWORKS)
def test_padded_steps_change_nothing(name):
    """Whatever comes after the end of a sequence, in x or in d_outputs, every result is the same to the last bit."""
    problem, other = Problem(name, LENGTHS), Problem(name, LENGTHS)
    padded = np.arange(T)[:, None] >= LENGTHS
    other.x[padded] = 100 * RNG(0).normal(size=(padded.sum(), D))
    other.d_outputs[padded] = 1e6
    assert np.array_equal(problem.run().outputs, other.run().outputs)
    for left, right in zip(arrays_in(problem.run().final_state), arrays_in(other.run().final_state), strict=True):
        assert np.array_equal(left, right)
    for (part, _, gradient), (_, _, same) in zip(problem.pairs(), other.pairs(), strict=True):
        assert np.array_equal(gradient, same), part


@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("name", READ_FORWARD)
def test_chunks_are_the_whole_with_gradients(name, cut):
    """The state is passed on forward and its gradient back: run in two chunks, nothing changes."""
    problem = Problem(name)
    whole = problem.gradients()
    first = unroll(problem.network, problem.x[:cut], problem.state)
    second = unroll(problem.network, problem.x[cut:], first.final_state)
    assert rnnlib.relative_error(np.concatenate((first.outputs, second.outputs)), problem.run().outputs) < 1e-14
    later = bptt(second, problem.d_outputs[cut:], problem.d_final)
    sooner = bptt(first, problem.d_outputs[:cut], later.initial_state)
    d_x = np.concatenate((sooner.x, later.x))
    assert_same_gradients(Gradients(added(sooner, later), d_x, sooner.initial_state, None), whole)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", READ_FORWARD)
def test_parts_of_a_run_are_the_whole_with_gradients(name, lengths):
    problem = Problem(name, lengths)
    run, d_state, parts = problem.run(), problem.d_final, []
    for start, stop in ((3, 4), (1, 3), (0, 1)):
        part = run.window(start, stop)
        assert len(part) == stop - start
        assert np.array_equal(part.outputs, run.outputs[start:stop])
        parts.insert(0, bptt(part, problem.d_outputs[start:stop], d_state))
        d_state = parts[0].initial_state
    d_x = np.concatenate([part.x for part in parts])
    assert_same_gradients(Gradients(added(*parts), d_x, d_state, None), problem.gradients())


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", CELLS)
def test_the_backward_pass_in_blocks_of_steps_is_the_backward_pass(name, lengths, monkeypatch):
    problem = Problem(name, lengths)
    whole = problem.gradients(keep_state_gradients=True)
    rows = len(problem.network.params[problem.network.bias])
    for steps in (1, 3):
        monkeypatch.setattr(sys.modules["rnnlib.unroll"], "BLOCK_ENTRIES", steps * B * rows)
        blocks = problem.gradients(keep_state_gradients=True)
        assert_same_gradients(blocks, whole, 1e-14)
        for left, right in zip(blocks.states, whole.states, strict=True):
            assert np.array_equal(left, right)


@pytest.mark.parametrize("name", CELLS)
def test_state_gradients_are_those_of_the_rest_of_the_sequence(name):
    """dL/dstate_t: what a run that starts at t says about its initial state, and what output t itself adds."""
    problem = Problem(name)
    run, gradients = problem.run(), problem.gradients(keep_state_gradients=True)
    for t in range(T):
        rest = bptt(run.window(t, T), problem.d_outputs[t:], problem.d_final).initial_state
        own = problem.d_outputs[t - 1] if t else 0.0
        for k, (kept, wanted) in enumerate(zip(gradients.states, rest, strict=True)):
            assert np.allclose(kept[t], wanted + (own if k == 0 else 0.0), rtol=0, atol=1e-14)
    for kept, start in zip(gradients.states, gradients.initial_state, strict=True):
        assert np.array_equal(kept[0], start)
    assert problem.gradients().states is None


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_of_the_caller_is_changed(name):
    problem = Problem(name, LENGTHS.copy())
    owned = (problem.x, problem.state, problem.d_outputs, problem.d_final, problem.lengths, problem.network.params)
    before = copy.deepcopy(owned)
    run = problem.run()
    kept = copy.deepcopy((run.outputs, run.final_state))
    bptt(run, problem.d_outputs, problem.d_final, keep_state_gradients=True)
    bptt(run, problem.d_outputs, problem.d_final)
    for now, then in zip((*owned, run.outputs, run.final_state), (*before, *kept), strict=True):
        np.testing.assert_equal(now, then)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_run_twice_gives_the_same_numbers(name):
    problem = Problem(name)
    for (part, _, left), (_, _, right) in zip(problem.pairs(), problem.pairs(), strict=True):
        assert np.array_equal(left, right), part


def test_a_cell_with_one_state_takes_it_as_a_single_array():
    problem = Problem("gru, reset before")
    bare = unroll(problem.network, problem.x, problem.state[0])
    assert np.array_equal(bare.outputs, problem.run().outputs)
    left, right = (bptt(bare, problem.d_outputs, d) for d in (problem.d_final, problem.d_final[0]))
    assert np.array_equal(left.x, right.x)


def test_a_strided_input_is_as_good_as_a_contiguous_one():
    problem = Problem("lstm")
    strided = np.asfortranarray(np.repeat(problem.x, 2, axis=1))[:, ::2]
    run = unroll(problem.network, strided, problem.state)
    gradients = bptt(run, np.asfortranarray(problem.d_outputs), problem.d_final)
    assert_same_gradients(gradients, problem.gradients(), 1e-14)


def wrong_inputs():
    x = np.ones((T, B, D))
    nan, inf = x.copy(), x.copy()
    nan[2, 1, 0], inf[1, 0, 1] = np.nan, np.inf
    return {
        "two axes": (
            x[:, 0],
            ValueError,
            rf"x: expected \(T, B, D={D}\), got \({T}, {D}\): add a batch axis with x\[:, N",
        ),
        "one axis": (x[:, 0, 0], ValueError, rf"x: expected \(T, B, D={D}\), got \({T},\): arrays are time-major"),
        "four axes": (x[None], ValueError, rf"x: expected \(T, B, D={D}\), got \(1, {T}, {B}, {D}\)"),
        "wide": (np.ones((T, B, D + 1)), ValueError, rf"x: expected \(T, B, D={D}\), got \({T}, {B}, {D + 1}\)"),
        "integers": (x.astype(int), TypeError, r"x: expected float64 or float32, got int64: convert it with x.astype"),
        "booleans": (x > 0, TypeError, "x: expected float64 or float32, got bool"),
        "objects": (x.astype(object), TypeError, "x: expected float64 or float32, got object"),
        "half": (x.astype(np.float16), TypeError, "x: expected float64 or float32, got float16"),
        "single": (x.astype(np.float32), TypeError, "x: expected float64, the type of the weights, got float32"),
        "list": (
            x.tolist(),
            TypeError,
            r"x: expected a NumPy array \(T, B, D=2\), got list: convert it with",
        ),
        "nothing": (None, TypeError, r"x: expected a NumPy array \(T, B, D=2\), got NoneType"),
        "no steps": (x[:0], ValueError, "x: expected at least one entry along T, got .*: it is empty"),
        "no sequences": (x[:, :0], ValueError, "x: expected at least one entry along B, got .*: it is empty"),
        "nan": (nan, NotFiniteError, "x: expected finite numbers, got nan at step t=2"),
        "inf": (inf, NotFiniteError, "x: expected finite numbers, got inf at step t=1"),
    }


@pytest.mark.parametrize("case", wrong_inputs())
@pytest.mark.parametrize("name", [*SOME, "stacked", "bidirectional"])
def test_wrong_inputs_are_named(name, case):
    x, error, message = wrong_inputs()[case]
    with pytest.raises(error, match=message):
        unroll(make(name), x)


@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([4, 0, 1], ValueError, r"lengths: expected lengths from 1 to T=4, got \[4, 0, 1\]"),
        ([4, -2, 1], ValueError, r"lengths: expected lengths from 1 to T=4, got \[4, -2, 1\]"),
        ([5, 1, 1], ValueError, r"lengths: expected lengths from 1 to T=4, got \[5, 1, 1\]"),
        ([4, 4], ValueError, r"lengths: expected \(B=3,\), one length a sequence, got \(2,\)"),
        (4, ValueError, r"lengths: expected \(B=3,\), one length a sequence, got \(\)"),
        ([4.0, 1.0, 2.0], TypeError, "lengths: expected whole numbers, one length a sequence"),
        ([True, True, True], TypeError, "lengths: expected whole numbers"),
        (["4", "1", "2"], TypeError, "lengths: expected whole numbers"),
    ],
)
@pytest.mark.parametrize("name", [*SOME, "stacked", "bidirectional"])
def test_wrong_lengths_are_named(name, lengths, error, message):
    with pytest.raises(error, match=message):
        unroll(make(name), np.ones((T, B, D)), lengths=lengths)


class Bare:
    """A network of the reader's own that forgets a part of the contract."""

    params, input_size, output_size, dtype = {}, 2, 3, np.dtype(float)

    def unroll(self, x, state=None, lengths=None):
        return self


def test_a_network_or_a_run_that_lacks_something_is_told_what():
    with pytest.raises(TypeError, match=r"run: expected what unroll\(...\) returns, got Bare"):
        unroll(Bare(), np.ones((T, B, D)))
    Bare.bptt = None
    try:
        message = "run: expected a NetworkRun, got Bare without outputs, final_state, window: help"
        with pytest.raises(TypeError, match=message):
            unroll(Bare(), np.ones((T, B, D)))
    finally:
        del Bare.bptt
    lacking = type("Lacking", (), {"unroll": Bare.unroll, "params": {}})()
    message = "network: expected a Network, got Lacking without input_size, output_size, dtype: help"
    with pytest.raises(TypeError, match=message):
        unroll(lacking, np.ones((T, B, D)))


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_and_every_run_keeps_the_contract(name):
    problem = Problem(name)
    assert check_network("network", problem.network) is problem.network
    assert check_run("run", problem.run())


def test_arguments_can_be_given_by_name():
    problem = Problem("lstm")
    run = unroll(network=problem.network, x=problem.x, state=problem.state, lengths=None)
    gradients = bptt(run=run, d_outputs=problem.d_outputs, d_final_state=problem.d_final)
    assert_same_gradients(gradients, problem.gradients())


class Watching(LSTM):
    """An LSTM that notes what its step is given."""

    def step(self, weights, a, previous, state, trace):
        super().step(weights, a, previous, state, trace)
        self.seen.append((trace.i.copy(), trace.tanh_c.copy()))


def test_a_step_finds_its_trace_by_name():
    cell = Watching(D, H, rng=np.random.default_rng(0))
    cell.seen = []
    run = unroll(cell, Problem("lstm").x)
    assert np.array_equal([i for i, _ in cell.seen], run.trace.i)
    assert np.array_equal([c for _, c in cell.seen], run.trace.tanh_c)


def state_cases():
    good = np.ones((B, H))
    return [
        ("lstm", good, TypeError, r"expected a tuple \(h \(B=3, N=3\), c \(B=3, N=3\)\), got ndarray"),
        ("lstm", (good,), TypeError, r"expected a tuple \(h \(B=3, N=3\), c \(B=3, N=3\)\), got a tuple of 1"),
        ("lstm", [good, good], TypeError, "expected a tuple .*, got list"),
        ("lstm", (good, good[:2]), ValueError, r"c: expected \(B=3, N=3\), got \(2, 3\)"),
        ("lstm", (good, good * np.inf), NotFiniteError, r"c: expected finite numbers, got inf at index \(0, 0\)"),
        ("elman tanh", (good.astype(np.float32),), TypeError, "S: expected float64, the type of the weights"),
        ("elman tanh", good.T[:2].T, ValueError, r"S: expected \(B=3, N=3\), got \(3, 2\)"),
        ("elman tanh", 0, TypeError, "expected a tuple .*, got int"),
        ("tdnn 3 linear", (good,), ValueError, r"past: expected \(B=3, N=4\), got \(3, 3\)"),
        ("tdnn 3 linear", (), TypeError, r"expected a tuple \(past \(B=3, N=4\)\), got a tuple of 0"),
        ("stacked", (good,), TypeError, "expected a tuple of 3 states, got tuple"),
        ("bidirectional", good, TypeError, "expected a tuple of 2 states, got ndarray"),
    ]


@pytest.mark.parametrize(("name", "state", "error", "message"), state_cases())
def test_wrong_states_are_named(name, state, error, message):
    network, x = make(name), np.ones((T, B, D))
    with pytest.raises(error, match="state.*" + message):
        unroll(network, x, state)
    with pytest.raises(error, match="d_final_state.*" + message):
        bptt(unroll(network, x), np.ones((T, B, H)), state)


@pytest.mark.parametrize("name", [*SOME, "stacked", "bidirectional"])
def test_wrong_output_gradients_are_named(name):
    run, good = unroll(make(name), np.ones((T, B, D))), np.ones((T, B, H))
    late = good.copy()
    late[3, 1, 1] = np.nan
    cases = (
        (good[:3], ValueError, rf"d_outputs: expected \(T={T}, B={B}, H={H}\), got \(3, {B}, {H}\)"),
        (good[..., :2], ValueError, r"d_outputs: expected"),
        (good[0], ValueError, r"d_outputs: expected"),
        (good.astype(int), TypeError, "d_outputs: expected float64 or float32, got int64"),
        (good.astype(np.float32), TypeError, "d_outputs: expected float64, the type of the weights, got float32"),
        (late, NotFiniteError, "d_outputs: expected finite numbers, got nan at step t=3"),
        (1.0, TypeError, "d_outputs: expected a NumPy array"),
    )
    for d_outputs, error, message in cases:
        with pytest.raises(error, match=message):
            bptt(run, d_outputs)


def test_what_is_no_network_and_no_run_is_named():
    with pytest.raises(TypeError, match="network: expected a cell or a wrapper of cells, got function"):
        unroll(lambda x: x, np.ones((2, 1, 1)))
    with pytest.raises(TypeError, match=r"run: expected what unroll\(...\) returns, got Elman"):
        bptt(make("elman tanh"), np.ones((T, B, H)))


@pytest.mark.parametrize("wrong", [np.ones((4, 3)), np.ones((3, 3), int), np.ones((3, 3), np.float32), None])
def test_weights_that_were_replaced_by_wrong_ones_are_named(wrong):
    cell = make("elman tanh")
    cell.params["W_s"] = wrong
    with pytest.raises((TypeError, ValueError), match="W_s: expected"):
        unroll(cell, np.ones((T, B, D)))


@pytest.mark.parametrize("name", CELLS | WINDOWS | LINEAR)
def test_weights_that_are_no_longer_finite_still_run_and_it_is_seen_what_comes_of_them(name):
    problem = Problem(name)
    for key, array in problem.network.params.items():
        kept = array.copy()
        array[...] = np.nan
        run = unroll(problem.network, problem.x, problem.state)
        assert np.isnan(run.outputs).any(), key
        array[...] = kept


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(SOME),
    shape=st.lists(st.integers(0, 4), max_size=4).map(tuple),
    kind=st.sampled_from([np.float64, np.float32, np.int64, object, np.complex128]),
)
def test_any_array_is_run_or_refused_in_words(name, shape, kind):
    x = np.ones(shape, kind)
    right = len(shape) == 3 and shape[2] == D and min(shape) > 0 and kind is np.float64
    if right:
        assert unroll(make(name), x).outputs.shape == (*shape[:2], H)
    else:
        with pytest.raises((TypeError, ValueError), match=r"^x: expected .+, got .+"):
            unroll(make(name), x)

"""The linear recurrence: the scan against a loop, and the minGRU wherever a cell can be used."""

import numpy as np
import pytest
from numerics import LENGTHS, assert_same_gradients

import rnnlib
from rnnlib import Adam, Batch, MinGRU, Model, NotFiniteError, Stacked, bptt, generate, scan, stream, train, unroll

RNG = np.random.default_rng


def loop(a, b, start):
    states = []
    for a_t, b_t in zip(a, b, strict=True):
        states.append(a_t * (states[-1] if states else start) + b_t)
    return np.array(states)


@pytest.mark.parametrize("T", [1, 2, 3, 4, 5, 8, 33, 100])
def test_the_scan_is_the_loop(T):
    a, b = RNG(T).normal(size=(2, T, 3, 2))
    start = RNG(1).normal(size=(3, 2))
    kept = a.copy(), b.copy()
    assert rnnlib.relative_error(scan(a, b, start), loop(a, b, start)) < 1e-13
    assert np.array_equal(a, kept[0])
    assert np.array_equal(b, kept[1])


def test_the_scan_counts_exactly_in_whole_numbers():
    """Parity: a = -1 turns the sign, a = 1 keeps it; nothing is rounded."""
    bits = RNG(0).integers(2, size=(200, 4))
    h = scan(1.0 - 2 * bits, np.zeros(bits.shape), np.ones(4))
    assert np.array_equal(h < 0, bits.cumsum(axis=0) % 2 == 1)


@pytest.mark.parametrize("T", [1, 2, 6, 8])
def test_the_minimal_gru_is_its_formula_step_by_step(T):
    for gate in (rnnlib.sigmoid, np.tanh):
        network = MinGRU(2, 3, rng=RNG(0), gate=gate.__name__, update_bias=0.7)
        x, h = RNG(1).normal(size=(T, 4, 2)), RNG(2).normal(size=(4, 3))
        run, W, b = unroll(network, x, h), network.params["W_x"], network.params["b"]
        for t in range(T):
            z, n = gate(x[t] @ W[:3].T + b[:3]), x[t] @ W[3:].T + b[3:]
            h = z * h + (1 - z) * n
            assert np.allclose(run.outputs[t], h, rtol=1e-13, atol=1e-14)
        assert np.array_equal(run.final_state[0], run.outputs[-1])
        assert b.tolist() == [0.7] * 3 + [0.0] * 3


def test_with_the_tanh_gate_a_unit_turns_its_sign():
    network = MinGRU(1, 1, rng=RNG(0), gate="tanh")
    network.params["W_x"][...], network.params["b"][...] = [[-50], [0]], 0
    outputs = unroll(network, np.ones((4, 1, 1)), np.ones((1, 1))).outputs
    assert outputs[:, 0, 0].tolist() == [-1, 1, -1, 1]


def words(rng, size, steps):
    """Each symbol is the one before, plus one: what comes next is known from one symbol."""
    symbols = (rng.integers(3, size=size) + np.arange(steps + 1)[:, None]) % 3
    return Batch(np.eye(3)[symbols[:-1]], symbols[1:])


def network_of(kind):
    if kind == "alone":
        return MinGRU(3, 8, rng=RNG(0))
    return Stacked(MinGRU(3, 8, rng=RNG(0)), MinGRU(8, 8, rng=RNG(1), gate="tanh"))


@pytest.mark.parametrize(("kind", "dropout"), [("alone", 0.0), ("stacked", 0.0), ("stacked", 0.2)])
def test_it_learns_on_a_stream_and_generates(kind, dropout):
    model = Model(network_of(kind), 3, rng=RNG(2), dropout=dropout)
    batches = stream(words(RNG(3), 16, 40), 10)
    history = train(model, batches, 80, Adam(0.03), rng=RNG(4), clip=1.0, progress=False)
    assert not history.stopped
    assert history.loss[0] > 0.9
    assert model.loss(words(RNG(5), 16, 10)) < 0.05
    symbols, lengths = generate(model, RNG(6), 7, size=2, prefix=[0], temperature=0)
    assert symbols.T.tolist() == [[1, 2, 0, 1, 2, 0, 1]] * 2
    assert lengths.tolist() == [7, 7]


def test_truncated_bptt_is_that_of_windows_run_alone():
    network, x, d = MinGRU(2, 3, rng=RNG(0)), RNG(1).normal(size=(6, 4, 2)), RNG(2).normal(size=(6, 4, 3))
    run = unroll(network, x)
    assert_same_gradients(rnnlib.truncated_bptt(run, d, 6), bptt(run, d))
    first, second = unroll(network, x[:3]), unroll(network, x[3:], run.window(0, 3).final_state)
    pieces = bptt(first, d[:3]), bptt(second, d[3:])
    truncated = rnnlib.truncated_bptt(run, d, 3, stride=3)
    for name in network.params:
        assert rnnlib.relative_error(truncated.params[name], sum(piece.params[name] for piece in pieces)) < 1e-13


def test_past_its_end_a_sequence_keeps_its_state():
    network, x = MinGRU(2, 3, rng=RNG(0)), RNG(1).normal(size=(4, 3, 2))
    run = unroll(network, x, None, LENGTHS)
    for sequence, length in enumerate(LENGTHS):
        alone = unroll(network, x[:length, sequence : sequence + 1])
        assert rnnlib.relative_error(run.final_state[0][sequence], alone.final_state[0][0]) < 1e-15
        assert not run.outputs[length:, sequence].any()


def test_it_is_saved_and_loaded(tmp_path):
    saved, fresh = MinGRU(2, 3, rng=RNG(0)), MinGRU(2, 3, rng=RNG(1))
    rnnlib.interop.load(rnnlib.interop.save(tmp_path / "network", saved), fresh)
    assert all(np.array_equal(saved.params[name], fresh.params[name]) for name in saved.params)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: MinGRU(2, 3, rng=0), TypeError, "rng: expected a np.random.Generator"),
        (lambda: MinGRU(0, 3, rng=RNG(0)), ValueError, "input_size: expected at least 1, got 0"),
        (lambda: MinGRU(2, 3, rng=RNG(0), gate="relu"), ValueError, "gate: expected one of 'sigmoid', 'tanh'"),
        (lambda: MinGRU(2, 3, rng=RNG(0), update_bias=None), TypeError, "update_bias: expected a number"),
        (lambda: MinGRU(2, 3, rng=RNG(0), dtype=int), TypeError, "dtype: expected np.float64 or np.float32"),
        (lambda: unroll(MinGRU(2, 3, rng=RNG(0)), np.ones((4, 1, 3))), ValueError, r"x: expected \(T, B, D=2\)"),
        (lambda: scan([1.0], np.ones(1), np.ones(())), TypeError, "a: expected a NumPy array"),
        (lambda: scan(np.ones((2, 3)), np.ones((2, 2)), np.ones(3)), ValueError, r"b: expected \(T=2, axis 1=3\)"),
        (lambda: scan(np.ones((2, 3)), np.ones((2, 3)), np.ones(2)), ValueError, r"start: expected \(axis 1=3,\)"),
    ],
)
def test_what_does_not_fit_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_what_overflows_is_named_where_it_enters():
    network = MinGRU(1, 1, rng=RNG(0))
    with pytest.raises(NotFiniteError, match="x: expected finite numbers, got nan at step t=1"):
        unroll(network, np.array([1.0, np.nan])[:, None, None])

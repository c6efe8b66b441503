"""Attention: against its formula one step at a time, its gradients, its padding, and its errors."""

import numpy as np
import pytest

import rnnlib
from rnnlib.attention import AdditiveAttention, DotAttention, attend, attend_back

T, S, B, M, A = 3, 4, 2, 3, 5
LENGTHS = np.array([4, 2])


def parts(kind, memory_size=M, dtype=np.float64):
    rng = np.random.default_rng(0)
    attention = DotAttention() if kind == "dot" else AdditiveAttention(M, memory_size, A, rng=rng, dtype=dtype)
    return attention, rng.normal(size=(T, B, M)).astype(dtype), rng.normal(size=(S, B, memory_size)).astype(dtype)


def score_by_hand(attention, q, m):
    if isinstance(attention, DotAttention):
        return float(q @ m)
    p = attention.params
    return float(p["v"] @ np.tanh(p["W_q"] @ q + p["W_m"] @ m))


@pytest.mark.parametrize("kind", ["dot", "additive"])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_attention_is_a_softmax_over_scores_and_a_weighted_mean(kind, lengths):
    attention, queries, memory = parts(kind)
    attended = attend(attention, queries, memory, lengths)
    for t in range(T):
        for b in range(B):
            real = memory[: S if lengths is None else lengths[b], b]
            e = np.exp([score_by_hand(attention, queries[t, b], m) for m in real])
            np.testing.assert_allclose(attended.weights[t, b, : len(real)], e / e.sum(), rtol=1e-12)
            assert (attended.weights[t, b, len(real) :] == 0).all()
            np.testing.assert_allclose(attended.context[t, b], (e / e.sum()) @ real, rtol=1e-12)


@pytest.mark.parametrize(("kind", "memory_size"), [("dot", M), ("additive", M), ("additive", M + 2)])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_gradients(kind, memory_size, lengths):
    attention, queries, memory = parts(kind, memory_size)
    direction = np.random.default_rng(1).normal(size=(T, B, memory_size))

    def loss():
        return np.sum(direction * attend(attention, queries, memory, lengths).context)

    gradients = attend_back(attention, attend(attention, queries, memory, lengths), direction)
    pairs = {"queries": (queries, gradients.queries), "memory": (memory, gradients.memory)}
    pairs |= {name: (value, gradients.params[name]) for name, value in attention.params.items()}
    for name, (array, gradient) in pairs.items():
        assert rnnlib.relative_error(gradient, rnnlib.numerical_gradient(loss, array)) < 1e-7, name


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_gradients_at_a_large_size(kind):
    rng = np.random.default_rng(0)
    attention = DotAttention() if kind == "dot" else AdditiveAttention(64, 64, 48, rng=rng)
    queries, memory = rng.normal(size=(20, 16, 64)) / 4, rng.normal(size=(30, 16, 64)) / 4
    direction, lengths = rng.normal(size=(20, 16, 64)), rng.integers(1, 31, 16)
    gradients = attend_back(attention, attend(attention, queries, memory, lengths), direction)
    for array, gradient in ((queries, gradients.queries), (memory, gradients.memory)):
        error = rnnlib.directional_error(
            lambda: np.sum(direction * attend(attention, queries, memory, lengths).context), array, gradient, rng
        )
        assert error < 1e-6


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_padding_changes_nothing(kind):
    attention, queries, memory = parts(kind)
    changed = memory.copy()
    changed[2:, 1] += 5
    direction = np.random.default_rng(1).normal(size=(T, B, M))
    runs = [attend(attention, queries, m, LENGTHS) for m in (memory, changed)]
    np.testing.assert_array_equal(runs[0].context, runs[1].context)
    gradients = [attend_back(attention, run, direction) for run in runs]
    np.testing.assert_array_equal(gradients[0].queries, gradients[1].queries)
    np.testing.assert_array_equal(gradients[0].memory[2:, 1], 0)
    for name in attention.params:
        np.testing.assert_allclose(gradients[0].params[name], gradients[1].params[name], rtol=1e-12)


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_float32_stays_float32(kind):
    attention, queries, memory = parts(kind, dtype=np.float32)
    attended = attend(attention, queries, memory, LENGTHS)
    gradients = attend_back(attention, attended, np.ones_like(attended.context))
    arrays = [attended.context, attended.weights, gradients.queries, gradients.memory, *gradients.params.values()]
    assert {array.dtype for array in arrays} == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"attention": "dot"}, TypeError, "attention: expected DotAttention"),
        ({"attention": DotAttention}, TypeError, "attention: expected DotAttention"),
        ({"queries": np.zeros((T, B))}, ValueError, r"queries: expected \(T, B, M\)"),
        ({"queries": np.zeros((T, B, M), int)}, TypeError, "queries: expected float64"),
        ({"queries": np.zeros((0, B, M))}, ValueError, "empty"),
        ({"memory": np.zeros((S, B + 1, M))}, ValueError, "B=2"),
        ({"memory": np.full((S, B, M), np.inf)}, ValueError, "finite"),
        ({"memory": np.zeros((S, B, M), np.float32)}, TypeError, "memory: expected float64"),
        (
            {"memory": np.zeros((S, B, M + 1))},
            ValueError,
            "attention: expected queries of size 3 and a memory of size 3",
        ),
        ({"lengths": np.array([4, 5])}, ValueError, "lengths: expected lengths from 1 to T=4"),
        ({"lengths": np.array([4, 0])}, ValueError, "lengths"),
    ],
)
def test_wrong_input_is_named(changes, error, words):
    attention, queries, memory = parts("additive")
    good = {"attention": attention, "queries": queries, "memory": memory}
    with pytest.raises(error, match=words):
        attend(**good | changes)


def test_dot_attention_wants_equal_sizes():
    _, queries, memory = parts("dot", memory_size=M)
    with pytest.raises(ValueError, match="queries of size 2 and a memory of size 2, got 3 and 2"):
        attend(DotAttention(), queries, memory[..., :2])


def test_a_wrong_gradient_is_named():
    attention, queries, memory = parts("additive")
    with pytest.raises(ValueError, match=r"d_context: expected \(T=3, B=2, N=3\), got \(2, 2, 3\)"):
        attend_back(attention, attend(attention, queries, memory), np.zeros((2, B, M)))


def test_one_number_is_drawn_for_each_weight():
    rng, other = np.random.default_rng(0), np.random.default_rng(0)
    AdditiveAttention(M, M + 2, A, rng=rng)
    other.normal(size=A * M + A * (M + 2) + A)
    assert rng.random() == other.random()


@pytest.mark.parametrize("sizes", [(0, 3, 3), (3, 3.0, 3), (3, 3, -1)])
def test_wrong_sizes_are_named(sizes):
    with pytest.raises((TypeError, ValueError), match=r"size: expected"):
        AdditiveAttention(*sizes, rng=np.random.default_rng(0))

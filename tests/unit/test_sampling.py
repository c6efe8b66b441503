"""Sampling: the draws follow the softmax, at every temperature."""

import numpy as np
import pytest

import rnnlib
from rnnlib import sampling
from rnnlib.sampling import probabilities


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_draws_follow_the_softmax(temperature):
    logits = np.random.default_rng(0).normal(size=(5, 4))
    wanted = np.exp(logits / temperature) / np.exp(logits / temperature).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(probabilities(logits, temperature), wanted, rtol=1e-12)
    n = 20_000
    draws = rnnlib.sample(np.broadcast_to(logits, (n, 5, 4)), np.random.default_rng(1), temperature)
    counted = np.stack([(draws == k).mean(axis=0) for k in range(4)], axis=-1)
    assert np.abs(counted - wanted).max() < 5 * np.sqrt(0.25 / n)


def test_one_uniform_number_a_draw_picks_the_symbol_it_falls_on():
    logits = np.random.default_rng(0).normal(size=(300, 5))
    u = np.random.default_rng(7).random(300)
    wanted = [np.searchsorted(np.cumsum(p), x, side="right") for p, x in zip(probabilities(logits), u, strict=True)]
    assert rnnlib.sample(logits, np.random.default_rng(7)).tolist() == wanted


def test_every_entry_of_the_batch_is_drawn_from_its_own_logits():
    logits = np.where(np.eye(6)[[3, 0, 5, 2]] > 0, 50.0, 0.0)
    assert rnnlib.sample(logits, np.random.default_rng(0)).tolist() == [3, 0, 5, 2]
    assert rnnlib.sample(logits[0], np.random.default_rng(0)) == 3


def test_temperature_zero_is_the_limit_from_above():
    logits = np.array([[1.0, 3.0, 2.0], [2.0, 2.0, 0.0]])
    assert rnnlib.sample(logits, np.random.default_rng(0), 0).tolist() == [1, 0]
    assert rnnlib.sample(logits[0], np.random.default_rng(0), 1e-300) == 1


def test_logits_of_any_size_are_drawn_without_overflow():
    logits = np.array([1e308, -1e308, 1e308, 0.0])
    draws = {int(rnnlib.sample(logits, rng)) for rng in map(np.random.default_rng, range(30))}
    assert draws == {0, 2}
    assert probabilities(np.array([[1e308, 0.0], [-1e308, -1e308]]), 0.5).tolist() == [[1, 0], [0.5, 0.5]]


def test_float32_and_float64_logits_give_the_same_draws():
    logits = np.random.default_rng(0).integers(-3, 3, size=(50, 7)).astype(np.float32)
    draws = [rnnlib.sample(logits.astype(t), np.random.default_rng(2)) for t in (np.float32, np.float64)]
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([0.1, 0.2], np.random.default_rng(0)), TypeError, "logits: expected a NumPy array"),
        ((np.array([1, 2]), np.random.default_rng(0)), TypeError, "expected float64 or float32, got int64"),
        ((np.array(1.0), np.random.default_rng(0)), ValueError, r"^logits: expected \(O,\), got \(\)"),
        ((np.zeros((2, 2, 2, 2)), np.random.default_rng(0)), ValueError, r"^logits: expected \(T, B, O\)"),
        ((np.zeros((2, 0)), np.random.default_rng(0)), ValueError, "empty"),
        ((np.array([np.nan, 0.0]), np.random.default_rng(0)), ValueError, "finite"),
        ((np.zeros(3), 0), TypeError, "rng: expected a np.random.Generator"),
        ((np.zeros(3), np.random.default_rng(0), -1.0), ValueError, "temperature: expected at least 0"),
        ((np.zeros(3), np.random.default_rng(0), np.inf), ValueError, "temperature"),
        ((np.zeros(3), np.random.default_rng(0), "hot"), TypeError, "temperature: expected a number"),
    ],
)
def test_wrong_input_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        rnnlib.sample(*arguments)


def elman(*sizes):
    return rnnlib.Elman(*sizes, rng=np.random.default_rng(0))


def counting_model(size):
    """A model that writes k + 1 after it has read k, and 0 first: the state is the last input, nothing else."""
    cell = rnnlib.Elman(size, size, rng=np.random.default_rng(0), activation="linear")
    cell.params["W_x"][...], cell.params["W_s"][...] = np.eye(size), 0
    model = rnnlib.Model(cell, size, rng=np.random.default_rng(0))
    model.params["W_o"][...] = 100 * np.roll(np.eye(size), 1, axis=0)
    model.params["b_o"][0] = 50
    return model


def test_what_is_written_is_read_next():
    rng = np.random.default_rng(0)
    symbols, lengths = rnnlib.generate(counting_model(5), rng, 7, size=2)
    assert symbols.T.tolist() == [[0, 1, 2, 3, 4, 0, 1]] * 2
    assert lengths.tolist() == [7, 7]
    assert lengths.dtype == int
    symbols, lengths = rnnlib.generate(counting_model(5), rng, 9, prefix=[1, 2], end=4)
    assert symbols.T.tolist() == [[3, 4]]
    assert lengths.tolist() == [2]


def test_a_generated_sequence_has_the_probability_that_the_model_gives_it():
    rng = np.random.default_rng(1)
    model = rnnlib.Model(rnnlib.GRUResetAfter(3, 4, rng=rng), 3, rng=rng)
    n = 20_000
    symbols, lengths = rnnlib.generate(model, rng, 3, size=n, temperature=0.7, end=2)
    for wanted in ([2], [0, 2], [1, 0, 1], [0, 1, 2]):
        x = np.zeros((len(wanted), 1, 3))
        x[np.arange(1, len(wanted)), 0, wanted[:-1]] = 1
        p = np.prod(probabilities(model.outputs(x), 0.7)[np.arange(len(wanted)), 0, wanted])
        same = (symbols[: len(wanted)] == np.array(wanted)[:, None]).all(axis=0) & (lengths == len(wanted))
        assert abs(same.mean() - p) < 5 * np.sqrt(p / n)
    past = np.arange(len(symbols))[:, None] >= lengths
    assert past.any()
    assert (symbols[past] == 2).all()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"model": rnnlib.LSTM(3, 3, rng=np.random.default_rng(0))}, TypeError, "model: expected an object with the"),
        ({"rng": None}, TypeError, "rng"),
        ({"steps": 0}, ValueError, "steps: expected at least 1"),
        ({"size": 0}, ValueError, "size"),
        ({"temperature": -1}, ValueError, "temperature"),
        ({"prefix": [3]}, ValueError, "prefix: expected symbols from 0 to 2, got 3 to 3"),
        ({"prefix": [0.5]}, TypeError, "prefix: expected whole numbers"),
        ({"prefix": [[1]]}, ValueError, r"prefix: expected \(P,\), got \(1, 1\)"),
        ({"prefix": np.zeros((0, 2), int)}, ValueError, r"prefix: expected \(P,\), got \(0, 2\)"),
        ({"end": 3}, ValueError, "end: expected symbols from 0 to 2"),
        ({"model": rnnlib.Model(elman(3, 4))}, ValueError, "the 4 symbols it writes"),
        ({"model": rnnlib.Model(rnnlib.Bidirectional(elman(3, 1), elman(3, 2)))}, ValueError, "reads forward"),
    ],
)
def test_a_wrong_argument_of_generate_is_named(changes, error, words):
    good = {"model": counting_model(3), "rng": np.random.default_rng(0), "steps": 4}
    with pytest.raises(error, match=words):
        rnnlib.generate(**good | changes)


def test_the_first_of_equal_logits_is_taken_at_temperature_zero():
    logits = np.array([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0]])
    assert probabilities(logits, 0).tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]
    assert all(rnnlib.sample(logits, np.random.default_rng(seed), 0).tolist() == [1, 0] for seed in range(20))
    assert probabilities(logits[0], 0).tolist() == [0, 1, 0, 0]
    assert probabilities(logits[:, None, :3], 0).tolist() == [[[0, 1, 0]], [[1, 0, 0]]]


class Fixed(np.random.Generator):
    """A generator whose uniform numbers are all ``u``."""

    def __init__(self, u):
        super().__init__(np.random.PCG64(0))
        self.u = u

    def random(self, size=None):
        return np.full(size, self.u)


def test_the_last_symbol_takes_what_rounding_leaves_of_the_probabilities():
    """The sum of ten times 0.1 is a little below 1: a number above it draws the last symbol, not the first."""
    logits = np.full(10, -0.3)
    p = probabilities(logits)
    largest = np.nextafter(1.0, 0)
    assert p.cumsum()[-1] <= largest
    assert rnnlib.sample(logits, Fixed(largest)) == 9
    assert rnnlib.sample(logits, Fixed(0.0)) == 0


def test_what_has_no_probability_is_not_drawn_at_all():
    assert rnnlib.sample(np.array([-1e308, 0.0, -1e308]), Fixed(0.0)) == 1


def test_without_a_word_about_it_the_temperature_is_one():
    model = rnnlib.Model(elman(3, 3), 3, rng=np.random.default_rng(1))
    model.params["W_o"][...] *= 5
    drawn = [
        rnnlib.generate(model, np.random.default_rng(2), 40, size=5, **options)[0].tolist()
        for options in ({}, {"temperature": 1.0}, {"temperature": 2.0})
    ]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("prefix", [(), (2,), (1, 0)])
def test_the_first_thing_a_network_reads_is_a_step_of_zeros(prefix):
    cell = rnnlib.Elman(3, 3, rng=np.random.default_rng(0))
    cell.params["b_s"][...] = [0.3, -0.2, 0.1]
    model = rnnlib.Model(cell, 3, rng=np.random.default_rng(1))
    symbols, _ = rnnlib.generate(model, np.random.default_rng(2), 1, prefix=prefix, temperature=0)
    x = np.concatenate((np.zeros((1, 3)), np.eye(3)[list(prefix)]))[:, None]
    read, written = [], rnnlib.unroll

    def noting(network, x, state=None):
        read.append(x)
        return written(network, x, state)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "unroll", noting)
        assert np.array_equal(
            rnnlib.generate(model, np.random.default_rng(2), 1, prefix=prefix, temperature=0)[0], symbols
        )
    assert np.array_equal(read[0], x)


@pytest.mark.parametrize("symbol", [-1, 3, 7])
def test_a_choice_that_is_no_symbol_is_named(symbol):
    network = rnnlib.Elman(3, 3, rng=np.random.default_rng(0))
    x = np.zeros((1, 2, 3))
    with pytest.raises(ValueError, match=f"choose: expected symbols from 0 to 2, got {symbol} to {symbol}"):
        rnnlib.free_run(network, lambda h: h, lambda logits: np.full(2, symbol), x, steps=3)
    with pytest.raises(TypeError, match="choose: expected whole numbers, one a symbol, got float64"):
        rnnlib.free_run(network, lambda h: h, lambda logits: logits[:, 0], x, steps=3)
    with pytest.raises(ValueError, match=r"choose: expected \(B,\), got \(2, 1\)"):
        rnnlib.free_run(network, lambda h: h, lambda logits: np.zeros((2, 1), int), x, steps=3)
    with pytest.raises(ValueError, match="choose: expected a symbol for each of 2 sequences, got 1"):
        rnnlib.free_run(network, lambda h: h, lambda logits: np.zeros(1, int), x, steps=3)


@pytest.mark.parametrize("shape", [(2, 2, 3), (1, 1, 3), (2, 3)])
def test_a_readout_of_another_shape_is_named(shape):
    network = rnnlib.Elman(3, 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"read_out: expected \(T=1, B=2, O\), got"):
        rnnlib.free_run(network, lambda h: np.zeros(shape), lambda logits: [0, 0], np.zeros((1, 2, 3)), steps=3)


def test_one_hot_inputs_are_zeros_and_then_the_symbols():
    network = rnnlib.Elman(3, 2, rng=np.random.default_rng(0), dtype=np.float32)
    inputs = sampling.one_hot_inputs(np.array([[2, 0], [1, 1]]), network)
    assert inputs.dtype == np.float32
    assert inputs.tolist() == [[[0, 0, 0], [0, 0, 0]], [[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]]]
    assert sampling.one_hot_inputs(np.zeros((0, 2), int), network).tolist() == [[[0, 0, 0], [0, 0, 0]]]

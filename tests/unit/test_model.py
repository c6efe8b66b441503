"""The model: its gradients, its masks and lengths, its dropout, and its errors."""

import numpy as np
import pytest
from numerics import NETWORKS, Problem, arrays_in, assert_same_gradients

import rnnlib
from rnnlib.dropout import MaskedInput, dropout_mask, with_dropout

T, B, D, H, O = 4, 3, 2, 3, 2
LENGTHS = np.array([4, 1, 3])


def networks():
    rng = np.random.default_rng(0)
    return {
        "elman": rnnlib.Elman(D, H, rng=rng),
        "lstm": rnnlib.LSTM(D, H, rng=rng),
        "tdnn": rnnlib.TDNN(D, H, 3, rng=rng),
        "stacked": rnnlib.Stacked(
            rnnlib.GRUResetAfter(D, H, rng=rng), rnnlib.LSTM(H, 2, rng=rng), rnnlib.Elman(2, H, rng=rng)
        ),
        "bidirectional": rnnlib.Stacked(
            rnnlib.Bidirectional(rnnlib.Elman(D, 2, rng=rng), rnnlib.LSTM(D, 1, rng=rng)), rnnlib.Elman(3, H, rng=rng)
        ),
        "stacked in each direction": rnnlib.Bidirectional(
            rnnlib.Stacked(rnnlib.Elman(D, 3, rng=rng), rnnlib.Elman(3, 2, rng=rng)), rnnlib.Elman(D, 4, rng=rng)
        ),
    }


def random_batch(loss="softmax_cross_entropy", lengths=None, mask=False):
    rng = np.random.default_rng(1)
    targets = rng.integers(O, size=(T, B)) if loss == "softmax_cross_entropy" else rng.normal(size=(T, B, O))
    return rnnlib.Batch(rng.normal(size=(T, B, D)), targets, rng.random((T, B)) < 0.7 if mask else None, lengths)


def assert_gradients(model, batch, state=None, seed=None):
    def drawn():
        return None if seed is None else np.random.default_rng(seed)

    _, gradients, _ = model.loss_and_gradients(batch, state=state, rng=drawn())
    assert gradients.keys() == model.params.keys()
    for name, array in model.params.items():
        numerical = rnnlib.numerical_gradient(
            lambda: model.loss_and_gradients(batch, state=state, rng=drawn())[0], array
        )
        assert rnnlib.relative_error(gradients[name], numerical) < 1e-7, name


@pytest.mark.parametrize("kind", networks())
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_gradients(kind, dropout):
    model = rnnlib.Model(networks()[kind], O, dropout=dropout, input_dropout=dropout, rng=np.random.default_rng(2))
    assert_gradients(model, random_batch(lengths=LENGTHS, mask=True), seed=5)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "squared_error"])
def test_gradients_of_both_losses_from_a_given_state(loss):
    rng = np.random.default_rng(2)
    model = rnnlib.Model(networks()["lstm"], O, loss=loss, rng=rng)
    assert_gradients(model, random_batch(loss), state=(rng.normal(size=(B, H)), rng.normal(size=(B, H))))


def test_gradients_of_a_network_that_is_its_own_readout():
    jordan = rnnlib.Jordan(D, H, O, rng=np.random.default_rng(0))
    assert_gradients(rnnlib.Model(jordan), random_batch())


@pytest.mark.parametrize("kind", networks())
def test_padded_steps_change_nothing(kind):
    model = rnnlib.Model(networks()[kind], O, rng=np.random.default_rng(2))
    batch = random_batch(lengths=LENGTHS)
    loss, gradients, _ = model.loss_and_gradients(batch)
    x, targets = batch.x.copy(), batch.targets.copy()
    padded = np.arange(T)[:, None] >= LENGTHS
    x[padded] += 7.0
    targets[padded] = 0
    other_loss, other, _ = model.loss_and_gradients(batch._replace(x=x, targets=targets))
    assert other_loss == loss
    for name in gradients:
        np.testing.assert_array_equal(other[name], gradients[name])


@pytest.mark.parametrize("kind", networks())
def test_the_loss_is_the_mean_over_the_steps_that_count_of_each_sequence_alone(kind):
    model = rnnlib.Model(networks()[kind], O, rng=np.random.default_rng(2))
    batch = random_batch(lengths=LENGTHS)
    alone = [rnnlib.Batch(batch.x[:n, b : b + 1], batch.targets[:n, b : b + 1]) for b, n in enumerate(LENGTHS)]
    sums = [model.loss(one) * n for one, n in zip(alone, LENGTHS, strict=True)]
    assert model.loss(batch) == pytest.approx(sum(sums) / LENGTHS.sum(), rel=1e-12)
    assert model.loss_and_gradients(batch)[0] == pytest.approx(model.loss(batch), rel=1e-12)
    rights = [model.accuracy(one) * n for one, n in zip(alone, LENGTHS, strict=True)]
    assert model.accuracy(batch) == pytest.approx(sum(rights) / LENGTHS.sum(), rel=1e-12)


def test_what_is_most_probable_is_predicted_and_its_share_of_right_ones_is_the_accuracy():
    model = rnnlib.Model(networks()["lstm"], O + 1, rng=np.random.default_rng(2))
    batch = random_batch(lengths=LENGTHS, mask=True)
    outputs, predicted = model.outputs(batch.x, LENGTHS), model.predict(batch.x, LENGTHS)
    right = []
    for t, b in np.ndindex(T, B):
        assert outputs[t, b, predicted[t, b]] == max(outputs[t, b])
        if batch.mask[t, b] and t < LENGTHS[b]:
            right.append(predicted[t, b] == batch.targets[t, b])
    assert 0 < sum(right) < len(right), "all right or all wrong: the test would see too little"
    assert model.accuracy(batch) == sum(right) / len(right)


def test_a_state_that_is_given_is_where_the_outputs_and_the_loss_go_on():
    model = rnnlib.Model(networks()["lstm"], O, rng=np.random.default_rng(2))
    batch = random_batch()
    early, late = (batch._replace(x=batch.x[part], targets=batch.targets[part]) for part in (slice(2), slice(2, T)))
    first, _, run = model.loss_and_gradients(early)
    np.testing.assert_allclose(
        model.outputs(late.x, state=run.final_state), model.outputs(batch.x)[2:], rtol=0, atol=1e-15
    )
    second = model.loss_and_gradients(late, state=run.final_state)[0]
    assert (first + second) / 2 == pytest.approx(model.loss(batch), rel=1e-12)


def test_sequences_that_go_on_want_a_network_that_reads_forward():
    model = rnnlib.Model(networks()["bidirectional"], O, rng=np.random.default_rng(2))
    with pytest.raises(ValueError, match=r"^network: expected a network that reads forward"):
        model.loss_and_gradients(random_batch()._replace(continues=True))


def test_params_are_the_arrays_of_the_model():
    model = rnnlib.Model(networks()["elman"], O, rng=np.random.default_rng(2))
    before = model.loss(random_batch())
    model.params["network.W_s"][...] = 0
    model.params["b_o"][0] += 1
    assert model.loss(random_batch()) != before
    assert (model.network.params["W_s"] == 0).all()


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    network = rnnlib.Stacked(rnnlib.LSTM(D, H, rng=rng, dtype="float32"), rnnlib.Elman(H, H, rng=rng, dtype="float32"))
    model = rnnlib.Model(network, O, dropout=0.3, input_dropout=0.3, rng=rng)
    batch = random_batch()._replace(x=random_batch().x.astype(np.float32))
    _, gradients, run = model.loss_and_gradients(batch, rng=rng)
    assert {g.dtype for g in gradients.values()} == {np.dtype("float32")}
    assert run.outputs.dtype == np.float32


def test_dropout_keeps_the_mean_and_drops_at_its_rate():
    x = np.random.default_rng(0).normal(size=(20, 5))
    mask = dropout_mask(np.random.default_rng(1), 0.3, (4000, 20, 5))
    assert set(np.unique(mask)) == {0.0, 1 / 0.7}
    assert np.abs((x * mask).mean(axis=0) - x).max() < 0.1
    assert np.mean(mask == 0) == pytest.approx(0.3, abs=0.01)


class Zero(np.random.Generator):
    """A generator whose uniform numbers are all 0."""

    def random(self, size=None):
        return np.zeros(size)


def test_a_rate_of_zero_drops_nothing_whatever_is_drawn():
    assert dropout_mask(Zero(np.random.PCG64(0)), 0, (2, 3)).tolist() == [[1, 1, 1]] * 2


@pytest.mark.parametrize(("rate", "error"), [(-0.1, ValueError), (1, ValueError), (1.5, ValueError), ("1", TypeError)])
def test_a_rate_that_is_none_is_named(rate, error):
    with pytest.raises(error, match=r"^rate: expected"):
        dropout_mask(np.random.default_rng(0), rate, (2, 3))
    with pytest.raises(TypeError, match=r"^rng: expected"):
        dropout_mask(0, rate, (2, 3))


def test_layers_within_layers_drop_what_passes_between_them():
    rng = np.random.default_rng(0)
    inner = rnnlib.Stacked(rnnlib.Elman(D, 4, rng=rng), rnnlib.Elman(4, 5, rng=rng))
    dropping = with_dropout(rnnlib.Stacked(inner, rnnlib.Elman(5, H, rng=rng)), 0.5, rng, T, B)
    (first, second), third = dropping.layers[0].layers, dropping.layers[1]
    assert isinstance(first, rnnlib.Elman)
    for masked, size in ((second, 4), (third, 5)):
        assert masked.mask.shape == (T, B, size)
        assert set(np.unique(masked.mask)) == {0.0, 2.0}


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_mask_of_ones_is_no_mask(name, lengths):
    problem = Problem(name, lengths)
    whole, gradients = problem.run(), problem.gradients(keep_state_gradients=True)
    masked = rnnlib.unroll(MaskedInput(problem.network, np.ones((T, B, D))), problem.x, problem.state, lengths)
    np.testing.assert_array_equal(masked.outputs, whole.outputs)
    same = rnnlib.bptt(masked, problem.d_outputs, problem.d_final, keep_state_gradients=True)
    assert_same_gradients(same, gradients)
    for left, right in zip(arrays_in(same.states), arrays_in(gradients.states), strict=True):
        np.testing.assert_array_equal(left, right)
    assert rnnlib.bptt(masked, problem.d_outputs, problem.d_final).states is None


@pytest.mark.parametrize("shape", [(T + 1, B, D), (1, B, D), (T, 1, D), (T, B, 1)])
def test_an_input_that_does_not_fit_its_mask_is_named(shape):
    masked = MaskedInput(networks()["elman"], np.ones((T, B, D)))
    with pytest.raises(ValueError, match=r"^x: expected \(T=4, B=3, D=2\)"):
        rnnlib.unroll(masked, np.ones(shape))


def test_dropout_leaves_the_recurrent_path_whole():
    # inputs and weights of 1, linear, one unit a layer: with the outputs of layer 0 dropped or not, layer 0 counts on
    layers = [rnnlib.Elman(1, 1, rng=np.random.default_rng(0), activation="linear") for _ in range(2)]
    for layer in layers:
        layer.params["W_x"][...] = layer.params["W_s"][...] = 1
    model = rnnlib.Model(rnnlib.Stacked(*layers), 1, loss="squared_error", dropout=0.5, rng=np.random.default_rng(0))
    batch = rnnlib.Batch(np.ones((30, 1, 1)), np.zeros((30, 1, 1)))
    _, _, run = model.loss_and_gradients(batch, rng=np.random.default_rng(3))
    below, above = run.runs
    np.testing.assert_array_equal(below.outputs[:, 0, 0], np.arange(1, 31))
    steps = np.diff(above.outputs[:, 0, 0], prepend=0.0)
    assert set(np.unique(steps / np.arange(1, 31)).tolist()) == {0.0, 2.0}


def test_nothing_is_dropped_outside_training():
    networks_ = networks()
    dropping = rnnlib.Model(networks_["stacked"], O, dropout=0.5, input_dropout=0.5, rng=np.random.default_rng(2))
    plain = rnnlib.Model(networks_["stacked"], O, rng=np.random.default_rng(2))
    batch = random_batch()
    assert dropping.loss(batch) == plain.loss(batch)
    assert dropping.loss_and_gradients(batch)[0] == plain.loss(batch)
    assert dropping.loss_and_gradients(batch, rng=np.random.default_rng(0))[0] != plain.loss(batch)


def test_a_batch_is_not_changed():
    model = rnnlib.Model(networks()["stacked"], O, dropout=0.5, rng=np.random.default_rng(2))
    batch, kept = random_batch(lengths=LENGTHS, mask=True), random_batch(lengths=LENGTHS, mask=True)
    model.loss_and_gradients(batch, rng=np.random.default_rng(0))
    for part, before in zip(batch, kept, strict=True):
        np.testing.assert_array_equal(part, before)


MODEL = rnnlib.Model(networks()["elman"], O, rng=np.random.default_rng(0))
GOOD = random_batch(lengths=LENGTHS, mask=True)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"x": GOOD.x.tolist()}, TypeError, "x: expected a NumPy array"),
        ({"x": GOOD.x[0]}, ValueError, r"x: expected \(T, B, D\), got \(3, 2\): add a batch axis"),
        ({"x": GOOD.x.astype(int)}, TypeError, "x: expected float64"),
        ({"x": GOOD.x.astype(np.float32)}, TypeError, "x: expected float64, the type of the weights"),
        ({"x": GOOD.x[..., :1]}, ValueError, "D=2"),
        ({"x": GOOD.x[:0]}, ValueError, "empty"),
        ({"x": np.where(np.arange(T)[:, None, None] == 2, np.nan, GOOD.x)}, ValueError, "nan at step t=2"),
        ({"targets": GOOD.targets[:2]}, ValueError, "targets: expected"),
        ({"targets": GOOD.targets + 9}, ValueError, "targets: expected classes from 0"),
        ({"targets": GOOD.targets / 2}, TypeError, "targets: expected whole numbers"),
        ({"mask": GOOD.mask[:2]}, ValueError, "mask: expected"),
        ({"mask": GOOD.mask.astype(int)}, TypeError, "mask: expected booleans"),
        ({"mask": np.zeros((T, B), bool)}, ValueError, "mask: expected at least one step"),
        ({"lengths": np.array([4, 0, 3])}, ValueError, "lengths: expected lengths from 1 to T=4"),
        ({"lengths": np.array([4, 2, 5])}, ValueError, "lengths"),
        ({"lengths": np.array([4.0, 2.0, 3.0])}, TypeError, "lengths: expected whole numbers"),
        ({"lengths": np.array([4, 2])}, ValueError, "lengths"),
    ],
)
@pytest.mark.parametrize("method", ["loss_and_gradients", "loss"])
def test_a_bad_batch_is_named(changes, error, words, method):
    with pytest.raises(error, match=words):
        getattr(MODEL, method)(GOOD._replace(**changes))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"network": "LSTM"}, TypeError, "network: expected a cell"),
        ({"network": rnnlib.LSTM}, TypeError, "network: expected a cell"),
        ({"output_size": 0}, ValueError, "output_size: expected at least 1"),
        ({"output_size": 2.5}, TypeError, "output_size"),
        ({"loss": "hinge"}, ValueError, "loss: expected one of"),
        ({"dropout": 1.0}, ValueError, "dropout: expected at least 0 and less than 1"),
        ({"dropout": -0.1}, ValueError, "dropout: expected at least 0 and less than 1"),
        ({"input_dropout": 1.0}, ValueError, "input_dropout: expected at least 0 and less than 1"),
        ({"input_dropout": -0.1}, ValueError, "input_dropout: expected at least 0 and less than 1"),
        ({"rng": None}, TypeError, "rng: expected a np.random.Generator"),
    ],
)
def test_a_bad_argument_is_named(arguments, error, words):
    good = {"network": networks()["elman"], "output_size": O, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=words):
        rnnlib.Model(**good | arguments)


def test_the_accuracy_wants_one_class_a_step():
    with pytest.raises(ValueError, match=r"targets: expected \(T=4, B=3\), got \(4, 3, 1\)"):
        MODEL.accuracy(GOOD._replace(targets=GOOD.targets[..., None]))


def test_what_is_no_batch_is_named():
    with pytest.raises(TypeError, match=r"batch: expected a Batch, got tuple: make one with rnnlib.Batch"):
        MODEL.loss(tuple(GOOD))


def test_an_output_that_overflows_is_named_with_its_step():
    cell = rnnlib.Elman(1, 1, rng=np.random.default_rng(0), activation="linear")
    cell.params["W_s"][...] = 1e200
    model = rnnlib.Model(cell, 1, loss="squared_error", rng=np.random.default_rng(0))
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=r"outputs: .*inf at step t=2"):
        model.loss(rnnlib.Batch(np.ones((5, 1, 1)), np.zeros((5, 1, 1))))


def test_each_dropout_has_a_rate_of_its_own():
    """Dropping nothing of the input leaves the input mask out, and the other way round."""
    draws = []

    class Counting(np.random.Generator):
        def random(self, size=None):
            draws.append(size)
            return np.full(size, 0.5)

    x = np.ones((T, B, D))
    batch = rnnlib.Batch(x, np.zeros((T, B), int))
    for input_dropout, dropout in ((0.6, 0.1), (0.1, 0.6)):
        rng = np.random.default_rng(0)
        model = rnnlib.Model(rnnlib.Elman(D, 5, rng=rng), O, dropout=dropout, input_dropout=input_dropout, rng=rng)
        run = model.loss_and_gradients(batch, rng=Counting(np.random.PCG64(0)))[2]
        # a uniform number of 0.5 is dropped at the rate 0.6 and kept at 0.1
        assert np.all(run.inner.x == (0 if input_dropout > 0.5 else 1 / 0.9))
    assert set(draws) == {x.shape, (T, B, 5)}


def test_input_dropout_lets_no_wrong_type_pass():
    rng = np.random.default_rng(0)
    model = rnnlib.Model(rnnlib.Elman(D, 5, rng=rng), O, input_dropout=0.5, rng=rng)
    batch = rnnlib.Batch(np.ones((T, B, D), np.float32), np.zeros((T, B), int))
    with pytest.raises(TypeError, match="x: expected float64, the type of the weights, got float32"):
        model.loss_and_gradients(batch, rng=rng)


@pytest.mark.parametrize(
    ("targets", "error"),
    [
        (np.full((4, 3), -1), ValueError),
        (np.full((4, 3), 99), ValueError),
        (np.full((4, 3), np.nan), TypeError),
        (np.full((4, 3), "a"), TypeError),
    ],
)
def test_targets_that_are_no_classes_have_no_accuracy(targets, error):
    rng = np.random.default_rng(0)
    model = rnnlib.Model(rnnlib.Elman(D, 5, rng=rng), O, rng=rng)
    for measure in (model.accuracy, model.loss):
        with pytest.raises(error, match="targets: expected"):
            measure(rnnlib.Batch(np.ones((4, 3, D)), targets))


def test_truncated_bptt_goes_through_dropout():
    """Windows as long as the whole give the whole gradient."""
    rng = np.random.default_rng(0)
    layers = rnnlib.Stacked(rnnlib.LSTM(D, 4, rng=rng), rnnlib.GRUResetAfter(4, 5, rng=rng))
    network = with_dropout(layers, 0.5, rng, T, B)
    run, d = rnnlib.unroll(network, rng.normal(size=(T, B, D))), rng.normal(size=(T, B, 5))
    whole, truncated = rnnlib.bptt(run, d), rnnlib.truncated_bptt(run, d, T)
    for name in layers.params:
        assert rnnlib.relative_error(whole.params[name], truncated.params[name]) < 1e-13
    assert rnnlib.relative_error(whole.x, truncated.x) < 1e-13
    assert rnnlib.relative_error(whole.x, rnnlib.truncated_bptt(run, d, 1).x) > 0.01

"""The training loop: it learns, stops when it should, keeps what is best, and says why it ended."""

import numpy as np
import pytest

import rnnlib
from rnnlib.tasks import slot_filling

QUIET = {"progress": False}


def small_model(seed=0, dropout=0.0):
    rng = np.random.default_rng(seed)
    return rnnlib.Model(rnnlib.Elman(3, 4, rng=rng), 2, dropout=dropout, rng=rng)


def draw(rng):
    x = rng.normal(size=(4, 5, 3))
    return rnnlib.Batch(x, (x.sum(axis=-1) > 0).astype(int))


def copies(model):
    return {name: value.copy() for name, value in model.params.items()}


def assert_same_params(model, params):
    for name, value in model.params.items():
        np.testing.assert_array_equal(value, params[name])


def test_a_tagger_learns_what_a_window_cannot():
    rng = np.random.default_rng(0)
    model = rnnlib.Model(rnnlib.GRUResetAfter(len(slot_filling.WORDS), 12, rng=rng), len(slot_filling.TAGS), rng=rng)
    held_out = slot_filling.draw_batch(np.random.default_rng(1), 200)
    before = model.accuracy(held_out)
    history = rnnlib.train(
        model, lambda r: slot_filling.draw_batch(r, 32), 120, rnnlib.Adam(0.02), rng=rng, clip=1.0, **QUIET
    )
    assert before < 0.6
    assert model.accuracy(held_out) == 1.0
    assert history.loss[-1] < 0.1 < 1.0 < history.loss[0]
    assert len(history) == len(history.gradient_norm) == 120
    assert history.stopped is None


def test_each_step_is_gradient_then_clip_then_update():
    model, by_hand, rng = small_model(), small_model(), np.random.default_rng(3)
    rnnlib.train(model, draw, 5, rnnlib.SGD(0.5), rng=np.random.default_rng(3), clip=0.01, **QUIET)
    for _ in range(5):
        _, gradients, _ = by_hand.loss_and_gradients(draw(rng))
        norm = rnnlib.global_norm(gradients)
        assert norm > 0.01
        for name, array in by_hand.params.items():
            array -= 0.5 * (0.01 / norm) * gradients[name]
    for name, array in model.params.items():
        np.testing.assert_allclose(array, by_hand.params[name], rtol=1e-12, atol=1e-15)


def test_clipping_by_value_bounds_every_step():
    model = small_model()
    before = copies(model)
    rnnlib.train(model, draw, 1, rnnlib.SGD(1.0), rng=np.random.default_rng(0), clip=1e-3, clip_kind="value", **QUIET)
    moved = np.concatenate([np.ravel(model.params[name] - before[name]) for name in before])
    assert np.abs(moved).max() == pytest.approx(1e-3)


def test_measurements_are_taken_before_every_few_steps_and_after_the_last():
    rng = np.random.default_rng(0)
    history = rnnlib.train(
        small_model(),
        draw,
        7,
        rnnlib.SGD(0.1),
        rng=rng,
        measure=lambda m: {"loss": 1.0, "b": 2},
        measure_every=3,
        **QUIET,
    )
    steps, values = history.curve("b")
    assert steps.tolist() == [0, 3, 6, 7]
    assert values.tolist() == [2, 2, 2, 2]
    with pytest.raises(ValueError, match="expected one of 'loss', 'b', got 'c'"):
        history.curve("c")
    with pytest.raises(ValueError, match="expected one of 'loss', 'b', got None"):
        history.curve()


@pytest.mark.parametrize("watched", [None, "validation"])
def test_early_stopping_gives_the_best_parameters_back(watched):
    model, numbers, seen = small_model(), iter([5.0, 3.0, 4.0, 2.0, 2.0, 9.0, 7.0, 1.0]), []

    def measure(trained):
        seen.append(copies(trained))
        number = next(numbers)
        return number if watched is None else {"other": 0.0, "validation": number}

    history = rnnlib.train(
        model,
        draw,
        100,
        rnnlib.SGD(0.1),
        rng=np.random.default_rng(0),
        measure=measure,
        measure_every=2,
        patience=3,
        watch=watched,
        **QUIET,
    )
    assert history.curve(watched)[1].tolist() == [5, 3, 4, 2, 2, 9, 7]
    assert history.best_step == 6
    assert len(history) == 12
    assert history.stopped == rnnlib.Stopped("no better", 12, "nothing better than 2 of step 6")
    assert str(history.stopped) == "step 12: nothing better than 2 of step 6"
    assert_same_params(model, seen[3])


def test_measurements_that_are_no_numbers_use_up_the_patience():
    history = rnnlib.train(
        small_model(),
        draw,
        9,
        rnnlib.SGD(0.1),
        rng=np.random.default_rng(0),
        measure=lambda model: np.nan,
        measure_every=1,
        patience=3,
        **QUIET,
    )
    assert (history.stopped.step, history.best_step) == (2, None)


def test_pairs_never_go_on_from_the_pairs_before():
    rng = np.random.default_rng(0)
    model = rnnlib.Seq2Seq(rnnlib.Elman(3, 2, rng=rng), rnnlib.Elman(2, 2, rng=rng), end=1, rng=rng)
    pairs = rnnlib.Pairs(rng.normal(size=(4, 5, 3)), np.full(5, 4), np.ones((1, 5), int), np.ones(5, int))
    assert len(rnnlib.train(model, lambda rng: pairs, 2, rnnlib.SGD(0.1), rng=rng, **QUIET)) == 2


def test_the_best_parameters_come_back_when_the_steps_run_out():
    model, numbers, seen = small_model(), iter([3.0, 1.0, 2.0]), []

    def measure(trained):
        seen.append(copies(trained))
        return next(numbers)

    history = rnnlib.train(
        model,
        draw,
        4,
        rnnlib.SGD(0.1),
        rng=np.random.default_rng(0),
        measure=measure,
        measure_every=2,
        patience=5,
        **QUIET,
    )
    assert history.stopped is None
    assert history.best_step == 2
    assert_same_params(model, seen[1])


def test_an_interrupt_keeps_what_was_learned():
    model, calls = small_model(), []

    def interrupted(rng):
        calls.append(copies(model))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return draw(rng)

    history = rnnlib.train(model, interrupted, 10, rnnlib.SGD(0.1), rng=np.random.default_rng(0), **QUIET)
    assert len(history) == 3
    assert (history.stopped.kind, history.stopped.step) == ("interrupted", 3)
    assert str(history.stopped) == "step 3: interrupted; what was learned is kept"
    assert_same_params(model, calls[-1])


def exploding_model():
    cell = rnnlib.Elman(1, 1, rng=np.random.default_rng(0), activation="linear")
    cell.params["W_s"][...] = 3.0
    return rnnlib.Model(cell, 1, loss="squared_error", rng=np.random.default_rng(0))


def explode(rng):
    return rnnlib.Batch(rng.uniform(1, 2, size=(20, 2, 1)), np.zeros((20, 2, 1)))


def test_what_is_no_longer_finite_is_named_and_never_reaches_the_weights():
    model, kept = exploding_model(), []

    def remember(rng):
        kept.append(copies(model))
        return explode(rng)

    history = rnnlib.train(model, remember, 50, rnnlib.SGD(1e-3), rng=np.random.default_rng(0), **QUIET)
    step = len(history)
    assert 0 < step < 50
    assert (history.stopped.kind, history.stopped.step) == ("not finite", step)
    assert "inf" in history.stopped.reason or "nan" in history.stopped.reason
    assert history.stopped.reason.endswith("this step was not taken")
    assert np.isfinite(history.loss).all()
    assert np.isfinite(history.gradient_norm).all()
    assert_same_params(model, kept[-1])
    assert all(np.isfinite(value).all() for value in model.params.values())


def test_a_gradient_that_overflows_while_the_loss_is_finite_is_found():
    model = exploding_model()
    loss_and_gradients = model.loss_and_gradients

    def overflowing(batch, **options):
        loss, gradients, run = loss_and_gradients(batch, **options)
        return loss, gradients | {"b_o": np.array([np.inf])}, run

    model.loss_and_gradients = overflowing
    before = copies(model)
    history = rnnlib.train(model, explode, 5, rnnlib.SGD(1e-3), rng=np.random.default_rng(0), **QUIET)
    assert str(history.stopped).startswith("step 0: the loss is ")
    assert "gradient norm inf" in history.stopped.reason
    assert_same_params(model, before)


def test_clipping_keeps_the_same_training_alive():
    history = rnnlib.train(
        exploding_model(), explode, 50, rnnlib.SGD(1e-3), rng=np.random.default_rng(0), clip=1.0, **QUIET
    )
    assert history.stopped is None
    assert len(history) == 50


def test_a_stream_carries_the_state_and_not_the_gradient():
    rng = np.random.default_rng(0)
    whole = rnnlib.Batch(rng.normal(size=(10, 2, 3)), rng.integers(2, size=(10, 2)))
    draw_window = rnnlib.stream(whole, 4)
    windows = [draw_window(rng) for _ in range(4)]
    assert [len(w.x) for w in windows] == [4, 4, 2, 4]
    assert [w.continues for w in windows] == [False, True, True, False]
    np.testing.assert_array_equal(np.concatenate([w.x for w in windows[:3]]), whole.x)
    np.testing.assert_array_equal(np.concatenate([w.targets for w in windows[:3]]), whole.targets)
    single = rnnlib.stream(whole, 1)
    assert [single(rng).continues for _ in range(3)] == [False, True, True]
    mask = rng.random(size=(10, 2)) < 0.5
    masked = rnnlib.stream(whole._replace(mask=mask), 4)
    np.testing.assert_array_equal(np.concatenate([masked(rng).mask for _ in range(3)]), mask)

    # with a rate of almost nothing the losses are those of one pass over the whole, whatever the window
    model = small_model()
    history = rnnlib.train(model, rnnlib.stream(whole, 4), 4, rnnlib.SGD(1e-300), rng=rng, **QUIET)
    assert np.dot(history.loss[:3], [4, 4, 2]) / 10 == pytest.approx(model.loss(whole), rel=1e-12)
    assert history.loss[3] == history.loss[0]
    first = whole._replace(x=whole.x[:4], targets=whole.targets[:4])
    _, _, run = model.loss_and_gradients(first)
    alone = model.loss_and_gradients(windows[1])[0]
    carried = model.loss_and_gradients(windows[1], state=run.final_state)[0]
    assert history.loss[1] == pytest.approx(carried, rel=1e-12)
    assert history.loss[1] != pytest.approx(alone, rel=1e-6)


def test_a_network_that_reads_backward_has_no_state_to_carry():
    rng = np.random.default_rng(0)
    network = rnnlib.Bidirectional(rnnlib.Elman(3, 2, rng=rng), rnnlib.Elman(3, 2, rng=rng))
    model = rnnlib.Model(rnnlib.Stacked(network, rnnlib.Elman(4, 4, rng=rng)), 2, rng=rng)
    with pytest.raises(ValueError, match="network: expected a network that reads forward"):
        rnnlib.train(model, rnnlib.stream(draw(rng), 2), 2, rnnlib.SGD(0.1), rng=rng, **QUIET)


def test_dropout_is_drawn_from_the_generator_of_the_training():
    losses = [
        rnnlib.train(small_model(dropout=rate), draw, 3, rnnlib.SGD(0.1), rng=np.random.default_rng(seed), **QUIET).loss
        for rate, seed in ((0.5, 0), (0.5, 0), (0.0, 0))
    ]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


def test_the_smoothed_loss_is_the_mean_of_a_window():
    history = rnnlib.History(loss=[4.0, 2.0, 6.0, 0.0])
    steps, means = history.smoothed_loss(2)
    assert steps.tolist() == [2, 3, 4]
    np.testing.assert_allclose(means, [3, 4, 3])
    assert [values.tolist() for values in history.smoothed_loss(4)] == [[4], [3]]
    with pytest.raises(ValueError, match="window: expected at most 4"):
        history.smoothed_loss(5)
    with pytest.raises(ValueError, match="expected measurements"):
        history.curve()


def bar_of(capsys, steps=3, **options):
    """What the progress bar of a training shows at its end."""
    rnnlib.train(small_model(), draw, steps, rnnlib.SGD(0.1), rng=np.random.default_rng(0), **options)
    return capsys.readouterr().err.rpartition("\r")[2]


def test_one_bar_a_training(capsys):
    shown = bar_of(capsys, description="learning")
    assert shown.startswith("learning: 100%")
    assert " 3/3 " in shown
    assert bar_of(capsys).startswith("training: 100%")
    assert bar_of(capsys, **QUIET) == ""


def test_a_training_that_stops_early_has_a_full_bar_and_one_that_breaks_off_has_not(capsys):
    stopped = bar_of(capsys, 50, measure=lambda model: 1.0, measure_every=2, patience=3)
    assert stopped.startswith("training: 100%")
    assert " 6/6 " in stopped

    def interrupt(model):
        raise KeyboardInterrupt

    assert " 0/50 " in bar_of(capsys, 50, measure=interrupt)


def test_without_a_word_about_it_measurements_are_taken_every_fifty_steps():
    history = rnnlib.train(
        small_model(), draw, 120, rnnlib.SGD(0.1), rng=np.random.default_rng(0), measure=lambda model: 1.0, **QUIET
    )
    assert list(history.measured) == [0, 50, 100, 120]


def test_a_measurement_may_overflow():
    history = rnnlib.train(
        small_model(),
        draw,
        1,
        rnnlib.SGD(0.1),
        rng=np.random.default_rng(0),
        measure=lambda model: float(np.exp(np.float64(1e4)) * np.float64(0)),
        **QUIET,
    )
    assert np.isnan(history.curve()[1]).all()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"model": small_model().network}, TypeError, "model: expected an object with the method loss_and_gradients"),
        ({"draw_batch": draw(np.random.default_rng(0))}, TypeError, "draw_batch: expected a function, got Batch"),
        ({"draw_batch": None}, TypeError, "draw_batch: expected a function, got NoneType"),
        ({"draw_batch": lambda rng: (1, 2)}, TypeError, "batch: expected a Batch, got tuple"),
        ({"steps": 0}, ValueError, "steps: expected at least 1"),
        ({"steps": 1e3}, TypeError, "steps: expected a whole number"),
        ({"optimizer": 0.1}, TypeError, "optimizer: expected an object with the method update, got float"),
        ({"optimizer": rnnlib.SGD}, TypeError, "optimizer: .* got the class SGD"),
        ({"rng": 0}, TypeError, "rng"),
        ({"clip": 0}, ValueError, "clip: expected more than 0"),
        ({"clip_kind": "length"}, ValueError, "clip_kind: expected one of 'norm', 'value'"),
        ({"measure": 3}, TypeError, "measure: expected a function"),
        ({"measure_every": 0}, ValueError, "measure_every"),
        ({"patience": 2}, ValueError, "patience: expected measure"),
        ({"patience": 0, "measure": lambda m: 0.0}, ValueError, "patience: expected at least 1"),
        ({"patience": 2, "measure": lambda m: None}, TypeError, "measure: expected one number, got None"),
        ({"patience": 2, "measure": lambda m: 1.0, "watch": "loss"}, TypeError, "numbers by name, 'loss' among them"),
        ({"patience": 2, "measure": lambda m: {"a": 1.0}, "watch": "b"}, ValueError, "expected one of 'a', got 'b'"),
    ],
)
def test_a_bad_argument_is_named(changes, error, words):
    good = {"model": small_model(), "draw_batch": draw, "steps": 2, "optimizer": rnnlib.SGD(0.1)}
    with pytest.raises(error, match=words):
        rnnlib.train(**good | {"rng": np.random.default_rng(0)} | changes, **QUIET)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((draw(np.random.default_rng(0)), 0), ValueError, "window: expected at least 1"),
        ((np.zeros((3, 2, 1)), 2), TypeError, "batch: expected a Batch"),
        ((draw(np.random.default_rng(0))._replace(lengths=np.full(5, 4)), 2), ValueError, "lengths: expected None"),
    ],
)
def test_a_bad_stream_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        rnnlib.stream(*arguments)


def test_a_mean_of_losses_is_not_disturbed_by_an_explosion_before_it():
    for first, later in ((1e18, 1.0), (1e10, 1e-3), (1e300, 2.0)):
        history = rnnlib.History(loss=[first, first, later, later, later])
        steps, means = history.smoothed_loss(2)
        assert steps.tolist() == [2, 3, 4, 5]
        assert means.tolist() == [first, (first + later) / 2, later, later]


@pytest.mark.parametrize("clip_kind", ["norm", "value"])
def test_the_history_keeps_the_norm_before_clipping(clip_kind):
    model, rng = small_model(), np.random.default_rng(3)
    batch = draw(rng)
    norm = rnnlib.global_norm(model.loss_and_gradients(batch)[1])
    history = rnnlib.train(
        model, lambda r: batch, 1, rnnlib.SGD(0.1), rng=rng, clip=norm / 50, clip_kind=clip_kind, **QUIET
    )
    assert history.gradient_norm == [norm]


@pytest.mark.parametrize("field", ["x", "targets"])
@pytest.mark.parametrize("bad_step", [0, 2])
def test_a_nan_in_the_data_is_told_aloud(field, bad_step):
    cell = rnnlib.Elman(3, 2, rng=np.random.default_rng(0))
    model, drawn = rnnlib.Model(cell, loss="squared_error"), []

    def draw_numbers(rng):
        arrays = {"x": rng.normal(size=(4, 5, 3)), "targets": rng.normal(size=(4, 5, 2))}
        if len(drawn) == bad_step:
            arrays[field][1, 2, 0] = np.nan
        drawn.append(copies(model))
        return rnnlib.Batch(**arrays)

    with pytest.raises(ValueError, match=f"batch {field}: expected finite numbers, got NaN or infinity") as caught:
        rnnlib.train(model, draw_numbers, 5, rnnlib.SGD(0.1), rng=np.random.default_rng(0), **QUIET)
    assert not isinstance(caught.value, rnnlib.NotFiniteError)
    assert_same_params(model, drawn[-1])


def test_weights_that_cannot_be_changed_are_named_before_anything_is():
    model = small_model()
    model.readout["b_o"].flags.writeable = False
    with pytest.raises(ValueError, match="b_o: expected an array that can be changed in place"):
        rnnlib.train(model, draw, 5, rnnlib.SGD(0.1), rng=np.random.default_rng(0), **QUIET)

"""The claims of chapter 6, and that its explorers show what rnnlib computes."""

import numpy as np
import pytest

import rnnlib
from rnnlib.chapters.ch6_bidirectional import experiments
from rnnlib.chapters.ch6_bidirectional.explorers import reversal
from rnnlib.gradient_flow import jacobian_norms, step_jacobians
from rnnlib.tasks import slot_filling


@pytest.fixture(scope="module")
def models():
    return experiments.taggers()


def test_only_the_two_way_network_tags_a_city_before_its_verb(models):
    assert experiments.city_accuracy(models["one-way"], "before") == 1
    assert abs(experiments.city_accuracy(models["one-way"], "after") - 0.5) < 0.1
    assert experiments.city_accuracy(models["two-way"], "before") == 1
    assert experiments.city_accuracy(models["two-way"], "after") == 1


def claims_hold(found):
    """What the chapter says of its taggers over ten seeds; columns: verb before the city, verb after it."""
    assert np.all(found["one-way"][:, 0] > 0.99)
    assert np.all(np.abs(found["one-way"][:, 1] - 0.5) < 0.1)
    assert np.all(found["two-way"] > 0.98)
    assert np.all(found["shared"] > 0.98)
    assert np.mean(found["copied"][:, 1] < 0.7) >= 0.7
    assert found["untrained"].max() < 0.7


def test_what_was_found_over_ten_seeds_is_what_the_chapter_says():
    claims_hold(experiments.seeds())


@pytest.mark.slow
def test_ten_other_seeds_say_the_same():
    claims_hold(experiments.measure_seeds(range(100, 110)))


def test_halves_that_share_their_weights_stay_alike_and_get_the_sum_of_both_gradients():
    model = experiments.shared_tagger(np.random.default_rng(0))
    batch = experiments.draw_either(np.random.default_rng(1), 4)
    _, gradients, _ = model.loss_and_gradients(batch)
    weights = model.params["network.forward.W_s"]
    twin = model.params["network.backward.W_s"]
    moved = []
    for step in (1e-6, -1e-6):
        weights[2, 3] += step
        twin[2, 3] += step
        moved.append(model.loss(batch))
        weights[2, 3] -= step
        twin[2, 3] -= step
    by_both = (moved[0] - moved[1]) / 2e-6
    assert gradients["network.forward.W_s"][2, 3] == pytest.approx(by_both, rel=1e-5)
    rnnlib.train(model, experiments.draw_either, 3, rnnlib.Adam(0.01), rng=np.random.default_rng(2), progress=False)
    np.testing.assert_array_equal(model.params["network.forward.W_x"], model.params["network.backward.W_x"])


def test_two_directions_explode_in_some_draws_of_a_high_gain_and_in_none_of_a_low_one():
    middles = {gain: [experiments.both_gradients(gain, 50, draw)[24] for draw in range(20)] for gain in (0.8, 1.2, 2.0)}
    assert max(middles[0.8]) < 0.1
    assert max(middles[1.2]) < 10
    assert 0 < np.mean(np.array(middles[2.0]) > 10) < 0.5


def test_input_jacobians_are_the_derivatives_of_the_outputs(models):
    words = ["Taipei", "my", "arrive", "on", "July", "1st"]
    x, _ = slot_filling.encode([words])
    jacobians = experiments.input_jacobians(models["two-way"], x)
    direction = np.random.default_rng(0).normal(size=x.shape[-1])
    for t, k in ((0, 2), (3, 1), (5, 5)):
        moved = x.copy()
        moved[k, 0] += 1e-5 * direction
        above = models["two-way"].outputs(moved)[t, 0]
        moved[k, 0] -= 2e-5 * direction
        below = models["two-way"].outputs(moved)[t, 0]
        assert rnnlib.relative_error((above - below) / 2e-5, jacobians[t, k] @ direction) < 1e-7


def test_the_one_way_map_is_zero_above_the_diagonal_and_the_two_way_map_finds_the_verb(models):
    words = ["Taipei", "with", "my", "arrive", "on", "November", "2nd"]
    above = np.triu(np.ones((len(words),) * 2, dtype=bool), k=1)
    for measure in (experiments.saliency_map, experiments.exchange_map):
        assert not measure(models["one-way"], words)[above].any()
        assert measure(models["two-way"], words)[0].argmax() == words.index("arrive")


def test_padding_changes_the_outputs_only_where_the_whole_row_is_reversed(models):
    alone = experiments.outputs_with_padding(models["two-way"], reversal.WORDS, 0, True)
    for padded in (1, 4, 8):
        careful = experiments.outputs_with_padding(models["two-way"], reversal.WORDS, padded, True)
        careless = experiments.outputs_with_padding(models["two-way"], reversal.WORDS, padded, False)
        np.testing.assert_allclose(careful, alone, rtol=0, atol=1e-12)
        assert np.abs(careless - alone).max() > 0.1


def test_reading_orders():
    assert reversal.reading_order(2, True)[:2] == ["2nd", "November"]
    assert reversal.reading_order(2, True)[-2:] == ["pad", "pad"]
    assert reversal.reading_order(2, False)[:3] == ["pad", "pad", "2nd"]


@pytest.mark.parametrize("direction", [1, -1])
def test_input_gradients_are_those_of_backpropagation(direction):
    gain, steps = 0.9, 12
    units = experiments.REACH_UNITS
    recurrent, from_input, x = experiments._draws(direction)
    cell = rnnlib.Elman.from_params({"W_x": from_input, "W_s": gain * recurrent, "b_s": np.zeros(units)})
    run = rnnlib.unroll(cell, np.repeat(x[:steps][::direction], units, axis=1))
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = np.eye(units)
    norms = np.linalg.norm(rnnlib.bptt(run, d_outputs).x[..., 0], axis=1)[::direction]
    np.testing.assert_allclose(experiments.input_gradients(gain, steps, direction), norms, rtol=1e-10)


def test_each_direction_decays_as_it_did_alone():
    """The two-way network eases vanishing only by the distance to the nearer end."""
    forward, backward = (experiments.input_gradients(0.8, 50, direction) for direction in (1, -1))
    both = np.hypot(forward, backward)
    assert both[0] > 1
    assert both[-1] > 1
    assert both[24] < 1e-4
    assert both[24] < 2 * max(forward[24], backward[24])


def test_the_jacobians_of_each_half_are_those_of_the_half_alone():
    rng = np.random.default_rng(2)
    network = rnnlib.Bidirectional(rnnlib.Elman(2, 3, rng=rng), rnnlib.LSTM(2, 3, rng=rng))
    x = rng.normal(size=(7, 1, 2))
    run = rnnlib.unroll(network, x)
    np.testing.assert_array_equal(
        jacobian_norms(step_jacobians(run.forward)), jacobian_norms(step_jacobians(rnnlib.unroll(network.forward, x)))
    )
    np.testing.assert_array_equal(
        jacobian_norms(step_jacobians(run.backward)),
        jacobian_norms(step_jacobians(rnnlib.unroll(network.backward, x[::-1].copy()))),
    )


def test_every_output_of_the_two_way_network_waits_for_the_last_input(models):
    words = ["Taipei", "please", "arrive", "on", "November", "2nd"]
    x, _ = slot_filling.encode([words])
    other, _ = slot_filling.encode([[*words[:-1], "4th"]])
    for kind, changed in (("one-way", [5]), ("two-way", [0, 1, 2, 3, 4, 5])):
        difference = np.abs(models[kind].outputs(x) - models[kind].outputs(other)).max(axis=-1)[:, 0]
        assert np.flatnonzero(difference > 0).tolist() == changed

"""The claims of chapter 6, and that its explorers show what rnnlib computes."""

import numpy as np
import pytest

import rnnlib
from rnnlib.explorers.bidirectional import distance, reversal, trainings
from rnnlib.gradient_flow import jacobian_norms, step_jacobians
from rnnlib.tasks import slot_filling


@pytest.fixture(scope="module")
def models():
    return trainings.taggers()


def test_only_the_two_way_network_tags_a_city_before_its_verb(models):
    assert trainings.city_accuracy(models["one-way"], "before") == 1
    assert abs(trainings.city_accuracy(models["one-way"], "after") - 0.5) < 0.1
    assert trainings.city_accuracy(models["two-way"], "before") == 1
    assert trainings.city_accuracy(models["two-way"], "after") == 1


def test_the_backward_half_is_not_the_forward_network_run_the_other_way(models):
    borrowed = trainings.new_tagger("two-way", np.random.default_rng(0))
    for name, array in borrowed.params.items():
        array[...] = models["two-way"].params[name.replace("network.backward", "network.forward")]
    assert trainings.city_accuracy(borrowed, "after") < 0.7


def test_input_jacobians_are_the_derivatives_of_the_outputs(models):
    words = ["Taipei", "my", "arrive", "on", "July", "1st"]
    x, _ = slot_filling.encode([words])
    jacobians = trainings.input_jacobians(models["two-way"], x)
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
    for measure in (trainings.saliency_map, trainings.exchange_map):
        assert not measure(models["one-way"], words)[above].any()
        assert measure(models["two-way"], words)[0].argmax() == words.index("arrive")


def test_padding_changes_the_outputs_only_where_the_whole_row_is_reversed(models):
    alone = trainings.outputs_with_padding(models["two-way"], reversal.WORDS, 0, True)
    for padded in (1, 4, 8):
        careful = trainings.outputs_with_padding(models["two-way"], reversal.WORDS, padded, True)
        careless = trainings.outputs_with_padding(models["two-way"], reversal.WORDS, padded, False)
        np.testing.assert_allclose(careful, alone, rtol=0, atol=1e-12)
        assert np.abs(careless - alone).max() > 0.1


def test_reading_orders():
    assert reversal.reading_order(2, True)[:2] == ["2nd", "November"]
    assert reversal.reading_order(2, True)[-2:] == ["pad", "pad"]
    assert reversal.reading_order(2, False)[:3] == ["pad", "pad", "2nd"]


@pytest.mark.parametrize("direction", [1, -1])
def test_input_gradients_are_those_of_backpropagation(direction):
    gain, steps = 0.9, 12
    recurrent, from_input, x = distance._draws(direction)
    cell = rnnlib.Elman.from_params({"W_x": from_input, "W_s": gain * recurrent, "b_s": np.zeros(distance.UNITS)})
    run = rnnlib.unroll(cell, np.repeat(x[:steps][::direction], distance.UNITS, axis=1))
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[-1] = np.eye(distance.UNITS)
    norms = np.linalg.norm(rnnlib.bptt(run, d_outputs).x[..., 0], axis=1)[::direction]
    np.testing.assert_allclose(distance.input_gradients(gain, steps, direction), norms, rtol=1e-10)


def test_each_direction_decays_as_it_did_alone():
    """The two-way network eases vanishing only by the distance to the nearer end."""
    forward, backward = (distance.input_gradients(0.8, 50, direction) for direction in (1, -1))
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

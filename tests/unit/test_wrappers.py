"""Stacked and bidirectional networks: what they are made of, and what does not fit together.

Their gradients, lengths and chunks are tested with those of the cells, in test_cells and test_unroll.
"""

import numpy as np
import pytest
from numerics import LENGTHS, B, D, Problem, T, make

from rnnlib import LSTM, Bidirectional, Elman, GRUResetAfter, Stacked, unroll
from rnnlib.wrappers import check_reads_forward, reorder, reversed_order

RNG = np.random.default_rng


def test_a_stack_is_its_layers_one_after_the_other():
    problem = Problem("stacked", LENGTHS)
    x, finals = problem.x, []
    for layer, state in zip(problem.network.layers, problem.state, strict=True):
        run = unroll(layer, x, state, LENGTHS)
        x = run.outputs
        finals.append(run.final_state)
    assert np.array_equal(problem.run().outputs, x)
    np.testing.assert_equal(problem.run().final_state, tuple(finals))


def test_a_bidirectional_network_is_two_that_read_in_opposite_directions():
    problem = Problem("bidirectional")
    forward = unroll(problem.network.forward, problem.x, problem.state[0])
    backward = unroll(problem.network.backward, problem.x[::-1].copy(), problem.state[1])
    outputs = np.concatenate((forward.outputs, backward.outputs[::-1]), axis=-1)
    assert np.array_equal(problem.run().outputs, outputs)


def test_each_sequence_is_reversed_within_its_own_length():
    assert reversed_order(4, 3, LENGTHS).T.tolist() == [[3, 2, 1, 0], [0, 1, 2, 3], [2, 1, 0, 3]]
    x = RNG(0).normal(size=(T, B, D))
    order = reversed_order(T, B, LENGTHS)
    assert np.array_equal(reorder(reorder(x, order), order), x)


def test_a_backward_network_that_starts_in_the_padding_gives_other_answers():
    """The usual mistake: reversing the padded array. The test above would not notice if it did no harm."""
    network, x = make("bidirectional"), RNG(0).normal(size=(T, B, D))
    right = unroll(network, x, lengths=LENGTHS).outputs
    naive = unroll(network, x).outputs
    assert np.array_equal(right[:, 0], naive[:, 0])
    assert not np.allclose(right[:3, 2], naive[:3, 2])


def test_state_gradients_come_in_the_form_of_the_states():
    problem = Problem("stacked in each direction")
    (elman, lstm), tdnn = problem.gradients(keep_state_gradients=True).states
    assert elman[0].shape == (T + 1, B, 2)
    assert [part.shape for part in lstm] == [(T + 1, B, 1)] * 2
    assert [part.shape for part in tdnn] == [(T + 1, B, 2)]


def test_the_params_of_a_network_are_the_arrays_of_its_cells():
    lstm, gru = LSTM(2, 3, rng=RNG(0)), GRUResetAfter(2, 1, rng=RNG(0))
    network = Stacked(Bidirectional(lstm, gru), Elman(4, 2, rng=RNG(0)))
    assert network.params["0.forward.W_h"] is lstm.params["W_h"]
    assert network.params["0.backward.b_nh"] is gru.params["b_nh"]
    assert len(network.params) == 3 + 4 + 3
    assert (network.input_size, network.output_size, network.dtype) == (2, 2, np.float64)


def test_what_does_not_fit_is_named():
    rng = RNG(0)
    cell, square = Elman(2, 3, rng=rng), Elman(3, 3, rng=rng)
    cases = (
        (lambda: Stacked(), ValueError, "layers: expected at least one cell, got none"),
        (lambda: Stacked([cell]), TypeError, "layer 0: expected a cell or a wrapper of cells, got list"),
        (
            lambda: Stacked(cell, Elman),
            TypeError,
            "layer 1: expected a cell or a wrapper of cells, got the class Elman: make",
        ),
        (
            lambda: Stacked(cell, Elman(2, 3, rng=rng)),
            ValueError,
            "layer 1: expected input size 3, the output size of layer 0, got 2",
        ),
        (lambda: Stacked(square, square), ValueError, "layer 1: expected a network with weights of its own, got those"),
        (
            lambda: Stacked(square, Bidirectional(Elman(3, 2, rng=rng), Elman.from_params(square.params))),
            ValueError,
            "layer 1: expected a network with weights of its own, got those of layer 0",
        ),
        (
            lambda: Stacked(cell, Elman(3, 3, rng=rng, dtype=np.float32)),
            TypeError,
            "layer 1: expected float64, the type of the other weights, got float32",
        ),
        (lambda: Bidirectional(cell, cell), ValueError, "backward: expected a network with weights of its own"),
        (lambda: Bidirectional(cell, None), TypeError, "backward: expected a cell or a wrapper of cells, got NoneType"),
        (lambda: Bidirectional("lstm", cell), TypeError, "forward: expected a cell or a wrapper of cells, got str"),
        (
            lambda: Bidirectional(cell, Elman(3, 3, rng=rng)),
            ValueError,
            "backward: expected input size 2 as the forward network, got 3",
        ),
        (
            lambda: Bidirectional(cell, Elman(2, 3, rng=rng, dtype=np.float32)),
            TypeError,
            "backward: expected float64, the type of the other weights, got float32",
        ),
        (
            lambda: check_reads_forward("network", make("bidirectional, then stacked")),
            ValueError,
            "network: expected a network that reads forward, got a Bidirectional one",
        ),
        (lambda: make_run("bidirectional").window(0, 2), TypeError, "run: expected one that reads forward"),
    )
    for call, error, message in cases:
        with pytest.raises(error, match=message):
            call()


def make_run(name):
    return unroll(make(name), np.ones((T, B, D)))

"""The cells against sources that were not written here, and against their formulas written out gate by gate.

The comparison with PyTorch, outputs and gradients, of every network it has, is in test_interop.
"""

import autograd
import autograd.numpy
import numpy as np
import pytest
from numerics import Problem, T, arrays_in, make
from onnx.helper import make_node
from onnx.reference import ReferenceEvaluator

import rnnlib
from rnnlib import LSTM, Bidirectional, Elman, GRUResetAfter, GRUResetBefore, unroll

RNG = np.random.default_rng
GATED = ["lstm", "peephole lstm", "gru, reset before", "gru, reset after"]
WRITTEN_OUT = ["elman tanh", "elman sigmoid", "jordan", *GATED]


class Formulas:
    """Each cell as the text writes it: one vector, one step, one gate at a time. ``np`` is NumPy or autograd's."""

    def __init__(self, np):
        self.np = np

    def sigmoid(self, z):
        return 1 / (1 + self.np.exp(-z))

    def gate(self, p, k, x, h):
        """The pre-activation W_x x + W_h h + b of block k."""
        size = p["W_h"].shape[1]
        rows = slice(k * size, (k + 1) * size)
        return self.np.dot(p["W_x"][rows], x) + self.np.dot(p["W_h"][rows], h) + p["b"][rows]

    def elman(self, p, x, S, f):
        return (f(self.np.dot(p["W_x"], x) + self.np.dot(p["W_s"], S) + p["b_s"]),)

    def jordan(self, p, x, o):
        s = self.np.tanh(self.np.dot(p["W_x"], x) + self.np.dot(p["W_s"], o) + p["b_s"])
        return (self.np.dot(p["W_o"], s) + p["b_o"],)

    def lstm(self, p, x, h, c):
        i, f, o = (self.sigmoid(self.gate(p, k, x, h)) for k in (0, 1, 3))
        g = self.np.tanh(self.gate(p, 2, x, h))
        c = f * c + i * g
        return o * self.np.tanh(c), c

    def peephole(self, p, x, h, c):
        p_i, p_f, p_o = p["p"][0], p["p"][1], p["p"][2]
        i = self.sigmoid(self.gate(p, 0, x, h) + p_i * c)
        f = self.sigmoid(self.gate(p, 1, x, h) + p_f * c)
        c = f * c + i * self.np.tanh(self.gate(p, 2, x, h))
        return self.sigmoid(self.gate(p, 3, x, h) + p_o * c) * self.np.tanh(c), c

    def gru_before(self, p, x, h):
        r, z = (self.sigmoid(self.gate(p, k, x, h)) for k in (0, 1))
        n = self.np.tanh(self.gate(p, 2, x, r * h))
        return (z * h + (1 - z) * n,)

    def gru_after(self, p, x, h):
        r, z = (self.sigmoid(self.gate(p, k, x, h)) for k in (0, 1))
        rows = slice(2 * len(h), None)
        recurrent = self.np.dot(p["W_h"][rows], h) + p["b_nh"]
        n = self.np.tanh(self.np.dot(p["W_x"][rows], x) + p["b"][rows] + r * recurrent)
        return (z * h + (1 - z) * n,)

    def step(self, name):
        return {
            "elman tanh": lambda p, x, S: self.elman(p, x, S, self.np.tanh),
            "elman sigmoid": lambda p, x, S: self.elman(p, x, S, self.sigmoid),
            "jordan": self.jordan,
            "lstm": self.lstm,
            "peephole lstm": self.peephole,
            "gru, reset before": self.gru_before,
            "gru, reset after": self.gru_after,
        }[name]

    def loss(self, name, params, x, state, d_outputs, d_final):
        """The loss of :class:`numerics.Problem`, sequence by sequence, step by step."""
        step, total = self.step(name), 0.0
        for b in range(x.shape[1]):
            parts = tuple(part[b] for part in state)
            for t in range(len(x)):
                parts = step(params, x[t, b], *parts)
                total = total + self.np.sum(parts[0] * d_outputs[t, b])
            for part, d_part in zip(parts, d_final, strict=True):
                total = total + self.np.sum(part * d_part[b])
        return total


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_a_cell_is_its_formulas_written_out(name):
    problem, step = Problem(name), Formulas(np).step(name)
    run = problem.run()
    for b in range(problem.x.shape[1]):
        state = tuple(part[b] for part in problem.state)
        for t in range(T):
            state = step(problem.network.params, problem.x[t, b], *state)
            for stacked, part in zip(run.states, state, strict=True):
                assert np.allclose(stacked[t + 1, b], part, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", GATED)
def test_the_trace_holds_the_gates_by_name(name):
    problem, formulas = Problem(name), Formulas(np)
    run, p = problem.run(), problem.network.params
    x, h = problem.x[2, 1], run.states[0][2, 1]
    first = {"lstm": "i", "gru, reset before": "r", "gru, reset after": "r"}.get(name)
    if first:
        assert np.allclose(getattr(run.trace, first)[2, 1], formulas.sigmoid(formulas.gate(p, 0, x, h)))
    if name == "peephole lstm":
        z = formulas.gate(p, 3, x, h) + p["p"][2] * run.states[1][3, 1]
        assert np.allclose(run.trace.o[2, 1], formulas.sigmoid(z))
    if "lstm" in name:
        i, f, g, o, tanh_c = run.trace
        assert np.allclose(run.states[1][1:], f * run.states[1][:-1] + i * g)
        assert np.allclose(run.outputs, o * tanh_c)
    else:
        _, z, n, _ = run.trace
        assert np.allclose(run.outputs, z * run.states[0][:-1] + (1 - z) * n)


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_autograd_finds_the_same_gradients(name):
    problem, formulas = Problem(name), Formulas(autograd.numpy)

    def loss(params, x, state):
        return formulas.loss(name, params, x, state, problem.d_outputs, problem.d_final)

    d_params, d_x, d_state = (
        autograd.grad(loss, argument)(dict(problem.network.params), problem.x, problem.state) for argument in range(3)
    )
    gradients = problem.gradients()
    for key, wanted in d_params.items():
        assert rnnlib.relative_error(gradients.params[key], wanted) < 1e-13, key
    assert rnnlib.relative_error(gradients.x, d_x) < 1e-13
    for left, right in zip(gradients.initial_state, d_state, strict=True):
        assert rnnlib.relative_error(left, right) < 1e-13


def onnx_outputs(cells, x, states, direction):
    """What ONNX's reference says of one cell, or of the pair of a bidirectional network: ``(T, directions, B, H)``."""
    first = cells[0]
    # the rows in ONNX's order: i, o, f, c and z, r, h; peepholes i, o, f
    kind, order = {Elman: ("RNN", [0]), GRUResetBefore: ("GRU", [1, 0, 2]), GRUResetAfter: ("GRU", [1, 0, 2])}.get(
        type(first), ("LSTM", [0, 3, 1, 2])
    )

    def reordered(array):
        blocks = array.reshape(len(order), -1, *array.shape[1:])
        return blocks[order].reshape(array.shape)

    def both_biases(cell):
        b, recurrent = cell.params[cell.bias], np.zeros_like(cell.params[cell.bias])
        if "b_nh" in cell.params:
            recurrent[-cell.state_size :] = cell.params["b_nh"]
        return np.concatenate((reordered(b), reordered(recurrent)))

    inputs = {
        "X": x,
        "W": np.stack([reordered(cell.params[cell.input_weight]) for cell in cells]),
        "R": np.stack([reordered(cell.params[cell.recurrent_weight]) for cell in cells]),
        "B": np.stack([both_biases(cell) for cell in cells]),
        "sequence_lens": None,
        "initial_h": np.stack([state[0] for state in states]),
    }
    if kind == "LSTM":
        inputs["initial_c"] = np.stack([state[1] for state in states])
    if "p" in first.params:
        inputs["P"] = np.stack([cell.params["p"][[0, 2, 1]].reshape(-1) for cell in cells])
    attributes = {"hidden_size": first.state_size, "direction": direction}
    if kind == "GRU":
        attributes["linear_before_reset"] = int(isinstance(first, GRUResetAfter))
    names = ["" if value is None else name for name, value in inputs.items()]
    node = make_node(kind, names, ["Y"], **attributes)
    given = {name: value for name, value in inputs.items() if value is not None}
    return ReferenceEvaluator(node).run(None, given)[0]


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize("name", ["elman tanh", *GATED])
def test_onnx_gives_the_same_outputs(name, direction):
    problem = Problem(name)
    x = problem.x if direction == "forward" else problem.x[::-1].copy()
    outputs = unroll(problem.network, x, problem.state).outputs
    wanted = onnx_outputs([problem.network], problem.x, [problem.state], direction)[:, 0]
    assert np.allclose(outputs if direction == "forward" else outputs[::-1], wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["elman tanh", *GATED])
def test_onnx_gives_the_same_outputs_in_both_directions(name):
    forward, backward = make(name), make(name)
    for array in backward.params.values():
        array *= -0.7
    problem = Problem(name)
    states = problem.state, tuple(-part for part in problem.state)
    outputs = unroll(Bidirectional(forward, backward), problem.x, states).outputs
    wanted = onnx_outputs([forward, backward], problem.x, states, "bidirectional")
    assert np.allclose(outputs, np.concatenate((wanted[:, 0], wanted[:, 1]), axis=-1), rtol=1e-12, atol=1e-14)


def test_pytorch_gives_the_same_outputs_for_sequences_of_different_lengths():
    torch = pytest.importorskip("torch")
    network = Bidirectional(LSTM(2, 3, rng=RNG(0)), LSTM(2, 3, rng=RNG(1)))
    x, lengths = RNG(2).normal(size=(T, 3, 2)), np.array([4, 1, 3])
    twin = torch.nn.LSTM(2, 3, bidirectional=True, dtype=torch.float64)
    twin.load_state_dict({key: torch.tensor(value) for key, value in rnnlib.interop.to_torch(network).items()})
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(x), lengths, enforce_sorted=False)
    outputs, (h, c) = twin(packed)
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs)
    run = unroll(network, x, lengths=lengths)
    assert np.allclose(run.outputs, outputs.detach().numpy(), rtol=1e-12, atol=1e-14)
    wanted = [h[0], c[0], h[1], c[1]]
    for ours, theirs in zip(arrays_in(run.final_state), wanted, strict=True):
        assert np.allclose(ours, theirs.detach().numpy(), rtol=1e-12, atol=1e-14)


def constant(cell_type, **biases):
    """A cell of three units with Keras's constant weights: 0.01 from the input, 0.02 recurrent."""
    shapes = cell_type.shapes(4, 3)
    weights = {"W_x": np.full(shapes["W_x"], 0.01), "W_h": np.full(shapes["W_h"], 0.02)}
    return cell_type.from_params(weights | {name: np.repeat(value, 3) for name, value in biases.items()})


@pytest.mark.parametrize(
    ("cell", "published"),
    [
        # Keras adds the two biases of reset-after in the gates and keeps them apart in the candidate
        (constant(GRUResetAfter, b=[0.06, 0.06, 0.03], b_nh=[0.03]), 0.5217289),
        (constant(GRUResetBefore, b=[0.03, 0.03, 0.03]), 0.51447755),
        (constant(LSTM, b=[0.03, 1.0, 0.03, 0.03]), 0.6288687),
    ],
)
def test_the_constants_that_keras_publishes(cell, published):
    x = np.arange(72.0).reshape(3, 6, 4).swapaxes(0, 1)
    assert unroll(cell, x).outputs[-1, 0] == pytest.approx([published] * 3, abs=5e-8)

"""What the tests of the numerics share: every network, with weights that leave no term of a formula at zero."""

import numpy as np

import rnnlib
from rnnlib import (
    LSTM,
    TDNN,
    Bidirectional,
    Elman,
    GRUResetAfter,
    GRUResetBefore,
    IndRNN,
    Jordan,
    MinGRU,
    PeepholeLSTM,
    Stacked,
    bptt,
    unroll,
)

T, B, D, H = 4, 3, 2, 3
LENGTHS = np.array([4, 1, 3])

CELLS = {
    "elman tanh": lambda rng, D, H, **kw: Elman(D, H, rng=rng, **kw),
    "elman relu": lambda rng, D, H, **kw: Elman(D, H, rng=rng, activation="relu", **kw),
    "elman sigmoid": lambda rng, D, H, **kw: Elman(D, H, rng=rng, activation="sigmoid", **kw),
    "elman linear": lambda rng, D, H, **kw: Elman(D, H, rng=rng, activation="linear", **kw),
    "jordan": lambda rng, D, H, **kw: Jordan(D, H + 1, H, rng=rng, **kw),
    "jordan sigmoid": lambda rng, D, H, **kw: Jordan(D, H + 1, H, rng=rng, activation="sigmoid", **kw),
    "lstm": lambda rng, D, H, **kw: LSTM(D, H, rng=rng, **kw),
    "peephole lstm": lambda rng, D, H, **kw: PeepholeLSTM(D, H, rng=rng, **kw),
    "gru, reset before": lambda rng, D, H, **kw: GRUResetBefore(D, H, rng=rng, **kw),
    "indrnn sigmoid": lambda rng, D, H, **kw: IndRNN(D, H, rng=rng, activation="sigmoid", **kw),
    "indrnn tanh": lambda rng, D, H, **kw: IndRNN(D, H, rng=rng, activation="tanh", **kw),
    "gru, reset after": lambda rng, D, H, **kw: GRUResetAfter(D, H, rng=rng, **kw),
}
WINDOWS = {
    f"tdnn {window} {activation}": lambda rng, D, H, window=window, activation=activation, **kw: TDNN(
        D, H, window, rng=rng, activation=activation, **kw
    )
    for window, activation in ((1, "tanh"), (2, "sigmoid"), (3, "linear"), (6, "relu"))
}
LINEAR = {
    f"mingru {gate}": lambda rng, D, H, gate=gate, **kw: MinGRU(D, H, rng=rng, gate=gate, update_bias=0.5, **kw)
    for gate in ("sigmoid", "tanh")
}
FORWARD = {
    "stacked": lambda rng, D, H, **kw: Stacked(
        LSTM(D, 2, rng=rng, **kw), GRUResetBefore(2, 3, rng=rng, **kw), Elman(3, H, rng=rng, **kw)
    ),
    "stacked linear recurrences": lambda rng, D, H, **kw: Stacked(
        MinGRU(D, 2, rng=rng, **kw), MinGRU(2, H, rng=rng, gate="tanh", **kw)
    ),
    "stacked on a window": lambda rng, D, H, **kw: Stacked(
        TDNN(D, 2, 3, rng=rng, **kw), PeepholeLSTM(2, H, rng=rng, **kw)
    ),
}
BOTH_WAYS = {
    "bidirectional": lambda rng, D, H, **kw: Bidirectional(
        LSTM(D, H - 1, rng=rng, **kw), GRUResetAfter(D, 1, rng=rng, **kw)
    ),
    "bidirectional, then stacked": lambda rng, D, H, **kw: Stacked(
        Bidirectional(Elman(D, 2, rng=rng, **kw), Jordan(D, 2, 1, rng=rng, **kw)), GRUResetAfter(3, H, rng=rng, **kw)
    ),
    "stacked in each direction": lambda rng, D, H, **kw: Bidirectional(
        Stacked(Elman(D, 2, rng=rng, **kw), LSTM(2, 1, rng=rng, **kw)), TDNN(D, H - 1, 2, rng=rng, **kw)
    ),
}
READ_FORWARD = CELLS | WINDOWS | LINEAR | FORWARD
NETWORKS = READ_FORWARD | BOTH_WAYS


def make(name, D=D, H=H, dtype=np.float64):
    """The network of this name; its output size is H."""
    rng = np.random.default_rng(7)
    network = NETWORKS[name](rng, D, H, dtype=dtype)
    for array in network.params.values():
        array += 0.4 * rng.normal(size=array.shape)
    return network


def like(structure, rng):
    """Random numbers in the form of a state: an array or a nest of tuples of arrays."""
    if isinstance(structure, tuple):
        return tuple(like(part, rng) for part in structure)
    return rng.normal(size=structure.shape).astype(structure.dtype)


def arrays_in(structure):
    """The arrays of a state, one after the other; empty ones (the past of a window of 1) are left out."""
    if isinstance(structure, tuple):
        return [array for part in structure for array in arrays_in(part)]
    return [structure] if structure.size else []


def one(structure, sequence):
    """The state of one sequence of a batch."""
    if isinstance(structure, tuple):
        return tuple(one(part, sequence) for part in structure)
    return structure[sequence : sequence + 1]


class Problem:
    """A network with an input, an initial state, and a loss that weighs every output and every final state.

    L = sum(outputs * d_outputs) + sum(final state * d_final), so that d_outputs and d_final are its gradients.
    """

    def __init__(self, name, lengths=None, T=T, B=B, D=D, H=H, dtype=np.float64):
        rng = np.random.default_rng(3)
        self.network, self.lengths = make(name, D, H, dtype), lengths
        self.x = rng.normal(size=(T, B, D)).astype(dtype)
        self.state = like(unroll(self.network, self.x).final_state, rng)
        self.d_outputs = rng.normal(size=(T, B, H)).astype(dtype)
        self.d_final = like(self.state, rng)

    def run(self):
        return unroll(self.network, self.x, self.state, self.lengths)

    def loss(self):
        run = self.run()
        finals = zip(arrays_in(run.final_state), arrays_in(self.d_final), strict=True)
        return float(np.sum(run.outputs * self.d_outputs) + sum(np.sum(f * d) for f, d in finals))

    def gradients(self, **options):
        return bptt(self.run(), self.d_outputs, self.d_final, **options)

    def pairs(self):
        """Every array the loss depends on, with its gradient, by name."""
        gradients = self.gradients()
        yield from ((name, array, gradients.params[name]) for name, array in self.network.params.items())
        yield "x", self.x, gradients.x
        starts = zip(arrays_in(self.state), arrays_in(gradients.initial_state), strict=True)
        yield from ((f"state {k}", array, gradient) for k, (array, gradient) in enumerate(starts))


def assert_same_gradients(left, right, tolerance=1e-12):
    """The parameter, input and initial-state gradients of both agree."""
    assert left.params.keys() == right.params.keys()
    for name in left.params:
        assert rnnlib.relative_error(left.params[name], right.params[name]) < tolerance, name
    assert rnnlib.relative_error(left.x, right.x) < tolerance
    for one_state, other in zip(arrays_in(left.initial_state), arrays_in(right.initial_state), strict=True):
        assert rnnlib.relative_error(one_state, other) < tolerance

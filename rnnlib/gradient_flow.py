"""How gradients travel through time: Jacobians, their products, and the bounds on them."""

import numpy as np

from .activations import get_activation
from .checks import check_array, check_floats, check_index, check_kind, check_matching, check_size
from .optimizers import global_norm
from .unroll import Run, bptt, check_network, unroll


def step_jacobians(run, sequence=0):
    """d state_t / d state_{t-1} of one sequence of the batch, for t = 1..T: ``(T, N, N)``.

    N counts all parts of the state (2H for an LSTM, h before c). Row i of a Jacobian is one backward step
    of the i-th unit vector, so the numbers are those of backpropagation itself. At padded steps, where the state stays
    as it is, it is the identity.
    """
    cell = _check_run(run, sequence)
    size = cell.state_size
    count = len(cell.states) * size
    unit = np.eye(count, dtype=cell.dtype)
    d_state = tuple(unit[:, k * size : (k + 1) * size] for k in range(len(cell.states)))
    jacobians = np.empty((len(run), count, count), cell.dtype)
    step_back = _backward_steps(run, sequence)
    for t in range(len(run)):
        real = run.mask is None or run.mask[t, sequence]
        jacobians[t] = np.concatenate(step_back(t, d_state)[0], axis=-1) if real else unit
    return jacobians


def lag_contributions(run, d_outputs, sequence=0):
    """How much of dL_t/dW_s comes from each earlier step k, for one sequence: the norms ||term(t, k)||, ``(T, T)``.

    dL_t/dW_s = sum over k <= t of term(t, k),  term(t, k) = dq_k s_{k-1}^T,

    where dq_k is the gradient of L_t alone at the recurrent product W_s s_{k-1} of step k. ``run`` is that of a
    single cell, ``d_outputs (T, B, N)`` is dL_t/d(output_t). Row t, column k of the result is the Frobenius norm
    of the term; above the diagonal it is zero. Every loss walks back by itself: the work is O(T^2).
    """
    cell, T = _check_run(run, sequence), len(run)
    check_array("d_outputs", d_outputs, dtype=cell.dtype, T=T, B=run.x.shape[1], H=cell.output_size)
    last = T if run.mask is None else int(run.mask[:, sequence].sum())
    operands, step_back = cell.recurrent_operands(run), _backward_steps(run, sequence)
    squares = np.zeros((T, T), cell.dtype)
    # row t of d_state is the gradient of L_t; the rows go back together, each from its own step on
    d_state = tuple(np.zeros((T, cell.state_size), cell.dtype) for _ in cell.states)
    for k in reversed(range(last)):
        d_state[0][k] += d_outputs[k, sequence]
        d_previous, dq = step_back(k, tuple(part[k:last] for part in d_state))
        for part, d_part in zip(d_state, d_previous, strict=True):
            part[k:last] = d_part
        for block, operand in zip(dq, operands, strict=True):
            squares[k:last, k] += cell.squared_terms(block, operand[k, sequence])
    return np.sqrt(squares)


def input_influence(network, x, state=None):
    """How far a small nudge of x_k moves each output: ||d output_t / d x_k||, ``(T, T)``, row t, column k.

    ``network`` is a cell or a wrapper, ``x (T, 1, D)`` one sequence. The norm is the largest singular value of the
    Jacobian; its rows are found by :func:`rnnlib.bptt`, one unit vector at one output a time, all of them as one batch.
    """
    check_network("network", network)
    check_array("x", x, dtype=network.dtype, T=None, B=1, D=network.input_size)
    T, _, D = x.shape
    N = network.output_size
    state = None if state is None else _repeated(state, T * N)
    run = unroll(network, np.repeat(x, T * N, axis=1), state)
    # sequence t * N + n of the batch carries the unit gradient at unit n of output t
    d_outputs = np.zeros((T, T, N, N), x.dtype)
    d_outputs[np.arange(T), np.arange(T)] = np.eye(N)
    d_x = bptt(run, d_outputs.reshape(T, T * N, N)).x
    return np.linalg.norm(d_x.reshape(T, T, N, D).transpose(1, 0, 2, 3), 2, axis=(2, 3))


def cosine(left, right):
    """<g, g'> / (||g|| ||g'||) of two sets of gradients by name, each taken as one vector: 1 if they point one way.

    Raises TypeError or ValueError for anything but dicts of arrays that match, and where one of them is zero or not
    finite: it points nowhere.
    """
    check_matching("left", left, "right", right)
    norms = {"left": global_norm(left), "right": global_norm(right)}
    for side, norm in norms.items():
        if not 0 < norm < np.inf:
            raise ValueError(f"{side}: expected a gradient that points somewhere, got one of norm {norm}")
    # each brought to length 1 first, so that no product overflows
    return sum(float(np.sum((left[name] / norms["left"]) * (right[name] / norms["right"]))) for name in left)


def jacobian_norms(jacobians):
    """||d state_T / d state_k|| for k = T, T-1, ..., 0 (lag 0..T): the largest singular value of each product.

    ``jacobians (T, N, N)`` are those of the steps 1..T in order. Entry 0, lag 0, is 1. Where a product overflows the
    norm is inf; from a Jacobian that holds NaN on, it is NaN.
    """
    size = jacobians.shape[-1] if check_floats("jacobians", jacobians).ndim else None
    check_array("jacobians", jacobians, finite=False, T=None, rows=size, columns=size)
    product = np.eye(size, dtype=jacobians.dtype)
    norms, beyond = [1.0], np.inf
    for jacobian in jacobians[::-1]:
        beyond = np.nan if np.isnan(jacobian).any() else beyond
        with np.errstate(over="ignore", invalid="ignore"):
            product = product @ jacobian
        norms.append(np.linalg.norm(product, 2) if np.isfinite(product).all() else beyond)
    return np.array(norms)


def power_norms(matrix, steps):
    """||W^n|| for n = 0..steps, the largest singular value of each power: ``(steps + 1,)``."""
    _check_square(matrix)
    check_size("steps", steps)
    return jacobian_norms(np.broadcast_to(matrix, (steps, *matrix.shape)))


def spectral_radius(matrix):
    """max |lambda|: the rate at which W^n grows or shrinks in the end."""
    _check_square(matrix)
    return float(np.max(np.abs(np.linalg.eigvals(matrix))))


def largest_singular_value(matrix):
    """sigma_max: the most that W can stretch a vector in one step."""
    check_array("matrix", matrix, rows=None, columns=None)
    return float(np.linalg.norm(matrix, 2))


def lyapunov_exponent(jacobians):
    """The largest Lyapunov exponent of a product of T Jacobians, (1/T) log ||J_T ... J_1 v|| for almost every v.

    lambda = (1/T) sum over t of log ||J_t u_{t-1}||,  u_t = J_t u_{t-1} / ||J_t u_{t-1}||

    ``jacobians (T, N, N)`` are those of the steps 1..T in order. The vector is scaled back to length 1 at every step,
    so nothing overflows. Below 0 two states a hair apart draw together, and a gradient carried as far fades; above 0
    both grow, which is called chaos. A product that is 0 has the exponent -inf. Source: Benettin et al. (1980).
    """
    size = jacobians.shape[-1] if check_floats("jacobians", jacobians).ndim else None
    check_array("jacobians", jacobians, T=None, rows=size, columns=size)
    # a fixed direction with a part along every axis
    direction = np.sin(1.0 + np.arange(size))
    direction /= np.linalg.norm(direction)
    total = 0.0
    for jacobian in jacobians:
        direction = jacobian @ direction
        length = np.linalg.norm(direction)
        if length == 0:
            return -np.inf
        total += np.log(length)
        direction /= length
    return float(total / len(jacobians))


def gradient_bound(recurrent_weight, activation, lags):
    """(sigma_max(W_s) * max f')^lag, which ||d S_t / d S_{t-lag}|| cannot exceed (Pascanu, Mikolov & Bengio 2013)."""
    rate = largest_singular_value(recurrent_weight) * get_activation(activation).max_slope
    return rate ** check_kind("lags", lags, "fiu", "numbers, one or many").astype(np.float64)


def _check_run(run, sequence):
    """The cell of a run over a batch that holds this sequence; raise TypeError or ValueError otherwise."""
    if not isinstance(run, Run):
        raise TypeError(f"run: expected the run of a single cell, as unroll(cell, x) returns, got {type(run).__name__}")
    check_index("sequence", sequence, run.x.shape[1])
    return run.cell


def _check_square(matrix):
    size = len(matrix) if check_floats("matrix", matrix).ndim else None
    check_array("matrix", matrix, rows=size, columns=size)


def _backward_steps(run, sequence):
    """The backward step of one sequence, for many gradients at once: ``step_back(t, d_state)`` with ``(M, N)`` arrays.

    It returns the gradients at the state before, and those at the recurrent product, ``(G, M, H)``.
    """
    cell, one = run.cell, slice(sequence, sequence + 1)
    before, after = (tuple(part[:, one] for part in steps) for steps in (run.states_before, run.states_after))
    trace = run.trace._make(part[:, one] for part in run.trace)
    slopes, weights = cell.slopes(before, after, trace), cell.backward_weights()

    def step_back(t, d_state):
        repeated = [np.repeat(part[..., t, :, :], len(d_state[0]), axis=-2) for part in slopes]
        d_previous = cell.step_back(weights, d_state, repeated, trace._make(part[t] for part in trace))
        return d_previous, cell.recurrent_deltas(repeated)

    return step_back


def _repeated(state, count):
    """A state of one sequence, an array or a nest of tuples, repeated for ``count`` sequences."""
    if isinstance(state, tuple):
        return tuple(_repeated(part, count) for part in state)
    return np.repeat(state, count, axis=0) if isinstance(state, np.ndarray) and state.ndim else state

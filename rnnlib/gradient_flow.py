"""How gradients travel through time: Jacobians, their products, and the bounds on them."""

import numpy as np

from .activations import get_activation
from .checks import check_array, check_size


def step_jacobians(run, sequence=0):
    """d state_t / d state_{t-1} of one sequence of the batch, for t = 1..T: ``(T, N, N)``.

    N counts all parts of the state (2H for an LSTM, h before c). Row i of a Jacobian is one backward step
    of the i-th unit vector, so the numbers are those of backpropagation itself.
    """
    cell = run.cell
    size = cell.state_size
    count = len(cell.states) * size
    unit = np.eye(count, dtype=cell.dtype)
    d_state = tuple(unit[:, k * size : (k + 1) * size] for k in range(len(cell.states)))
    jacobians = np.empty((len(run), count, count), cell.dtype)
    for t, trace in enumerate(run.steps):
        previous = tuple(part[t, sequence] for part in run.states)
        state = tuple(part[t + 1, sequence] for part in run.states)
        one = type(trace)(*(part[sequence] for part in trace))
        _, _, d_previous = cell.step_back(d_state, previous, state, one)
        jacobians[t] = np.concatenate(d_previous, axis=-1)
    return jacobians


def jacobian_norms(jacobians):
    """||d state_T / d state_k|| for k = T, T-1, ..., 0 (lag 0..T): the largest singular value of each product.

    ``jacobians (T, N, N)`` are those of the steps 1..T in order. Entry 0, lag 0, is 1.
    """
    product = np.eye(jacobians.shape[1], dtype=jacobians.dtype)
    norms = [1.0]
    for jacobian in jacobians[::-1]:
        product = product @ jacobian
        norms.append(np.linalg.norm(product, 2) if np.isfinite(product).all() else np.inf)
    return np.array(norms)


def power_norms(matrix, steps):
    """||W^n|| for n = 0..steps, the largest singular value of each power: ``(steps + 1,)``."""
    check_array("matrix", matrix, rows=None, columns=np.shape(matrix)[0] if np.ndim(matrix) else None)
    check_size("steps", steps)
    return jacobian_norms(np.broadcast_to(matrix, (steps, *matrix.shape)))


def spectral_radius(matrix):
    """max |lambda|: the rate at which W^n grows or shrinks in the end."""
    return float(np.max(np.abs(np.linalg.eigvals(matrix))))


def largest_singular_value(matrix):
    """sigma_max: the most that W can stretch a vector in one step."""
    return float(np.linalg.norm(matrix, 2))


def gradient_bound(recurrent_weight, activation, lags):
    """(sigma_max(W_s) * max f')^lag, which ||d S_t / d S_{t-lag}|| cannot exceed (Pascanu, Mikolov & Bengio 2013)."""
    rate = largest_singular_value(recurrent_weight) * get_activation(activation).max_slope
    return rate ** np.asarray(lags, dtype=float)

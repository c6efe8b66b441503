"""Right answers of chapter 6, written another way."""

import numpy as np

import rnnlib


def bidirectional_forward_of_the_library(x, forward, backward):
    cells = (rnnlib.Elman.from_params(params) for params in (forward, backward))
    return rnnlib.unroll(rnnlib.Bidirectional(*cells), x).outputs


def bidirectional_forward_into_one_array(x, forward, backward):
    T, B, H = x.shape[0], x.shape[1], len(forward["b_s"])
    h = np.zeros((T, B, 2 * H))
    state = np.zeros((B, H))
    for t in range(T):
        state = np.tanh(forward["b_s"] + np.einsum("bd,hd->bh", x[t], forward["W_x"]) + state @ forward["W_s"].T)
        h[t, :, :H] = state
    state = np.zeros((B, H))
    for t in range(T - 1, -1, -1):
        state = np.tanh(backward["b_s"] + x[t] @ backward["W_x"].T + (backward["W_s"] @ state.T).T)
        h[t, :, H:] = state
    return h


def reverse_within_by_indices(x, lengths):
    steps = np.arange(len(x))[:, None]
    return np.take_along_axis(x, np.where(steps < lengths, lengths - 1 - steps, steps)[:, :, None], axis=0)


def reverse_within_step_by_step(x, lengths):
    result = np.empty_like(x)
    for b in range(x.shape[1]):
        for t in range(len(x)):
            result[t, b] = x[lengths[b] - 1 - t, b] if t < lengths[b] else x[t, b]
    return result


OTHER_ANSWERS = {
    "bidirectional_forward": [bidirectional_forward_of_the_library, bidirectional_forward_into_one_array],
    "reverse_within": [reverse_within_by_indices, reverse_within_step_by_step],
}

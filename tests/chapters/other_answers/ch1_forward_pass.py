"""Right answers of chapter 1, written another way."""

import numpy as np


def rnn_step_with_columns(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(W_x @ x_t.T + W_s @ S_previous.T + b_s[:, None]).T


def rnn_step_concatenated(x_t, S_previous, W_x, W_s, b_s):
    return np.tanh(np.concatenate([x_t, S_previous], axis=1) @ np.concatenate([W_x, W_s], axis=1).T + b_s)


def rnn_step_as_lists(x_t, S_previous, W_x, W_s, b_s):
    return [list(np.tanh(W_x @ x_t[b] + W_s @ S_previous[b] + b_s)) for b in range(len(x_t))]


def unrolled_into_an_array(x, S_0, W_x, W_s, b_s):
    states = np.empty((len(x) + 1, *S_0.shape))
    states[0] = S_0
    for t in range(len(x)):
        states[t + 1] = np.tanh(np.einsum("bd,hd->bh", x[t], W_x) + np.einsum("bk,hk->bh", states[t], W_s) + b_s)
    return states[1:]


def unrolled_by_recursion(x, S_0, W_x, W_s, b_s):
    if len(x) == 0:
        return []
    S = np.tanh(x[0] @ W_x.T + S_0 @ W_s.T + b_s)
    return [S, *unrolled_by_recursion(x[1:], S, W_x, W_s, b_s)]


def unrolled_one_sequence_at_a_time(x, S_0, W_x, W_s, b_s):
    result = np.zeros((x.shape[0], *S_0.shape))
    for b in range(x.shape[1]):
        S = S_0[b]
        for t in range(x.shape[0]):
            S = np.tanh(W_x.dot(x[t, b]) + W_s.dot(S) + b_s)
            result[t, b] = S
    return result


def jordan_step_with_columns(x_t, O_previous, W_x, W_s, b_s, W_o, b_o):
    S = np.tanh(W_x @ x_t.T + W_s @ O_previous.T + b_s[:, None])
    return [S.T, (W_o @ S).T + b_o]


def temperature_without_overflow(O_t, temperature):
    shifted = (O_t - O_t.max(axis=1, keepdims=True)) / temperature
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def temperature_as_a_power(O_t, temperature):
    power = np.exp(O_t) ** (1 / temperature)
    return np.array([row / sum(row) for row in power])


OTHER_ANSWERS = {
    "rnn_step": [rnn_step_with_columns, rnn_step_concatenated, rnn_step_as_lists],
    "unrolled": [unrolled_into_an_array, unrolled_by_recursion, unrolled_one_sequence_at_a_time],
    "jordan_step": [jordan_step_with_columns],
    "temperature": [temperature_without_overflow, temperature_as_a_power],
}

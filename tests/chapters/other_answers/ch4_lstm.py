"""Right answers of chapter 4, written another way."""

import numpy as np

import rnnlib


def lstm_step_block_by_block(x, h_previous, c_previous, W_x, W_h, b):
    H = h_previous.shape[1]

    def block(k):
        rows = slice(k * H, (k + 1) * H)
        return np.einsum("bd,hd->bh", x, W_x[rows]) + np.einsum("bk,hk->bh", h_previous, W_h[rows]) + b[rows]

    i, f, o = (1 / (1 + np.exp(-block(k))) for k in (0, 1, 3))
    c = c_previous * f + np.tanh(block(2)) * i
    return [np.tanh(c) * o, c]


def lstm_step_sequence_by_sequence(x, h_previous, c_previous, W_x, W_h, b):
    both = np.concatenate((W_x, W_h), axis=1)
    h, c = np.empty_like(h_previous), np.empty_like(c_previous)
    for n in range(len(x)):
        i, f, g, o = (both @ np.concatenate((x[n], h_previous[n])) + b).reshape(4, -1)
        c[n] = rnnlib.sigmoid(f) * c_previous[n] + rnnlib.sigmoid(i) * np.tanh(g)
        h[n] = rnnlib.sigmoid(o) * np.tanh(c[n])
    return h, c


def lstm_step_of_the_library(x, h_previous, c_previous, W_x, W_h, b):
    cell = rnnlib.LSTM.from_params({"W_x": W_x, "W_h": W_h, "b": b})
    return rnnlib.unroll(cell, x[None], (h_previous, c_previous)).final_state


def lstm_backward_step_into_one_array(d_h, d_c, c_previous, i, f, g, o):
    B, H = d_h.shape
    squashed = np.tanh(i * g + f * c_previous)
    arrived = d_h * o - d_h * o * squashed * squashed + d_c
    delta = np.empty((B, 4, H))
    delta[:, 0] = (i - i**2) * g * arrived
    delta[:, 1] = (f - f**2) * c_previous * arrived
    delta[:, 2] = i * (1 + g) * (1 - g) * arrived
    delta[:, 3] = (o - o**2) * squashed * d_h
    return delta.reshape(B, 4 * H), f * arrived


def two_classes_on_inputs_of_their_own(rng, size):
    classes = np.arange(size) % 2
    x = np.concatenate([np.zeros((41, size, 2)), rng.uniform(-2, 2, size=(41, size, 1))], axis=-1)
    x[0] = np.eye(3)[classes]
    return x, classes


OTHER_ANSWERS = {
    "task_for_an_lstm": [two_classes_on_inputs_of_their_own],
    "lstm_step": [lstm_step_block_by_block, lstm_step_sequence_by_sequence, lstm_step_of_the_library],
    "lstm_backward_step": [lstm_backward_step_into_one_array],
    "latch": [
        {"z": (2, 0, 0), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 0)},
        {"z": (30, 0, 0), "i": (0, 0, np.log(1 / 29)), "f": (-60, -60, 30), "o": np.array([0, 0, 30.0])},
        {"z": [0, -1, 1], "i": [60, 60, -30], "f": [-60, -60, 30], "o": [0, 0, 30]},
    ],
}

"""Right answers of chapter 8, written another way."""

from functools import cached_property

import numpy as np

import rnnlib
from rnnlib.tasks import flights


def perplexity_by_loops(p, lengths):
    product, words = 1.0, 0
    for b, length in enumerate(lengths):
        for t in range(length):
            product /= p[t, b]
            words += 1
    return product ** (1 / words)


def perplexity_in_bits(p, lengths):
    bits = np.concatenate([-np.log2(p[:n, b]) for b, n in enumerate(lengths)])
    return 2.0 ** np.mean(bits)


def shift_by_loops(text, V):
    T, B = text.shape
    x = np.zeros((T, B, V), dtype=int)
    for t in range(1, T):
        for b in range(B):
            x[t, b, text[t - 1, b]] = 1
    return [x, text.copy()]


def shift_by_a_zero_row(text, V):
    rows = np.vstack((np.eye(V), np.zeros(V)))
    return rows[np.vstack((np.full_like(text[:1], V), text[:-1]))], text


def carry_with_one_state(x, W_x, W_s, from_loss, window):
    S, states, d_W_s = np.zeros((x.shape[1], len(W_s))), [], 0
    for first in range(0, len(x), window):
        piece, before = x[first : first + window], [S]
        for x_t in piece:
            before.append(np.tanh(x_t @ W_x.T + before[-1] @ W_s.T))
        delta = np.zeros_like(S)
        for t in range(len(piece), 0, -1):
            delta = (from_loss[first + t - 1] + delta @ W_s) * (1 - before[t] ** 2)
            d_W_s = d_W_s + np.einsum("bi,bj->ij", delta, before[t - 1])
        S = before[-1]
        states += before[1:]
    return np.array(states), d_W_s


def draw_by_searching(O_t, temperature, u):
    words = []
    for row, v in zip(O_t, u, strict=True):
        p = np.exp((row - row.max()) / temperature)
        words.append(np.searchsorted(np.cumsum(p / p.sum()), v))
    return words


def draw_by_counting(O_t, temperature, u):
    z = O_t / temperature
    e = np.exp(z - z.max(axis=1)[:, None])
    return ((e / e.sum(axis=1)[:, None]).cumsum(axis=1) <= u[:, None]).sum(axis=1)


def stop_by_argmin(losses, patience):
    for k in range(len(losses)):
        best = int(np.argmin(losses[: k + 1]))
        if k - best >= patience:
            break
    return [losses[best], k]


class TrainedElman:
    """A plain RNN in place of a GRU, with shorter windows; trained when it is first asked."""

    @cached_property
    def model(self):
        rng, V = np.random.default_rng(1), len(flights.WORDS)
        model = rnnlib.Model(rnnlib.Elman(V, 32, rng=rng), V, rng=rng)
        text = flights.draw_text(rng, 16, 5000)
        rnnlib.train(model, rnnlib.stream(text, 10), 500, rnnlib.Adam(0.01), rng=rng, clip=1.0, progress=False)
        return model

    @property
    def params(self):
        return self.model.params

    def outputs(self, x):
        return self.model.outputs(x)


OTHER_ANSWERS = {
    "perplexity": [perplexity_by_loops, perplexity_in_bits],
    "shift": [shift_by_loops, shift_by_a_zero_row],
    "carry": [carry_with_one_state],
    "draw_words": [draw_by_searching, draw_by_counting],
    "small_model": [TrainedElman()],
    "stop_early": [stop_by_argmin],
}

"""Right answers of chapter 7, written another way."""

import numpy as np

import rnnlib


def inputs_by_loops(targets, O):
    T, B = targets.shape
    inputs = np.zeros((T, B, O))
    for t in range(1, T):
        for b in range(B):
            inputs[t, b, targets[t - 1, b]] = 1
    return inputs


def inputs_by_comparison(targets, O):
    before = np.concatenate((np.full_like(targets[:1], -1), targets[:-1]))
    return np.where(before[:, :, None] == np.arange(O), 1.0, 0.0)


def weights_by_loops(scores, lengths):
    weights = np.zeros_like(scores)
    for t in range(len(scores)):
        for b, n in enumerate(lengths):
            weights[t, b, :n] = rnnlib.softmax(scores[t, b, :n])
    return weights


def weights_by_a_large_number(scores, lengths):
    padding = np.arange(scores.shape[-1]) >= lengths[:, None]
    return rnnlib.softmax(scores - 1e9 * padding)


def context_by_loops(weights, memory):
    T, B, S = weights.shape
    return [[sum(weights[t, b, s] * memory[s, b] for s in range(S)) for b in range(B)] for t in range(T)]


def context_by_matmul(weights, memory):
    return (weights.transpose(1, 0, 2) @ memory.transpose(1, 0, 2)).transpose(1, 0, 2)


def back_by_the_jacobian(d_context, weights, memory):
    T, B = weights.shape[:2]
    d_scores, d_memory = np.zeros_like(weights), np.zeros_like(memory)
    for t in range(T):
        for b in range(B):
            w = weights[t, b]
            d_scores[t, b] = (np.diag(w) - np.outer(w, w)) @ (memory[:, b] @ d_context[t, b])
            d_memory[:, b] += np.outer(w, d_context[t, b])
    return d_scores, d_memory


def back_by_subtracting_the_context(d_context, weights, memory):
    context = np.einsum("tbs,sbn->tbn", weights, memory)
    centred = memory[None].transpose(0, 2, 1, 3) - context[:, :, None]
    d_memory = (weights[..., None] * d_context[:, :, None]).sum(axis=0).swapaxes(0, 1)
    return [weights * np.einsum("tbsn,tbn->tbs", centred, d_context), d_memory]


def greedy_by_while(step, state, end, longest):
    written = []
    logits, state = step(None, state)
    while len(written) < longest and np.argmax(logits) != end:
        written.append(np.argmax(logits))
        logits, state = step(written[-1], state)
    return np.array(written)


def greedy_by_recursion(step, state, end, longest, symbol=None):
    if longest == 0:
        return []
    logits, state = step(symbol, state)
    best = max(range(len(logits)), key=lambda k: logits[k])
    return [] if best == end else [best, *greedy_by_recursion(step, state, end, longest - 1, best)]


OTHER_ANSWERS = {
    "decoder_inputs": [inputs_by_loops, inputs_by_comparison],
    "attention_weights": [weights_by_loops, weights_by_a_large_number],
    "context": [context_by_loops, context_by_matmul],
    "attention_back": [back_by_the_jacobian, back_by_subtracting_the_context],
    "greedy_decoding": [greedy_by_while, greedy_by_recursion],
}

"""Right answers of chapter 3, written another way."""

import numpy as np

import rnnlib
from rnnlib.tasks import recall


def norms_of_every_product_anew(S, W_s):
    jacobians = [(1 - S_t**2)[:, None] * W_s for S_t in S]
    norms = []
    for first in range(len(S), -1, -1):
        product = np.eye(len(W_s))
        for jacobian in jacobians[first:]:
            product = jacobian @ product
        norms.append(np.linalg.svd(product)[1][0])
    return norms


def norms_by_transposes(S, W_s):
    carried, norms = np.eye(len(W_s)), [1]
    for S_t in reversed(S):
        carried = W_s.T @ (carried * (1 - S_t**2)[:, None])
        norms.append(np.sqrt(np.max(np.linalg.eigvalsh(carried.T @ carried))))
    return norms


def clip_as_one_vector(g_x, g_s, g_b, threshold):
    g = np.concatenate([g_x.ravel(), g_s.ravel(), g_b])
    norm = np.linalg.norm(g)
    if norm <= threshold:
        return [g_x, g_s, g_b]
    g = threshold * g / norm
    return [g[: g_x.size].reshape(g_x.shape), g[g_x.size : -g_b.size].reshape(g_s.shape), g[-g_b.size :]]


def clip_by_dividing(g_x, g_s, g_b, threshold):
    norm = sum(np.linalg.norm(part) ** 2 for part in (g_x, g_s, g_b)) ** 0.5
    too_long = max(norm / threshold, 1)
    return g_x / too_long, g_s / too_long, g_b / too_long


rotation = np.kron(np.eye(4), np.array([[0.8, -0.6], [0.6, 0.8]]))


def trained_from_the_identity():
    rng = np.random.default_rng(5)
    cell = rnnlib.Elman(3, 16, rng=rng, recurrent="identity", activation="relu")
    model = rnnlib.Model(cell, 2, rng=rng)
    rnnlib.train(
        model, lambda r: recall.draw_batch(r, 32, 40), 200, rnnlib.SGD(0.03), rng=rng, clip=1.0, progress=False
    )
    return lambda x: model.predict(x)[-1]


OTHER_ANSWERS = {
    "across_forty_steps": [trained_from_the_identity()],
    "keep_gradient": [
        rotation,
        0.995 * rotation,
        rnnlib.orthogonal(np.random.default_rng(1), 8, 8),
        (-rotation[[1, 2, 3, 4, 5, 6, 7, 0]]).tolist(),
    ],
    "hump": [
        np.array([[0.98, 0.0], [40.0, 0.97]]),
        0.9 * np.eye(4) + 2 * np.diag(np.ones(3), k=1),
        [[0.5, 9, 0, 0, 0], [0, 0.5, 9, 0, 0], [0, 0, 0.5, 9, 0], [0, 0, 0, 0.5, 9], [0, 0, 0, 0, 0.5]],
    ],
    "jacobian_by_lag": [norms_of_every_product_anew, norms_by_transposes],
    "clip_norm": [clip_as_one_vector, clip_by_dividing],
}

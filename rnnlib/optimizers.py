"""Steps downhill, and the clipping of gradients before them."""

import numpy as np

from .checks import check_number


def global_norm(gradients):
    """||g|| = sqrt(sum of squares of every entry of every gradient), the norm of all of them as one vector."""
    return float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients.values())))


def clip_by_norm(gradients, threshold):
    """g if ||g|| <= threshold, else threshold * g / ||g||: the length is cut, the direction kept.

    Returns the clipped gradients as a new dict, and the norm before clipping. Raises ValueError for a
    threshold that is not positive. Source: Pascanu, Mikolov & Bengio (2013).
    """
    check_number("threshold", threshold, above=0)
    norm = global_norm(gradients)
    scale = min(1.0, threshold / norm) if norm > 0 else 1.0
    return {name: g * g.dtype.type(scale) for name, g in gradients.items()}, norm


def clip_by_value(gradients, threshold):
    """min(max(g_i, -threshold), threshold) for every entry, which turns the direction.

    Returns the clipped gradients as a new dict, and the norm before clipping.
    """
    check_number("threshold", threshold, above=0)
    return {name: np.clip(g, -threshold, threshold) for name, g in gradients.items()}, global_norm(gradients)


class SGD:
    """v <- momentum * v - rate * g;  theta <- theta + v.  With momentum 0 this is theta <- theta - rate * g."""

    def __init__(self, rate, momentum=0.0):
        self.rate = check_number("rate", rate, above=0)
        self.momentum = check_number("momentum", momentum, least=0, most=1)
        self._velocity = {}

    def update(self, params, gradients):
        """Take one step: change every array of ``params`` in place."""
        for name, g in gradients.items():
            velocity = self.momentum * self._velocity.get(name, 0.0) - self.rate * g
            self._velocity[name] = velocity
            params[name] += velocity


class Adam:
    """m <- b1 m + (1-b1) g;  v <- b2 v + (1-b2) g^2;  theta <- theta - rate * m_hat / (sqrt(v_hat) + eps).

    m_hat and v_hat are m / (1 - b1^k) and v / (1 - b2^k) after k steps. Source: Kingma & Ba (2015).
    """

    def __init__(self, rate=1e-3, b1=0.9, b2=0.999, epsilon=1e-8):
        self.rate = check_number("rate", rate, above=0)
        self.b1 = check_number("b1", b1, least=0, most=1)
        self.b2 = check_number("b2", b2, least=0, most=1)
        self.epsilon = check_number("epsilon", epsilon, above=0)
        self._count, self._m, self._v = 0, {}, {}

    def update(self, params, gradients):
        """Take one step: change every array of ``params`` in place."""
        self._count += 1
        for name, g in gradients.items():
            m = self._m[name] = self.b1 * self._m.get(name, 0.0) + (1 - self.b1) * g
            v = self._v[name] = self.b2 * self._v.get(name, 0.0) + (1 - self.b2) * g * g
            m_hat, v_hat = m / (1 - self.b1**self._count), v / (1 - self.b2**self._count)
            params[name] -= self.rate * m_hat / (np.sqrt(v_hat) + self.epsilon)

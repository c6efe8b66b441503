"""Steps downhill, and the clipping of gradients before them."""

import numpy as np

from .checks import NotFiniteError, check_matching, check_number, check_writable
from .describe import call_text


def global_norm(gradients):
    """||g|| = sqrt(sum of squares of every entry of every gradient), the norm of all of them as one vector.

    ``gradients`` maps names to arrays. NaN or infinity among them makes the norm so too: the way to notice them.
    Raises TypeError for anything but a dict of arrays.
    """
    check_matching("gradients", gradients, "gradients", gradients)
    with np.errstate(over="ignore", under="ignore"):
        norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients.values())))
    if 0 < norm < np.inf:
        return norm
    # zero, not finite, or squares beyond float64: ||g|| = m ||g / m|| with m the largest entry
    largest = float(max((np.max(np.abs(g)) for g in gradients.values() if g.size), default=0.0))
    if largest == 0 or not np.isfinite(largest):
        return norm
    return largest * float(np.sqrt(sum(np.sum(np.square(g / np.float64(largest))) for g in gradients.values())))


def clip_by_norm(gradients, threshold):
    """g if ||g|| <= threshold, else threshold * g / ||g||: the length is cut, the direction kept.

    Returns the clipped gradients as a new dict, and the norm before clipping. Raises ValueError for a threshold
    that is not positive, and for a gradient that is not finite: no factor makes a direction of it.
    Source: Pascanu, Mikolov & Bengio (2013).
    """
    check_number("threshold", threshold, above=0)
    norm = global_norm(gradients)
    if not np.isfinite(norm):
        raise NotFiniteError(f"gradients: expected a finite norm, got {norm}")
    scale = min(1.0, threshold / norm) if norm > 0 else 1.0
    return {name: g * g.dtype.type(scale) for name, g in gradients.items()}, norm


def clip_by_value(gradients, threshold):
    """min(max(g_i, -threshold), threshold) for every entry, which changes the direction.

    Returns the clipped gradients as a new dict, and the norm before clipping. Raises TypeError or ValueError for a
    threshold that is not positive and for anything but a dict of arrays; NaN stays NaN.
    """
    check_number("threshold", threshold, above=0)
    check_matching("gradients", gradients, "gradients", gradients)
    return {name: np.clip(g, -threshold, threshold) for name, g in gradients.items()}, global_norm(gradients)


class SGD:
    """v <- momentum * v - rate * g;  theta <- theta + v.  With momentum 0 this is theta <- theta - rate * g."""

    def __init__(self, rate, momentum=0.0):
        """Raises TypeError or ValueError for a rate that is not positive or a momentum outside 0 <= momentum < 1."""
        self.rate = check_number("rate", rate, above=0)
        self.momentum = check_number("momentum", momentum, least=0, below=1)
        self._velocity = {}

    def __repr__(self):
        return call_text(self, rate=self.rate, momentum=self.momentum)

    def update(self, params, gradients):
        """Take one step: change every array of ``params`` in place. The gradients have their names and shapes."""
        check_matching("gradients", gradients, "params", params)
        check_writable(params)
        for name, g in gradients.items():
            velocity = self.momentum * self._velocity.get(name, 0.0) - self.rate * g
            self._velocity[name] = velocity
            params[name] += velocity


class Adam:
    """m <- b1 m + (1-b1) g;  v <- b2 v + (1-b2) g^2;  theta <- theta - rate * m_hat / (sqrt(v_hat) + eps).

    m_hat and v_hat are m / (1 - b1^k) and v / (1 - b2^k) after k steps. Source: Kingma & Ba (2015).
    """

    def __init__(self, rate=1e-3, b1=0.9, b2=0.999, epsilon=1e-8):
        """Raises TypeError or ValueError for a rate or epsilon that is not positive, and for b1, b2 outside 0..1."""
        self.rate = check_number("rate", rate, above=0)
        self.b1 = check_number("b1", b1, least=0, below=1)
        self.b2 = check_number("b2", b2, least=0, below=1)
        self.epsilon = check_number("epsilon", epsilon, above=0)
        self._count, self._m, self._v = 0, {}, {}

    def __repr__(self):
        return call_text(self, rate=self.rate, b1=self.b1, b2=self.b2, epsilon=self.epsilon)

    def update(self, params, gradients):
        """Take one step: change every array of ``params`` in place. The gradients have their names and shapes."""
        check_matching("gradients", gradients, "params", params)
        check_writable(params)
        self._count += 1
        for name, g in gradients.items():
            m = self._m[name] = self.b1 * self._m.get(name, 0.0) + (1 - self.b1) * g
            v = self._v[name] = self.b2 * self._v.get(name, 0.0) + (1 - self.b2) * g * g
            m_hat, v_hat = m / (1 - self.b1**self._count), v / (1 - self.b2**self._count)
            params[name] -= self.rate * m_hat / (np.sqrt(v_hat) + self.epsilon)

"""Losses per step, and their gradients."""

import numpy as np

from .checks import check_array, check_kind


def squared_error(outputs, targets, mask=None):
    """L = sum_t 1/2 ||O_t - Y_t||^2, and dL/dO_t = O_t - Y_t.

    ``outputs`` and ``targets`` are ``(T, B, O)``; ``mask (T, B)`` is true where a step counts. Returns the sum
    over time and batch, and the gradient ``(T, B, O)``. Raises TypeError or ValueError for wrong types or shapes.
    """
    check_array("outputs", outputs, T=None, B=None, O=None)
    T, B, O = outputs.shape
    check_array("targets", targets, dtype=outputs.dtype, T=T, B=B, O=O)
    difference = outputs - targets
    if mask is not None:
        difference = difference * check_mask(mask, T, B)[..., None]
    return 0.5 * float(np.sum(difference * difference)), difference


def softmax_cross_entropy(outputs, targets, mask=None):
    """L = -sum_t log p_t[y_t] with p_t = softmax(O_t), and dL/dO_t = p_t - onehot(y_t).

    ``outputs (T, B, O)`` are logits, ``targets (T, B)`` whole numbers in 0..O-1; ``mask (T, B)`` is true where a
    step counts. Returns the sum over time and batch in nats, and the gradient ``(T, B, O)``. Raises TypeError
    or ValueError for wrong types, shapes or classes.
    """
    check_array("outputs", outputs, T=None, B=None, O=None)
    T, B, O = outputs.shape
    targets = check_classes(targets, T, B, O)
    steps, batch = np.ogrid[:T, :B]
    # log p_t[y_t] = z[y_t] - log sum exp(z),  with z = O_t less its largest entry, so that nothing overflows
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    gradient = np.exp(shifted)
    total = gradient.sum(axis=-1, keepdims=True)
    losses = np.log(total)[..., 0] - shifted[steps, batch, targets]
    # p_t - onehot(y_t)
    gradient /= total
    gradient[steps, batch, targets] -= 1
    if mask is not None:
        mask = check_mask(mask, T, B)
        losses, gradient = losses * mask, gradient * mask[..., None]
    return float(losses.sum()), gradient


def check_classes(targets, T, B, O):
    """Return ``targets`` as an array ``(T, B)`` of classes, whole numbers in 0..O-1; else raise."""
    targets = check_kind("targets", targets, "iu", "whole numbers, the class of each step")
    if targets.shape != (T, B):
        raise ValueError(f"targets: expected (T={T}, B={B}), got {targets.shape}")
    if targets.min() < 0 or targets.max() >= O:
        raise ValueError(f"targets: expected classes from 0 to O-1={O - 1}, got {targets.min()} to {targets.max()}")
    return targets


def check_mask(mask, T, B):
    """Return ``mask`` if it is a boolean array ``(T, B)``; else raise TypeError or ValueError."""
    mask = check_kind("mask", mask, "b", "booleans, true where a step counts")
    if mask.shape != (T, B):
        raise ValueError(f"mask: expected (T={T}, B={B}), got {mask.shape}")
    return mask

"""Comparing arrays with what they should be, and putting the difference into words."""

import itertools

import numpy as np

TOLERANCE = 1e-5


def agree(given, wanted):
    """Whether all arrays agree to TOLERANCE relative to their scale; a different shape disagrees.

    Both are lists with one entry a case, each a tuple of arrays.
    """
    return all(
        _close(left, right)
        for left_parts, right_parts in zip(given, wanted, strict=True)
        for left, right in zip(left_parts, right_parts, strict=True)
    )


def _close(left, right):
    if left.shape != right.shape or not np.isfinite(right).all():
        return False
    scale = max(np.max(np.abs(right), initial=0.0), 1e-12)
    return np.max(np.abs(left - right), initial=0.0) <= TOLERANCE * scale


def in_another_order(given, expected):
    """Whether the parts are the right ones, but not in their places."""
    places = range(len(expected[0]))
    return any(
        agree([tuple(case[k] for k in order) for case in given], expected) for order in itertools.permutations(places)
    )


def difference(names, given, expected):
    """Which parts are right, and what is wrong with the first one that is not."""
    wrong = [k for k in range(len(names)) if not agree(_part(given, k), _part(expected, k))]
    right = [name for k, name in enumerate(names) if k not in wrong]
    k = wrong[0]
    praise = f"{' and '.join(right)}: right. " if right else ""
    also = f" {' and '.join(names[other] for other in wrong[1:])}: not right either." if wrong[1:] else ""
    pairs = [(left[k], right[k]) for left, right in zip(given, expected, strict=True)]
    if said := shape_difference(names[k], *pairs[0]):
        return praise + said
    if pairs[0][0].ndim == 0:
        return f"{praise}{names[k]} is not right yet. {_pattern(pairs, 'It is') or _largest(*pairs[0])}{also}"
    how = _pattern(pairs, "Every one is") or _moved(pairs) or _along_an_axis(*pairs[0]) or _largest(*pairs[0])
    return f"{praise}{names[k]}: the shape is right, the numbers are not. {how}{also}"


def _part(cases, k):
    return [case[k : k + 1] for case in cases]


def shape_difference(name, left, right):
    """What is wrong with the shape of ``left``, which should have the shape of ``right``, or nothing."""
    shape, wanted = np.shape(left), np.shape(right)
    if shape == wanted:
        return ""
    if wanted == ():
        return f"{name} should be a single number; yours is an array with the shape {shape}."
    begin = f"{name} should have the shape {wanted}; yours has {shape}."
    if np.size(left) == np.size(right) and _close(np.ravel(left), np.ravel(right)):
        return f"{begin} The numbers are right and in the right order: only the shape is not."
    if len(shape) == len(wanted) and sorted(shape) == sorted(wanted):
        orders = itertools.permutations(range(len(shape)))
        moved = any(_close(np.transpose(left, order), right) for order in orders)
        return f"{begin} The {'numbers are right, and the ' if moved else ''}axes are there, in another order."
    if len(shape) == len(wanted):
        axis = next(k for k in range(len(shape)) if shape[k] != wanted[k])
        off = shape[axis] - wanted[axis]
        return f"{begin} Along axis {axis} there are {abs(off)} too {'many' if off > 0 else 'few'}."
    for longer, shorter, words in (
        (wanted, shape, "An axis is missing, of length {}: was it added up, or is this one place of it alone?"),
        (shape, wanted, "There is an axis too many, of length {}."),
    ):
        lost = [length for k, length in enumerate(longer) if longer[:k] + longer[k + 1 :] == shorter]
        if lost:
            return f"{begin} {words.format(lost[0])}"
    return begin


def _pattern(pairs, begin):
    """What the wrong numbers have in common with the right ones in every case, or nothing."""
    if all(not left.any() for left, _ in pairs):
        return f"{begin} 0."
    if pairs[0][0].ndim == 2 and all(_close(left.T, right) for left, right in pairs):
        return "They are those of the transposed matrix: rows and columns have changed places."
    factors = [np.vdot(left, right) / np.vdot(left, left) if left.any() else 0.0 for left, right in pairs]
    if all(factor and _close(factor * left, right) for factor, (left, right) in zip(factors, pairs, strict=True)):
        if np.allclose(factors, -1):
            return f"{begin} right but for the sign: it is turned."
        return f"{begin} {1 / factors[0]:.4g} times what it should be, so a factor is missing or too many."
    return ""


def _moved(pairs):
    """Whether the right numbers stand in the reverse order or one place off along an axis, or nothing."""
    for axis in range(pairs[0][0].ndim):
        turned = [(np.moveaxis(left, axis, 0), np.moveaxis(right, axis, 0)) for left, right in pairs]
        if all(_close(left[::-1], right) for left, right in turned):
            return f"They are the right ones in the reverse order along axis {axis}."
        if len(turned[0][0]) > 2:
            if all(_close(left[1:], right[:-1]) for left, right in turned):
                return f"They stand one place late along axis {axis}: what belongs to index 0 is at 1, and so on."
            if all(_close(left[:-1], right[1:]) for left, right in turned):
                return f"They stand one place early along axis {axis}: what belongs to index 1 is at 0, and so on."
    return ""


def _along_an_axis(left, right):
    """Where along an axis the numbers are right and where they are not, for the first axis that tells; or nothing."""
    for axis in range(left.ndim):
        pairs = zip(np.moveaxis(left, axis, 0), np.moveaxis(right, axis, 0), strict=True)
        good = np.array([_close(*pair) for pair in pairs])
        stretches = np.split(np.arange(len(good)), np.flatnonzero(np.diff(good)) + 1)
        if 1 < len(stretches) < 4:
            words = [f"{'right' if good[stretch[0]] else 'wrong'} {_places(stretch)}" for stretch in stretches]
            return f"Along axis {axis} they are {', '.join(words[:-1])} and {words[-1]}."
    return ""


def _places(stretch):
    return f"at {stretch[0]}" if len(stretch) == 1 else f"from {stretch[0]} to {stretch[-1]}"


def _largest(left, right):
    """The place of the largest difference, with both numbers."""
    gap = np.abs(left - right)
    index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    where = f"The largest difference is at index {index if len(index) > 1 else index[0]}: yours" if index else "Yours"
    return f"{where} is {left[index]:.4g}, it should be {right[index]:.4g}."

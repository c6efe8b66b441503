"""Comparing arrays with what they should be, and putting the difference into words.

Whatever is said here was computed: for all cases, or for the case that is named.
"""

import itertools

import numpy as np

TOLERANCE = 1e-5


def agree(given, wanted):
    """Whether all arrays agree to TOLERANCE relative to their scale; a different shape disagrees.

    Both are lists with one entry a case, each a tuple of arrays. NaN and infinity agree with nothing but themselves.
    """
    return all(
        close(left, right)
        for left_parts, right_parts in zip(given, wanted, strict=True)
        for left, right in zip(left_parts, right_parts, strict=True)
    )


def close(left, right):
    """Whether two arrays have one shape and agree to TOLERANCE relative to the scale of the second."""
    left, right = np.asarray(left), np.asarray(right)
    if left.shape != right.shape or left.dtype.kind not in "fiub" or right.dtype.kind not in "fiub":
        return False
    finite = np.isfinite(right)
    if not finite.all():
        if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
            return False
        left, right = left[finite], right[finite]
    scale = max(np.max(np.abs(right), initial=0.0), 1e-12)
    return bool(np.max(np.abs(left - right), initial=0.0) <= TOLERANCE * scale)


def in_another_order(given, expected):
    """Whether the parts are the right ones, but not in their places."""
    places = range(len(expected[0]))
    return any(
        agree([tuple(case[k] for k in order) for case in given], expected) for order in itertools.permutations(places)
    )


def wrong_parts(given, expected):
    """The numbers of the parts that are wrong in some case."""
    return [
        k for k in range(len(expected[0])) if not all(close(a[k], b[k]) for a, b in zip(given, expected, strict=True))
    ]


def shape_difference(name, pairs):
    """What is wrong with the shape, in the first of the ``pairs`` of one part where it differs, or nothing."""
    left, right = next(((a, b) for a, b in pairs if a.shape != b.shape), (None, None))
    if left is None:
        return ""
    shape, wanted = left.shape, right.shape
    all_differ = [(a, b) for a, b in pairs if a.shape != b.shape]
    said = _relation(all_differ)
    if wanted == ():
        return f"{name} should be a single number; yours is an array with the shape {shape}.{said}"
    begin = f"{name} should have the shape {wanted}; yours has {shape}.{said}"
    if said:
        return begin
    if len(shape) == len(wanted) and sorted(shape) == sorted(wanted):
        return f"{begin} The axes are there, in another order."
    if len(shape) == len(wanted):
        axis = next(k for k in range(len(shape)) if shape[k] != wanted[k])
        off = shape[axis] - wanted[axis]
        are = "is 1" if abs(off) == 1 else f"are {abs(off)}"
        return f"{begin} Along axis {axis} there {are} too {'many' if off > 0 else 'few'}."
    for longer, shorter, words in (
        (wanted, shape, "An axis of length {} is missing."),
        (shape, wanted, "There is an axis too many, of length {}."),
    ):
        lost = [length for k, length in enumerate(longer) if longer[:k] + longer[k + 1 :] == shorter]
        if lost:
            return f"{begin} {words.format(lost[0])}"
    return begin


def _relation(pairs):
    """How arrays of the wrong shape come from the right ones, the same way in every case, or nothing."""
    ways = [("The numbers are right and in the right order: only the shape is not.", lambda right, left: right.ravel())]
    dimensions = max(right.ndim for _, right in pairs)
    for order in itertools.permutations(range(dimensions)):
        words = "The numbers are right, and the axes are there in another order."
        ways.append((words, lambda right, left, order=order: right.transpose(order)))
    for axis in range(dimensions):
        ways += [
            (f"It is the right answer added up along axis {axis}.", lambda r, _, a=axis: r.sum(axis=a)),
            (f"It is the mean of the right answer along axis {axis}.", lambda r, _, a=axis: r.mean(axis=a)),
            (f"It is the last along axis {axis} alone.", lambda r, _, a=axis: r.take(-1, axis=a)),
            (f"It is the first along axis {axis} alone.", lambda r, _, a=axis: r.take(0, axis=a)),
            (f"It is the place of the largest along axis {axis}.", lambda r, _, a=axis: r.argmax(axis=a)),
            (f"The last along axis {axis} is missing; the rest is right.", lambda r, _, a=axis: _cut(r, a, 0, -1)),
            (f"The first along axis {axis} is missing; the rest is right.", lambda r, _, a=axis: _cut(r, a, 1, None)),
        ]
    for words, way in ways:
        if all(_fits(way, right, left, words) for left, right in pairs):
            return f" {words}"
    for axis in range(dimensions):
        for cut, where in (((1, None), "before"), ((0, -1), "after")):
            if all(left.ndim == right.ndim and close(_cut(left, axis, *cut), right) for left, right in pairs):
                return f" All the right numbers are there, and along axis {axis} one more {where} them."
    return ""


def _fits(way, right, left, words):
    try:
        made = way(right, left)
    except ValueError:
        return False
    if "only the shape" in words:
        return left.size == right.size and close(left.ravel(), made)
    return made.shape == left.shape and close(left, made)


def _cut(array, axis, start, stop):
    return array[(*[slice(None)] * axis, slice(start, stop))]


# What may have been done to the right numbers, or left undone.
TRANSFORMS = (
    ("their absolute values", np.abs),
    ("their squares", np.square),
    ("their square roots", np.sqrt),
    ("their exponentials", np.exp),
    ("their logarithms", np.log),
    ("one divided by them", lambda right: 1 / right),
    ("1 minus them", lambda right: 1 - right),
    ("the tanh of them", np.tanh),
    ("the numbers whose tanh they are", np.arctanh),
    ("them rounded", np.round),
    ("them cut off to whole numbers", np.trunc),
)


def pattern(pairs, sizes=()):
    """What the wrong numbers have in common with the right ones in every case, or nothing.

    ``pairs`` are (given, wanted) arrays of the same shapes; ``sizes`` maps words to a number for each case, by which
    the right numbers may have been multiplied or divided.
    """
    begin = "It is" if pairs[0][0].ndim == 0 else "Every number is"
    if all(not left.any() for left, _ in pairs):
        return f"{begin} 0."
    if pairs[0][0].ndim == 2 and all(close(left.T, right) for left, right in pairs):
        return "The matrix is right except that it is transposed: rows and columns have changed places."
    factors = [np.vdot(left, right) / np.vdot(left, left) if left.any() else 0.0 for left, right in pairs]
    if all(factor and close(factor * left, right) for factor, (left, right) in zip(factors, pairs, strict=True)):
        if np.allclose(factors, -1):
            return f"{begin} right except for the sign, which is flipped."
        if np.allclose(factors, factors[0], rtol=1e-4) and len(factors) > 1:
            return f"{begin} {1 / factors[0]:.4g} times what it should be, in every case."
        for words, numbers in sizes:
            for power, how in ((1, "divided by"), (-1, "multiplied by"), (0.5, "divided by the square root of")):
                if np.allclose(factors, np.asarray(numbers, dtype=float) ** power, rtol=1e-4):
                    return f"{begin} right except that it is {how} {words}."
    gaps = np.concatenate([(left - right).ravel() for left, right in pairs])
    if gaps.size > 1 and np.allclose(gaps, gaps[0], rtol=1e-5, atol=1e-9):
        return f"{begin} too {'large' if gaps[0] > 0 else 'small'} by {abs(gaps[0]):.4g}, in every case."
    with np.errstate(all="ignore"):
        for words, transform in TRANSFORMS:
            made = [transform(right) for _, right in pairs]
            if all(np.isfinite(m).all() and close(left, m) for (left, _), m in zip(pairs, made, strict=True)):
                return f"These are not the right numbers but {words}."
    return ""


def moved(pairs):
    """Whether the right numbers are in the reverse order or one place off along an axis in every case, or nothing."""
    for axis in range(pairs[0][0].ndim):
        along = [(np.moveaxis(left, axis, 0), np.moveaxis(right, axis, 0)) for left, right in pairs]
        if all(close(left[::-1], right) for left, right in along):
            return f"They are the right ones in the reverse order along axis {axis}."
        if all(len(left) > 2 for left, _ in along):
            if all(close(left[1:], right[:-1]) for left, right in along):
                return f"They are one place late along axis {axis}: what belongs to index 0 is at 1, and so on."
            if all(close(left[:-1], right[1:]) for left, right in along):
                return f"They are one place early along axis {axis}: what belongs to index 1 is at 0, and so on."
        if all(close(np.sort(left, axis=0), np.sort(right, axis=0)) for left, right in along):
            return f"Along axis {axis} the right numbers are there, in another order."
    return ""


def along_an_axis(pairs):
    """Where along an axis the numbers are right, by the same words in every case that is wrong, or nothing."""
    for axis in range(pairs[0][0].ndim):
        told = {_stretches(np.moveaxis(left, axis, 0), np.moveaxis(right, axis, 0)) for left, right in pairs}
        if len(told) == 1 and (words := told.pop()):
            return f"Along axis {axis} {words}."
        for count in (4, 3, 2):
            good = {_good_blocks(left, right, axis, count) for left, right in pairs}
            if len(good) == 1 and (right_ones := good.pop()):
                wrong = [str(k) for k in range(1, count + 1) if k not in right_ones]
                numbers = " and ".join(filter(None, [", ".join(wrong[:-1]), wrong[-1]]))
                return (
                    f"Cut axis {axis} into {count} equal blocks: of these {numbers} {_is(wrong)} wrong, the rest right."
                )
    return ""


def _is(words):
    return "is" if len(words) == 1 else "are"


def _good_blocks(left, right, axis, count):
    """The numbers, from 1, of the blocks along an axis that are right, or nothing if all or none are."""
    if left.shape[axis] % count or left.shape[axis] == count:
        return ()
    blocks = zip(np.split(left, count, axis), np.split(right, count, axis), strict=True)
    good = tuple(number for number, pair in enumerate(blocks, start=1) if close(*pair))
    return good if len(good) < count else ()


def _stretches(left, right):
    """Where the numbers are right along the first axis: at its begin or end alone, or not there; or nothing."""
    good = np.array([close(a, b) for a, b in zip(left, right, strict=True)])
    if len(good) < 2 or good.all() or not good.any():
        return ""
    if not good[0] and good[1:].all():
        return "only the first is wrong"
    if not good[-1] and good[:-1].all():
        return "only the last is wrong"
    if good[0] and not good[1:].any():
        return "only the first is right"
    if good[-1] and not good[:-1].any():
        return "only the last is right"
    return ""


def largest(left, right):
    """The place of the largest difference, with both numbers."""
    gap = np.abs(left - right)
    index = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
    where = f"The largest difference is at index {index if len(index) > 1 else index[0]}: yours" if index else "Yours"
    return f"{where} is {_number(left[index], right[index])}, it should be {_number(right[index], left[index])}."


def _number(value, other):
    """A number with as many digits as tell it from the ``other``; a zero has no sign."""
    value, other = value + 0.0, other + 0.0
    return next(
        (text for digits in range(4, 17) if (text := f"{value:.{digits}g}") != f"{other:.{digits}g}"), f"{value!r}"
    )

"""What is said to an answer that no known slip explains: only what was computed, in all cases or in the one named."""

import numpy as np

from .comparison import along_an_axis, in_another_order, largest, moved, pattern, shape_difference, wrong_parts
from .learner import check_finite, listed
from .remarks import probe, remarks


class Told(str):
    """A message to a learner; ``kind`` says what it rests on: 'known slip', 'shown' or 'numbers'."""

    __slots__ = ("kind",)

    def __new__(cls, text, kind):
        made = super().__new__(cls, text)
        made.kind = kind
        return made


def explain(exercise, function, cases, given, expected):
    """What is wrong with the results ``given`` in all cases of a check, as :class:`Told`.

    Raises :class:`Problem` where the only thing to say is that they contain NaN or infinity.
    """
    names = exercise.returns
    wrong = wrong_parts(given, expected)
    right = [name for k, name in enumerate(names) if k not in wrong]
    begin = f"{listed(right)}: right. " if right else ""
    if len(names) > 1 and in_another_order(given, expected):
        return Told(f"These are the right things in another order. Return them as {listed(names)}.", "shown")
    k = wrong[0]
    pairs = [(a[k], b[k]) for a, b in zip(given, expected, strict=True)]
    said, shown = _about_part(names[k], pairs, cases)
    probed = "" if shown else probe(exercise, cases, given, wrong)
    if not probed and not shown and all(a.shape == b.shape != () for a, b in pairs):
        place = along_an_axis([pair for pair in pairs if not _agree(*pair)])
        said, shown = f"{said} {place}".strip(), bool(place)
    if not probed and not shown:
        for name, part in zip(names, given[_first_wrong(given, expected, k)], strict=True):
            check_finite(name, part)
    more = list(remarks(exercise, function, cases, given, expected))
    other = f"{listed(names[j] for j in wrong[1:])}: not right either." if wrong[1:] else ""
    numbers = _described(cases, given, expected, k) if not (shown and said.startswith(f"{names[k]} should")) else ""
    told = [f"{begin}{said}", other, probed, *more, numbers]
    kind = "shown" if probed or shown or more or right else "numbers"
    return Told(" ".join(filter(None, told)), kind)


def _about_part(name, pairs, cases):
    """What can be said of one wrong part, and whether it says more than that it is wrong."""
    if said := shape_difference(name, pairs):
        return said, True
    finite = all(np.isfinite(left).all() for left, _ in pairs)
    how = ""
    if finite:
        how = pattern(pairs, _sizes(cases))
        if not how and pairs[0][0].ndim:
            how = moved(pairs)
    if pairs[0][0].ndim == 0:
        return f"{name} is not right yet. {how}".strip(), bool(how)
    return f"{name}: the shape is right, the numbers are not. {how}".strip(), bool(how)


def _agree(left, right):
    return not wrong_parts([(left,)], [(right,)])


def _first_wrong(given, expected, k):
    """The number of the first case in which part ``k`` is wrong."""
    return next(number for number, (a, b) in enumerate(zip(given, expected, strict=True)) if not _agree(a[k], b[k]))


def _described(cases, given, expected, k):
    """The first case that is wrong: which it is, if others are right, and both numbers where they part."""
    number = _first_wrong(given, expected, k)
    right = sum(_agree(a[k], b[k]) for a, b in zip(given, expected, strict=True))
    where = ""
    if right:
        times = "one" if right == 1 else str(right)
        where = f"It is right in {times} of {len(cases)} cases, not for {_in_words(cases[number])}. "
    left, wanted = given[number][k], expected[number][k]
    if left.shape != wanted.shape or not np.isfinite(left).all():
        return where.strip()
    return f"{where}{largest(left, wanted)}"


def _in_words(case):
    """The arguments of a case in a few words: numbers and short lists as they are, arrays by their shapes."""
    return listed(f"{name} {_value(value)}" for name, value in case.items() if not callable(value))


def _value(value):
    array = np.asarray(value) if not isinstance(value, dict) else None
    if array is None:
        return "as given"
    if array.ndim == 0:
        return f"= {value:.4g}"
    if array.ndim == 1 and array.size <= 12:
        return f"= [{', '.join(f'{number:.4g}' for number in array)}]"
    return f"of shape {array.shape}"


def _sizes(cases):
    """Numbers that a result may have been multiplied or divided by, one for each case, with words for them."""
    for name, value in cases[0].items():
        values = [case[name] for case in cases]
        if isinstance(value, np.ndarray):
            for axis in range(value.ndim):
                yield f"the length of axis {axis} of {name}", [v.shape[axis] for v in values]
            yield f"the number of entries of {name}", [v.size for v in values]
        elif isinstance(value, int | float) and not isinstance(value, bool) and all(values):
            yield name, values

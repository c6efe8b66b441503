"""Paths of Matplotlib as SVG text, in whole hundredths of a point."""

import numpy as np
from matplotlib.path import Path

UNIT = 100  # to a point
FLIPPED = np.array([UNIT, -UNIT])  # y goes down on a page
STOP, MOVETO, LINETO, CURVE3, CURVE4, CLOSEPOLY = (
    int(code) for code in (Path.STOP, Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE4, Path.CLOSEPOLY)
)
COMMANDS = {MOVETO: ("m", 1), LINETO: ("l", 1), CURVE3: ("q", 2), CURVE4: ("c", 3)}  # letter and points of each
LONG = 24  # points from which arrays are faster than a loop


def relative(cleaned):
    """The first point of a cleaned path, and what follows it as SVG text: steps in whole units, y down."""
    codes = cleaned.codes.tolist()
    if STOP in codes:
        del codes[codes.index(STOP) :]
    if not codes:
        return None, ""
    start = cleaned.vertices[0].copy()
    points = np.rint((cleaned.vertices[: len(codes)] - start) * FLIPPED).astype(int)
    if codes.count(LINETO) == len(codes) - 1:
        steps = np.diff(points, axis=0)
        steps = steps[steps.any(axis=1)]
        if not len(steps):
            return start, "l0 0" if len(codes) > 1 else ""
        return start, _line(steps.ravel().tolist()).replace(" -", "-")
    whole = _straight if len(codes) > LONG and not {CURVE3, CURVE4} & set(codes) else _any
    return start, whole(points, codes).replace(" -", "-")


def extent(cleaned):
    """The longer side of a cleaned path, in units."""
    return np.ptp(cleaned.vertices[:-1], axis=0).max(initial=0.0) * UNIT if len(cleaned.vertices) > 1 else 0.0


def _line(numbers):
    return "l" + " ".join(map(str, numbers))


def _straight(points, codes):
    """A path of lines, gaps and closed parts; ``points`` are whole units from its start."""
    kinds = np.array(codes)
    begins, ends = np.flatnonzero(kinds == MOVETO), np.flatnonzero(kinds == CLOSEPOLY)
    points[ends] = points[begins[np.searchsorted(begins, ends) - 1]]  # a part that is closed ends where it began
    numbers = np.diff(points, axis=0).ravel().tolist()
    written, done = [], 1
    for k in [*np.union1d(begins[1:], ends).tolist(), len(codes)]:
        if k > done:
            written.append(_line(numbers[2 * done - 2 : 2 * k - 2]))
        if k < len(codes):
            written.append("z" if codes[k] == CLOSEPOLY else f"m{numbers[2 * k - 2]} {numbers[2 * k - 1]}")
        done = k + 1
    return "".join(written)


def _any(points, codes):
    """A path that may have curves too."""
    points, written, (x, y), begun, last, k = points.tolist(), [], (0, 0), (0, 0), "", 1
    while k < len(codes):
        if codes[k] == CLOSEPOLY:
            written.append("z")
            (x, y), last, k = begun, "z", k + 1
            continue
        letter, count = COMMANDS[codes[k]]
        steps = " ".join([f"{right - x} {down - y}" for right, down in points[k : k + count]])
        written.append(f" {steps}" if letter == last != "m" else letter + steps)
        x, y = points[k + count - 1]
        if letter == "m":
            begun = x, y
        last, k = letter, k + count
    return "".join(written)

"""The three ideographs of a date, 年 月 日, drawn stroke by stroke: no font of the machine has to know them.

Each stroke is a line through points of a square grid, 100 by 100, x to the right and y up, in the order in which a
hand writes it. :func:`outline` gives it the width of a pen.
"""

import functools
from itertools import pairwise

import numpy as np
from matplotlib.path import Path

STROKES = {
    "年": (
        ((31, 97), (23, 80), (8, 62)),
        ((26, 79), (89, 79)),
        ((26, 54), (84, 54)),
        ((26, 54), (26, 29)),
        ((3, 29), (97, 29)),
        ((56, 79), (56, -4)),
    ),
    "月": (
        ((26, 91), (26, 42), (24, 26), (19, 12), (9, -2)),
        ((26, 91), (77, 91), (77, 7), (73, 1), (61, 2)),
        ((26, 64), (77, 64)),
        ((26, 37), (77, 37)),
    ),
    "日": (
        ((21, 91), (21, -2)),
        ((21, 91), (79, 91), (79, -2)),
        ((21, 49), (79, 49)),
        ((21, 5), (79, 5)),
    ),
}
PEN = {"normal": 8.0, "bold": 12.0}
SIZE = 0.95  # of the square, in units of the font size
RAISED = -0.09  # the bottom of the square below the line on which the digits rest
CORNERS = 12  # of the polygon that rounds the ends and the bends


@functools.cache
def outline(ideograph, weight="normal"):
    """The outline for font size 1, to be filled: points ``(N, 2)``, path codes ``(N,)``, and the advance.

    ``weight`` is 'normal' or 'bold'. The pieces of a stroke overlap; all turn the same way, so that filling joins
    them. Raises KeyError for a character without strokes.
    """
    radius = PEN[weight] / 2
    angles = 2 * np.pi * np.arange(CORNERS) / CORNERS
    dot = radius * np.stack((np.cos(angles), np.sin(angles)), axis=-1)
    pieces = []
    for stroke in STROKES[ideograph]:
        points = np.array(stroke, dtype=float)
        pieces += [point + dot for point in points]
        for start, end in pairwise(points):
            along = (end - start) / np.linalg.norm(end - start)
            across = radius * np.array([-along[1], along[0]])
            pieces.append(np.array([start - across, end - across, end + across, start + across]))
    # the point that closes a piece is not looked at
    vertices = np.concatenate([np.concatenate((piece, piece[:1])) for piece in pieces]) / 100
    codes = [[Path.MOVETO, *[Path.LINETO] * (len(piece) - 1), Path.CLOSEPOLY] for piece in pieces]
    return SIZE * vertices + [(1 - SIZE) / 2, RAISED], np.concatenate(codes).astype(Path.code_type), 1.0

"""Drawing only what moved: a figure whose other parts are kept as pixels."""

from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import FigureBase
from matplotlib.spines import Spine


class Blitter:
    """A figure of which only the artists named as moving are drawn again.

    What stands still below them is one background; what stands still above them, a legend over curves, is
    cut out and laid over. A change of anything that was not named (limits, ticks, titles, axes that are
    hidden) is noticed, and then everything is drawn anew: right, but ten times slower.

    ``moving`` holds artists, and containers of artists in any depth. Axes may stand among them, for those
    who need them at hand; they are drawn as parts of the figure. Raises TypeError for what is not an artist
    and ValueError for an artist that is a part of another, such as a text of a legend.
    """

    def __init__(self, fig, moving):
        self.fig = fig
        self.moving = {artist for artist in _flatten(moving) if not isinstance(artist, Axes)}
        lost = self.moving.difference(_below(fig))
        if lost:
            raise ValueError(
                f"moving artists: {min(map(str, lost))} is not drawn by a figure or by axes but by another artist "
                "(a legend, a table, an axis), or was removed: name the artist it belongs to"
            )
        for artist in self.moving:
            for part in artist.findobj():
                part.set_animated(True)
        self._background = self._items = None

    def pixels(self):
        """The picture as an array ``(height, width, 4)`` of bytes, valid until the next call."""
        canvas = self.fig.canvas
        renderer = canvas.get_renderer()
        if self.fig.stale or self._background is None:
            self._draw_everything(renderer)
        canvas.restore_region(self._background)
        for item in self._items:
            item.draw(renderer)
        # Drawing marks some artists as changed; only what changes from here on counts.
        self.fig.stale = False
        return np.asarray(canvas.buffer_rgba())

    def _draw_everything(self, renderer):
        canvas = self.fig.canvas
        self._background = None
        items = _moving_and_above(self.fig, self.moving)
        still = [artist for artist in items if artist not in self.moving]
        for artist in still:
            artist.set_animated(True)
        try:
            canvas.draw()
        finally:
            # Artists marked as animated do not tell the figure that they changed.
            for artist in still:
                artist.set_animated(False)
        self._background = canvas.copy_from_bbox(self.fig.bbox)
        items = [item if item in self.moving else _cut_out(item, renderer) for item in items]
        self._items = [item for item in items if item is not None]


class _Cutout(NamedTuple):
    """The pixels of an artist that stands still, bottom row first, and where their lower left corner lies."""

    left: int
    bottom: int
    pixels: np.ndarray

    def draw(self, renderer):
        renderer.draw_image(renderer.new_gc(), *self)


def _cut_out(artist, renderer):
    """What an artist draws on an empty picture, or None if it draws nothing."""
    renderer.clear()
    artist.draw(renderer)
    picture = np.asarray(renderer.buffer_rgba())[::-1]
    rows, columns = (np.flatnonzero(picture[..., 3].any(axis=axis)) for axis in (1, 0))
    if rows.size:
        left, bottom = int(columns[0]), int(rows[0])
        return _Cutout(left, bottom, picture[bottom : rows[-1] + 1, left : columns[-1] + 1].copy())


def _flatten(entry):
    if isinstance(entry, Artist):
        yield entry
    elif isinstance(entry, str) or not hasattr(entry, "__iter__"):
        raise TypeError(f"moving artists: expected artists of matplotlib, got {entry!r}")
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from _flatten(part)


def _below(parent):
    """Every artist that a figure or axes draw themselves, in any depth."""
    for child in parent.get_children():
        yield child
        if isinstance(child, (Axes, FigureBase)):
            yield from _below(child)


def _in_order(parent):
    """What a figure or axes draw, in the order in which they draw it."""
    children = parent.get_children()
    if isinstance(parent, Axes):
        if not parent.axison:
            children = [child for child in children if not isinstance(child, Axis)]
        if not (parent.axison and parent.get_frame_on()):
            children = [child for child in children if not isinstance(child, Spine) and child is not parent.patch]
    return sorted(children, key=lambda child: (child is not parent.patch, child.get_zorder()))


def _moving_and_above(parent, moving, boxes=()):
    """The moving artists and all that is drawn later in the same place, in the order of drawing.

    ``boxes`` are the places where something drawn earlier moves.
    """
    boxes, found = list(boxes), []
    for child in _in_order(parent):
        if child in moving:
            found.append(child)
            boxes.append(parent.bbox)
        elif isinstance(child, (Axes, FigureBase)):
            inner = _moving_and_above(child, moving, boxes) if child.get_visible() else []
            found += inner
            boxes += [child.bbox] if inner else []
        elif any(box.overlaps(parent.bbox) for box in boxes):
            found.append(child)
    return found

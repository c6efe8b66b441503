"""A figure as one scene of SVG with a group for each artist that moves; a move replaces what has changed of it."""

import re

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.image import AxesImage

from .svg import UNIT, Renderer

GROUP = '<g id="{}"></g>'


class Scene:
    """The figure ``fig``, whose size in inches stays, and its parts that move.

    ``moving`` holds artists, and containers of artists in any depth. Axes may be among them, for those who need
    them at hand. After :meth:`take`, ``text`` is the scene with an empty group for each moving artist, ``parts`` the
    content of these groups by their names, and ``axes`` says where each axes lies and what it shows.
    A change of anything that was not named as moving (limits, ticks, axes that are hidden) is noticed, and then the
    whole scene is new. Raises TypeError for what is not an artist and ValueError for an artist that is a part of
    another, such as a text of a legend.
    """

    def __init__(self, fig, moving):
        self.fig = fig
        every = dict.fromkeys(artist for artist in _flatten(moving) if not isinstance(artist, Axes))
        below = set(_below(fig))
        for artist in every:
            if artist not in below:
                raise ValueError(
                    f"moving artists: {artist} is not drawn by a figure or by axes but by another artist "
                    "(a legend, a table, an axis), or was removed: name the artist it belongs to"
                )
            artist.stale_callback = None  # that it moves is no news to the figure
        self.names = {artist: f"m{k}" for k, artist in enumerate(every)}
        for image in fig.findobj(AxesImage):
            if image.get_interpolation() in ("nearest", "auto", "antialiased"):
                image.set_interpolation("none")  # one pixel an entry: the page enlarges it, sharp at any zoom
        width, height = fig.get_size_inches() * 72
        self.renderer = Renderer(float(width), float(height))
        self.text, self.parts, self.axes = "", {}, []
        self._order, self._arrays, self._written = None, {}, {}

    def take(self):
        """Draw what has changed since the last time; True if the whole scene is new."""
        order = [artist.get_zorder() for artist in self.names]
        if order != self._order:
            self.forget()
        if self.fig.stale or self._order is None:
            self._order = None  # if drawing fails, the next time is whole again
            self._take_all()
            self._order = order
            return True
        changed = [artist for artist in self.names if self._has_moved(artist)]
        for artist in changed:
            self.parts[self.names[artist]] = self.renderer.take(artist.draw)
        self.fig.stale = False
        return False

    def forget(self):
        """Draw everything the next time."""
        self._order, self._written = None, {}

    def svg(self):
        """The picture as an SVG file with the colours of a light page."""
        body = re.sub(r'<g id="(m\d+)"></g>', lambda found: f"<g>{self.parts[found[1]]}</g>", self.text)
        needed, fresh = set(), [body]
        while fresh:
            found = set(re.findall(r'(?:href="#|url\(#)(\w+)', fresh.pop())) - needed
            needed |= found
            fresh += [self.renderer.defs[key] for key in found]
        defs = "".join(self.renderer.defs[key] for key in sorted(needed))
        text = f"<defs>{defs}</defs>{body}"
        colours = "".join(
            f"--{name}:{self.renderer.colours[name][0]};" for name in sorted(set(re.findall(r"var\(--(\w+)\)", text)))
        )
        width, height = round(self.renderer.width * UNIT), round(self.renderer.height * UNIT)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'style="stroke-linejoin:round;{colours}">{text}</svg>'
        )

    def _take_all(self):
        """Draw the figure with an empty group for each part that moves; axes that are as they were are not drawn."""

        def placeholder(name):
            return lambda renderer: renderer.write(GROUP.format(name))

        def unless_written(ax, draw):
            def written(renderer):
                if ax not in self._written:
                    self._written[ax] = renderer.take(draw)
                ax.stale = False
                renderer.write(self._written[ax])

            return written

        self._written = {ax: text for ax, text in self._written.items() if not ax.stale}
        replaced = [(artist, placeholder(name)) for artist, name in self.names.items()]
        replaced += [(ax, unless_written(ax, ax.draw)) for ax in self.fig.axes]
        for artist, draw in replaced:
            artist.draw = draw
        try:
            self.text = self.renderer.take(self.fig.draw)
        finally:
            for artist, _ in replaced:
                del artist.draw
        self._arrays = {}
        for artist, name in self.names.items():
            self._has_moved(artist)  # remembers its array
            self.parts[name] = self.renderer.take(artist.draw)
        self.fig.stale = False
        self.axes = [_place(ax, self.renderer.height) for ax in self.fig.axes]

    def _has_moved(self, artist):
        """Whether an artist may look different. Matplotlib marks it as stale, except where an array gives colours."""
        fresh = False
        if hasattr(artist, "get_array"):
            array = artist.get_array()
            array = None if array is None else array.tobytes()
            fresh, self._arrays[artist] = array != self._arrays.get(artist), array
        return fresh or artist.stale or any(part.stale for part in artist.findobj())


def _place(ax, height):
    """Where axes lie on the page, in units of 1/100 point, and their scales and limits."""
    box = ax.get_window_extent()
    corner = [box.x0, height - box.y1, box.width, box.height]
    scales = {axis: [getattr(ax, f"get_{axis}scale")(), *map(float, getattr(ax, f"get_{axis}lim")())] for axis in "xy"}
    return {"box": [round(UNIT * length) for length in corner]} | scales


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

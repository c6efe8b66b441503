"""Handles: what shows the value of a control in a picture can be dragged by the mouse or a finger."""

from matplotlib.axes import Axes

WAYS = ("x", "y", "radius", "angle", "points")


class Handle:
    """A part of a picture that moves controls when it is dragged.

    ``at`` is the moving artist that is taken, or axes, where the page then draws a ring. The ways say what a drag
    changes: ``x``, ``y`` the control whose value lies on that axis, ``radius`` and ``angle`` (in degrees) the controls
    of a point around (0, 0), ``points`` the control each of whose positions is a point of the axes. A way is the name
    of a control, or a pair of the name and a function from a value to its place in the data (for ``points`` to (x, y)).
    The keys of the control stay the other way to move it.
    """

    def __init__(self, at, **ways):
        unknown = ways.keys() - set(WAYS)
        if unknown or not ways:
            raise TypeError(f"Handle: expected some of {', '.join(WAYS)}, got {', '.join(ways) or 'nothing'}")
        self.at = at
        self.ways = {way: (to, float) if isinstance(to, str) else tuple(to) for way, to in ways.items()}

    def spec(self, controls, axes, names):
        """The description for the page; ``axes`` are those of the figure, ``names`` the groups of moving artists.

        Raises ValueError for a control or an artist that the figure does not have.
        """
        for name, _ in self.ways.values():
            if name not in controls:
                raise ValueError(f"handles: expected names among {list(controls)}, got {name!r}")
        if not isinstance(self.at, Axes) and self.at not in names:
            raise ValueError(f"handles: {self.at} is not among the moving artists that draw returns")
        ax = self.at if isinstance(self.at, Axes) else self.at.axes
        return {
            "axes": axes.index(ax),
            "group": names.get(self.at),
            "ways": {
                way: {"name": name, "at": [place(value) for value in controls[name].positions()]}
                for way, (name, place) in self.ways.items()
            },
        }


def thinned(spec, chosen):
    """The description of a handle where controls have the positions ``chosen[name]`` alone; None if none is left."""
    ways = {
        way: {"name": to["name"], "at": [to["at"][k] for k in chosen[to["name"]]]}
        for way, to in spec["ways"].items()
        if to["name"] in chosen
    }
    return spec | {"ways": ways} if ways else None

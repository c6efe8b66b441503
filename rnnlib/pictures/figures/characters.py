"""Single characters at points of the data, drawn as one artist: they are as large as the text of the style."""

import functools

import matplotlib as mpl
import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from .label import letter_outline

MIDDLE = 0.365  # half the height of a capital letter or a digit, in units of the font size


class Characters(PathCollection):
    """Characters, each with its middle at a point of the data; 年 月 日 among them, whatever fonts there are.

    ``scale`` enlarges the font size of the style; ``colour`` is that of all, unless :meth:`write` gives others.
    """

    def __init__(self, ax, *, colour="#222222", scale=1.0, weight="normal", zorder=6):
        super().__init__([], offsets=np.zeros((0, 2)), offset_transform=ax.transData, linewidths=0, zorder=zorder)
        self.set(clip_on=False, in_layout=False)
        self._colour, self._weight = colour, weight
        self._characters, self._size = "", mpl.rcParams["font.size"] * scale
        self.set_transform(Affine2D().scale(self._size / 72) + ax.figure.dpi_scale_trans)
        ax.add_collection(self, autolim=False)

    def write(self, places, characters, colours=None):
        """Put ``characters``, a string, at ``places (N, 2)``; ``colours`` has one for each of them.

        Raises ValueError where there are not as many places as characters.
        """
        if len(places) != len(characters):
            raise ValueError(f"places: expected one for each of {len(characters)} characters, got {len(places)}")
        self._characters = characters
        self.set_paths([_centred(character, self._weight) for character in characters])
        self.set_offsets(np.reshape(np.asarray(places, dtype=float), (-1, 2)))
        self.set_facecolor([self._colour] if colours is None else list(colours))

    def get_text(self):
        """The characters."""
        return self._characters

    def get_fontsize(self):
        """Their size in points."""
        return self._size


@functools.lru_cache(maxsize=512)
def _centred(character, weight):
    points, codes, advance = letter_outline(character, weight)
    return Path(points - [advance / 2, MIDDLE], codes, readonly=True) if len(points) else Path(np.zeros((0, 2)))

"""Words in a picture that follow the hand: drawn as one path, some forty times faster than a matplotlib text."""

import functools

import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, ScaledTranslation

from ..svg import Renderer
from . import strokes

RIM = 2.5  # points
HORIZONTAL = {"left": 0.0, "center": 0.5, "right": 1.0}


class Label(PathPatch):
    """A line of text at a point of the data, with a white ``rim`` so that it can be read over lines.

    Made for the artists that an explorer moves: the outline of each letter is worked out once and kept.
    ``scale`` enlarges the font size of the style. Plain Unicode only: no ``$...$``. 年, 月 and 日 need no font.
    """

    def __init__(self, ax, *, color, weight="bold", scale=1.0, rim=True, zorder=6):
        super().__init__(Path(np.zeros((0, 2))), facecolor=color, linewidth=0, zorder=zorder, clip_on=False)
        if rim:
            self.set_path_effects([withStroke(linewidth=RIM, foreground="white", alpha=0.85)])
        self.set_in_layout(False)
        self._weight, self._words, self._rim = weight, "", RIM if rim else None
        self._size = mpl.rcParams["font.size"] * scale
        ax.add_artist(self)

    def say(self, x, y, words, *, ha="center", va="center", shift=(0, 0), transform=None):
        """Write ``words`` at (x, y), moved by ``shift`` points; ``ha`` and ``va`` say which part of the words is there.

        (x, y) are data, or what ``transform`` says.
        """
        self._words = words
        vertices, codes, width = _outline(words, self._weight)
        height = 0.73  # of a capital letter, in units of the font size
        across = -HORIZONTAL[ha] * width
        up = {"bottom": 0.0, "center": -height / 2, "top": -height}[va]
        self.set_path(Path(vertices, codes, readonly=True) if len(vertices) else Path(np.zeros((0, 2))))
        figure = self.get_figure()
        self.set_transform(
            Affine2D().translate(across, up).scale(self._size).translate(*shift).scale(1 / 72)
            + figure.dpi_scale_trans
            + ScaledTranslation(x, y, transform or self.axes.transData)
        )

    def get_text(self):
        """The words."""
        return self._words

    def get_fontsize(self):
        """The size of the letters in points."""
        return self._size

    def draw(self, renderer):
        """Draw the outline; a renderer that keeps letters gets the letters."""
        if not isinstance(renderer, Renderer):
            super().draw(renderer)
            return
        if self.get_visible() and self._words:
            letters = [_letter(letter, self._weight) for letter in self._words]
            renderer.draw_letters(letters, self.get_transform(), self.get_facecolor(), self._rim)
        self.stale = False


def width(words, weight="normal"):
    """The width of a line of text for font size 1."""
    return _outline(words, weight)[2]


@functools.lru_cache(maxsize=512)
def _outline(words, weight):
    """The outline of a line of text for font size 1, and its width."""
    vertices, codes, width = [], [], 0.0
    for letter in words:
        points, kinds, advance = letter_outline(letter, weight)
        vertices.append(points + np.array([width, 0.0]))
        codes.append(kinds)
        width += advance
    if not words:
        return np.zeros((0, 2)), np.zeros(0, Path.code_type), 0.0
    return np.concatenate(vertices), np.concatenate(codes), width


@functools.lru_cache(maxsize=512)
def _letter(letter, weight):
    """The path of a letter for font size 1, None where nothing is seen of it, and its advance."""
    points, codes, advance = letter_outline(letter, weight)
    return (Path(points, codes, readonly=True) if len(points) else None), advance


@functools.lru_cache(maxsize=512)
def letter_outline(letter, weight="normal"):
    """The outline of one character for font size 1, as points, path codes and advance."""
    if letter in strokes.STROKES:
        return strokes.outline(letter, weight)
    font = FontProperties(family="DejaVu Sans", weight=weight, size=text_to_path.FONT_SCALE)
    points, kinds = text_to_path.get_text_path(font, letter)
    advance = text_to_path.get_text_width_height_descent(letter, font, False)[0]
    points = np.reshape(np.asarray(points, dtype=float), (-1, 2)) / text_to_path.FONT_SCALE
    return points, np.asarray(kinds, dtype=Path.code_type), advance / text_to_path.FONT_SCALE

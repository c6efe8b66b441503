"""Pictures: the look of the course, live figures, and plot functions."""

from . import style
from .figures.picture import Picture
from .live_curves import LiveCurves

__all__ = ["LiveCurves", "Picture", "style"]

"""Exercises of chapter 6: the bidirectional RNN."""

from ..base import chapter
from .curves import four_reaches, panel_of

__all__ = ["four_reaches", "panel_of"]
globals().update(chapter(__name__))

"""Exercises of chapter 3: vanishing and exploding gradients."""

from ..base import chapter
from .matrices import four_power_norms, panel_of

__all__ = ["four_power_norms", "panel_of"]
globals().update(chapter(__name__))

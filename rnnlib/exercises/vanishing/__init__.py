"""Exercises of chapter 3: vanishing and exploding gradients."""

from ..base import chapter
from .matrices import four_power_norms

__all__ = ["four_power_norms"]
globals().update(chapter(__name__))

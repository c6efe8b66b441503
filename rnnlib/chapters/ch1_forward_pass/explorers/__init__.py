"""Chapter 1: the RNN forward pass."""

from .feedback import elman_and_jordan
from .next_word import temperature
from .nudging import influence
from .stepping import stepper
from .windows import window_and_distance

__all__ = ["elman_and_jordan", "influence", "stepper", "temperature", "window_and_distance"]

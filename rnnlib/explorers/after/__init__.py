"""Chapter 9: frameworks, and linear recurrences."""

from .impulse import impulse_memory

__all__ = ["impulse_memory"]

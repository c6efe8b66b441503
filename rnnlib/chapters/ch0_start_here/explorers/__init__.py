"""Chapter 0: start here."""

from .leaking import leaky_memory

__all__ = ["leaky_memory"]

"""Chapter 11: trainings to look at moment by moment."""

from .recorded import recorded

__all__ = ["recorded"]

"""Chapter 8: language models, what they write, and how well they fit."""

from .contests import contest
from .fits import fit
from .truncation import windows
from .writing import generation, requests

__all__ = ["contest", "fit", "generation", "requests", "windows"]

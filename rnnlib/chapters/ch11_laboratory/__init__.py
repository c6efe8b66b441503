"""Chapter 11: the laboratory, where a network is watched while it learns."""

from .missions import goals
from .panel import Laboratory, laboratory
from .playing import play

__all__ = ["Laboratory", "goals", "laboratory", "play"]

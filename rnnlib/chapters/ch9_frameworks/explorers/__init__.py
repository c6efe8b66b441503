"""Explorers of chapter 9."""

from .changes import one_change
from .lengths import packing

__all__ = ["one_change", "packing"]

"""Explorers of chapter 10."""

from .answers import correcting
from .pole import impulse_memory
from .recalling import recall_by_age
from .scanning import scan_stepper
from .sweeping import sweeps_against_gain
from .views import two_views

__all__ = [
    "correcting",
    "impulse_memory",
    "recall_by_age",
    "scan_stepper",
    "sweeps_against_gain",
    "two_views",
]

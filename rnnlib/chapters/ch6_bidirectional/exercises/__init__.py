"""Exercises of chapter 6: the bidirectional RNN."""

from .curves import four_reaches, panel_of
from .forward import bidirectional_forward
from .pencil import count_parameters, sums_from_both_ends
from .reverse import reverse_within

__all__ = [
    "bidirectional_forward",
    "count_parameters",
    "four_reaches",
    "panel_of",
    "reverse_within",
    "sums_from_both_ends",
]

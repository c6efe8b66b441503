"""Chapter 4: the LSTM and its gates."""

from .cell import gates, hand_worked
from .gradients import gradient_norm, marked_positions

__all__ = ["gates", "gradient_norm", "hand_worked", "marked_positions"]

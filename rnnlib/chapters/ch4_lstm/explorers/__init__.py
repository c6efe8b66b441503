"""Chapter 4: the LSTM and its gates."""

from .cell import gates, hand_worked
from .holding import hold
from .marks import marked_positions
from .norms import gradient_norm

__all__ = ["gates", "gradient_norm", "hand_worked", "hold", "marked_positions"]

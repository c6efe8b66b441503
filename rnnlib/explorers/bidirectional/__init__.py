"""Chapter 6: the bidirectional RNN."""

from .distance import reach
from .maps import saliency
from .reversal import padding

__all__ = ["padding", "reach", "saliency"]

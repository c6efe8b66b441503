"""Chapter 6: the bidirectional RNN."""

from .distance import reach
from .maps import saliency
from .reading import heard
from .reversal import padding

__all__ = ["heard", "padding", "reach", "saliency"]

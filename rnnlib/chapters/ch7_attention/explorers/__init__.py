"""Chapter 7: sequence to sequence with attention."""

from .maps import attention_map
from .plane import look_up
from .rows import bottleneck

__all__ = ["attention_map", "bottleneck", "look_up"]

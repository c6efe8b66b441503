"""Chapter 2: backpropagation through time."""

from .cost import cost
from .gradient_check import gradient_check
from .lags import contributions, truncation
from .walk import backward_walk

__all__ = ["backward_walk", "contributions", "cost", "gradient_check", "truncation"]

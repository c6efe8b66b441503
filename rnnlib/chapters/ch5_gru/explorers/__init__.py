"""Chapter 5: the gated recurrent unit."""

from .norms import gradient_norms
from .one_unit import corners
from .resets import reset_forms

__all__ = ["corners", "gradient_norms", "reset_forms"]

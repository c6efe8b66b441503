"""Chapter 3: vanishing and exploding gradients."""

from .powers import powers

__all__ = ["powers"]

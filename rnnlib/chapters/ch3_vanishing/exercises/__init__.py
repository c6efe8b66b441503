"""Exercises of chapter 3: vanishing and exploding gradients."""

from .clipping import clip_norm
from .lag import jacobian_by_lag
from .matrices import four_power_norms, hump, keep_gradient, panel_of
from .pencil import power_on_paper
from .training import across_forty_steps

__all__ = [
    "across_forty_steps",
    "clip_norm",
    "four_power_norms",
    "hump",
    "jacobian_by_lag",
    "keep_gradient",
    "panel_of",
    "power_on_paper",
]

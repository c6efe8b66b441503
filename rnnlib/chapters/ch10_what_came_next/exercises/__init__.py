"""Exercises of chapter 10: linear recurrences, linear attention, the delta rule, and recall."""

from .attention import linear_attention
from .delta import delta_gradient, delta_step
from .pencil import noise, pole, two_steps_in_one
from .scan import combine

__all__ = ["combine", "delta_gradient", "delta_step", "linear_attention", "noise", "pole", "two_steps_in_one"]

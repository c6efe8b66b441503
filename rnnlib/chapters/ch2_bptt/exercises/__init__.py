"""Exercises of chapter 2: backpropagation through time."""

from .backward import backward_step, whole_bptt
from .hunt import find_the_bug
from .loss import cross_entropy
from .pencil import three_terms
from .truncation import truncated_gradient

__all__ = ["backward_step", "cross_entropy", "find_the_bug", "three_terms", "truncated_gradient", "whole_bptt"]

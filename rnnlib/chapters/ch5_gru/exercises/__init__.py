"""Exercises of chapter 5: the GRU."""

from .backward import gru_backward_step
from .gate_bias import half_life
from .order import order_of_two
from .pencil import step_by_hand
from .step import gru_step

__all__ = ["gru_backward_step", "gru_step", "half_life", "order_of_two", "step_by_hand"]

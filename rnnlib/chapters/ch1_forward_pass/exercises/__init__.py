"""Exercises of chapter 1: the RNN forward pass."""

from .output import temperature
from .pencil import all_ones
from .sequence import unrolled
from .steps import jordan_step, rnn_step

__all__ = ["all_ones", "jordan_step", "rnn_step", "temperature", "unrolled"]

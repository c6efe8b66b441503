"""Exercises of chapter 4: the LSTM."""

from .backward import lstm_backward_step
from .design import task_for_an_lstm
from .pencil import cell_by_hand
from .step import lstm_step
from .weights import latch

__all__ = ["cell_by_hand", "latch", "lstm_backward_step", "lstm_step", "task_for_an_lstm"]

"""The recurrent cells: one time step each, forward and backward."""

from .base import Cell
from .elman import Elman
from .gru import GRUResetAfter, GRUResetBefore
from .indrnn import IndRNN
from .jordan import Jordan
from .lstm import LSTM, PeepholeLSTM

__all__ = ["LSTM", "Cell", "Elman", "GRUResetAfter", "GRUResetBefore", "IndRNN", "Jordan", "PeepholeLSTM"]

"""Exercises of chapter 7: sequence to sequence with attention."""

from .backward import attention_back
from .decoding import decoder_inputs, greedy_decoding
from .looking import attention_weights, context
from .pencil import attention_by_hand

__all__ = ["attention_back", "attention_by_hand", "attention_weights", "context", "decoder_inputs", "greedy_decoding"]

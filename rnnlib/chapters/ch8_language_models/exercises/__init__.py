"""Exercises of chapter 8: language models."""

from .carry import carry
from .drawing import draw_words
from .pencil import by_hand
from .perplexity import perplexity
from .shift import shift
from .small_model import small_model
from .stopping import stop_early

__all__ = ["by_hand", "carry", "draw_words", "perplexity", "shift", "small_model", "stop_early"]

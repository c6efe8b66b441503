"""Exercises of chapter 4: the LSTM."""

from ..base import chapter

globals().update(chapter(__name__))

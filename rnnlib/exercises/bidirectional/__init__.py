"""Exercises of chapter 6: the bidirectional RNN."""

from ..base import chapter

globals().update(chapter(__name__))

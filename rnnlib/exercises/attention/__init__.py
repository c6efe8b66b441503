"""Exercises of chapter 7: sequence to sequence with attention."""

from ..base import chapter

globals().update(chapter(__name__))

"""Exercises of chapter 5: the GRU."""

from ..base import chapter

globals().update(chapter(__name__))

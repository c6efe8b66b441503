"""Exercises of chapter 1: the RNN forward pass."""

from ..base import chapter

globals().update(chapter(__name__))

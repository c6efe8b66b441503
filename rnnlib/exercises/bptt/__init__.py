"""Exercises of chapter 2: backpropagation through time."""

from ..base import chapter

globals().update(chapter(__name__))

"""Exercises of chapter 8: language models."""

from ..base import chapter

globals().update(chapter(__name__))

"""Exercises of chapter 9: weights from a framework, and the scan."""

from ..base import chapter

globals().update(chapter(__name__))

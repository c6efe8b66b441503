"""Exercises of chapter 0: one step of a memory that leaks."""

from .leaking import leaky_step

__all__ = ["leaky_step"]

"""What chapter 10 measures and trains: memories of pairs, Newton over a sequence, and networks that count."""

from . import counting, memories, newton

__all__ = ["counting", "memories", "newton"]

"""Plot functions: data and ``ax`` in, artists out."""

from .picture import Picture

__all__ = ["Picture"]

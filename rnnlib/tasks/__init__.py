"""Tasks that need memory: each draws its sequences from a generator."""

from . import adding, agreement, dates, flights, latest_mark, recall, slot_filling, temporal_order, two_time_scales

__all__ = [
    "adding",
    "agreement",
    "dates",
    "flights",
    "latest_mark",
    "recall",
    "slot_filling",
    "temporal_order",
    "two_time_scales",
]

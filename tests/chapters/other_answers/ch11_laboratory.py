"""Other answers to the missions of chapter 11."""

from dataclasses import replace

from rnnlib.chapters.ch11_laboratory.missions import MISSIONS


def plan(key, *pieces, **changes):
    """A plan for a mission: pairs of steps and what is changed from the beginning."""
    begin = replace(MISSIONS[key].begin, **changes)
    return [(steps, replace(begin, **moved)) for steps, moved in pieces]


OTHER_ANSWERS = {
    "lag_60": [replace(MISSIONS["lag-60"].begin, start="orthogonal", gain=1.1)],
    "largest_rate": [plan("largest-rate", (150, {}), (150, {"rate": 1.0}), clip=1.0, rate=1.0)],
    "one_number": [replace(MISSIONS["one-number"].begin, gate_bias=5.0)],
    "short_window": [replace(MISSIONS["short-window"].begin, mixed=True)],
    "both_ways": [replace(MISSIONS["both-ways"].begin, both_ways=True)],
}

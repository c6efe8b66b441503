"""Exercises of chapter 11: missions."""

from ..missions import MISSIONS
from .base import MissionExercise

CHECKED = (
    "lag-60",
    "largest-rate",
    "one-number",
    "short-window",
    "both-ways",
)


def _exercise(number, mission):
    names = {"key": mission.key, "number": f"11.{number}", "title": mission.title, "__doc__": mission.text}
    return type(MissionExercise.__name__, (MissionExercise,), names | {"difficulty": mission.difficulty})()


_exercises = {key.replace("-", "_"): _exercise(n, MISSIONS[key]) for n, key in enumerate(CHECKED, 1)}
globals().update(_exercises)

__all__ = list(_exercises)

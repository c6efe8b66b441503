"""What a mission of the laboratory is: a goal, the settings it begins with, and what reaches it."""

from dataclasses import dataclass

import numpy as np

from .assignments import assignment
from .settings import Settings, new_model


def parameters(settings):
    """The number of parameters of a model, its readout included."""
    return sum(value.size for value in new_model(settings, np.random.default_rng(0)).params.values())


@dataclass(frozen=True)
class Mission:
    """A goal, the settings it begins with, and settings that reach it.

    ``free`` are the settings the reader may change; the goal is reached when the held-out measure passes ``goal``
    within ``steps`` steps, at the task and the length of ``begin``. ``teaches`` is shown when it is. ``wins`` reaches
    the goal on ten of ten seeds, ``fails``, without a plan, on fewer than half of them; ``plan`` is a sequence of
    ``(steps, changes)`` where a control has to be moved on the way. ``rule`` is a pair of words and a function of
    settings that must hold.
    """

    key: str
    chapter: int
    difficulty: int
    title: str
    text: str
    begin: Settings
    free: tuple
    goal: float
    steps: int
    hints: tuple
    teaches: str
    wins: dict
    fails: dict
    plan: tuple = ()
    rule: tuple = ()

    def reached(self, value):
        """Whether a measure on held-out data reaches the goal: at least for an accuracy, at most for an error."""
        higher = assignment(self.begin.task).measure != "mean squared error"
        return value >= self.goal if higher else value <= self.goal

    def won(self, settings, steps, value):
        """Whether a measure after so many steps reaches the goal in the way that the mission allows."""
        as_asked = steps <= self.steps and settings.length == self.begin.length and not self.broken(settings)
        return as_asked and self.reached(value)

    def broken(self, settings):
        """What the settings do that the mission does not allow, in words; empty if all is as it should be."""
        held = [name for name in self.begin.differences(settings) if name not in (*self.free, "seed")]
        if held:
            return f"This mission leaves {', '.join(held)} as it was. Free to change: {', '.join(self.free)}."
        if self.rule and not self.rule[1](settings):
            return f"This mission asks for {self.rule[0]}."
        return ""

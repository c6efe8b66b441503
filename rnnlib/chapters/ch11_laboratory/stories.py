"""Stories for the stage: a training, and the hand that changes its mind on the way."""

from dataclasses import dataclass, replace
from itertools import accumulate

from rnnlib.checks import check_choice

from .missions import MISSIONS
from .settings import Settings


@dataclass(frozen=True)
class Story:
    """A training with the settings it begins with, and what is moved on the way.

    ``plan`` is a sequence of ``(steps, changes)``, each with what differs from ``begin`` in it; ``shown`` names the
    settings that get a control.
    """

    key: str
    title: str
    begin: Settings
    plan: tuple
    shown: tuple

    @property
    def steps(self):
        """How many steps the story takes."""
        return sum(steps for steps, _ in self.plan)

    @property
    def moved(self):
        """The names of the settings that are moved on the way."""
        return list(dict.fromkeys(name for _, changes in self.plan for name in changes))

    def settings_at(self, step):
        """The settings with which the step after ``step`` steps is taken."""
        ends = accumulate(steps for steps, _ in self.plan)
        later = (changes for (_, changes), end in zip(self.plan, ends, strict=True) if step < end)
        return replace(self.begin, **next(later, self.plan[-1][1]))


_adding = {"task": "adding", "length": 50}
_gru = {"cell": "GRU", "units": 8, "gate_bias": 3.0, "optimizer": "Adam", "rate": 0.03, "start": "scaled_normal"}
STORIES = {
    story.key: story
    for story in (
        Story(
            "clipping-off",
            "Clipping off",
            Settings(cell="ReLU", units=32, start="identity", rate=0.03, **_adding),
            ((30, {}), (30, {"clip": None})),
            ("clip", "rate"),
        ),
        Story(
            "ten-times-the-rate",
            "Ten times the rate",
            Settings(**_gru, **_adding),
            ((200, {}), (40, {"rate": 0.3}), (60, {})),
            ("rate", "clip"),
        ),
    )
}


def story_of(mission, steps):
    """A mission that is won, as a story of ``steps`` steps."""
    return Story(
        mission.key,
        mission.title,
        replace(mission.begin, **mission.wins),
        _first(steps, mission.plan or ((mission.steps, {}),)),
        mission.free,
    )


# The missions that are recorded as well, by the steps in which they are won.
WON = {"lag-60": 150, "taught-by-hand": 210, "one-number": 210, "both-ways": 210}


def story(key) -> Story:
    """The story of this name; ValueError that lists them if there is none."""
    check_choice("story", key, (*WON, *STORIES))
    return STORIES[key] if key in STORIES else story_of(MISSIONS[key], WON[key])


def _first(steps, plan):
    """The first ``steps`` steps of a plan."""
    begins = [sum(before for before, _ in plan[:k]) for k in range(len(plan))]
    return tuple(
        (min(piece, steps - begin), changes)
        for begin, (piece, changes) in zip(begins, plan, strict=True)
        if begin < steps
    )

"""The missions as exercises: what a reader has found is trained again from other seeds and judged on held-out data."""

from dataclasses import replace

from rnnlib.judging import Exercise
from rnnlib.judging.learner import Problem, new_rng

from ..assignments import assignment
from ..missions import MISSIONS
from ..session import Session
from ..settings import Settings

JUDGED_EVERY = 25  # steps
SEEDS = 3


class MissionExercise(Exercise):
    """A mission of the laboratory. The answer is the settings, or the plan of a training: ``lab.plan``.

    A plan is a list of pairs ``(steps, settings)``. It is trained afresh from other seeds, and has to reach the goal on
    held-out data from each of them.
    """

    key = ""

    @property
    def mission(self):
        """The mission with the goal, the hints and what may be changed."""
        return MISSIONS[self.key]

    @property
    def hints(self):
        """The hints of the mission."""
        return self.mission.hints

    @property
    def praise(self):
        """What the mission teaches."""
        return self.mission.teaches

    @classmethod
    def answer(cls):
        """A plan that reaches the goal."""
        mission = MISSIONS[cls.key]
        begin = replace(mission.begin, **mission.wins)
        pieces = mission.plan or ((mission.steps, {}),)
        return [(steps, replace(begin, **changes)) for steps, changes in pieces]

    def solution_code(self):
        """The settings that reach the goal, or the plan where a control has to be moved, as code."""
        wins, pieces = self.mission.wins, self.mission.plan
        if not pieces:
            return f"def answer():\n    return {self._as_code(wins)}"
        lines = [f"        ({steps}, {self._as_code(wins | changes)})," for steps, changes in pieces]
        return "\n".join(["def answer():", "    return [", *lines, "    ]"])

    def _as_code(self, changes):
        arguments = [f'"{self.key}"', *(f"{name}={value!r}" for name, value in changes.items())]
        return f"laboratory({', '.join(arguments)}).settings"

    def known_mistakes(self):
        """None: what is wrong with a plan is measured."""
        return []

    def judge(self, answer, seed=None):
        plan, mission = self.plan_of(answer), self.mission
        for _, settings in plan:
            if mission.broken(settings):
                return mission.broken(settings)
        total = sum(steps for steps, _ in plan)
        if total > mission.steps:
            return f"The plan takes {total} steps; {mission.steps} are allowed."
        last = plan[-1][1]
        if last.length != mission.begin.length:
            return f"The plan ends at a length of {last.length}. The goal is judged at {mission.begin.length}."
        best = [self.train(plan, int(number)) for number in new_rng(seed).integers(1000, 100_000, SEEDS)]
        lost = [value for value in best if not mission.reached(value)]
        if not lost:
            return ""
        words = "; ".join(f"{value:.3g}" for value in best)
        return (
            f"Trained from {SEEDS} other seeds, the goal is reached {SEEDS - len(lost)} times. The best "
            f"{self.measure} on held-out data: {words}; the goal is {mission.goal:g}."
        )

    @property
    def measure(self):
        """What is measured, in words."""
        return assignment(self.mission.begin.task).measure

    def train(self, plan, seed):
        """The best held-out measure at the length of the goal, of a training from ``seed`` as the plan says."""
        session = Session(replace(plan[0][1], seed=seed))
        best, mission = None, self.mission
        for steps, settings in plan:
            session.change(replace(settings, seed=seed))
            for _ in range(steps):
                if session.step() is None:
                    break
                if session.steps % JUDGED_EVERY == 0 and session.settings.length == mission.begin.length:
                    value = session.judge()
                    best = value if best is None or mission.reached(value) else _better(mission, best, value)
                    if mission.reached(value):
                        return value
        return session.judge() if best is None else best

    def plan_of(self, answer):
        """The answer as a list of pairs; :class:`Problem` for what is neither settings nor a plan."""
        wanted = (
            "Expected the settings of a training, or a plan: a list of pairs (steps, settings), as lab.plan gives it."
        )
        if isinstance(answer, Settings):
            return [(self.mission.steps, answer)]
        if not isinstance(answer, list | tuple) or not answer:
            raise Problem(f"{wanted} This is a {type(answer).__name__}.")
        for pair in answer:
            fits = isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[1], Settings)
            if not (fits and isinstance(pair[0], int) and not isinstance(pair[0], bool) and pair[0] > 0):
                raise Problem(wanted)
        return [tuple(pair) for pair in answer]


def _better(mission, left, right):
    return max(left, right) if mission.reached(1e9) else min(left, right)

"""The exercises of a chapter, and which of them were solved."""

from typing import Any, NamedTuple

from .base import DIFFICULTIES, Exercise


def exercises_of(module):
    """The exercises that a chapter hands out, by their names, in the order of their numbers."""
    listed = {name: getattr(module, name) for name in module.__all__}
    found = [(name, value) for name, value in listed.items() if isinstance(value, Exercise)]
    return dict(sorted(found, key=lambda pair: [int(part) for part in pair[1].number.split(".") if part]))


def progress(module):
    """A quiet summary of the exercises of a chapter's module: which were solved in this kernel."""
    exercises = exercises_of(module).values()
    solved = sum(exercise.state == "solved" for exercise in exercises)
    lines = [f"{e.state:<15}{DIFFICULTIES[e.difficulty]:<8}{e.title}" for e in exercises]
    return Summary(f"{solved} of {len(exercises)} exercises solved in this kernel.", lines)


class Summary(NamedTuple):
    """The state of the exercises of a chapter, as text."""

    heading: str
    lines: list[Any]

    def __repr__(self):
        return "\n".join([self.heading, *self.lines])

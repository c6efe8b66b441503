"""The exercises of a chapter, and which of them were solved: in this kernel, or as a file of the reader's remembers."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from .base import DIFFICULTIES, Exercise
from .learner import describe


def exercises_of(module):
    """The exercises that a chapter hands out, by their names, in the order of their numbers."""
    listed = {name: getattr(module, name) for name in module.__all__}
    found = [(name, value) for name, value in listed.items() if isinstance(value, Exercise)]
    return dict(sorted(found, key=lambda pair: [int(part) for part in pair[1].number.split(".") if part]))


def progress(module, file=None):
    """A quiet summary of the exercises of a chapter's module: which were solved in this kernel.

    With ``file``, a path, what was solved in an earlier kernel counts as well: the file remembers it, for all
    chapters. It is made where there is none.
    """
    if not hasattr(module, "__all__"):
        return Summary(f"Write progress(exercises), the exercises of a chapter: this is {describe(module)}.", [])
    exercises = exercises_of(module)
    states = {name: exercise.state for name, exercise in exercises.items()}
    kinds = {name: f"{DIFFICULTIES[e.difficulty]:<8}{e.title}" for name, e in exercises.items()}
    return summed_up(module.__name__, "exercises", states, kinds, file)


class Summary(NamedTuple):
    """What is solved and what is not, as text."""

    heading: str
    lines: list[str]

    def __repr__(self):
        return "\n".join([self.heading, *self.lines])


def summed_up(section, noun, states, words, file=None) -> Summary:
    """The ``states`` with their ``words``, by names, below a heading that counts those that are "solved".

    With ``file``, those that it remembers in its part ``section`` are solved too, and it is told of the new ones.
    """
    when = "in this kernel"
    if file is not None:
        when += " or before"
        solved = [name for name, state in states.items() if state == "solved"]
        try:
            states = states | dict.fromkeys(_remembered(Path(file), section, solved) & states.keys(), "solved")
        except (OSError, ValueError) as error:
            when = f"in this kernel. It is kept in no file: {error}"
        except TypeError:
            when = f'in this kernel. It is kept in no file: write a name such as "progress.json", not {describe(file)}'
    count = sum(state == "solved" for state in states.values())
    lines = [f"{state:<15}{words[name]}" for name, state in states.items()]
    return Summary(f"{count} of {len(states)} {noun} solved {when}.", lines)


def _remembered(file, section, solved):
    """The names that ``file`` remembers in its part ``section``, with those of ``solved``, which are added to it.

    ValueError if the file holds anything but progress: it is left as it is.
    """
    try:
        kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
        names = {name for part in kept.values() for name in part} | kept.keys()
    except (ValueError, AttributeError, TypeError):
        names = {None}
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"{file} holds something else, and is left as it is. Choose another name")
    names = {*kept.get(section, []), *solved}
    if names != {*kept.get(section, [])}:
        new = file.with_name(file.name + ".new")
        new.write_text(json.dumps(kept | {section: sorted(names)}, indent=1), "utf-8")
        os.replace(new, file)
    return names

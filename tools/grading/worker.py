"""One student's notebook in a process of its own: its cells are run, its answers judged, and the verdicts sent."""

import ast
import contextlib
import hashlib
import importlib
import json
import linecache
import os
import re
import sys
import tempfile
import time
import types
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from rnnlib.judging import Exercise, exercises_of
from rnnlib.judging.advice import advice, plain
from rnnlib.judging.budget import OverBudget, budget
from rnnlib.judging.grading import REACHED, private_codes, watch, watched
from rnnlib.judging.learner import learner_line

from . import cells as of_notebook
from .confined import Guard, with_limits, without_network

PRINTED = 1_000_000  # characters of one cell
KEEPS_SOLUTION = (
    "This cell runs a solution of the course and keeps what it gives, so the answer is not the student's own."
)
EDITS = "This cell changes what the check uses: {what}. Its answer was not judged."
# The words of the table for what a check can answer.
SOLVED, BLANK, SLIP, WRONG, STOPPED = "solved", "left blank", "known slip", "wrong", "stopped"
REACHES, EDITS_JUDGE, MISSING = "reaches for the solution", "edits the judge", "no cell checks it"


@dataclass(frozen=True)
class Task:
    """One notebook to grade: where it is, what is known of its chapter, and what it may use."""

    path: Path
    package: str
    set_up: str
    stubs: dict  # by exercise: the id of its cell in the course, and the line that checks it
    seed: int
    seconds: float  # for a cell, and again for a check
    megabytes: int
    scratch: str  # a folder for files that a cell writes
    closed: tuple  # folders that it may not read
    skip: frozenset = frozenset()  # exercises that are done


@dataclass
class Found:
    """What was found in one answer: the ``outcome``, the names of the known ``slips``, and what is ``told``."""

    exercise: str
    outcome: str
    told: str = ""
    line: str = ""
    slips: list = field(default_factory=list)
    source: str = ""
    key: str = ""  # of the code that was judged


_ready = {}


def prepared(package, set_up):
    """Import a chapter and run its set-up cell, once for all that are forked from here; the names that it binds."""
    if (package, set_up) not in _ready:
        module = types.ModuleType("set_up")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(f"rnnlib.chapters.{package}.exercises")
            exec(compile(of_notebook.plain_python(set_up), "<set-up>", "exec"), module.__dict__)
        _ready[package, set_up] = module.__dict__
    return _ready[package, set_up]


def work(connection, task):
    """Grade one notebook. Sent is JSON: ["begin", exercise], ["found", a Found], ["end", remarks, offline, CPU s]."""

    def send(*message):
        connection.send_bytes(json.dumps(message).encode())

    with tempfile.TemporaryDirectory(dir=task.scratch) as own, open(os.devnull, "w") as nowhere:
        sys.stdin = open(os.devnull)  # noqa: SIM115 as long as the process
        os.chdir(own)
        names = dict(prepared(task.package, task.set_up))
        offline = without_network()
        with_limits(task.megabytes)
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            remarks = Notebook(task, names, own, send).grade()
        send("end", remarks, offline, time.process_time())
        os.chdir(task.scratch)


class Notebook:
    """The cells of one notebook, run as far as the exercises need it.

    Each exercise is judged on its own: the set-up, the cells that define what its cell uses, and its cell. So the same
    code gives the same verdict in every notebook, and is judged once for the whole class.
    """

    def __init__(self, task, names, own, send):
        self.task, self.names, self.send = task, names, send
        module = importlib.import_module(f"rnnlib.chapters.{task.package}.exercises")
        self.exercises = exercises_of(module)
        self.known = {name for name in names if not name.startswith("__")}
        self.names |= {"__name__": "__main__", "display": lambda *shown: None}
        self.guard = Guard(own, task.closed)

    def grade(self):
        """Judge every exercise that a cell checks; remarks on the notebook as a whole."""
        try:
            cells = of_notebook.read(self.task.path)
        except of_notebook.Unreadable as error:
            return [str(error)]
        chapters = of_notebook.chapters_of(cells)
        if chapters and self.task.package not in chapters:
            return [f"{self.task.path.name} is of another chapter: {', '.join(sorted(chapters))}"]
        remarks = self._remarks(cells)
        places = {name: self._places(cells, name) for name in self.exercises}
        self.guard.begin()
        for name in sorted(filter(places.get, places), key=lambda name: places[name][-1]):
            if name in self.task.skip:
                continue
            self.send("begin", name)
            found = self._judged(cells, name, places[name])
            self.send("found", asdict(found))
            if found.outcome == EDITS_JUDGE:
                os._exit(0)  # the others are judged in a process that it has not touched
        if not any(places.values()):
            remarks.append(f"no cell of {self.task.path.name} checks an exercise of this chapter")
        return remarks + [f"a cell {what}: refused" for what in self.guard.refused]

    def _remarks(self, cells):
        checked = {name for cell in cells for name in cell.checks}
        unknown = sorted(checked - set(self.exercises))
        told = [f"checks what this version of the course has not: {', '.join(unknown)}"] if unknown else []
        others = [cell for cell in cells if of_notebook.is_set_up(cell) and cell.source != self.task.set_up]
        return told + ["its set-up cell is not that of this version"] * bool(others)

    def _places(self, cells, name):
        """The cells that check this exercise, in order; without one, that of the course, known by its id."""
        places = [k for k, cell in enumerate(cells) if name in cell.checks]
        id, check = self.task.stubs.get(name, ("", ""))
        if not places and id:
            places = [k for k, cell in enumerate(cells) if cell.id == id and cell.tree is not None]
            for k in places:
                cells[k] = of_notebook.cell_of(f"{cells[k].source}\n{check}", id)
        return places

    def _judged(self, cells, name, places):
        """What the last cell gives that is not blank."""
        for place in reversed(places):
            found = self._one(cells, name, place)
            if found.outcome != BLANK or place == places[0]:
                return found
        return found

    def _one(self, cells, name, place):
        exercise, cell = type(self.exercises[name])(), cells[place]
        if cell.problem:
            return Found(name, STOPPED, cell.problem, source=cell.source)
        needed = [k for k in of_notebook.providers(cells, place, self.known) if cells[k].tree is not None]
        key = _key(name, [cells[k] for k in (*needed, place)])
        if (known := Path(self.task.scratch, key)).exists():
            return Found(**json.loads(known.read_text(encoding="utf-8")) | {"source": cell.source})
        whole = Fingerprint()
        names, given = dict(self.names), {}
        names[of_notebook.HAND_IN] = lambda name, answer=...: given.__setitem__(name, answer)
        for k in needed:
            self._run(cells[k], k, names)
        given.clear()
        stopped, line, reached = self._run(cell, place, names)
        verdict = None
        if name in given and not reached and not whole.changed():
            try:
                verdict = exercise.check(given[name], seed=self.task.seed)
            except BaseException as error:  # from an answer that changes its mind between two calls
                stopped, line = _stopped(error)
        found = Found(name, STOPPED, source=cell.source, key=key)
        if what := whole.changed():
            found.outcome, found.told = EDITS_JUDGE, EDITS.format(what=what)
        elif reached:
            found.outcome, found.told = REACHES, KEEPS_SOLUTION
        elif verdict is None:
            found.told, found.line = stopped or "The cell ended before its check.", line
        else:
            found.outcome, found.told, found.line = _outcome(verdict), str(verdict.text), str(verdict.code)
            found.slips = slip_names(exercise, verdict) if found.outcome == SLIP else []
        return found

    def _run(self, cell, place, names):
        """Run a cell: what stopped it, in which line, and whether it has run a solution."""
        filename = f"<cell {place + 1}>"
        linecache.cache[filename] = (len(cell.source), None, cell.source.splitlines(keepends=True), filename)
        self.guard.students = (*self.guard.students, filename)
        told = line = ""
        with watch(private_codes(Exercise)), watched() as reached:
            try:
                code = of_notebook.code_of(cell, filename)
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    with budget(self.task.seconds, quiet=True, characters=PRINTED):
                        exec(code, names)
            except OverBudget as error:
                told, line = str(error).replace("Your function", "The cell"), learner_line(error)
            except BaseException as error:  # whatever a student's code raises
                told, line = _stopped(error)
        return told, line, bool(reached)


def _key(name, cells):
    """Of an exercise and the code that answers it: where it is the same, so is what is found."""
    code = "\0".join([name, *(ast.dump(cell.tree) for cell in cells)])
    return f"{hashlib.sha256(code.encode()).hexdigest()}.json"


class Fingerprint:
    """What the check is made of, as it is when this is made."""

    MODULES = ("rnnlib", "grading", "numpy", "builtins")

    def __init__(self):
        self.before = self._now()

    def changed(self):
        """The names of what has been changed since; empty where nothing was."""
        now = self._now()
        return ", ".join(sorted(name for name, value in self.before.items() if now.get(name) != value)[:3])

    def _now(self):
        parts = {}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] not in self.MODULES or (name.startswith("numpy.") and name.count(".") > 1):
                continue
            for key, value in list(vars(module).items()):
                if isinstance(value, Exercise):
                    hidden = sorted(set(vars(value)) & set(dir(type(value))))
                    parts[f"{name}.{key}"] = (id(value), *hidden)
                elif callable(value):
                    parts[f"{name}.{key}"] = _identity(value)
                    if isinstance(value, type) and name.startswith("rnnlib"):
                        inner = vars(value).items()
                        parts |= {f"{name}.{key}.{k}": _identity(getattr(v, "__func__", v)) for k, v in inner}
        return parts


def _identity(value):
    """Of a thing, and of the code of a function: another number after it was replaced."""
    return id(value), id(getattr(value, "__code__", None))


def _stopped(error):
    said = plain(str(error))
    told = f"The cell stopped with {type(error).__name__}{': ' if said else ''}{said}. {advice(error)}"
    return told.strip(), learner_line(error)


def _outcome(verdict):
    if verdict.solved:
        return SOLVED
    if verdict.word == "Not tried yet":
        return BLANK
    if verdict.text == REACHED:
        return REACHES
    return {"known slip": SLIP, "problem": STOPPED}.get(verdict.kind, WRONG)


def slip_names(exercise, verdict):
    """The known slips that a verdict tells, each by the beginning of its message."""
    said = _without_numbers(verdict.text)
    names = [short(mistake.message) for mistake in exercise.mistakes if _without_numbers(mistake.message) in said]
    return list(dict.fromkeys(names)) or [short(str(verdict.text))]


def short(message):
    """The beginning of a message: its first sentence, and the next where that says little."""
    sentences = message.rstrip(".").split(". ")
    return ". ".join(sentences[:1] if len(sentences[0]) >= 30 else sentences[:2])


def _without_numbers(text):
    return re.sub(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", "#", text)

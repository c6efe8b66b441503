"""The laboratory on the page: a training that runs in slices between the messages of its controls."""

import asyncio
import time
from collections import deque

from rnnlib.checks import check_choice
from rnnlib.judging import Verdict
from rnnlib.pictures import style
from rnnlib.pictures.controls import Button, Choice, Slider, Switch, Text
from rnnlib.pictures.live import LiveFigure

from . import panels
from .assignments import ASSIGNMENTS, assignment
from .export import as_code
from .missions import MISSIONS, REACHED, mission
from .session import Session
from .settings import CELLS, OPTIMIZERS, STARTS, Settings, with_changes
from .stories import STORIES
from .views import SIGHTS, TRAIL, has_sight, view_of

SLICE = 0.015  # seconds of training between two looks at the messages
TURNS = 6  # of the event loop between two slices: a message needs several to arrive
PICTURE = 1 / 22  # seconds between two pictures, at least
MOST_OF_THE_TIME = 0.35  # that drawing may take: where a picture takes long, there are fewer
RESTS = 0.5  # seconds without a slice, after which the training is said to rest
MOST_STEPS, MOST_SECONDS = 2000, 60  # of one press of "train"
JUDGED_EVERY = 25  # steps
AS_MANY_AS_FIT = 0
PACES = {"1": 1, "2": 2, "5": 5, "20": 20, "as many as fit": AS_MANY_AS_FIT}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
CLIPS = {"none": None, "0.1": 0.1, "0.3": 0.3, "1": 1.0, "3": 3.0, "10": 10.0}
WINDOWS = {"none": None, "1": 1, "2": 2, "5": 5, "10": 10, "20": 20}
SEQUENCES = 20
ACTIONS = ("train", "step", "afresh", "back", "pin", "pace")
AT_HAND = ("length", "rate", "clip")  # what is moved while it trains, beside the actions above the picture


def _controls(settings):
    """The controls of all settings, by the names of the settings."""
    longest = max(task.longest for task in ASSIGNMENTS.values())
    return {
        "task": Choice(settings.task, list(ASSIGNMENTS), label="task", shape="list"),
        "length": Slider(settings.length, 1, longest, label="lag or length"),
        "mixed": Switch(settings.mixed, label="lengths mixed, from short to this"),
        "cell": Choice(settings.cell, list(CELLS), label="cell"),
        "units": Choice(settings.units, [1, 2, 4, 8, 16, 32, 64], label="units H", shape="slider"),
        "layers": Choice(settings.layers, [1, 2, 3], label="layers"),
        "both_ways": Switch(settings.both_ways, label="reads both ways"),
        "start": Choice(settings.start, {name.replace("_", " "): name for name in STARTS}, label="start"),
        "gain": Slider(settings.gain, 0.05, 2.0, 0.05, label="gain of the start"),
        "gate_bias": Slider(settings.gate_bias, -2.0, 6.0, 0.5, label="bias of the gate that keeps"),
        "optimizer": Choice(settings.optimizer, list(OPTIMIZERS), label="optimiser"),
        "rate": Choice(settings.rate, {f"{rate:g}": rate for rate in RATES}, label="learning rate", shape="slider"),
        "clip": Choice(settings.clip, CLIPS, label="clipped at norm", shape="slider"),
        "window": Choice(settings.window, WINDOWS, label="truncation window", shape="slider"),
        "seed": Slider(settings.seed, 0, 99, label="seed"),
    }


class Laboratory(LiveFigure):
    """Choose a task and a network, train it, and change what you like while it learns.

    ``settings`` are those to begin with, or ``goal`` is the name of a mission, which brings its own. ``shown`` names
    the settings that get a control; all of them if it is left out, or those that the mission leaves free. After it was
    used, ``plan`` is the training so far as pairs ``(steps, settings)`` and ``code()`` the same as lines of code.

    Raises TypeError or ValueError for what is not a setting or a mission.
    """

    def __init__(self, settings=None, goal=None, shown=None, size=panels.SIZE):
        self.mission = None if goal is None else mission(goal)
        begin = settings or (self.mission.begin if self.mission else Settings())
        self.session, self.begin = Session(begin), begin
        self.pins, self._view, self._hints_given = [], None, 0
        self._number, self._playing, self._latest_slice = 0, False, time.monotonic()
        self._loop = _running_loop()
        self._task = None
        self._forget_the_past()
        every = _controls(begin)
        if shown is None:
            shown = self.mission.free if self.mission else tuple(every)
        controls = {
            "train": Switch(False, label="train"),
            "step": Button(label="One step"),
            "afresh": Button(label="Back to the start"),
            "back": Button(label="Go back some steps"),
            "pin": Button(label="Pin this curve"),
            "pace": Choice(1, PACES, label="steps a picture", shape="slider"),
            **{name: every[name] for name in (*AT_HAND, *every) if name in shown or (name == "seed" and self.mission)},
            "sight": Choice("states", list(SIGHTS), label="show", shape="list"),
            "number": Slider(0, 0, SEQUENCES - 1, label="held-out sequence"),
            "drawn": Text("", label="or a sequence of your own"),
        }
        self._pressed = dict.fromkeys(ACTIONS[1:-1], 0)
        below = [name for name in controls if name not in (*ACTIONS, *AT_HAND)]
        super().__init__(panels.draw, self._see, controls, panels.ALT, size, below=below)

    @property
    def settings(self):
        """The settings now."""
        return self.session.settings

    @property
    def plan(self):
        """The training so far: pairs ``(steps, settings)``."""
        ends = [step for step, _ in self.session.changes[1:]] + [self.session.steps]
        pairs = [(end - begin, settings) for (begin, settings), end in zip(self.session.changes, ends, strict=True)]
        return [pair for pair in pairs if pair[0] > 0]

    def code(self):
        """The training so far as a few lines of code that give the same losses."""
        return as_code(self.session.changes, self.session.steps)

    def hint(self):
        """The next hint for the mission; the last one stays."""
        if self.mission is None:
            return Verdict("Hint", "This laboratory has no mission, so there is nothing to find out but what you like.")
        hints = self.mission.hints
        self._hints_given = min(self._hints_given + 1, len(hints))
        return Verdict("Hint", f"{self._hints_given} of {len(hints)}: {hints[self._hints_given - 1]}")

    def close(self):
        """End the training and take the laboratory from the page."""
        self._number += 1
        super().close()

    def _see(self, artists, **values):
        """Draw the session as it is now."""
        sight = values["sight"]
        drawn, trouble = self._read(values["drawn"])
        view = view_of(
            self.session,
            first_lags=self._first_lags,
            trail=list(self._trail),
            number=values["number"],
            sight=sight,
            drawn=drawn,
            before=self._view,
        )
        self._view = view
        view.pinned = [(curve.steps, curve.values) for _, curve in self.pins]
        panels.show(artists, view)
        said = [panels.sentence(view, self.mission, self._playing)]
        if self.session.trouble:
            said.append("“Go back some steps” returns to the weights before it.")
        if trouble:
            said.append(trouble)
        if not has_sight(self.session.model.network, sight):
            said.append(f"A {self.settings.cell} network has no {sight}: its states are shown.")
        if self._notice:
            said.append(self._notice)
        if self.pins:
            looks = zip(panels.PIN_LOOKS, self.pins, strict=False)
            said.append("Pinned: " + "; ".join(f"{look}: {words}" for look, (words, _) in looks) + ".")
        return " ".join(said)

    def _read(self, text):
        """The sequence that was typed, or None; and what is wrong with it, in words."""
        if not text.strip():
            return None, ""
        try:
            x = assignment(self.settings.task).read(text)
        except ValueError as error:
            return None, str(error)
        short = self.settings.task == "recall" and len(x) <= self.settings.length
        wanted = self.settings.length + 1
        return x, f"This sequence has {len(x)} steps; the task asks after {wanted}." if short else ""

    # What the hand asks for.

    def _heard(self, _, content, buffers):
        """Note what the hand asked for. What it needs of the training happens on the loop of the kernel."""
        with style.DRAWING:
            if self._scene is None:
                return
            try:
                self.values = {name: self.controls[name].at(place) for name, place in content["at"].items()}
            except Exception as error:
                self._tell(content.get("n"), {"trouble": f"{error}"})
                return
            patch = {"at": self._places()}
            if self._playing and time.monotonic() - self._latest_slice > RESTS:
                patch["trouble"] = "The training rests while another cell runs. What you move is used after it."
            self._tell(content.get("n"), patch)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._act)
        else:
            self._act()

    def set(self, **values):
        """Move controls as a hand does, and draw; an error in drawing is raised."""
        unknown = values.keys() - self.controls.keys()
        if unknown:
            raise TypeError(f"set: expected names among {list(self.controls)}, got {sorted(unknown)}")
        self.values = self.values | {name: self._known(name, value) for name, value in values.items()}
        self._act()

    def _act(self):
        """Do what the controls say: presses of buttons, new settings, training on or off."""
        try:
            self._take_settings()
            for name, times in self._pressed.items():
                for _ in range(max(self.values[name] - times, 0)):
                    getattr(self, f"_on_{name}")()
                self._pressed[name] = self.values[name]
            if self.values["train"] != self._playing:
                self._start() if self.values["train"] else self._stop()
            if not self._playing:
                self._show()
        except Exception as error:
            self._stop(f"The training stopped: {type(error).__name__}: {error}.")

    def _take_settings(self):
        """Give the session the settings that the controls ask for, if they can be."""
        asked = {name: self.values[name] for name in _names() if name in self.values}
        try:
            wanted = with_changes(self.settings, **{k: v for k, v in asked.items() if v != getattr(self.settings, k)})
        except (TypeError, ValueError) as error:
            self._notice = f"That does not fit together: {error}."
            return
        self._notice = ""
        if self.mission is not None and self.mission.broken(wanted):
            self._notice = self.mission.broken(wanted)
        if self.session.change(wanted):
            self._notice = "This starts the training afresh." + f" {self._notice}".rstrip()
            self._forget_the_past()
        if "length" in self.values:
            self.values["length"] = self.settings.length

    def _on_step(self):
        self._stop()
        self._step()

    def _on_afresh(self):
        self._stop()
        self.session.restart(self.settings)
        self._forget_the_past()

    def _on_back(self):
        self._stop()
        self.session.go_back()

    def _on_pin(self):
        words = self.settings.in_words(self.begin) if self.pins else self.settings.in_words()
        self.pins = [*self.pins, (words, self.session.loss.copy())][-len(panels.PIN_LOOKS) :]

    def _forget_the_past(self):
        self._first_lags, self._trail, self._notice = self.session.gradient_by_lag(), deque(maxlen=TRAIL), ""

    # The training.

    def _start(self):
        self._number += 1
        self._playing = True
        if self._loop is not None:
            self._task = self._loop.create_task(self._train(self._number))

    def _stop(self, why=""):
        self._number += 1
        self._playing = False
        self.values["train"] = False
        if why:
            self._notice = why
            self._show()

    async def _train(self, number):
        """Train until it is stopped, in slices; draw between them. Ends if another training has begun."""
        begin, steps = time.monotonic(), self.session.steps
        due = 0.0
        try:
            while number == self._number:
                if self.session.steps - steps >= MOST_STEPS or time.monotonic() - begin > MOST_SECONDS:
                    return self._stop("It pauses here. Switch “train” on to go on.")
                pace, until = self.values["pace"], min(time.monotonic() + SLICE, max(due, time.monotonic()))
                for _ in range(pace or MOST_STEPS):
                    self._step()
                    if self.session.trouble or (time.monotonic() >= until and pace == AS_MANY_AS_FIT):
                        break
                self._latest_slice = time.monotonic()
                if self.session.trouble:
                    break
                if pace != AS_MANY_AS_FIT or self._latest_slice >= due:
                    begun = time.thread_time()  # what other programs take is no work of a picture
                    self._show()
                    self._trail.append(self._view.eigenvalues)
                    due = self._latest_slice + max(PICTURE, (time.thread_time() - begun) / MOST_OF_THE_TIME)
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                wait = due - time.monotonic()
                if pace != AS_MANY_AS_FIT and wait > 0:
                    await asyncio.sleep(wait)
            if number == self._number:
                self._stop()
                self._show()
        except Exception as error:
            self._stop(f"The training stopped: {type(error).__name__}: {error}.")

    def _step(self):
        self.session.step()
        if self.session.steps % JUDGED_EVERY == 0:
            value, mission = self.session.judge(), self.mission
            if mission is not None and mission.won(self.settings, self.session.steps, value):
                REACHED.add(mission.key)

    def _show(self):
        """Draw the session as it is and send it to the page."""
        with style.DRAWING:
            if self._scene is None:
                return
            patch = self.move(self.values)
            self._tell(None, patch)


def _names():
    return tuple(_controls(Settings()))


def _running_loop():
    """The event loop of the kernel, on whose thread cells run; None outside a kernel."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def laboratory(key=None, shown=None, **changes):
    """The laboratory: with the settings ``changes``, or for the mission or the story ``key``.

    ``shown`` names the settings that get a control. Raises TypeError or ValueError for what does not exist.
    """
    if key is not None:
        check_choice("mission or story", key, (*MISSIONS, *STORIES))
    known = MISSIONS.get(key) or STORIES.get(key)
    settings = with_changes(known.begin if known else Settings(), **changes)
    if key in STORIES and shown is None:
        shown = known.shown
    return Laboratory(settings, key if key in MISSIONS else None, shown)

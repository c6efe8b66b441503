"""The controls of a live figure, described: what a hand can give each of them, and how a page words it.

A control has positions, counted from 0, each with a value for ``update`` and words for the reader; a text is its own
position. The page (front/live.js) makes inputs of these descriptions and sends positions back.
"""

import math
import re

import numpy as np

MOST = 2001  # positions of a control: more, and a page gets slow and a hand finds none of them again
SIGNS = str.maketrans("−–,\u202f\u00a0", "--.  ")


class Control:
    """What all controls share. ``label`` is words for a reader, ``positions()`` what a hand can give."""

    kind = ""

    def __init__(self, value, label):
        if not isinstance(label, str) or not label.strip():
            raise ValueError(f"label: expected words that name the control, got {label!r}")
        self.label, self.value = label, value

    def positions(self):
        """Every value that a hand can give, in order."""
        return list(self._values)

    def words(self):
        """What the page writes for each position."""
        return list(self._words)

    def position(self, value):
        """The position of a value; ValueError if it has none."""
        for k, known in enumerate(self._values):
            if type(known) is type(value) and known == value:
                return k
        for k, known in enumerate(self._values):
            if known == value:
                return k
        raise ValueError(f"{self.label}: expected one of {', '.join(self._words[:12])}, got {value!r}")

    def at(self, position):
        """The value at a position; ValueError if there is none."""
        if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < len(self._values):
            raise ValueError(f"{self.label}: expected a position from 0 to {len(self._values) - 1}, got {position!r}")
        return self._values[position]

    def parse(self, typed):
        """The value that a reader means who types ``typed``: the one with these words; else ValueError."""
        words = " ".join(str(typed).split()).casefold()
        for value, known in zip(self._values, self._words, strict=True):
            if known.casefold() == words:
                return value
        raise ValueError(f"{self.label}: expected one of {', '.join(self._words[:12])}, got {typed!r}")

    def spec(self):
        """The description for the page."""
        return {"kind": self.kind, "label": self.label, "words": self._words, "start": self.position(self.value)}


class Slider(Control):
    """A number from ``min`` to ``max``: whole where value, min, max and step are, else a float.

    With ``log=True`` the positions lie ``step`` powers of ten apart, counted from ``value``. ``format`` is a format
    such as ``".2f"``, or a function from a value to its words; without one, as many decimals as the step has.
    Raises ValueError unless min <= value <= max, both a whole number of steps from ``min``.
    """

    kind = "slider"

    def __init__(self, value, min, max, step=None, *, label, log=False, format=None):
        step = (0.1 if log else 1) if step is None else step
        numbers = {"value": value, "min": min, "max": max, "step": step}
        for name, number in numbers.items():
            if isinstance(number, bool) or not isinstance(number, (int, float, np.number)) or not math.isfinite(number):
                raise ValueError(f"{label}: {name}: expected a number, got {number!r}")
        if not (min <= value <= max and min < max and step > 0):
            raise ValueError(f"{label}: expected min <= value <= max, min < max and step > 0, got {numbers}")
        if log and min <= 0:
            raise ValueError(f"{label}: min: expected more than 0 on a logarithmic scale, got {min}")
        self.log, self.min, self.max, self.step = log, min, max, step
        self._values = self._logarithmic(value) if log else self._linear()
        if len(self._values) > MOST:
            raise ValueError(f"{label}: expected at most {MOST} positions, got {len(self._values)}: take a larger step")
        super().__init__(self._values[int(np.argmin(np.abs(np.subtract(self._values, value))))], label)
        if not math.isclose(self.value, value, rel_tol=1e-9, abs_tol=1e-9 * step):
            raise ValueError(f"{label}: value: expected min plus a whole number of steps of {step}, got {value}")
        self._words = [self._in_words(number, format) for number in self._values]

    def _linear(self):
        count = round((self.max - self.min) / self.step)
        if not math.isclose(self.min + count * self.step, self.max, rel_tol=1e-9, abs_tol=1e-9 * self.step):
            raise ValueError(f"max: expected min plus a whole number of steps of {self.step}, got {self.max}")
        whole = all(isinstance(number, (int, np.integer)) for number in (self.min, self.max, self.step))
        return [
            int(self.min + k * self.step) if whole else round(float(self.min + k * self.step), 10)
            for k in range(count + 1)
        ]

    def _logarithmic(self, value):
        low, high = (math.log10(end / value) / self.step for end in (self.min, self.max))
        steps = {k for k in range(math.ceil(low), math.floor(high) + 1) if low + 0.5 < k < high - 0.5} | {0, low, high}
        return sorted({float(f"{value * 10 ** (k * self.step):.10g}") for k in steps})

    def _in_words(self, number, format):
        if callable(format):
            return format(number)
        if format is None:
            decimals = len(f"{self.step:.10f}".rstrip("0").partition(".")[2])
            format = ".3g" if self.log else "d" if isinstance(number, int) else f".{decimals}f"
        return f"{number:{format}}".replace("-", "−")

    def position(self, value):
        if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and math.isfinite(value):
            k = int(np.argmin(np.abs(np.subtract(self._values, value))))
            if math.isclose(self._values[k], value, rel_tol=1e-6, abs_tol=1e-6 * self.step):
                return k
        raise ValueError(
            f"{self.label}: expected a number from {self._words[0]} to {self._words[-1]} in steps of {self.step}"
            f"{' powers of ten' * self.log}, got {value!r}"
        )

    def parse(self, typed):
        """The position's value next to a typed number; ValueError for what is not a number or out of range."""
        plain = re.sub(r"\s", "", str(typed).translate(SIGNS))
        ends = f"a number from {self._words[0]} to {self._words[-1]}"
        try:
            number = float(plain)
        except ValueError:
            raise ValueError(f"{self.label}: expected {ends}, got “{typed}”") from None
        slack = 1e-9 * max(abs(self.min), abs(self.max), self.step)
        if not self.min - slack <= number <= self.max + slack:
            raise ValueError(f"{self.label}: expected {ends}, got “{typed}”")
        return self._values[int(np.argmin(np.abs(np.subtract(self._values, number))))]

    def spec(self):
        return super().spec() | {"values": self._values, "log": self.log}


class Stepper(Slider):
    """A slider over whole numbers to be taken one at a time, with buttons for back, on and play.

    ``interval`` is the milliseconds between two steps while it plays, at least.
    """

    kind = "stepper"

    def __init__(self, value, min, max, *, label, interval=900):
        super().__init__(value, min, max, 1, label=label)
        if not all(isinstance(number, int) for number in self._values):
            raise ValueError(f"{label}: expected whole numbers, got {min} to {max}")
        if not interval > 0:
            raise ValueError(f"{label}: interval: expected milliseconds, more than 0, got {interval!r}")
        self.interval = interval

    def spec(self):
        return super().spec() | {"interval": self.interval}


class Choice(Control):
    """One of ``options``: a list of values, or a dict from the words for the reader to the values.

    ``shape`` is ``"buttons"``, ``"list"`` (opens when it is clicked) or ``"slider"``, for options that have an order;
    without one, buttons where they fit into a line.
    """

    kind = "choice"

    def __init__(self, value, options, *, label, shape=None):
        options = options if isinstance(options, dict) else {str(option): option for option in options}
        if not options or not all(isinstance(words, str) and words.strip() for words in options):
            raise ValueError(f"{label}: options: expected at least one, each with words, got {list(options)}")
        if shape not in (None, "buttons", "list", "slider"):
            raise ValueError(f"{label}: shape: expected 'buttons', 'list' or 'slider', got {shape!r}")
        self._words, self._values = list(options), list(options.values())
        super().__init__(value, label)
        self.value = self._values[self.position(value)]
        self.shape = shape or ("buttons" if len(options) < 6 and sum(map(len, options)) <= 52 else "list")

    def spec(self):
        return super().spec() | {"shape": self.shape}


class Switch(Control):
    """On or off, True or False."""

    kind = "switch"
    _values, _words = (False, True), ("no", "yes")

    def __init__(self, value, *, label):
        if not isinstance(value, bool):
            raise ValueError(f"{label}: expected True or False, got {value!r}")
        super().__init__(value, label)


class Button(Control):
    """Something to press. Its value is how often it was pressed, so that no press is lost."""

    kind = "button"

    def __init__(self, *, label):
        super().__init__(0, label)

    def positions(self):
        """Not pressed, and pressed once."""
        return [0, 1]

    def words(self):
        return ["not pressed", "pressed"]

    def position(self, value):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"{self.label}: expected how often it was pressed, got {value!r}")
        return value

    def at(self, position):
        return self.position(position)

    def spec(self):
        return {"kind": self.kind, "label": self.label, "start": 0}


class Text(Control):
    """A line of text to type in. ``longest`` is the number of characters the page takes.

    Its positions are the texts themselves; those that can be listed are the one at first and ``examples``, among
    which a reader chooses where there is no kernel.
    """

    kind = "text"

    def __init__(self, value, *, label, longest=200, examples=()):
        super().__init__(value, label)
        self.longest = longest
        self._values = list(dict.fromkeys(map(self.parse, (value, *examples))))
        self._words = [text if text.strip() else "(nothing)" for text in self._values]

    def position(self, value):
        return self.parse(value)

    def at(self, position):
        return self.parse(position)

    def parse(self, typed):
        """The text itself; ValueError for what is not a text."""
        if not isinstance(typed, str):
            raise ValueError(f"{self.label}: expected a text, got {typed!r}")
        return typed

    def spec(self):
        return {"kind": self.kind, "label": self.label, "start": self.value, "longest": self.longest}

    def listed(self):
        """The choice among the examples, for a page without a kernel."""
        return Choice(self.value, dict(zip(self._words, self._values, strict=True)), label=self.label, shape="list")


def check_beforehand(wanted, controls):
    """The controls that move without a kernel, as a dict from names to the number of positions, 0 for as many as fit.

    ``wanted`` are names, or such a dict; None means the first two. Raises ValueError for a name of no control.
    """
    wanted = list(controls)[:2] if wanted is None else wanted
    wanted = wanted if isinstance(wanted, dict) else dict.fromkeys(wanted, 0)
    if not wanted.keys() <= controls.keys():
        raise ValueError(f"beforehand: expected names among {list(controls)}, got {list(wanted)}")
    return wanted


def check_controls(controls):
    """Return ``controls``, a dict from names to controls; TypeError for anything else."""
    if not isinstance(controls, dict):
        raise TypeError(f"controls: expected a dict from names to controls, got {type(controls).__name__}")
    for name, control in controls.items():
        if not isinstance(control, Control):
            raise TypeError(
                f"controls[{name!r}]: expected a Slider, Stepper, Choice, Switch, Button or Text of "
                f"rnnlib.pictures.controls, got {type(control).__name__}"
            )
    return controls

"""The combining step of a scan."""

import numpy as np

from rnnlib.judging import FunctionExercise, Slip, sizes


class Combine(FunctionExercise):
    """Put two steps of a linear recurrence into one: h -> a_first h + b_first, and then h -> a_second h + b_second.

    Each of the four is an array (B, H); return a and b of the step that does both.
    """

    number = "10.2"
    title = "The combining step"
    difficulty = 2
    returns = ("a", "b")
    praise = "This line, used log2 T times, is the parallel scan."
    hints = (
        "Write the state after the second step with the state before the first: put one line into the other.",
        "The factor of h is a; the rest is b.",
    )

    @staticmethod
    def answer(a_first, b_first, a_second, b_second):
        a = a_second * a_first
        b = a_second * b_first + b_second
        return a, b

    mistakes = (
        Slip(
            {"a_second * b_first + b_second": "a_first * b_second + b_first"},
            "a is right. b is that of the second step before the first. What the first wrote is multiplied by the "
            "factor of the second.",
        ),
        Slip(
            {"a_second * b_first + b_second": "b_first + b_second"},
            "a is right. b adds what both write. What the first has written goes through the second step before it is "
            "read.",
        ),
        Slip(
            {"a_second * b_first + b_second": "a_first * b_first + b_second"},
            "a is right. In b the first step's writing is multiplied by the first step's own factor, which belongs to "
            "h.",
        ),
        Slip(
            {"a_second * b_first + b_second": "a_second * (b_first + b_second)"},
            "a is right. In b the second step's writing is multiplied by its own factor: nothing comes after it.",
        ),
        Slip(
            {"a_second * b_first + b_second": "a_second * a_first * b_first + b_second"},
            "a is right. In b the first step's writing meets one factor too many: only the second step comes after it.",
        ),
        Slip(
            {"a_second * b_first + b_second": "b_second"},
            "a is right. b has lost what the first step wrote: the second keeps a part of it.",
        ),
        Slip(
            {"a_second * b_first + b_second": "b_first * b_second"},
            "a is right. The factors multiply, but what is written adds up, after it has gone through the later step.",
        ),
        Slip(
            {"a_second * a_first": "a_second + a_first"},
            "b is right. a adds the factors. Each step keeps a part of what the one before has kept: they multiply.",
        ),
    )

    def draw(self, rng):
        B, H = sizes(rng, 2)
        return {name: rng.normal(size=(B, H)) for name in ("a_first", "b_first", "a_second", "b_second")}

    def reference(self, a_first, b_first, a_second, b_second):
        def both(h):
            return a_second * (a_first * h + b_first) + b_second

        # two points of a straight line give its slope and where it starts
        return both(np.ones_like(a_first)) - both(0.0), both(0.0)


combine = Combine()

"""Pencil work of chapter 10: two steps in one, a pole, and how much a memory holds."""

import numpy as np

from rnnlib.judging import PencilExercise, Slip


class TwoStepsInOne(PencilExercise):
    """Put h' = 0.5 h + 1 and then h'' = 0.8 h' + 3 into one step h'' = a h + b. How many rounds do 1000 steps take?

    Give a, b, and the rounds of a scan in which the reach doubles each time.
    """

    number = "10.1"
    title = "Two steps in one"
    difficulty = 1
    names = ("a", "b", "rounds")
    tolerance = 0.005
    praise = "Two steps are a step of the same form, so four, eight, sixteen are too: ten doublings reach 1000."
    hints = (
        "Put the first line into the second: h'' = 0.8 (0.5 h + 1) + 3. Multiply out.",
        "After k rounds an entry has seen 2^k steps. Which is the first k with 2^k at least 1000?",
    )

    @staticmethod
    def answer():
        a, b = 0.8 * 0.5, 0.8 * 1 + 3
        rounds = 10
        return a, b, rounds

    def reference(self):
        def both(h):
            return 0.8 * (0.5 * h + 1) + 3

        return both(1.0) - both(0.0), both(0.0), next(k for k in range(100) if 2**k >= 1000)

    mistakes = (
        Slip(
            {"0.8 * 1 + 3": "1 + 3"},
            "The two were added. What the first step writes goes through the second step too, which takes 0.8 of it.",
        ),
        Slip(
            {"0.8 * 1 + 3": "0.5 * 3 + 1"},
            "b is that of the two steps in the other order. The step with 0.5 comes first; what it writes is "
            "multiplied by 0.8 after it.",
        ),
        Slip(
            {"0.8 * 1 + 3": "0.5 * 1 + 3"},
            "The first step's 1 was multiplied by its own 0.5. That factor belongs to h; the 1 meets the factor of "
            "the step after it.",
        ),
        Slip(
            {"0.8 * 1 + 3": "0.8 * (1 + 3)"},
            "The 3 was multiplied by 0.8 as well. It is written by the last step, and nothing comes after it.",
        ),
        Slip(
            {"0.8 * 1 + 3": "3"},
            "This is what the second step writes, alone. What the first has written is still there, 0.8 of it.",
        ),
        Slip(
            {"rounds = 10": "rounds = 9.966"},
            "This is the logarithm of 1000 to base 2. A round is done whole or not at all.",
        ),
        Slip(
            {"0.8 * 0.5": "0.8 + 0.5"},
            "The two factors were added. What is kept is kept twice, a part of a part: they multiply.",
        ),
        Slip(
            {"rounds = 10": "rounds = 1000"},
            "A thousand is what the loop takes, one round a step. Here the reach doubles.",
        ),
        Slip(
            {"rounds = 10": "rounds = 500"},
            "Pairs alone leave 500 entries to go through; they pair up again, and again.",
        ),
        Slip(
            {"rounds = 10": "rounds = 9"},
            "Nine rounds reach 512 steps, which is not yet 1000.",
        ),
    )


class Pole(PencilExercise):
    """Place an eigenvalue: half of an impulse is gone after 100 steps, and it turns once around in 25 steps.

    Give its radius to four digits and its angle in degrees.
    """

    number = "10.3"
    title = "Place a pole"
    difficulty = 1
    names = ("radius", "angle in degrees")
    tolerance = 0.0002
    praise = "The radius is how long, the angle how fast. A memory of 100 steps lies 0.007 inside the circle."
    hints = (
        "After 100 steps radius^100 is left. Which radius makes that a half?",
        "A whole turn has 360 degrees, and every step turns by the same angle.",
    )

    @staticmethod
    def answer():
        radius = 0.5 ** (1 / 100)
        degrees = 360 / 25
        return radius, degrees

    def reference(self):
        # exp(log): the pole whose powers are 1/2 after 100 steps and positive again after 25
        pole = np.exp(np.log(0.5) / 100 + 2j * np.pi / 25)
        return np.abs(pole), np.degrees(np.angle(pole))

    mistakes = (
        Slip(
            {"0.5 ** (1 / 100)": "1 - 1 / 100"},
            "radius: at 1 − 1/100, or exp(−1/100), about 1/e is left after 100 steps. Here a half should be left.",
        ),
        Slip(
            {"0.5 ** (1 / 100)": "1 - 0.5 / 100"},
            "radius: nearly. Half a per cent less at each step leaves 61 per cent, since each step takes its share of "
            "what is left. Take the hundredth root.",
        ),
        Slip(
            {"0.5 ** (1 / 100)": "0.5**100"},
            "radius: that is 0.5 to the power of 100, what is left of a pole at 0.5. Here the power is given, and the "
            "radius wanted.",
        ),
        Slip({"360 / 25": "25"}, "radius: right. The angle is that of one step: a 25th of a whole turn."),
        Slip(
            {"360 / 25": "2 * np.pi / 25"},
            "radius: right. The angle is right in radians; degrees are asked for.",
        ),
        Slip(
            {"360 / 25": "180 / 25"},
            "radius: right. The angle makes half a turn in 25 steps. A whole one has 360 degrees.",
        ),
    )


class Noise(PencilExercise):
    """Random keys of length 1 in d dimensions. How much of what a memory returns is not what was stored?

    Give (1) the mean squared error of the plain sum with 17 pairs at d = 64; (2) the width d at which 101 pairs have an
    error of 0.5; (3) the part of a pair that the delta rule with β = 1 still returns, on average, after 32 more writes
    at d = 32.
    """

    number = "10.7"
    title = "How much a matrix holds"
    difficulty = 1
    names = ("error of the sum", "width", "part of the pair")
    tolerance = 0.0005
    praise = "The sum pays with noise that all share, the delta rule with its oldest pairs."
    hints = (
        "Every other pair adds an error of 1/d on average. How many others are there?",
        "Turn the first around: (n − 1)/d = 0.5.",
        "Each write takes, on average, the share 1/d of what lies under the other keys.",
    )

    @staticmethod
    def answer():
        error = (17 - 1) / 64
        width = (101 - 1) / 0.5
        part = (1 - 1 / 32) ** 32
        return error, width, part

    mistakes = (
        Slip(
            {"17 - 1": "17", "101 - 1": "101"},
            "error and width: a pair does not disturb itself. The n − 1 others add 1/d each.",
        ),
        Slip(
            {"(17 - 1) / 64": "np.sqrt((17 - 1) / 64)"},
            "error: that is its root, the length of the error. The mean of the square is asked for.",
        ),
        Slip(
            {"(101 - 1) / 0.5": "(101 - 1) * 0.5"},
            "error: right. width: with d = 50 the error of 101 pairs is 2. It becomes smaller as d becomes larger.",
        ),
        Slip(
            {"(1 - 1 / 32) ** 32": "1 - 32 / 32"},
            "error and width: right. part: each write takes the share 1/32 of what is left, not of the whole. The "
            "factors multiply.",
        ),
        Slip(
            {"(1 - 1 / 32) ** 32": "(1 - 1 / 32)"},
            "error and width: right. part: that is after one more write. 32 of them follow one another.",
        ),
    )


two_steps_in_one = TwoStepsInOne()
pole = Pole()
noise = Noise()

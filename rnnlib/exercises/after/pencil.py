"""Pencil work of chapter 9: two steps of a linear recurrence in one."""

from ..base import PencilExercise, Slip


class TwoStepsInOne(PencilExercise):
    """Put h' = 0.5 h + 1 and then h'' = 0.8 h' + 2 into one step h'' = a h + b. How many rounds do 1000 steps take?

    Give a, b, and the rounds of a scan in which the reach doubles each time.
    """

    number = "9.2"
    title = "Two steps in one"
    difficulty = 1
    names = ("a", "b", "rounds")
    tolerance = 0.005
    praise = "Two steps are a step of the same form, so four, eight, sixteen are too: ten doublings reach 1000."
    hints = (
        "Put the first line into the second: h'' = 0.8 (0.5 h + 1) + 2. Multiply out.",
        "After k rounds an entry has seen 2^k steps. Which is the first k with 2^k at least 1000?",
    )

    @staticmethod
    def answer():
        a, b = 0.8 * 0.5, 0.8 * 1 + 2
        rounds = 10
        return a, b, rounds

    def reference(self):
        def both(h):
            return 0.8 * (0.5 * h + 1) + 2

        return both(1.0) - both(0.0), both(0.0), next(k for k in range(100) if 2**k >= 1000)

    mistakes = (
        Slip(
            {"0.8 * 1 + 2": "1 + 2"},
            "b: the two were added. What the first step writes goes through the second step too, which takes 0.8 "
            "of it.",
        ),
        Slip(
            {"0.8 * 1 + 2": "0.5 * 2 + 1"},
            "b is that of the two steps in the other order. The step with 0.5 comes first; what it writes is "
            "multiplied by 0.8 after it.",
        ),
        Slip(
            {"0.8 * 1 + 2": "0.5 * 1 + 2"},
            "b: the first step's 1 was multiplied by its own 0.5. That factor belongs to h; the 1 meets the factor of "
            "the step after it.",
        ),
        Slip(
            {"0.8 * 1 + 2": "0.8 * (1 + 2)"},
            "b: the 2 was multiplied by 0.8 as well. It is written by the last step, and nothing comes after it.",
        ),
        Slip(
            {"0.8 * 0.5": "0.8 + 0.5"},
            "a: the two factors were added. What is kept is kept twice, a part of a part: they multiply.",
        ),
        Slip(
            {"rounds = 10": "rounds = 1000"},
            "a and b are right. A thousand is what the loop takes, one round a step. Here the reach doubles.",
        ),
        Slip(
            {"rounds = 10": "rounds = 500"},
            "a and b are right. Pairs alone leave 500 entries to go through; they pair up again, and again.",
        ),
        Slip(
            {"rounds = 10": "rounds = 9"},
            "a and b are right. Nine rounds reach 512 steps, which is not yet 1000.",
        ),
    )


two_steps_in_one = TwoStepsInOne()

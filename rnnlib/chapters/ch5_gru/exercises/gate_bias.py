"""A memory with a half-life."""

import numpy as np

from rnnlib.judging import BuildExercise, Mistake
from rnnlib.judging.learner import number_of

from .pencil import state_after, unit_without_weights

HALF_LIFE = 50


class HalfLife(BuildExercise):
    """Find the bias of the update gate for which half of a state is left after 50 steps, if nothing is written."""

    number = "5.3"
    title = "A memory with a half-life"
    difficulty = 2
    praise = "The logit of z = 2^(-1/50): long memories live where the sigmoid is almost 1."
    hints = (
        "After k steps a state has shrunk to z^k. Which z makes z^50 = 1/2?",
        "The bias is what the sigmoid takes: solve sigmoid(b) = z for b.",
    )

    @staticmethod
    def answer():
        z = 0.5 ** (1 / 50)
        return float(np.log(z / (1 - z)))

    mistakes = (
        Mistake(
            lambda: 0.5 ** (1 / HALF_LIFE),
            "This is z itself, the opening of the gate. You are asked for its bias: the number whose sigmoid is z.",
        ),
        Mistake(
            lambda: -HalfLife.answer(),
            "The size is right, the sign is not: with this bias the gate is almost closed, and a closed update gate "
            "keeps nothing. Do you use the convention in which z writes?",
        ),
        Mistake(
            lambda: 0.0,
            "With a bias of 0 the gate is at one half, so half of the state is gone after one step.",
        ),
        Mistake(
            lambda: float(np.log(HALF_LIFE)),
            "log 50 is the bias that leaves 1/e after some 50 steps. You are asked for one half, which is left sooner.",
        ),
        Mistake(
            lambda: 1 / (1 + np.exp(-(0.5 ** (1 / HALF_LIFE)))),
            "This is the sigmoid of z. It is the other way round: the sigmoid of the bias is z.",
        ),
        Mistake(
            lambda: float(np.log(0.5 ** (1 / HALF_LIFE))),
            "This is the logarithm of z. What undoes the sigmoid is log(z / (1 - z)).",
        ),
        Mistake(
            lambda: float(np.log10(np.exp(HalfLife.answer()))),
            "This is the logarithm to base 10. The sigmoid has the exponential in it, so take the natural one, np.log.",
        ),
        Mistake(
            lambda: 0.5 / HALF_LIFE,
            "A half was divided by the steps. At each step a share of what is left goes: the steps multiply.",
        ),
        Mistake(
            lambda: float(np.log((1 - 0.5 / HALF_LIFE) / (0.5 / HALF_LIFE))),
            "You let a hundredth go at each step, 50 times: half in all, if it were a hundredth of the beginning. It "
            "is "
            "one of what is left, so more than half stays. Which z makes z^50 = 1/2?",
        ),
    )

    def judge(self, answer, seed=None):
        bias = number_of("The bias", answer)
        for mistake in self.mistakes:
            if abs(bias - mistake.answer()) < 0.001 * abs(mistake.answer()) + 0.001:
                return mistake.message
        left = state_after(HALF_LIFE, unit_without_weights(bias), 1.0)
        if abs(left - 0.5) <= 0.02:
            return ""
        more = "more" if left > 0.5 else "less"
        return f"With this bias {left:.3g} of the state is left after {HALF_LIFE} steps: {more} than one half."


half_life = HalfLife()

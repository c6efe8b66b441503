"""Drawing a word at a temperature."""

import numpy as np

from rnnlib.judging import FunctionExercise, Mistake, Slip
from rnnlib.sampling import probabilities


@np.errstate(over="ignore", invalid="ignore")
def _overflowing(O_t, temperature, u):
    e = np.exp(O_t / temperature)
    p = e / e.sum(axis=-1, keepdims=True)
    return (p.cumsum(axis=-1) > u[:, None]).argmax(axis=-1)


class DrawWords(FunctionExercise):
    """Draw one word for each row of the outputs O_t (B, O) at a temperature: whole numbers (B,).

    u (B,) holds a random number between 0 and 1 for each row. The word is the first one at which the running sum of the
    probabilities is above u. The temperature may be as small as 0.01.
    """

    number = "8.5"
    title = "Drawing at a temperature"
    difficulty = 2
    returns = ("words",)
    praise = "One number between 0 and 1 falls into one of the pieces that the probabilities cut; at any temperature."
    hints = (
        "First the probabilities, as in exercise 1.5. At a small temperature exp overflows: take the largest output "
        "of each row away first, which changes no probability.",
        "p.cumsum(axis=-1) is the running sum. Compare it with u[:, None], one number for each row.",
        "argmax of an array of True and False is the place of the first True.",
    )

    @staticmethod
    def answer(O_t, temperature, u):
        e = np.exp((O_t - O_t.max(axis=-1, keepdims=True)) / temperature)
        p = e / e.sum(axis=-1, keepdims=True)
        return (p.cumsum(axis=-1) > u[:, None]).argmax(axis=-1)

    mistakes = (
        Slip({" / temperature": ""}, "The temperature is not used: these are draws at temperature 1."),
        Slip(
            {"/ temperature": "* temperature"},
            "The outputs are multiplied by the temperature, so a high one makes the network surer. It should be the "
            "other way round.",
        ),
        Mistake(
            _overflowing,
            "At a temperature of 0.01 the exponential overflows, and inf / inf is NaN. Take the largest output of each "
            "row away before you divide: no probability changes.",
        ),
        Slip(
            {"return (p.cumsum(axis=-1) > u[:, None]).argmax": "return p.argmax"},
            "This is always the likeliest word, and nothing is drawn: u is not used.",
        ),
        Slip(
            {"p.cumsum(axis=-1)": "p"},
            "The probabilities themselves are compared with u. A word has to be hit in proportion to its size: lay the "
            "pieces end to end, with a running sum.",
        ),
        Slip(
            {"> u": "< u"},
            "Here the first word, number 0, is drawn whatever u is: argmax finds the first place that is True, and "
            "you seem to compare so that this is the first place or none. The word is the first place where the sum "
            "has passed u.",
        ),
        Slip(
            {"(p.cumsum(axis=-1) > u[:, None]).argmax": "-1 + (p.cumsum(axis=-1) < u[:, None]).sum"},
            "Each word is one too low: u falls into the piece that ends where the running sum first is above it.",
        ),
        Slip(
            {"u[:, None]": "u[0]"},
            "All rows are drawn with the first of the random numbers. Each row has one of its own.",
        ),
        Slip(
            {
                " / temperature": "",
                "e / e.sum(axis=-1, keepdims=True)": "e / e.sum(axis=-1, keepdims=True) / temperature",
            },
            "The division comes after the softmax: the probabilities no longer sum to 1. The temperature acts on the "
            "outputs.",
        ),
        Slip(
            {"(p.cumsum(axis=-1) > u[:, None]).argmax(axis=-1)": "(u * len(p[0])).astype(int)"},
            "Every word has the same chance here: the probabilities are not used.",
        ),
        Slip(
            {".argmax(axis=-1)": ".sum(axis=-1)"},
            "You count the places where the running sum is above u. The word is the first of them.",
        ),
    )

    def draw(self, rng):
        B, O = int(rng.integers(25, 35)), int(rng.integers(5, 9))
        return {"O_t": 2 * rng.normal(size=(B, O)), "temperature": rng.uniform(1.6, 2.4), "u": rng.uniform(size=B)}

    def cases(self, seed=None):
        # one is so cold, with outputs so large, that a plain exponential overflows
        first, second, cold = super().cases(seed)
        return [first, second, cold | {"O_t": 8 + cold["O_t"], "temperature": 0.01}]

    def reference(self, O_t, temperature, u):
        chances = probabilities(O_t, temperature)
        return np.array([np.searchsorted(row.cumsum(), v, side="right") for row, v in zip(chances, u, strict=True)])


draw_words = DrawWords()

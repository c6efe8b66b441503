"""Weights of the hand-worked cell for another job."""

import numpy as np

from ...explorers.lstm.cell import memory_cell
from ..base import BuildExercise, Mistake
from ..learner import Problem, array_of


class Latch(BuildExercise):
    """Build a latch: weights for which the output is 1 from a set on until a reset, and 0 from then until a set.

    The inputs are x = (set, reset), each 0 or 1 and never both 1. Answer with a dict of four triples (weight of set,
    weight of reset, bias) under the names z, i, f and o. As in the hand-worked cell g and h are linear.
    """

    number = "4.2"
    title = "A latch that sets and resets"
    difficulty = 3
    praise = (
        "It holds for as long as you like, and a second set changes nothing: a bit of memory with its own switches."
    )
    hints = (
        "z need not look at the inputs at all: what is to be written is always 1.",
        "The input gate opens for set. For which inputs must the forget gate close, so that the memory ends at 0 or 1?",
        "If set comes twice, the old 1 has to go before the new 1 is written: close the forget gate for set as well.",
    )

    @staticmethod
    def answer():
        return {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 20)}

    mistakes = (
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (0, -40, 20), "o": (0, 0, 20)},
            "A set that follows a set makes the memory 2: the new 1 is added to the old one. What has to happen to "
            "the old memory when a new value is written?",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, 0, 20), "o": (0, 0, 20)},
            "A reset does not clear the memory: after it the output is still 1. Which gate takes a memory away?",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 2), "o": (0, 0, 20)},
            "It works at first, and then the memory leaks away: after a long wait the output is no longer 1. See "
            "the table of forget biases: how close to 1 must the gate stay?",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (0, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 20)},
            "Nothing is ever written: after a set the output is still 0. Look at z and at what opens the input gate.",
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (40, 0, -20)},
            "The output is 1 at the set itself and 0 afterwards, although the memory holds 1: the output gate "
            "closes while nothing is called. It should always show the memory.",
        ),
    )

    def judge(self, answer):
        cell = self.read(answer)
        adds, stays, leaks, silent, hidden = (mistake.message for mistake in self.mistakes)

        def run(calls):
            x = np.array([(call == "set", call == "reset") for call in calls], dtype=float)
            return memory_cell(*(x @ cell[name][:2] + cell[name][2] for name in ("z", "i", "f", "o")))

        wait = ["wait"] * 30
        after_set = run(["set", *wait])
        if abs(after_set["c"][0] - 1) > 0.05:
            return silent
        if abs(run(["set", "wait", "set"])["c"][-1] - 1) > 0.05:
            return adds
        if abs(run(["set", "wait", "reset", "wait"])["c"][-1]) > 0.05:
            return stays
        if abs(after_set["c"][-1] - 1) > 0.05:
            return leaks
        if abs(after_set["h"][-1] - 1) > 0.05:
            return hidden
        rng = np.random.default_rng(7)
        calls = rng.choice(["set", "reset", "wait", "wait", "wait"], size=200).tolist()
        wanted, held = [], 0
        for call in calls:
            held = {"set": 1, "reset": 0}.get(call, held)
            wanted.append(held)
        wrong = np.flatnonzero(np.abs(run(calls)["h"] - wanted) > 0.1)
        if len(wrong):
            last = ", ".join(calls[: wrong[0] + 1][-4:])
            return f"On a random sequence of calls it goes wrong at step {wrong[0] + 1}, after: {last}."
        return ""

    def read(self, answer):
        """The four triples as arrays; :class:`Problem` where the answer is something else."""
        if not isinstance(answer, dict) or set(answer) != set("zifo"):
            raise Problem("Answer with a dict that has the names z, i, f and o, each with three numbers.")
        cell = {name: array_of(name, triple) for name, triple in answer.items()}
        for name, triple in cell.items():
            if triple.shape != (3,):
                raise Problem(f"{name}: expected three numbers (weight of set, weight of reset, bias).")
        return cell


latch = Latch()

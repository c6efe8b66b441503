"""Weights of the hand-worked cell for another job."""

import numpy as np

from rnnlib.judging import BuildExercise, Mistake, Problem
from rnnlib.judging.explanation import Told
from rnnlib.judging.learner import array_of, new_rng

from ..explorers.cell import memory_cell


class Latch(BuildExercise):
    """Build a latch: weights for which the output is 1 from a set on until a reset, and 0 from then until a set.

    The inputs are x = (set, reset), each 0 or 1 and never both 1. Answer with a dict of four triples (weight of set,
    weight of reset, bias) under the names z, i, f and o. As in the hand-worked cell g and h are linear.
    """

    number = "4.2"
    title = "A latch that sets and resets"
    difficulty = 3
    praise = (
        "It holds through a thousand quiet steps, and a second set changes nothing: a bit of memory with its own "
        "switches."
    )
    hints = (
        "z need not look at the inputs at all: what should be written is always 1.",
        "The input gate opens for set. For which inputs must the forget gate close, so that the memory ends at 0 or 1?",
        "If set comes twice, the old 1 has to go before the new 1 is written: close the forget gate for set as well.",
    )

    @staticmethod
    def answer():
        return {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 20)}

    ADDS = (
        "The second set has added its 1 to the old one. What has to happen to the old memory when a new value is "
        "written?"
    )
    STAYS = "The reset does not take the memory away. Which gate does that, and what does reset do to it?"
    LEAKS = "The memory leaks while it waits: the forget gate keeps {kept:.4g} of it at each quiet step."
    FILLS = (
        "The memory fills while it waits, though nobody calls: the input gate is {opened:.4g} open at each quiet step."
    )
    SILENT = "The memory is still empty after a set: look at z and at what opens the input gate."
    HIDDEN = (
        "The memory itself is right, and the output gate hides it: it should show the memory at every step, also while "
        "nothing is called."
    )

    mistakes = (
        Mistake(lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (0, -40, 20), "o": (0, 0, 20)}, ADDS),
        Mistake(lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, 0, 20), "o": (0, 0, 20)}, STAYS),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 2), "o": (0, 0, 20)}, LEAKS.format(kept=0.8808)
        ),
        Mistake(
            lambda: {"z": (0, 0, 1), "i": (10, 0, -5), "f": (-10, -10, 5), "o": (0, 0, 5)},
            FILLS.format(opened=0.006693),
        ),
        Mistake(lambda: {"z": (0, 0, 1), "i": (0, 0, -20), "f": (-40, -40, 20), "o": (0, 0, 20)}, SILENT),
        Mistake(lambda: {"z": (0, 0, 1), "i": (40, 0, -20), "f": (-40, -40, 20), "o": (40, 0, -20)}, HIDDEN),
    )
    calls = ("wait", "set", "set", "wait", "reset", "wait")
    long, off = 1000, 0.1

    def judge(self, answer, seed=None):
        cell = self.read(answer)
        story = _run(cell, self.calls)
        wanted = _held(self.calls)
        if np.abs(story["h"] - wanted).max() > self.off:
            told = (
                f"After {', '.join(self.calls)} your outputs are {_numbers(story['h'])}; {_numbers(wanted)} is wanted. "
            )
            why = self.reason(story, wanted)
            return Told(told + why, "known slip" if why else "numbers")
        for begin, value in (((), 0), (("set",), 1), (("set", "reset"), 0)):
            run = _run(cell, [*begin, *["wait"] * self.long])
            wrong = np.flatnonzero(np.abs(run["h"][len(begin) :] - value) > self.off)
            if len(wrong):
                last = run["h"][-1]
                told = (
                    f"After {' and '.join(begin) or 'an empty start'} the output should stay {value}: it does for "
                    f"{wrong[0]} quiet steps, and after {self.long} it is {last:.3g}. "
                )
                why = self.FILLS if np.abs(run["c"][-1]) > np.abs(run["c"][len(begin)]) else self.LEAKS
                return Told(told + why.format(kept=run["f"][-1], opened=run["i"][-1]), "known slip")
        calls = new_rng(seed).choice(["set", "reset", "wait", "wait", "wait"], size=200).tolist()
        output, wanted = _run(cell, calls)["h"], _held(calls)
        wrong = np.flatnonzero(np.abs(output - wanted) > self.off)
        if len(wrong):
            last = ", ".join(calls[: wrong[0] + 1][-4:])
            return Told(
                f"In a random row of calls it goes wrong at step {wrong[0] + 1}: after {last} the output is "
                f"{output[wrong[0]]:.3g}, and {wanted[wrong[0]]} is wanted.",
                "shown",
            )
        return ""

    def reason(self, story, wanted):
        """What the memory and the gates of the story say about its wrong outputs, or nothing."""
        c, h = story["c"], story["h"]
        if abs(c[0]) > self.off:
            return self.FILLS.format(opened=story["i"][0])
        if abs(c[1]) < self.off:
            return self.SILENT
        if np.abs(h - h[1] * wanted).max() <= self.off * abs(h[1]) and abs(h[1]) > self.off:
            told = f"Everything is {h[1]:.3g} times what it should be."
            return f"{told} What is written, and how far does the output gate open?"
        if np.abs(c - wanted).max() <= self.off:
            return self.HIDDEN
        first_right = abs(h[1] - 1) <= self.off
        if first_right and abs(c[2] - 2 * c[1]) <= self.off:
            return self.ADDS
        if first_right and abs(h[3] - 1) <= self.off and np.abs(h[4:] - h[3]).max() <= self.off:
            return self.STAYS
        if first_right and abs(h[2] - 1) <= self.off and np.isclose(c[3], story["f"][3] * c[2], atol=1e-3):
            return self.LEAKS.format(kept=story["f"][3])
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


def _run(cell, calls):
    """The cell over a row of calls: its gates, memory and outputs by name."""
    x = np.array([(call == "set", call == "reset") for call in calls], dtype=float)
    return memory_cell(*(x @ cell[name][:2] + cell[name][2] for name in ("z", "i", "f", "o")))


def _held(calls):
    """What a latch holds after each call."""
    held, states = 0, []
    for call in calls:
        held = {"set": 1, "reset": 0}.get(call, held)
        states.append(held)
    return np.array(states)


def _numbers(values):
    """Numbers with at most two decimals, one after the other."""
    return ", ".join(f"{round(float(value), 2) + 0.0:g}" for value in values)


latch = Latch()

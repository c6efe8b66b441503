"""When to stop a training."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnnlib.judging import FunctionExercise, Slip
from rnnlib.judging.learner import new_rng
from rnnlib.optimizers import SGD
from rnnlib.training import train


class _Nothing:
    """A model that learns nothing, to let the training loop decide when to stop."""

    def __init__(self):
        self.params = {"w": np.zeros(1)}

    def loss_and_gradients(self, batch, rng=None):
        return 0.0, {"w": np.zeros(1)}, None


class StopEarly(FunctionExercise):
    """Early stopping: from the validation losses (N,) of a training, the smallest, and the index to stop at.

    The training stops at the measurement that is the ``patience``-th in a row without a new smallest loss, or else
    at the last one. What comes after that is never seen.
    """

    number = "8.6"
    title = "Early stopping"
    difficulty = 2
    returns = ("best", "stopped")
    praise = "The weights of the best measurement are kept; the wait shows that they were the best."
    hints = (
        "Go through the losses in order and keep two numbers: the smallest so far, and how long you have waited since.",
        "A loss that is smaller than the smallest so far: it becomes the best, and the waiting begins anew. Otherwise "
        "you have waited one longer.",
        "Where you have waited patience times, return. If that never happens, you stop at len(losses) - 1.",
    )

    @staticmethod
    def answer(losses, patience):
        best, waited = losses[0], 0
        for k in range(1, len(losses)):
            if losses[k] < best:
                best, waited = losses[k], 0
            else:
                waited += 1
            if waited == patience:
                return best, k
        return best, len(losses) - 1

    mistakes = (
        Slip(
            {"losses[k] < best": "losses[k] < losses[k - 1]"},
            "Each loss is compared with the one before it. It may fall again and still be far above the best: compare "
            "with the smallest so far.",
        ),
        Slip(
            {"best, waited = losses[k], 0": "best = losses[k]"},
            "The waiting never begins anew, so all bad measurements are counted, and not those in a row.",
        ),
        Slip(
            {"waited == patience": "waited > patience"},
            "You wait one measurement too long: the one that is the patience-th in vain is the last.",
        ),
        Slip(
            {"waited == patience": "waited == patience - 1"},
            "You stop one measurement too early: the one that is the patience-th in vain is still made.",
        ),
        Slip(
            {"return best, k": "return losses[k], k"},
            "This is the loss at which you stop. The smallest came earlier: since then nothing was better.",
        ),
        Slip(
            {
                "best, waited = losses[k], 0": "best, waited, place = losses[k], 0, k",
                "best, waited = losses[0], 0": "best, waited, place = losses[0], 0, 0",
                "return best, k": "return best, place",
                "return best, len(losses) - 1": "return best, place",
            },
            "stopped is where the smallest loss was. The training stops later: only after patience more measurements "
            "is it clear that nothing better came.",
        ),
        Slip(
            {"waited == patience": "False"},
            "You have looked at all losses. When to stop has to be decided on the way, from those seen so far.",
        ),
        Slip(
            {"losses[k] < best": "losses[k] <= best"},
            "A loss that equals the best so far is no progress: only a smaller one begins the waiting anew.",
        ),
        Slip(
            {"losses[k] < best": "losses[k] > best"},
            "The comparison is the wrong way round: the smallest loss is the best.",
        ),
        Slip(
            {"len(losses) - 1": "len(losses)"},
            "Where the patience is never used up, the last index is one less than the number of losses.",
        ),
        Slip(
            {"return best, k": "return losses.min(), k"},
            "The best one comes after the stop: a training that has stopped does not know what it would have reached.",
        ),
        Slip(
            {
                "if losses[k] < best:": "best = min(best, losses[k])\n        if losses[k] < losses[k - 1]:",
                "best, waited = losses[k], 0": "waited = 0",
            },
            "The waiting begins anew whenever a loss is below the one before it. It may fall again and still be far "
            "above the smallest so far.",
        ),
    )

    def draw(self, rng):
        # one decimal, so that losses can be equal
        losses = np.round(rng.uniform(1.5, 3.0, size=int(rng.integers(8, 13))), 1)
        return {"losses": losses, "patience": int(rng.integers(2, 5))}

    def cases(self, seed=None):
        """One that gets better and stops before a smaller loss, one that meets its best twice, one that never stops,
        and one that stops before anything is smaller than its first.
        """
        rng = new_rng(seed)

        def first(wanted):
            return next(filter(wanted, iter(lambda: self.draw(rng), None)))

        while True:
            cases = [first(wanted) for wanted in (self.stops_early, self.meets_its_best_again, self.never_stops)]
            if (
                len({case["patience"] for case in cases}) == 3
                and len({len(case["losses"]) for case in cases}) == 3
                and all(case["losses"][0] > case["losses"].min() for case in cases)
                and any(map(_rises, cases))
            ):
                return [*cases, first(_waits_from_the_first)]

    def stops_early(self, case):
        """Whether it gets better, and stops before a smaller loss."""
        losses, (best, stopped) = case["losses"], self.answer(**case)
        return losses[stopped:].min() < best < min(losses[0], losses[stopped])

    def meets_its_best_again(self, case):
        """Whether the best loss is there twice before the stop."""
        losses, (best, stopped) = case["losses"], self.answer(**case)
        return stopped < len(losses) - 1 and np.sum(losses[: stopped + 1] == best) > 1

    def never_stops(self, case):
        """Whether the patience is never used up, also by one more measurement."""
        losses, patience = case["losses"], case["patience"]
        stopped = self.answer(np.append(losses, 9.0), patience)[1]
        return stopped == len(losses) and losses.argmin() < len(losses) - 2

    def reference(self, losses, patience):
        measured = iter(losses.tolist())
        options = {"measure": lambda model: next(measured), "measure_every": 1, "patience": patience}
        rng = np.random.default_rng(0)
        history = train(_Nothing(), lambda rng: None, len(losses) - 1, SGD(0.1), rng=rng, progress=False, **options)
        return history.measured[history.best_step], len(history)


def _rises(case):
    """Whether the losses do not fall for as many measurements in a row as the patience."""
    rising = np.diff(case["losses"]) >= 0
    return bool(sliding_window_view(rising, case["patience"]).all(axis=1).any())


def _waits_from_the_first(case):
    """Whether the wait for a smaller loss than the first ends the training, and a smaller one comes after that."""
    losses, patience = case["losses"], case["patience"]
    return losses[1 : patience + 1].min() > losses[0] > losses.min()


stop_early = StopEarly()

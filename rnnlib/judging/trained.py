"""Exercises in which something is trained: by the learner, or by the judge on a task of the learner's."""

import numpy as np

from rnnlib.cells import LSTM, Elman
from rnnlib.model import Batch, Model
from rnnlib.optimizers import Adam
from rnnlib.training import train

from .base import Exercise
from .learner import Problem, array_of, call, describe, new_rng


class TrainingExercise(Exercise):
    """Something to train until it does well on sequences that it has never seen.

    The learner hands in a model with ``predict``, or a function of the inputs. A subclass gives ``draw_held_out(rng)``,
    which draws inputs (T, B, D) and what is wanted of them; ``score(predicted, wanted)``, a number;
    ``constant(wanted)``, the best score of an answer that does not look at its inputs; ``goal``, the score to reach;
    ``measure``, its name; and ``answer``, which trains and returns one that does the job.
    """

    goal = 0.9
    measure = "the share of right answers"
    higher_is_better = True
    # Where in the chapter to look, by what the score says.
    no_better_than_constant = ""
    below_goal = ""

    def draw_held_out(self, rng):
        """Inputs and what is wanted of them."""
        raise NotImplementedError

    def score(self, predicted, wanted):
        """How good the predictions are."""
        return float(np.mean(predicted == wanted))

    def constant(self, wanted):
        """The best score without a look at the inputs: here that of the most frequent class."""
        return float(np.unique(wanted, return_counts=True)[1].max() / np.size(wanted))

    def judge(self, answer, seed=None):
        predict = getattr(answer, "predict", answer)
        if not callable(predict):
            raise Problem(f"The check needs your model, or a function of x; it got {describe(answer)}.")
        inputs, wanted = self.draw_held_out(new_rng(seed))
        predicted = call(lambda x: predict(x), {"x": inputs})
        if predicted is ...:
            return None
        predicted = array_of("what your model predicts", predicted)
        if predicted.shape != np.shape(wanted):
            predicted = self.fit(predicted, np.shape(wanted))
        reached, constant = self.score(predicted, wanted), self.constant(wanted)
        sign = 1 if self.higher_is_better else -1
        if sign * reached >= sign * self.goal:
            return ""
        told = (
            f"On {inputs.shape[1]} new sequences {self.measure} is {reached:.3g}; {self.goal:g} is wanted. An answer "
            f"that does not look at its inputs reaches {constant:.3g}."
        )
        if sign * reached <= sign * constant:
            return f"{told} Yours is no better than that. {self.no_better_than_constant}".strip()
        return f"{told} {self.below_goal}".strip()

    def fit(self, predicted, shape):
        """Predictions of another shape than what is wanted: the last step of those of every step, else a Problem."""
        if predicted.ndim == len(shape) + 1 and predicted.shape[1:] == shape:
            return predicted[-1]
        raise Problem(f"Your model should predict an array of the shape {shape}; yours has {predicted.shape}.")


class DesignExercise(Exercise):
    """A task to design, on which one network fails and another does well; the judge trains both to see.

    The learner hands in a function ``task(rng, size)`` that draws ``size`` sequences: inputs ``x (T, size, D)`` and a
    class for each, ``(size,)``, to be named at the last step. Each network has the same budget. The first start that a
    task fails at decides, and no other is trained. A subclass may set the limits, the networks and the goals;
    ``answer`` is a task that does it.
    """

    longest, widest, largest = 60, 8, 10.0
    steps, batch_size, held_out, seeds = 200, 32, 400, 3
    fails, solves = 0.75, 0.95
    weak_name, strong_name = "plain RNN", "LSTM"

    def weak(self, rng, D):
        """The network that should fail: a plain tanh RNN with 16 units."""
        return Elman(D, 16, rng=rng)

    def strong(self, rng, D):
        """The network that should do well: an LSTM with 16 units and a forget bias of 3."""
        return LSTM(D, 16, rng=rng, forget_bias=3.0)

    def judge(self, answer, seed=None):
        rng = new_rng(seed)
        if call(answer, {"rng": new_rng(seed), "size": 4}) is ...:
            return None
        x, classes = self.draw(answer, rng, self.held_out)
        kinds, counts = np.unique(classes, return_counts=True)
        share = counts.max() / len(classes)
        if share > 0.7:
            return (
                f"Of {len(classes)} sequences {share:.0%} have the class {kinds[counts.argmax()]:g}: always saying so "
                "is nearly right, and nothing need be remembered. Let the classes be about equally frequent."
            )
        weak, strong = [], []
        for start in range(self.seeds):
            weak.append(self.accuracy(answer, self.weak, x, classes, start))
            strong.append(self.accuracy(answer, self.strong, x, classes, start))
            starts = "one start" if start == 0 else f"{start + 1} starts each"
            found = (
                f"After {self.steps} steps on your task (T = {len(x)}), from {starts}, the {self.weak_name} is right "
                f"in {_percent(weak)} of new sequences and the {self.strong_name} in {_percent(strong)}; guessing "
                f"gives {share:.0%}."
            )
            if min(strong) < self.solves:
                told = f"The {self.strong_name} should reach {self.solves:.0%} from every start. {self.too_hard}"
                return f"{found} {told}"
            if max(weak) > self.fails:
                told = f"The {self.weak_name} should stay below {self.fails:.0%} from every start. {self.too_easy}"
                return f"{found} {told}"
        self.praise = f"{type(self).praise} {found}"
        return ""

    too_hard = "It is too hard for both so far: what could be shorter, or clearer?"
    too_easy = "It is too easy so far: what makes a plain RNN forget?"

    def draw(self, task, rng, size):
        """``size`` sequences of the learner's task, checked: inputs and classes."""
        drawn = call(task, {"rng": rng, "size": size}, quiet=True)
        rng.random()  # the task was given a copy
        if not isinstance(drawn, tuple | list) or len(drawn) != 2:
            raise Problem(f"Your task should return two things, x and the classes; it returns {describe(drawn)}.")
        x, classes = array_of("x", drawn[0]), array_of("the classes", drawn[1])
        if x.ndim != 3 or x.shape[1] != size:
            raise Problem(f"x should have the shape (T, {size}, D) for size={size}; yours has {x.shape}.")
        if classes.shape != (size,):
            raise Problem(f"There should be one class a sequence, shape ({size},); yours have {classes.shape}.")
        if np.any(classes != classes.astype(int)) or classes.min() < 0 or classes.max() > 4:
            raise Problem("The classes should be whole numbers from 0 to 4 at most.")
        if len(x) > self.longest or x.shape[2] > self.widest or np.abs(x).max() > self.largest:
            raise Problem(
                f"At most {self.longest} steps, {self.widest} inputs a step and values up to {self.largest:g}; yours "
                f"has {len(x)} steps, {x.shape[2]} inputs and values up to {np.abs(x).max():.3g}."
            )
        return x, classes.astype(int)

    def accuracy(self, task, make, x, classes, start):
        """Train one network from one start on fresh batches of the task: its share of right classes."""
        rng = np.random.default_rng(1000 + start)
        model = Model(make(rng, x.shape[2]), 5, rng=rng)

        def draw_batch(rng):
            batch_rng = np.random.default_rng(rng.integers(2**63))
            drawn = task(rng=batch_rng, size=self.batch_size)
            inputs, wanted = np.asarray(drawn[0], dtype=float), np.asarray(drawn[1], dtype=int)
            targets, mask = np.zeros(inputs.shape[:2], dtype=int), np.zeros(inputs.shape[:2], dtype=bool)
            targets[-1], mask[-1] = wanted, True
            return Batch(inputs, targets, mask)

        train(model, draw_batch, self.steps, Adam(0.01), rng=rng, clip=1.0, progress=False)
        return float(np.mean(model.predict(x)[-1] == classes))


def _percent(shares):
    return f"{shares[0]:.0%}" if min(shares) == max(shares) else f"{min(shares):.0%} to {max(shares):.0%}"

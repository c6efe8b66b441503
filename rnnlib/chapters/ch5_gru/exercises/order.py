"""Something to train in chapter 5: which of two symbols came first."""

import numpy as np

import rnnlib
from rnnlib.judging import TrainingExercise
from rnnlib.tasks import temporal_order

STEPS = 30


class OrderOfTwo(TrainingExercise):
    """Train a network to tell which two marked symbols are among 30, and in which order; 95 % of new ones right.

    Inputs are (T, B, 8), one-hot, as ``temporal_order.draw_batch`` draws them; the class is asked for at the last step.
    """

    number = "5.5"
    title = "Train it yourself"
    difficulty = 2
    goal = 0.95
    praise = "Judged on sequences that it has never seen, which is the only way to know."
    hints = (
        "rnnlib.Model(network, 4, rng=rng) puts a readout for four classes on a network with 8 inputs.",
        "rnnlib.train(model, lambda rng: temporal_order.draw_batch(rng, 32, 30), steps, rnnlib.Adam(rate), rng=rng, "
        "clip=1.0) trains it.",
        "A GRU with a dozen units, 300 steps at a rate of 0.01 is enough. Watch the loss leave ln 4 = 1.39.",
    )
    no_better_than_constant = "Has the training run, and did its loss leave ln 4 = 1.39?"
    below_goal = "It has learned something. More steps, another rate, or gates that keep from the start?"

    def draw_held_out(self, rng):
        batch = temporal_order.draw_batch(rng, 500, STEPS)
        return batch.x, batch.targets[-1]

    @staticmethod
    def answer():
        rng = np.random.default_rng(0)
        model = rnnlib.Model(rnnlib.GRUResetAfter(8, 12, rng=rng), 4, rng=rng)
        adam = rnnlib.Adam(0.01)
        rnnlib.train(model, lambda rng: temporal_order.draw_batch(rng, 32, 30), 300, adam, rng=rng, clip=1.0)
        return model


order_of_two = OrderOfTwo()

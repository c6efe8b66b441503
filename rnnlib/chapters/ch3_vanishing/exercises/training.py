"""A plain recurrent network, trained across forty steps."""

import numpy as np

import rnnlib
from rnnlib.judging import TrainingExercise
from rnnlib.tasks import recall

LAG = 40


class AcrossFortySteps(TrainingExercise):
    """Train a plain recurrent network to recall a class over 40 steps, right in at least 95 of 100 new sequences.

    The task is ``recall.draw_batch(rng, 32, 40)``, the network an Elman network of your choice.
    """

    number = "3.6"
    title = "Across forty steps"
    difficulty = 2
    goal = 0.95
    praise = (
        "Forty steps, without a gate. The task was never out of reach; the start of the weights and the size of the "
        "steps decided."
    )
    hints = (
        "The network at the beginning of the chapter fails at lag 20. What did “Second remedy” change? Two of its four "
        "starts learned lag 40 from every seed.",
        'Elman takes recurrent="orthogonal", or recurrent="identity" together with activation="relu". The rate '
        "that worked for them was 0.03, ten times smaller than that of the first experiment.",
        "rnnlib.train(model, lambda rng: recall.draw_batch(rng, 32, 40), 200, rnnlib.SGD(0.03), rng=rng, clip=1.0)",
    )
    no_better_than_constant = (
        "Nothing of the first step reaches the last. Look at the start of the weights, at the rate, and at the number "
        "of steps."
    )
    below_goal = "Try more steps of training, a smaller rate, or another start of the weights."

    @staticmethod
    def answer():
        rng = np.random.default_rng(1)
        model = rnnlib.Model(rnnlib.Elman(3, 16, rng=rng, recurrent="orthogonal"), 2, rng=rng)
        sgd = rnnlib.SGD(0.03)
        rnnlib.train(model, lambda rng: recall.draw_batch(rng, 32, 40), 200, sgd, rng=rng, clip=1.0, progress=False)
        return model

    def draw_held_out(self, rng):
        batch = recall.draw_batch(rng, 1000, LAG)
        return batch.x, batch.targets[-1]


across_forty_steps = AcrossFortySteps()

"""A language model to train, judged on text that it has never read."""

import numpy as np

import rnnlib
from rnnlib.judging.learner import Problem
from rnnlib.judging.trained import TrainingExercise
from rnnlib.tasks import flights

V = len(flights.WORDS)
MOST_PARAMETERS = 4000


class SmallModel(TrainingExercise):
    """Train a language model with at most 4000 parameters to a perplexity of at most 2.4 on requests it has never read.

    Hand in the model: ``model.outputs(x)`` gives the logits (T, B, V) for inputs (T, B, V), as those of
    ``rnnlib.Model``. The held-out text is drawn from the grammar by the check.
    """

    number = "8.7"
    title = "A small model near the floor"
    difficulty = 2
    goal = 2.4
    measure = "the perplexity"
    higher_is_better = False
    praise = "Less than half the parameters of the chapter's GRU come nearly as low: the grammar is small."
    no_better_than_constant = "It says nothing that depends on the words before: was it trained?"
    below_goal = "It has learned something. Think of the number of steps, the learning rate, and the windows."
    hints = (
        "Count first: a GRU has 3 H (V + H + 1) parameters and the readout V (H + 1). Which H stays below 4000?",
        "Take the training of the chapter: rnnlib.stream(text, 20), Adam, clip=1.0. Watch the loss of a held-out text.",
        "A small network copes with a larger rate: try 0.02, and 300 steps.",
    )

    @staticmethod
    def answer():
        rng = np.random.default_rng(0)
        V = len(flights.WORDS)
        text = flights.draw_text(rng, 32, 3000)
        model = rnnlib.Model(rnnlib.GRUResetAfter(V, 16, rng=rng), V, rng=rng)
        rnnlib.train(
            model, rnnlib.stream(text, 20), 300, rnnlib.Adam(0.02), rng=rng, clip=1.0, description="small model"
        )
        return model

    def judge(self, answer, seed=None):
        outputs, params = getattr(answer, "outputs", None), getattr(answer, "params", None)
        if not callable(outputs) or not isinstance(params, dict):
            raise Problem("The check needs the model itself: an object with outputs(x) and params, as rnnlib.Model is.")
        count = sum(np.size(array) for array in params.values())
        if count > MOST_PARAMETERS:
            return f"Your model has {count} parameters; at most {MOST_PARAMETERS} are allowed. Take fewer units."
        return super().judge(outputs, seed)

    def draw_held_out(self, rng):
        batch = flights.draw_text(rng, 64, 200)
        return batch.x, batch.targets

    def fit(self, predicted, shape):
        """Logits have an axis more than the words that are wanted."""
        if predicted.shape == (*shape, V):
            return predicted
        raise Problem(f"The outputs should be logits of the shape {(*shape, V)}; yours have {predicted.shape}.")

    def score(self, predicted, wanted):
        """exp of the mean surprise of the words."""
        with np.errstate(divide="ignore", over="ignore"):
            chances = rnnlib.softmax(predicted.astype(float))
            return float(np.exp(-np.log(np.take_along_axis(chances, wanted[..., None], axis=-1)).mean()))

    def constant(self, wanted):
        """The perplexity of the frequencies of the words."""
        counts = np.bincount(wanted.ravel())
        shares = counts[counts > 0] / counts.sum()
        return float(np.exp(-np.sum(shares * np.log(shares))))


small_model = SmallModel()

"""The kinds of exercises: a bug hunt, something trained, a task designed; each on a small example."""

import numpy as np
import pytest

import rnnlib
from rnnlib.chapters.ch1_forward_pass import exercises as forward_pass
from rnnlib.judging import BugHunt, DesignExercise, TrainingExercise
from rnnlib.tasks import recall


class Hunt(BugHunt, type(forward_pass.unrolled)):
    bug = {"S, states = S_0": "S, states = 0 * S_0"}  # noqa: RUF012
    innocent = {"np.stack": "It lays the states along a new axis for time."}  # noqa: RUF012


def test_a_bug_hunt_takes_the_line_or_the_mended_function():
    hunt = Hunt()
    assert hunt.faulty_lines == [2]
    assert str(hunt.show()).splitlines()[1] == "  2      S, states = 0 * S_0, []"
    assert hunt.check(2)
    assert hunt.check(Hunt.answer)
    assert "Line 6 is as it should be: return np.stack(states) It lays" in hunt.check(6).text
    assert "has the lines 1 to 6; there is no line 0" in hunt.check(0).text
    assert "still the broken function" in hunt.check(hunt.broken).text
    assert hunt.check(...).word == "Not tried yet"
    assert "needs your function itself" in hunt.check(True).text


def test_a_bug_that_changes_the_number_of_lines_is_refused():
    class Longer(Hunt):
        bug = {"    return": "    S = S\n    return"}  # noqa: RUF012

    with pytest.raises(ValueError, match="expected changes within lines, got 7 lines for 6"):
        Longer().check(2)


class Recall20(TrainingExercise):
    goal = 0.95
    title = praise = "Recall over 20 steps."
    no_better_than_constant = "Train it for longer."
    below_goal = "It has learned something."

    def draw_held_out(self, rng):
        batch = recall.draw_batch(rng, 500, 20)
        return batch.x, batch.targets[-1]


def recall_model(steps):
    rng = np.random.default_rng(0)
    model = rnnlib.Model(rnnlib.LSTM(3, 8, rng=rng, forget_bias=3.0), 2, rng=rng)
    if steps:
        rnnlib.train(model, lambda r: recall.draw_batch(r, 32, 20), steps, rnnlib.Adam(0.01), rng=rng, progress=False)
    return model


def test_a_trained_model_is_judged_on_held_out_data():
    model = recall_model(120)
    assert Recall20().check(model)
    assert Recall20().check(lambda x: model.predict(x)[-1], seed=5)
    untrained = Recall20().check(recall_model(0)).text
    assert "An answer that does not look at its inputs reaches 0.5" in untrained
    assert "Yours is no better than that. Train it for longer." in untrained
    half = Recall20().check(lambda x: np.where(np.arange(x.shape[1]) % 2, model.predict(x)[-1], 0)).text
    assert half.endswith("It has learned something.")
    assert "should predict an array of the shape (500,); yours has (3, 3)" in Recall20().check(lambda x: np.eye(3)).text
    assert "or a function of x; it got 7 (int)" in Recall20().check(7).text
    assert Recall20().check(...).word == "Not tried yet"


class Design(DesignExercise):
    title, praise = "A task", "The LSTM keeps it."
    seeds = 2

    @staticmethod
    def answer(rng, size):
        classes = rng.integers(2, size=size)
        x = np.zeros((41, size, 2))
        x[0, :, 0], x[1:, :, 1] = 2 * classes - 1, rng.uniform(-2, 2, (40, size))
        return x, classes


def test_a_designed_task_is_judged_by_training_both_networks():
    verdict = Design().check(Design.answer)
    assert verdict, verdict
    assert "the plain RNN is right in" in verdict.text

    def easy(rng, size):
        x, classes = Design.answer(rng, size)
        return x[:3], classes

    assert "It is too easy so far" in Design().check(easy).text
    Hard = type("Hard", (Design,), {"steps": 5})
    assert "It is too hard for both so far" in Hard().check(Design.answer).text


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (lambda rng, size: (np.ones((5, size, 2)), np.zeros(size)), "100% have the class 0: always saying so"),
        (lambda rng, size: np.ones((5, size, 2)), "should return two things, x and the classes"),
        (lambda rng, size: (np.ones((size, 5, 2)), np.zeros(size)), "x should have the shape (T, 400, D)"),
        (lambda rng, size: (np.ones((5, size, 2)), np.zeros((5, size))), "one class a sequence, shape (400,)"),
        (lambda rng, size: (np.ones((5, size, 2)), np.full(size, 0.5)), "whole numbers from 0 to 4"),
        (lambda rng, size: (np.ones((500, size, 2)), np.arange(size) % 2), "At most 60 steps"),
        (lambda size: 0, "has to take the arguments rng, size"),
    ],
)
def test_a_task_that_cannot_be_judged_is_told_why(task, words):
    assert words in Design().check(task).text
    assert Design().check(lambda rng, size: ...).word == "Not tried yet"

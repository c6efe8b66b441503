"""A task to design in chapter 4: one that a plain RNN fails at and an LSTM solves."""

import numpy as np

from rnnlib.judging import DesignExercise


class TaskForAnLSTM(DesignExercise):
    """Design a task on which a plain RNN stays below 75 % and an LSTM reaches 95 %: ``task(rng, size) -> x, classes``.

    At most 60 steps and 8 inputs a step. The class of each sequence is asked for at its last step.
    """

    number = "4.5"
    title = "A task for an LSTM"
    difficulty = 3
    praise = "Something has to be held, and something else has to be kept out. That is what gates are for."
    hints = (
        "Which of the two has trouble with distance? Ask at the end for something that was said at the start.",
        "If the plain RNN still learns it, what comes in between may be too quiet. What would push its state around?",
        "Put the class on one input at the first step, and loud noise, between -2 and 2, on another at the next 40.",
    )
    too_easy = (
        "What would make a plain RNN forget? More steps between what is said and what is asked, or louder noise on an "
        "input of its own in between."
    )
    too_hard = "What would help the LSTM? Fewer steps, or a clearer sign of what has to be kept."

    @staticmethod
    def answer(rng, size):
        # the class comes first, on an input of its own; noise follows on the other for 40 steps
        classes = rng.integers(2, size=size)
        x = np.zeros((41, size, 2))
        x[0, :, 0] = 2 * classes - 1
        x[1:, :, 1] = rng.uniform(-2, 2, size=(40, size))
        return x, classes


task_for_an_lstm = TaskForAnLSTM()

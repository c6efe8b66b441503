"""What an exercise is, how an answer is called, compared and spoken to; and the predictions before the explorers."""

from .base import BuildExercise, Exercise, FunctionExercise
from .bug_hunt import BugHunt
from .learner import Problem, sizes
from .mistake import Mistake, Slip
from .pencil import PencilExercise
from .prediction import after_commit, predict_choice, predict_number
from .progress import exercises_of, progress
from .recall import ask_choice, ask_number, recall
from .trained import DesignExercise, TrainingExercise
from .verdict import Verdict

__all__ = [
    "BugHunt",
    "BuildExercise",
    "DesignExercise",
    "Exercise",
    "FunctionExercise",
    "Mistake",
    "PencilExercise",
    "Problem",
    "Slip",
    "TrainingExercise",
    "Verdict",
    "after_commit",
    "ask_choice",
    "ask_number",
    "exercises_of",
    "predict_choice",
    "predict_number",
    "progress",
    "recall",
    "sizes",
]

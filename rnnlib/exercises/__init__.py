"""The exercises: a package a chapter, a class an exercise; and the predictions before the explorers."""

from .base import BuildExercise, Exercise, FunctionExercise, Mistake, PencilExercise, Slip, chapter, progress
from .learner import Problem
from .prediction import predict_choice, predict_number
from .verdict import Verdict

__all__ = [
    "BuildExercise",
    "Exercise",
    "FunctionExercise",
    "Mistake",
    "PencilExercise",
    "Problem",
    "Slip",
    "Verdict",
    "chapter",
    "predict_choice",
    "predict_number",
    "progress",
]

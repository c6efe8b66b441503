"""Shortening a gradient that is too long."""

import numpy as np

from rnnlib.judging import FunctionExercise, Mistake, Slip, sizes
from rnnlib.optimizers import clip_by_norm


class ClipNorm(FunctionExercise):
    """Clip the gradients of W_x, W_s and b_s by their common norm, as one vector; return the three."""

    number = "3.5"
    title = "Clipping by norm"
    difficulty = 1
    returns = ("clipped g_x", "clipped g_s", "clipped g_b")
    praise = "One factor for all, so the direction stays and only the step gets shorter."
    hints = (
        "All three arrays together are one long vector. Its norm is the root of the sum of the squares of all entries.",
        "If the norm is at most the threshold, return the gradients as they are.",
        "Otherwise multiply all three by the same factor. Which factor makes a vector of length norm one of length "
        "threshold?",
    )

    @staticmethod
    def answer(g_x, g_s, g_b, threshold):
        squares = np.sum(g_x**2) + np.sum(g_s**2) + np.sum(g_b**2)
        norm = np.sqrt(squares)
        factor = min(1.0, threshold / norm)
        return factor * g_x, factor * g_s, factor * g_b

    mistakes = (
        Slip(
            {"np.sqrt(squares)": "np.sum(np.abs(g_x)) + np.sum(np.abs(g_s)) + np.sum(np.abs(g_b))"},
            "The norm of yours is the sum of the absolute values. The length of a vector is the square root of the sum "
            "of its squares.",
        ),
        Slip(
            {
                "np.sum(g_x**2)": "np.linalg.norm(g_x, 2) ** 2",
                "np.sum(g_s**2)": "np.linalg.norm(g_s, 2) ** 2",
            },
            "For the matrices you took the largest singular value, np.linalg.norm(matrix, 2). The length of all "
            "entries together is asked for: the square root of the sum of their squares, np.linalg.norm(matrix).",
        ),
        Mistake(
            lambda threshold, **g: tuple(np.clip(part, -threshold, threshold) for part in g.values()),
            "This clips by value: each entry is cut by itself, and the direction turns. See “By norm or by value”.",
        ),
        Mistake(
            lambda threshold, **g: tuple(clip_by_norm({"g": part}, threshold)[0]["g"] for part in g.values()),
            "Each array is clipped by its own norm, so they are shortened by different factors and the direction "
            "turns. There is one norm, that of all entries together.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "threshold / norm"},
            "Short gradients are made longer: they are scaled to the threshold as well. What is within it stays as it "
            "is.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "1 / norm if norm > threshold else 1"},
            "A gradient that is too long becomes one of length 1. It should have the length of the threshold.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "1 / norm"},
            "Every gradient gets the length 1. Only one that is longer than the threshold is changed, and the "
            "threshold is the length it gets.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "threshold if norm > threshold else 1"},
            "A gradient that is too long is multiplied by the threshold, and not divided by its norm: it is still too "
            "long, or too short, whatever it was.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "1 / threshold if norm > threshold else 1"},
            "A gradient that is too long is divided by the threshold. How long it is then still depends on how long it "
            "was.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "norm / threshold if norm > threshold else 1"},
            "The factor is upside down: a gradient that is too long becomes longer still.",
        ),
        Slip({"np.sqrt(squares)": "squares"}, "The root is missing: the sum of squares is the square of the norm."),
        Slip(
            {"np.sqrt(squares)": "sum(map(np.linalg.norm, (g_x, g_s, g_b)))"},
            "The norms of the three arrays are added up. Add the squares of all entries, then take one root.",
        ),
        Slip(
            {"np.sqrt(squares)": "max(map(np.linalg.norm, (g_x, g_s, g_b)))"},
            "The largest of the three norms is taken for all. All entries together are one vector, which is longer.",
        ),
        Slip(
            {"np.sqrt(squares)": "max(np.abs(g).max() for g in (g_x, g_s, g_b))"},
            "The largest entry is taken for the norm. The direction is kept, but the vector stays longer than the "
            "threshold.",
        ),
        Slip(
            {"**2": ""},
            "The entries are added up without their squares, so positive and negative ones cancel.",
        ),
        Slip(
            {"np.sum": "np.mean"},
            "The squares are averaged within each array. The norm is the root of their sum.",
        ),
        Slip(
            {" + np.sum(g_b**2)": ""},
            "The bias has been left out of the norm. All three arrays belong to the one vector.",
        ),
        Slip(
            {"factor * g_b": "g_b"},
            "The weights are right; the gradient of the bias has not been shortened. One factor for all three.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "0 if norm > threshold else 1"},
            "A gradient that is too long is thrown away. It should be shortened: its direction is still good.",
        ),
        Slip(
            {"min(1.0, threshold / norm)": "1"},
            "Nothing is clipped. Is the comparison the right way round, and is the clipped gradient what you return?",
        ),
        Slip(
            {"min(": "max("},
            "The comparison is the wrong way round: long gradients stay and short ones are made longer.",
        ),
    )

    def draw(self, rng):
        D, H = sizes(rng, 2)
        return {
            "g_x": 2 * rng.normal(size=(H, D)),
            "g_s": rng.normal(size=(H, H)),
            "g_b": rng.normal(size=H) / 2,
            "threshold": 1.5 + rng.uniform(),
        }

    def cases(self, seed=None):
        # one gradient is within the threshold
        long, longer, short = super().cases(seed)
        within = {name: 0.1 * part for name, part in short.items() if name != "threshold"}
        return [long, longer, short | within]

    def reference(self, g_x, g_s, g_b, threshold):
        clipped, _ = clip_by_norm({"x": g_x, "s": g_s, "b": g_b}, threshold)
        return clipped["x"], clipped["s"], clipped["b"]


clip_norm = ClipNorm()

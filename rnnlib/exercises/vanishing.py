"""Exercises of chapter 3: vanishing and exploding gradients."""

import numpy as np

from .. import style
from ..cells import Elman
from ..figures import Picture
from ..figures.choices import four_curves
from ..gradient_flow import jacobian_norms, power_norms, spectral_radius
from ..optimizers import clip_by_norm, global_norm
from ..unroll import bptt, unroll
from .base import BuildExercise, FunctionExercise, Mistake, PencilExercise
from .learner import Problem, array_of


def four_power_norms():
    """The norms of the powers of four matrices, as the panels A to D; C is [[0.9, 5], [0, 0.9]].

    All four begin with the same entry 5 off the diagonal.
    """
    matrices = ([[0.9, 5], [0, 0]], [[1.06, 5], [0, 0.3]], [[0.9, 5], [0, 0.9]], [[1, 5], [0, 0]])
    norms = [power_norms(np.array(matrix, dtype=float), 100) for matrix in matrices]
    fig = style.new_figure(9, 2.6)
    axes = {"xlabel": "power n", "ylabel": "norm of Wⁿ", "yscale": "log", "ylim": (0.01, 1000), "xticks": [0, 50, 100]}
    four_curves(fig, np.arange(101), norms, **axes)
    return Picture(
        fig,
        """Four curves over n from 0 to 100, on a log scale, all beginning with 1 and then 5. A falls from there in a
        straight line. B grows without end. C rises further, to 19, bends and falls. D stays where it is.""",
    )


class PowerOnPaper(PencilExercise):
    """Estimate by logarithms what is left of a 1 after 201 steps at W_s = 0.9; log10(0.9) is -0.045757.

    y_T = W_s^(T-1) with T = 201. Wanted: log10 of y_T, log10 of dy_T/dW_s, and how many steps leave a tenth.
    """

    title = "A power on paper"
    difficulty = 1
    names = ("log10 of y_201", "log10 of its derivative", "steps that leave a tenth")
    tolerance = 0.01
    praise = "A power is a straight line on a log scale: so many decimal places lost with every step."
    hints = (
        "The logarithm of a power is the exponent times the logarithm. Which exponent has y_T at T = 201?",
        "The derivative of W^n is n W^(n-1). Its logarithm is a sum of two.",
        "A tenth is -1 on the log scale. Each step adds -0.045757. How many steps make -1? It need not be whole.",
    )

    @staticmethod
    def answer():
        T, log_W = 201, np.log10(0.9)
        return (T - 1) * log_W, np.log10(T - 1) + (T - 2) * log_W, -1 / log_W

    def reference(self):
        unit = {"W_x": np.ones((1, 1)), "W_s": np.full((1, 1), 0.9), "b_s": np.zeros(1)}
        x = np.zeros((201, 1, 1))
        x[0] = 1
        run = unroll(Elman.from_params(unit, activation="linear"), x)
        d_outputs = np.zeros_like(x)
        d_outputs[-1] = 1
        derivative = bptt(run, d_outputs).params["W_s"].item()
        first, last = run.outputs[0].item(), run.outputs[-1].item()
        return np.log10(last), np.log10(derivative), 200 / np.log10(first / last)

    mistakes = (
        Mistake(
            lambda: (201 * np.log10(0.9), np.log10(201) + 200 * np.log10(0.9), -1 / np.log10(0.9)),
            "One factor too many. The first step brings the 1 in; only the T - 1 steps after it multiply it by W_s. "
            "See “The simplest network there is”.",
        ),
        Mistake(
            lambda: (200 * np.log(0.9), np.log(200) + 199 * np.log(0.9), -np.log(10) / np.log(0.9)),
            "These are natural logarithms. Asked for is the logarithm to base 10, which counts decimal places.",
        ),
        Mistake(
            lambda: (-200 * np.log10(0.9), np.log10(200) - 199 * np.log10(0.9), -1 / np.log10(0.9)),
            "The sign is lost. The logarithm of a number below 1 is negative, and so is that of its powers.",
        ),
        Mistake(
            lambda: (200 * np.log10(0.9), 199 * np.log10(0.9), -1 / np.log10(0.9)),
            "In the derivative a factor is missing: deriving W^n brings the n down. It comes from the 200 uses of W_s.",
        ),
        Mistake(
            lambda: (200 * np.log10(0.9), np.log10(200) + 200 * np.log10(0.9), -1 / np.log10(0.9)),
            "In the derivative the exponent has stayed: deriving lowers it by one.",
        ),
        Mistake(
            lambda: (200 * np.log10(0.9), np.log10(200) * 199 * np.log10(0.9), -1 / np.log10(0.9)),
            "In the derivative the two logarithms are multiplied. The logarithm of a product is the sum of the two.",
        ),
        Mistake(
            lambda: (0.9**200, 200 * 0.9**199, -1 / np.log10(0.9)),
            "These are the value and the derivative themselves, nearly 0. Their logarithms are asked for: they say how "
            "nearly.",
        ),
        Mistake(
            lambda: (200 * np.log10(0.9), np.log10(200) + 199 * np.log10(0.9), -np.log10(2) / np.log10(0.9)),
            "The last number is the steps that leave a half. A tenth takes more than three times as many.",
        ),
    )


def square_matrix(answer, rows=None):
    """The answer as a square array; :class:`Problem` where it is something else."""
    matrix = array_of("W_s", answer)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or rows not in (None, len(matrix)) or not len(matrix):
        wanted = f"({rows}, {rows})" if rows else "(H, H)"
        raise Problem(f"W_s should be a square matrix with the shape {wanted}; yours has {matrix.shape}.")
    largest = np.max(np.abs(matrix))
    if largest > 100:
        raise Problem(f"The largest entry of W_s is {largest:.3g}. Entries between -100 and 100 are enough.")
    return matrix


class KeepGradient(BuildExercise):
    """Build a W_s (8, 8) for a linear network that carries every gradient over 100 steps.

    Whatever its direction, a gradient of length 1 should have a length between 0.5 and 2 after 100 steps back.
    """

    title = "Keep a gradient for 100 steps"
    difficulty = 2
    praise = "No direction is lost and none explodes: all singular values of W_s^100 lie near 1."
    hints = (
        "Over 100 steps 0.99 becomes 0.37 and 1.01 becomes 2.7. So there is little room.",
        "Eigenvalues on the unit circle are not enough: look at the explorer of matrices, and at its non-normal one.",
        "Which matrices leave the length of every vector as it is? “Second remedy” names a kind of them, and rnnlib "
        "can draw one.",
    )
    steps, low, high = 100, 0.5, 2.0

    SHRINKS = "Every direction shrinks on the way, so this gradient vanishes: see what 0.99 makes of 1000 steps."
    GROWS = "Every direction grows on the way, so this gradient explodes: see what 1.01 makes of 1000 steps."
    MIXED = (
        "Some directions grow, others are lost. Your matrix stretches some vectors and squeezes others, and a hundred "
        "steps take both to the end. Scaling it mends only one of the two."
    )
    LOSES = (
        "Some directions are kept, others die. It is not enough that the largest singular value behaves: a gradient "
        "that points elsewhere is gone. Which vectors does your matrix make shorter?"
    )
    HUMP = (
        "All eigenvalues lie near the unit circle, and still a direction grows: the matrix is non-normal, and each "
        "step adds to the stretch. The eigenvalues say where it ends in the long run, not how long a vector is."
    )

    @staticmethod
    def answer():
        Q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))
        return Q

    mistakes = (
        Mistake(lambda: 0.99 * np.eye(8), SHRINKS),
        Mistake(lambda: 1.01 * np.eye(8), GROWS),
        Mistake(lambda: np.random.default_rng(0).normal(size=(8, 8)) / np.sqrt(8), MIXED),
        Mistake(lambda: np.diag([1.0, 1, 1, 1, 0.9, 0.9, 0.9, 0.9]), LOSES),
        Mistake(lambda: np.eye(8) + np.diag(np.full(7, 0.1), k=1), HUMP),
    )

    def judge(self, answer):
        W_s = square_matrix(answer, 8)
        lengths = np.linalg.svd(np.linalg.matrix_power(W_s, self.steps), compute_uv=False)
        shortest, longest = lengths[-1], lengths[0]
        if self.low <= shortest and longest <= self.high:
            return ""
        eigenvalues = np.abs(np.linalg.eigvals(W_s)) ** self.steps
        if longest > self.high and self.low <= eigenvalues.min() and eigenvalues.max() <= self.high:
            message = self.HUMP
        elif longest > self.high:
            message = self.GROWS if shortest > 1 else self.MIXED
        else:
            message = self.SHRINKS if longest < self.low else self.LOSES
        return (
            f"{message} After {self.steps} steps the lengths lie between {shortest:.2g} and {longest:.2g}; wanted is "
            f"{self.low:g} to {self.high:g}."
        )


class Hump(BuildExercise):
    """Build a square W_s, of any size up to 10, whose powers first grow and then die.

    Its spectral radius is below 1, and yet the norm of some power is at least ten times the norm of W_s itself.
    """

    title = "Up tenfold before it falls"
    difficulty = 3
    praise = "The eigenvalues promise decay and keep the promise, after a long detour: the radius knows the end only."
    hints = (
        "A triangular matrix shows its eigenvalues on its diagonal. What stands above them is free.",
        "Begin with the non-normal matrix of the chapter. Its norm goes from 5.2 to 19. In its powers, how fast does "
        "the entry in the corner grow, and what stops it?",
        "The corner of [[a, b], [0, a]]^n is n b a^(n-1). A larger b lifts the start as well; what does a do?",
        "Against the norm at the start, the top of n a^(n-1) counts. It lies at n near 1/(1-a), with a height of about "
        "n/e. More than ten is wanted.",
    )

    NOT_BELOW = (
        "The spectral radius is not below 1, so the powers do not die in the end. Look at the eigenvalues first."
    )
    NORMAL = (
        "This matrix is normal (W W^T = W^T W): each eigenvector is stretched by its own eigenvalue and none leans on "
        "another. Then the norm of W^n is the radius to the power n, and only falls."
    )
    FALLS = (
        "The norm falls from the first step. The entry off the diagonal has to be large against what the diagonal "
        "loses at each step; otherwise there is nothing to climb."
    )
    ONE_STEP = (
        "The norm is large at the first step and falls from there. A long way up takes many steps: an eigenvalue near "
        "0 stops it at once."
    )
    TOO_LOW = (
        "It rises before it falls, as it should, but not far enough. Making the entry off the diagonal larger lifts "
        "the norm of W_s itself as much. What makes the climb longer?"
    )

    @staticmethod
    def answer():
        return np.array([[0.97, 5.0], [0.0, 0.97]])

    mistakes = (
        Mistake(lambda: np.array([[1.1, 5.0], [0.0, 0.9]]), NOT_BELOW),
        Mistake(lambda: 0.99 * np.array([[0.8, -0.6], [0.6, 0.8]]), NORMAL),
        Mistake(lambda: np.array([[0.9, 0.05], [0.0, 0.9]]), FALLS),
        Mistake(lambda: np.array([[0.0, 50.0], [0.0, 0.0]]), ONE_STEP),
        Mistake(lambda: np.array([[0.9, 5.0], [0.0, 0.9]]), TOO_LOW),
    )

    def judge(self, answer):
        W_s = square_matrix(answer)
        if len(W_s) > 10:
            raise Problem(f"W_s should have at most 10 rows; yours has {len(W_s)}. Two are enough.")
        radius = spectral_radius(W_s)
        if radius >= 1:
            return f"{self.NOT_BELOW} Yours is {radius:.3g}."
        scale = max(np.max(np.abs(W_s)), 1e-300)
        W = W_s / scale
        if np.allclose(W @ W.T, W.T @ W, rtol=0, atol=1e-9):
            return self.NORMAL
        norms = power_norms(W_s, 1000)[1:]
        rise = norms.max() / norms[0]
        if rise >= 10:
            return ""
        if rise <= 1.001:
            return self.FALLS if norms[0] < 1 else self.ONE_STEP
        return f"{self.TOO_LOW} The norm goes from {norms[0]:.3g} to {norms.max():.3g} at n = {norms.argmax() + 1}."


class JacobianNorms(FunctionExercise):
    """How large is dS_T/dS_{T-n}, for n = 0, 1, ..., T? From the states S (T, H) of a tanh network and its W_s.

    S[0] is S_1 and S[-1] is S_T. The norm is the largest singular value, np.linalg.norm(matrix, 2).
    """

    title = "The gradient against the lag"
    difficulty = 2
    returns = ("norms",)
    praise = "The curve behind every picture of vanishing and exploding in this chapter."
    hints = (
        "Begin with the identity: at lag 0 the norm is 1. Then multiply by one Jacobian after the other, T in all.",
        "The Jacobian of step t is diag(1 - S_t^2) W_s: np.diag makes the first matrix from a vector.",
        "dS_T/dS_{T-2} is dS_T/dS_{T-1} times dS_{T-1}/dS_{T-2}: begin with the last step, and let each new factor "
        "stand on the right.",
    )

    @staticmethod
    def answer(S, W_s):
        product, norms = np.eye(len(W_s)), [1.0]
        for S_t in S[::-1]:
            product = product @ np.diag(1 - S_t**2) @ W_s
            norms.append(np.linalg.norm(product, 2))
        return np.array(norms)

    mistakes = (
        Mistake(
            lambda S, W_s: norms_of_products([W_s for _ in S]),
            "The slopes are missing: these are the powers of W_s, right for a linear network. See “A real network: the "
            "slope joins the matrix”.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([np.diag(1 - S_t**2) @ W_s for S_t in S]),
            "You began at the first step. Lag n reaches back from the end: its last factor belongs to step T - n + 1, "
            "and step T is in all of them.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([(np.diag(1 - S_t**2) @ W_s).T for S_t in S[::-1]]),
            "The factors stand in the wrong order: each new one has come in on the left. The latest step stands on the "
            "left, and going back the next factor comes in on the right. Matrices do not commute.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([W_s @ np.diag(1 - S_t**2) for S_t in S[::-1]]),
            "The slopes stand on the wrong side of W_s. The state goes through W_s first and through tanh then; so the "
            "slope stands on the left, and scales the rows.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([np.diag(1 - np.tanh(S_t) ** 2) @ W_s for S_t in S[::-1]]),
            "The tanh was taken twice: the states are outputs of tanh already, and the slope is 1 - S^2.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([np.diag(1 - S_t) @ W_s for S_t in S[::-1]]),
            "The slope lacks a square: tanh' is 1 - S^2.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([np.diag(1 - S_t**2) @ W_s for S_t in S[::-1]], "fro"),
            "This is the Frobenius norm, the root of the sum of all squares; at lag 0 it is not 1. Asked for is the "
            "largest singular value, the most a vector can be stretched: the second argument of np.linalg.norm is 2.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([np.diag(1 - S_t**2) @ W_s for S_t in S[::-1]])[1:],
            "Lag 0 is missing. dS_T/dS_T is the identity, with norm 1; it comes first.",
        ),
        Mistake(
            lambda S, W_s: norms_of_products([np.diag(1 - S_t**2) @ W_s for S_t in S[::-1]])[::-1],
            "The norms are right and stand in the reverse order: lag 0, the 1, comes first.",
        ),
        Mistake(
            lambda S, W_s: np.linalg.norm(W_s, 2) ** np.arange(len(S) + 1),
            "This is the bound, the largest singular value to the power n. The norm itself lies below it.",
        ),
        Mistake(
            lambda S, W_s: np.cumprod([1, *(np.linalg.norm(np.diag(1 - S_t**2) @ W_s, 2) for S_t in S[::-1])]),
            "You multiplied the norms of the factors. The norm of a product is at most that, and usually less: "
            "multiply the matrices first, then take the norm.",
        ),
    )

    def draw(self, rng):
        T, H = 6, 4
        cell = Elman(2, H, rng=rng, gain=1.3)
        S_0 = np.tanh(rng.normal(size=(1, H)))
        return {"S": unroll(cell, rng.normal(size=(T, 1, 2)), S_0).outputs[:, 0], "W_s": cell.params["W_s"]}

    def reference(self, S, W_s):
        return jacobian_norms((1 - S**2)[:, :, None] * W_s)


def norms_of_products(factors, kind=2):
    """1, |F_1|, |F_1 F_2|, ..., for the mistakes above."""
    products = [np.eye(len(factors[0]))]
    for factor in factors:
        products.append(products[-1] @ factor)
    return np.array([np.linalg.norm(product, kind) for product in products])


class ClipNorm(FunctionExercise):
    """Clip the gradients of W_x, W_s and b_s by their common norm, as one vector; return the three."""

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
        norm = np.sqrt(np.sum(g_x**2) + np.sum(g_s**2) + np.sum(g_b**2))
        factor = min(1.0, threshold / norm)
        return factor * g_x, factor * g_s, factor * g_b

    mistakes = (
        Mistake(
            lambda threshold, **g: tuple(np.clip(part, -threshold, threshold) for part in g.values()),
            "This clips by value: each entry is cut by itself, and the direction turns. See “By norm or by value”.",
        ),
        Mistake(
            lambda threshold, **g: tuple(clip_by_norm({"g": part}, threshold)[0]["g"] for part in g.values()),
            "Each array is clipped by its own norm, so they are shortened by different factors and the direction "
            "turns. There is one norm, that of all entries together.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, threshold / global_norm(g)),
            "Short gradients are made longer: they are scaled to the threshold as well. What is within it stays as it "
            "is.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, 1 / global_norm(g) if global_norm(g) > threshold else 1),
            "A gradient that is too long becomes one of length 1. It should have the length of the threshold.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, threshold if global_norm(g) > threshold else 1),
            "A gradient that is too long is multiplied by the threshold, and not divided by its norm: it is still too "
            "long, or too short, whatever it was.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, min(1, threshold / global_norm(g) ** 2)),
            "The root is missing: the sum of squares is the square of the norm.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, min(1, threshold / sum(np.linalg.norm(part) for part in g.values()))),
            "The norms of the three arrays are added up. Add the squares of all entries, then take one root.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, min(1, threshold / max(np.max(np.abs(part)) for part in g.values()))),
            "The largest entry is taken for the norm. The direction is kept, but the vector stays longer than the "
            "threshold.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, 0 if global_norm(g) > threshold else 1),
            "A gradient that is too long is thrown away. It is to be shortened: its direction is still good.",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, 1),
            "Nothing is clipped. Is the comparison the right way round, and is the clipped gradient what you return?",
        ),
        Mistake(
            lambda threshold, **g: scaled(g, max(1, threshold / global_norm(g))),
            "The comparison is the wrong way round: long gradients stay and short ones are made longer.",
        ),
    )

    def draw(self, rng):
        D, H = 2, 3
        return {
            "g_x": 2 * rng.normal(size=(H, D)),
            "g_s": rng.normal(size=(H, H)),
            "g_b": rng.normal(size=H) / 2,
            "threshold": 1.5 + rng.uniform(),
        }

    def cases(self):
        # one gradient is within the threshold
        long, longer, short = super().cases()
        within = {name: 0.1 * part for name, part in short.items() if name != "threshold"}
        return [long, longer, short | within]

    def reference(self, g_x, g_s, g_b, threshold):
        clipped, _ = clip_by_norm({"x": g_x, "s": g_s, "b": g_b}, threshold)
        return clipped["x"], clipped["s"], clipped["b"]


def scaled(gradients, factor):
    """All gradients times one factor, for the mistakes above."""
    return tuple(factor * part for part in gradients.values())


power_on_paper = PowerOnPaper()
keep_gradient = KeepGradient()
hump = Hump()
jacobian_by_lag = JacobianNorms()
clip_norm = ClipNorm()

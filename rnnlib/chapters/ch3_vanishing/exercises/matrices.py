"""Matrices that keep a gradient, and matrices that first lift it."""

import numpy as np

from rnnlib.gradient_flow import power_norms, spectral_radius
from rnnlib.judging import BuildExercise, Mistake, Problem
from rnnlib.judging.learner import array_of
from rnnlib.pictures import style
from rnnlib.pictures.figures import Picture, choices


def _norms():
    matrices = ([[0.9, 5], [0, 0]], [[1.06, 5], [0, 0.3]], [[0.9, 5], [0, 0.9]], [[1, 5], [0, 0]])
    return [power_norms(np.array(matrix, dtype=float), 100) for matrix in matrices]


def four_power_norms():
    """The norms of the powers of four matrices, as the panels A to D; C is [[0.9, 5], [0, 0.9]].

    All four begin with the same entry 5 off the diagonal.
    """
    fig = style.new_figure(9, 2.6)
    axes = {"xlabel": "power n", "ylabel": "norm of Wⁿ", "yscale": "log", "ylim": (0.01, 1000), "xticks": [0, 50, 100]}
    choices.four_curves(fig, np.arange(101), _norms(), **axes)
    return Picture(
        fig,
        """Four curves over n from 0 to 100, on a log scale, all beginning with 1 and then 5. A falls from there in a
        straight line. B grows without end. C rises further, to 19, bends and falls. D stays where it is.""",
    )


def panel_of(norms):
    """The letter of the panel with these norms."""
    return choices.panel_of(norms, _norms())


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

    Whatever its direction, a gradient of length 1 should have a length between 0.5 and 2 after 100 steps back. And the
    units should hear one another: no entry may be larger than 0.98 in size.
    """

    number = "3.2"
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

    APART = (
        "Every gradient is kept, as it should be. But a unit hears one unit alone and hardly any other: no entry "
        "should be larger than 0.98. Which matrices mix the units and keep every length?"
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
        Mistake(lambda: np.eye(8), APART),
    )

    def judge(self, answer, seed=None):
        W_s = square_matrix(answer, 8)
        lengths = np.linalg.svd(np.linalg.matrix_power(W_s, self.steps), compute_uv=False)
        shortest, longest = lengths[-1], lengths[0]
        if self.low <= shortest and longest <= self.high:
            unit, other = (int(k) for k in np.unravel_index(np.abs(W_s).argmax(), W_s.shape))
            if abs(W_s[unit, other]) <= 0.98:
                return ""
            return f"{self.APART} In yours the entry {unit, other} is {W_s[unit, other]:.3g}."
        eigenvalues = np.abs(np.linalg.eigvals(W_s)) ** self.steps
        if longest > self.high and self.low <= eigenvalues.min() and eigenvalues.max() <= self.high:
            message = self.HUMP
        elif longest > self.high:
            message = self.GROWS if shortest > 1 else self.MIXED
        else:
            message = self.SHRINKS if longest < self.low else self.LOSES
        return (
            f"{message} After {self.steps} steps the lengths lie between {shortest:.2g} and {longest:.2g}; they "
            f"should lie between {self.low:g} and {self.high:g}."
        )


class Hump(BuildExercise):
    """Build a square W_s, of any size up to 10, whose powers first grow and then die.

    Its spectral radius is below 1, and yet the norm of some power is at least ten times the norm of W_s itself.
    """

    number = "3.3"
    title = "Up tenfold before it falls"
    difficulty = 3
    praise = "The eigenvalues promise decay and keep the promise, after a long detour: the radius knows the end only."
    hints = (
        "A triangular matrix shows its eigenvalues on its diagonal. The entries above it are free.",
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
    TOO_LOW = "It rises before it falls, as it should, but not far enough."

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

    def judge(self, answer, seed=None):
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
        told = f"{self.TOO_LOW} The norm goes from {norms[0]:.3g} to {norms.max():.3g} at n = {norms.argmax() + 1}."
        triangle = np.triu(W_s, 1) + np.tril(W_s, -1)
        larger = power_norms(W_s + triangle, 1000)[1:]
        if spectral_radius(W_s + triangle) < 1 and larger.max() / larger[0] > 1.1 * rise:
            return f"{told} Larger entries off the diagonal make it rise further."
        return f"{told} Larger entries off the diagonal lift the norm of W_s as much. What makes the climb longer?"


keep_gradient = KeepGradient()
hump = Hump()

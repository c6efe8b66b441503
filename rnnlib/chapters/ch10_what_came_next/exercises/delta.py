"""One step of the delta rule, and the way back through it."""

import numpy as np

from rnnlib import delta_rule
from rnnlib.gradcheck import numerical_gradient
from rnnlib.judging import FunctionExercise, Slip


class DeltaStep(FunctionExercise):
    """Correct what the memory S (d_v, d_k) returns for the key k (d_k,), of length 1: one gradient step.

    The error is e = S k − v, the loss |e|^2 / 2, and its gradient by S is e k^T. Return S after a step against the
    gradient with the rate β.
    """

    number = "10.5"
    title = "The delta step"
    difficulty = 1
    returns = ("S",)
    praise = "It writes the difference alone: a pair that is there already changes nothing."
    hints = (
        "What does the memory return for k? How far is that from v?",
        "np.outer(e, k) is the gradient. A step against it: S − β times that.",
    )

    @staticmethod
    def answer(S, k, v, beta):
        e = S @ k - v
        return S - beta * np.outer(e, k)

    mistakes = (
        Slip(
            {"S - beta": "S + beta"},
            "The step goes the wrong way: the error has grown. e = S k − v is what has to go, so it is subtracted.",
        ),
        Slip(
            {"e = S @ k - v": "e = -v"},
            "This adds β v k^T and takes nothing away: it is the plain sum. The delta rule first asks what is "
            "there, S k.",
        ),
        Slip(
            {"S - beta * np.outer(e, k)": "S - np.outer(e, k)"},
            "The whole error is taken away at once: β has no effect.",
        ),
        Slip(
            {"e = S @ k - v": "e = S @ k - beta * v", "S - beta * np.outer(e, k)": "S - np.outer(e, k)"},
            "What was there is erased whole, and only the new value is weighed by β. Both parts carry it.",
        ),
        Slip(
            {"return S - beta * np.outer(e, k)": "return -beta * np.outer(e, k)"},
            "That is the change alone. The memory is S plus that change.",
        ),
        Slip(
            {"return S - beta": "return S @ (np.eye(len(k)) - np.outer(k, k)) - beta"},
            "What lies under k is taken away twice: once whole, and once more within the error. S − β e k^T does both "
            "the erasing and the writing.",
        ),
    )

    def draw(self, rng):
        d_v, d_k = rng.permutation([2, 3, 4, 5])[:2]
        k = rng.normal(size=d_k)
        return {
            "S": rng.normal(size=(d_v, d_k)),
            "k": k / np.linalg.norm(k),
            "v": rng.normal(size=d_v),
            "beta": rng.uniform(0.2, 0.9),
        }

    def reference(self, S, k, v, beta):
        return delta_rule.delta_step(S, k, v, beta)[0]


class DeltaGradient(FunctionExercise):
    """Back through S' = S − β (S k − v) k^T: G (d_v, d_k) is the gradient of the loss by S'.

    Return the gradients by v (d_v,), β (a number), k (d_k,) and S (d_v, d_k). Take k as any vector: that it has length
    1 is a matter for the layer below.
    """

    number = "10.6"
    title = "Back through the delta step"
    difficulty = 3
    returns = ("dv", "dbeta", "dk", "dS")
    praise = "Backward the same erasing, from the other side: G (I − β k kᵀ)."
    hints = (
        "Write e = S k − v, so S' = S − β e k^T. The loss changes by the sum of G * dS', entry by entry.",
        "With g = G k: β meets −e · g, and e meets −β g. v is in e with a minus sign.",
        "k is there twice: as the second factor of e k^T, which gives −β G^T e, and within e = S k − v, which gives "
        "−β S^T g.",
        "S is there twice too: alone, which gives G, and within e, which gives −β g k^T.",
    )

    @staticmethod
    def answer(S, k, v, beta, G):
        e = S @ k - v
        g = G @ k
        dv = beta * g
        dbeta = -e @ g
        dk = -beta * (G.T @ e + S.T @ g)
        dS = G - beta * np.outer(g, k)
        return dv, dbeta, dk, dS

    mistakes = (
        Slip(
            {"dS = G - beta * np.outer(g, k)": "dS = G"},
            "dv, dbeta and dk are right. dS has the direct way alone. S is in the error too: through S k.",
        ),
        Slip(
            {"dS = G - beta * np.outer(g, k)": "dS = -beta * np.outer(g, k)"},
            "dv, dbeta and dk are right. dS has the way through the error alone. S is also handed on as it is.",
        ),
        Slip(
            {"G.T @ e + S.T @ g": "G.T @ e"},
            "dv, dbeta and dS are right. In dk one of two ways is missing: k is also in the error e = S k − v.",
        ),
        Slip(
            {"G.T @ e + S.T @ g": "S.T @ g"},
            "dv, dbeta and dS are right. In dk one of two ways is missing: k also says where the error is written, as "
            "the second factor of e kᵀ.",
        ),
        Slip(
            {"dv = beta * g": "dv = -beta * g"},
            "dbeta, dk and dS are right. dv has the wrong sign: v is in e with a minus, and e in S' with another.",
        ),
        Slip(
            {"dv = beta * g": "dv = g"},
            "dbeta, dk and dS are right. dv lacks β: only that part of v is written.",
        ),
        Slip(
            {"dbeta = -e @ g": "dbeta = e @ g"},
            "dv, dk and dS are right. dbeta has the wrong sign: the step is subtracted.",
        ),
        Slip(
            {"-beta * (G.T @ e": "beta * (G.T @ e"},
            "dv, dbeta and dS are right. dk has the wrong sign: the step is subtracted.",
        ),
    )

    def draw(self, rng):
        d_v, d_k = rng.permutation([2, 3, 4, 5])[:2]
        return {
            "S": rng.normal(size=(d_v, d_k)),
            "k": rng.normal(size=d_k) / 2,
            "v": rng.normal(size=d_v),
            "beta": rng.uniform(0.3, 1.7),
            "G": rng.normal(size=(d_v, d_k)),
        }

    def reference(self, S, k, v, beta, G):
        b = np.array([beta])

        def loss():
            return np.sum(G * (S - b * np.outer(S @ k - v, k)))

        dv, dbeta, dk, dS = (numerical_gradient(loss, array) for array in (v, b, k, S))
        return dv, dbeta[0], dk, dS


delta_step = DeltaStep()
delta_gradient = DeltaGradient()

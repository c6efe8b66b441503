"""One step of the GRU, backward."""

import numpy as np

from rnnlib.activations import sigmoid
from rnnlib.cells import GRUResetBefore
from rnnlib.judging import FunctionExercise, Slip, sizes
from rnnlib.unroll import bptt, unroll


class GRUBackwardStep(FunctionExercise):
    """Write the three deltas of one GRU step, reset before the product: the gradients at the pre-activations r, z, n.

    d_h is the gradient that has arrived at h_t; W_nh (H, H) multiplies r * h_previous.
    """

    number = "5.4"
    title = "One step of the GRU, backward"
    difficulty = 3
    returns = ("delta_r", "delta_z", "delta_n")
    praise = "With these three, every weight gradient is one product more."
    hints = (
        "Begin at the end: h_t = z h_previous + (1 - z) n. How does h_t move with n, and how with z?",
        "Each delta ends with the slope of its activation, written with its output: 1 - n^2, z (1 - z), r (1 - r).",
        "r acts through n alone: carry delta_n back through W_nh to r * h_previous; in code, delta_n @ W_nh.",
    )

    @staticmethod
    def answer(d_h, h_previous, r, z, n, W_nh):
        delta_n = d_h * (1 - z) * (1 - n**2)
        delta_z = d_h * (h_previous - n) * z * (1 - z)
        delta_r = (delta_n @ W_nh) * h_previous * r * (1 - r)
        return delta_r, delta_z, delta_n

    mistakes = (
        Slip(
            {"(h_previous - n) * z * (1 - z)": "(h_previous - n)"},
            "delta_z lacks the slope of its sigmoid, z (1 - z): you stopped at the gate, before its pre-activation.",
        ),
        Slip(
            {" * (1 - n**2)": ""},
            "delta_n lacks the slope of its tanh, 1 - n^2, and delta_r goes wrong with it.",
        ),
        Slip(
            {" * r * (1 - r)": ""},
            "delta_r lacks the slope of its sigmoid, r (1 - r): you stopped at the gate, before its pre-activation.",
        ),
        Slip(
            {"delta_n @ W_nh": "delta_n @ W_nh.T"},
            "delta_z and delta_n are right. On the way back the matrix is transposed; with rows that is delta_n @ "
            "W_nh, where the forward pass has @ W_nh.T.",
        ),
        Slip(
            {"(h_previous - n)": "(n - h_previous)"},
            "delta_z has the wrong sign. When z grows, more of h_previous comes in and less of n: which minus which?",
        ),
        Slip(
            {"(h_previous - n)": "h_previous"},
            "delta_z counts only that a larger z keeps more of h_previous. It also writes less of n.",
        ),
        Slip(
            {"(h_previous - n)": "(h_previous + n)"},
            "delta_z adds the candidate. A larger z writes less of it: the factor of n is 1 - z.",
        ),
        Slip(
            {"(h_previous - n)": "n"},
            "delta_z has the candidate alone. A larger z keeps more of h_previous and writes less of n.",
        ),
        Slip(
            {"d_h * (1 - z) * (1 - n**2)": "d_h * z * (1 - n**2)"},
            "delta_n is taken with z. The candidate enters h_t with the factor 1 - z.",
        ),
        Slip(
            {"d_h * (1 - z) * (1 - n**2)": "d_h * (1 - n**2)"},
            "delta_n lacks the gate. The candidate enters h_t with the factor 1 - z.",
        ),
        Slip(
            {" * (1 - n**2)": "", " * z * (1 - z)": "", " * r * (1 - r)": ""},
            "These are the gradients at r, z and n. The deltas are those at the pre-activations: one slope more for "
            "each.",
        ),
        Slip(
            {"1 - n**2": "1 - n"},
            "The slope of the candidate lacks a square: tanh' is 1 - tanh^2.",
        ),
        Slip(
            {"1 - n**2": "1 - np.tanh(n) ** 2"},
            "The slope of the candidate is taken at tanh(n). You are given n = tanh(z_n) already.",
        ),
        Slip(
            {"(1 - n**2)": "n * (1 - n)"},
            "The slope of the candidate is that of a sigmoid. The candidate is a tanh: 1 - n^2.",
        ),
        Slip(
            {" * h_previous * r": " * r"},
            "delta_z and delta_n are right. r is multiplied with h_previous, so its delta carries the factor "
            "h_previous.",
        ),
        Slip(
            {"(delta_n @ W_nh)": "delta_n"},
            "delta_z and delta_n are right. The matrix W_nh lies between r and the candidate: carry delta_n back "
            "through it.",
        ),
        Slip(
            {"(delta_n @ W_nh)": "(d_h @ W_nh)"},
            "delta_z and delta_n are right. r acts through the candidate: carry delta_n back through W_nh, not d_h.",
        ),
        Slip(
            {"(delta_n @ W_nh) * h_previous": "(delta_n * h_previous) @ W_nh"},
            "delta_z and delta_n are right. delta_r is multiplied by h_previous before the matrix. Going back the "
            "matrix comes first: r * h_previous was made before it.",
        ),
        Slip(
            {"(delta_n @ W_nh) * h_previous": "(delta_n @ W_nh) * r * h_previous"},
            "delta_z and delta_n are right. delta_r has one factor r too many: the derivative of r h_previous by r is "
            "h_previous.",
        ),
    )

    def draw(self, rng):
        B, H = sizes(rng, 2)
        return {
            "d_h": rng.normal(size=(B, H)),
            "h_previous": rng.uniform(-1, 1, size=(B, H)),
            "r": sigmoid(rng.normal(size=(B, H))),
            "z": sigmoid(rng.normal(size=(B, H))),
            "n": np.tanh(rng.normal(size=(B, H))),
            "W_nh": rng.normal(size=(H, H)),
        }

    def reference(self, d_h, h_previous, r, z, n, W_nh):
        # A cell whose inputs are the pre-activations themselves, so that they make these very gates.
        H = z.shape[-1]
        a_n = np.arctanh(n) - (r * h_previous) @ W_nh.T
        a = np.concatenate((np.log(r / (1 - r)), np.log(z / (1 - z)), a_n), axis=-1)
        W_h = np.concatenate((np.zeros((2 * H, H)), W_nh))
        cell = GRUResetBefore.from_params({"W_x": np.eye(3 * H), "W_h": W_h, "b": np.zeros(3 * H)})
        return np.split(bptt(unroll(cell, a[None], h_previous), d_h[None]).x[0], 3, axis=-1)


gru_backward_step = GRUBackwardStep()

"""What chapter 9 says in numbers."""

import numpy as np
from chapters import chapters

import rnnlib
from rnnlib import interop
from rnnlib.chapters.ch9_frameworks import exercises, experiments

from . import Notebook, claim

book = Notebook(9)


def on_stage(*minutes):
    """Whether the minutes of the parts add up to those of the chapter."""
    return sum(minutes) == next(chapter.on_stage for chapter in chapters() if chapter.number == 9)


def blocks(kind):
    return len(kind.blocks)


def keras_arrays():
    """Kernel, recurrent kernel and bias of a GRU with D = 3 and H = 4."""
    return interop.to_keras(rnnlib.GRUResetAfter(3, 4, rng=np.random.default_rng(0)))[0]


def shapes_of_the_task():
    D, H = 3, 4
    kernel, recurrent, bias = keras_arrays()
    gru = rnnlib.GRUResetAfter(D, H, rng=np.random.default_rng(0)).params
    return (
        (kernel.shape, recurrent.shape, bias.shape) == ((D, 3 * H), (H, 3 * H), (2, 3 * H))
        and gru["W_x"].shape == (3 * H, D)
        and gru["W_h"].shape == (3 * H, H)
        and gru["b"].shape == (3 * H,)
    )


def scaled(name, size):
    """Whether the weights of an LSTM have the standard deviation 1 / sqrt(size)."""
    weights = rnnlib.LSTM(60, 300, rng=np.random.default_rng(0)).params[name]
    return abs(weights.std() * np.sqrt(size) - 1) < 0.05


def clipped():
    """How much longer a gradient of PyTorch's rule with c = 1 is, from the two losses that were saved."""
    found = experiments.losses()
    return np.abs(found["clipped by PyTorch"] - found["rnnlib, clipped"]).max()


def refused(target):
    batch = experiments.batches()[0]
    try:
        experiments.new_model().loss(batch._replace(targets=np.where(batch.targets < 3, target, batch.targets)))
    except ValueError:
        return True
    return False


def kept(bias):
    return rnnlib.sigmoid(np.array(float(bias))) ** 10


CLAIMS = [
    claim("| LSTM blocks, $G = {}$", lambda: blocks(rnnlib.LSTM)),
    claim("| GRU blocks, $G = {}$", lambda: blocks(rnnlib.GRUResetAfter)),
    claim(
        "`kernel` $(D, 3H)$ and `recurrent_kernel` $(H, 3H)$ are the blocks z, r, h; `bias` $(2, 3H)$",
        shapes_of_the_task,
    ),
    claim("Return $W_x\\ (3H, D)$, $W_h\\ (3H, H)$, $b\\ (3H)$", shapes_of_the_task),
    claim("leaves out targets that are $-100$", lambda: refused(-100)),
    claim("(LSTM) | {:.0f}, or `forget_bias`", lambda: rnnlib.LSTM(2, 3, rng=np.random.default_rng(0)).params["b"][3]),
    claim("input weights at the start | normal, scaled by $1/\\sqrt D$", lambda: scaled("W_x", 60)),
    claim("recurrent weights at the start | normal, scaled by $1/\\sqrt H$", lambda: scaled("W_h", 300)),
    claim("| Adam's $\\varepsilon$ | $10^{-8}$", lambda: rnnlib.Adam().epsilon == 1e-8),
    claim(
        "$g \\cdot \\min(1, c / \\lVert g \\rVert)$ |",
        lambda: rnnlib.clip_by_norm({"g": np.array([0.3])}, 1.0)[0]["g"][0] == 0.3,
    ),
    claim("$g \\cdot \\min(1, c / (\\lVert g \\rVert + 10^{-6}))$", lambda: 1e-8 < clipped() < 1e-5),
    claim("divides by the norm plus $10^{-6}$", lambda: 1e-8 < clipped() < 1e-5),
    claim(
        "its memory after 10 steps for a bias of 1, for a bias of 0",
        lambda: np.allclose(exercises.gate_start.answer()[:2], (kept(1), kept(0))),
    ),
    claim(
        "agree to 12 digits",
        lambda: np.allclose(experiments.losses()["same"], experiments.losses()["rnnlib"], rtol=0, atol=1e-12),
    ),
    claim("below 1e-14", lambda: np.abs(experiments.losses()["same"] - experiments.losses()["rnnlib"]).max() < 1e-14),
    claim(
        "keeps the second bias of each gate at 0",
        lambda: not interop.to_torch(experiments.new_model().network)["bias_hh_l0"][: 2 * experiments.UNITS].any(),
    ),
    claim("`masked_fill(padding, -100)`", lambda: refused(-100)),
    claim("target $-100$ | `mask` or `lengths`; $-100$ is refused", lambda: refused(-100)),
    claim("{} steps are ", lambda: int(book.code("b2cc1c29", r"inputs = rng.normal\(size=(\d+)\)"))),
    claim(
        "makes two products with the weights, $2T$ in all",
        lambda: book.cells["40d1b84f"].source.count(' @ state["weight') == 2,
    ),
    claim("`lr=0.01` | `rate=0.01`", lambda: rnnlib.Adam(0.01).rate == rnnlib.Adam(rate=0.01).rate),
]
ALLOWED = {
    "Core path, about 45 minutes": "an estimate of time",
    "two, each uniform in $\\pm 1/\\sqrt H$": "PyTorch's start, held by test_the_defaults_of_pytorch",
    "scaled by $1/\\sqrt D$ | uniform in $\\pm 1/\\sqrt H$": "PyTorch's start, held by test_the_defaults_of_pytorch",
    "scaled by $1/\\sqrt H$ | uniform in $\\pm 1/\\sqrt H$": "PyTorch's start, held by test_the_defaults_of_pytorch",
    "in $\\pm 1/\\sqrt H$ | 1 |": "Keras's unit_forget_bias, from its documentation",
    "since TensorFlow 2": "a version",
    "until TensorFlow 2": "a version",
    "$10^{-8}$ | $10^{-8}$ | $10^{-7}$": "PyTorch's and Keras's eps, from a test and from the documentation",
}

"""The training that chapter 9 does twice: here in rnnlib, and in PyTorch by ``tools/pytorch_training.py``."""

from functools import cache
from pathlib import Path

import numpy as np

from rnnlib import interop
from rnnlib.cells import GRUResetAfter
from rnnlib.model import Model
from rnnlib.optimizers import Adam
from rnnlib.shared import shared
from rnnlib.tasks import flights
from rnnlib.training import train

LOSSES = Path(__file__).parent / "trained" / "pytorch_losses.npz"
UNITS, STEPS, SIZE, RATE = 24, 60, 32, 0.01
# what is changed in PyTorch's training, one at a time
CHANGES = ("same", "both biases trained", "padding counted", "clipped by PyTorch", "float32")
CLIP = 0.2


def new_model():
    """A GRU that guesses the next word of a request, untrained: the start of every training of the chapter."""
    rng = np.random.default_rng(0)
    V = len(flights.WORDS)
    return Model(GRUResetAfter(V, UNITS, rng=rng), V, rng=rng)


@cache
def batches():
    """STEPS padded batches of SIZE requests, with their lengths."""
    rng = np.random.default_rng(1)
    return [flights.draw_batch(rng, SIZE) for _ in range(STEPS)]


def start():
    """The weights that both trainings begin with: the state dict of a ``torch.nn.GRU``, W_o and b_o."""
    model = new_model()
    return interop.to_torch(model.network), model.params["W_o"].copy(), model.params["b_o"].copy()


@shared
def train_here(clip=None):
    """The loss of each step in rnnlib."""
    following = iter(batches())
    options = {"rng": np.random.default_rng(0), "clip": clip, "progress": False}
    return np.array(train(new_model(), lambda rng: next(following), STEPS, Adam(RATE), **options).loss)


def misread(gru):
    """The GRU that results if Keras's blocks z, r, h are taken for r, z, n; no shape complains."""
    [(kernel, recurrent_kernel, bias)] = interop.to_keras(gru)
    inside = bias[1, 2 * gru.state_size :]
    params = {"W_x": kernel.T.copy(), "W_h": recurrent_kernel.T.copy(), "b": bias[0].copy(), "b_nh": inside.copy()}
    return GRUResetAfter.from_params(params)


def ours(change):
    """The name in :func:`losses` of the training in rnnlib that PyTorch's training ``change`` is compared with."""
    return "rnnlib, clipped" if change == "clipped by PyTorch" else "rnnlib"


@cache
def losses():
    """The losses that were saved, ``(STEPS,)`` each: PyTorch's for each of CHANGES, and those of rnnlib beside them."""
    with np.load(LOSSES) as file:
        return dict(file)

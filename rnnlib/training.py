"""The training loop: batches in, a trained model and its history out."""

from dataclasses import dataclass, field

import numpy as np

from .checks import check_choice, check_rng, check_size
from .optimizers import clip_by_norm, clip_by_value, global_norm

CLIPPERS = {"norm": clip_by_norm, "value": clip_by_value}


@dataclass
class History:
    """What happened in a training: one entry a step.

    ``loss`` the batch loss; ``gradient_norm`` the norm before clipping; ``measured`` maps a step to what
    ``measure`` returned there; ``stopped`` says in words why the training ended early, or is empty.
    """

    loss: list = field(default_factory=list)
    gradient_norm: list = field(default_factory=list)
    measured: dict = field(default_factory=dict)
    stopped: str = ""

    def __len__(self):
        return len(self.loss)


def train(
    model,
    draw_batch,
    steps,
    optimizer,
    *,
    rng,
    clip=None,
    clip_kind="norm",
    measure=None,
    measure_every=50,
    progress=True,
    description="training",
):
    """Train ``model`` in place for ``steps`` steps and return the :class:`History`.

    ``draw_batch(rng)`` returns a :class:`Batch`; ``optimizer`` has ``update(params, gradients)``; ``clip`` is
    the threshold of the gradient norm (or, with ``clip_kind='value'``, of each entry), None for no clipping.
    ``measure(model)`` is called at the first step, every ``measure_every`` steps and after the last. Progress
    is shown as a bar. An interrupt keeps what was learned, and a loss or a gradient that is no longer finite
    ends the training before it reaches the weights; either is said in ``history.stopped``.
    """
    check_rng("rng", rng)
    check_size("steps", steps)
    check_choice("clip_kind", clip_kind, CLIPPERS)
    history = History()
    bar = _progress_bar(steps, description) if progress else None
    try:
        for step in range(steps):
            if measure is not None and step % measure_every == 0:
                history.measured[step] = measure(model)
            loss, gradients, _ = model.loss_and_gradients(draw_batch(rng))
            norm = global_norm(gradients)
            history.loss.append(loss)
            history.gradient_norm.append(norm)
            if not (np.isfinite(loss) and np.isfinite(norm)):
                history.stopped = f"step {step}: the loss is {loss:.3g} and the gradient norm {norm:.3g}"
                break
            if clip is not None:
                gradients, _ = CLIPPERS[clip_kind](gradients, clip)
            optimizer.update(model.params, gradients)
            if bar is not None:
                bar.update()
    except KeyboardInterrupt:
        history.stopped = f"interrupted after {len(history)} of {steps} steps; what was learned is kept"
    finally:
        if bar is not None:
            bar.close()
    if measure is not None and not history.stopped:
        history.measured[steps] = measure(model)
    return history


def _progress_bar(steps, description):
    from tqdm.auto import tqdm

    return tqdm(total=steps, desc=description)

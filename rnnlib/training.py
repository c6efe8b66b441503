"""The training loop: batches in, a trained model and its history out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from numbers import Real

import numpy as np

from .checks import NotFiniteError, check_choice, check_method, check_number, check_rng, check_size
from .model import Batch, counted_steps
from .optimizers import clip_by_norm, clip_by_value, global_norm

CLIPPERS = {"norm": clip_by_norm, "value": clip_by_value}


@dataclass
class History:
    """What happened in a training: one entry a step.

    ``loss`` the batch loss; ``gradient_norm`` the norm before clipping; ``measured`` maps a step to what
    ``measure`` returned there; ``best_step`` is the step of the smallest watched measurement, whose parameters the
    model was given back, or None; ``stopped`` says in words why the training ended early, or is empty.
    """

    loss: list = field(default_factory=list)
    gradient_norm: list = field(default_factory=list)
    measured: dict = field(default_factory=dict)
    best_step: int | None = None
    stopped: str = ""

    def __len__(self):
        """The number of steps taken."""
        return len(self.loss)

    def smoothed_loss(self, window):
        """The mean loss of each ``window`` steps in a row, with the step after the last of them: two arrays.

        Raises TypeError or ValueError for a window below 1 or longer than the history.
        """
        check_size("window", window)
        if window > len(self):
            raise ValueError(f"window: expected at most {len(self)}, the steps taken, got {window}")
        sums = np.concatenate(([0.0], np.cumsum(self.loss)))
        return np.arange(window, len(self) + 1), (sums[window:] - sums[:-window]) / window

    def curve(self, name=None):
        """The steps at which was measured, and what: two arrays, ready to plot.

        ``name`` picks one number where ``measure`` returned several by name. Raises ValueError for an unknown
        name and where nothing was measured.
        """
        if not self.measured:
            raise ValueError("history: expected measurements, got none: train with measure=...")
        return np.array(list(self.measured)), np.array([_pick(value, name) for value in self.measured.values()])


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
    patience=None,
    watch=None,
    progress=True,
    description="training",
):
    """Train ``model`` in place for ``steps`` steps and return the :class:`History`.

    ``draw_batch(rng)`` returns a batch; where ``batch.continues``, the state is carried over from the batch before,
    but no gradient: truncated BPTT, as :func:`stream` makes it. ``rng`` also draws the model's dropout.
    ``optimizer`` has ``update(params, gradients)``; ``clip`` is the threshold of the gradient norm (or, with
    ``clip_kind='value'``, of each entry), None for no clipping.

    ``measure(model)`` returns a number, or several in a dict, and is called before the first step, every
    ``measure_every`` steps and after the last. ``patience`` is for early stopping: the training ends when the
    number, or the one called ``watch``, has not become smaller for that many measurements in a row; however it
    ends, the model gets the parameters of the smallest back. For an accuracy, measure its negative.

    Progress is shown as a bar. An interrupt keeps what was learned, and a number that is no longer finite ends
    the training before it reaches the weights; ``history.stopped`` says so, with the step. Raises TypeError or
    ValueError for wrong arguments.
    """
    check_rng("rng", rng)
    check_size("steps", steps)
    check_size("measure_every", measure_every)
    check_choice("clip_kind", clip_kind, CLIPPERS)
    if clip is not None:
        check_number("clip", clip, above=0)
    if patience is not None and measure is None:
        raise ValueError("patience: expected measure=... with it, a function of the model that returns a number")
    if patience is not None:
        check_size("patience", patience)
    for name, value in (("draw_batch", draw_batch), ("measure", measure)):
        if not callable(value) and not (name == "measure" and value is None):
            raise TypeError(f"{name}: expected a function, got {type(value).__name__}")
    check_method("model", model, "loss_and_gradients")
    check_method("optimizer", optimizer, "update")
    history, best, run = History(), _Best(), None
    bar = _progress_bar(steps, description) if progress else None
    try:
        for step in range(steps + 1):
            if measure is not None and (step % measure_every == 0 or step == steps):
                with np.errstate(over="ignore", invalid="ignore"):
                    history.measured[step] = measure(model)
                if patience is not None:
                    best.see(_pick(history.measured[step], watch), step, model.params)
                    if best.waited == patience:
                        history.stopped = f"step {step}: nothing better than {best.number:.4g} of step {best.step}"
            if step == steps or history.stopped:
                break
            batch = draw_batch(rng)
            continues = run is not None and getattr(batch, "continues", False)
            carried = {"state": run.final_state} if continues else {}
            # what overflows in here is found, and said in words
            with np.errstate(over="ignore", invalid="ignore"):
                loss, gradients, run = model.loss_and_gradients(batch, rng=rng, **carried)
                norm = global_norm(gradients)
            if not (np.isfinite(loss) and np.isfinite(norm)):
                raise NotFiniteError(f"the loss is {loss:.3g} and the gradient norm {norm:.3g}")
            if clip is not None:
                gradients, _ = CLIPPERS[clip_kind](gradients, clip)
            optimizer.update(model.params, gradients)
            history.loss.append(loss)
            history.gradient_norm.append(norm)
            if bar is not None:
                bar.update()
    except NotFiniteError as error:
        history.stopped = f"step {len(history)}: {error}; this step was not taken"
    except KeyboardInterrupt:
        history.stopped = f"interrupted after {len(history)} of {steps} steps; what was learned is kept"
    finally:
        history.best_step = best.step
        best.give_back(model.params)
        if bar is not None:
            if best.waited == patience:
                bar.total = bar.n
            bar.close()
    return history


def stream(batch, window):
    """``batch`` cut into windows of ``window`` steps that follow one another, over and over: for :func:`train`.

    Returns a ``draw_batch(rng)`` that draws nothing. Each window but the first ``continues`` the one before: the state
    is carried over and the gradient is not, which is truncated BPTT on sequences too long for one run (Mikolov et
    al. 2010). The last window is shorter where ``window`` does not divide T. Raises TypeError or ValueError for a
    batch that is none, one with lengths, and a window below 1.
    """
    counted_steps(batch)
    check_size("window", window)
    if batch.lengths is not None:
        raise ValueError("lengths: expected None, a stream has no padded steps; got lengths")
    pieces = [
        Batch(*(None if part is None else part[start : start + window] for part in batch[:3]), continues=start > 0)
        for start in range(0, len(batch.x), window)
    ]
    following = cycle(pieces)
    return lambda rng: next(following)


class _Best:
    """The smallest number seen so far, with the step and the parameters it belongs to."""

    def __init__(self):
        self.number, self.step, self.params, self.waited = np.inf, None, {}, 0

    def see(self, number, step, params):
        """Keep a copy of ``params`` where ``number`` is the smallest so far, else count one more in vain."""
        self.waited += 1
        if number < self.number:
            self.number, self.step, self.waited = number, step, 0
            self.params = {name: value.copy() for name, value in params.items()}

    def give_back(self, params):
        for name, value in self.params.items():
            params[name][...] = value


def _pick(value, name):
    """The number that ``measure`` returned, or the one called ``name`` where it returned several."""
    if isinstance(value, Mapping):
        return value[check_choice("name of the measurement", name, value)]
    if name is not None or not isinstance(value, Real):
        wanted = "one number" if name is None else f"numbers by name, {name!r} among them"
        raise TypeError(f"measure: expected {wanted}, got {value!r} ({type(value).__name__})")
    return value


def _progress_bar(steps, description):
    from tqdm.auto import tqdm

    return tqdm(total=steps, desc=description)

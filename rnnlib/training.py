"""The training loop: batches in, a trained model and its history out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from numbers import Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .checks import (
    NotFiniteError,
    check_choice,
    check_function,
    check_method,
    check_number,
    check_rng,
    check_size,
    check_writable,
)
from .model import Batch, counted_steps
from .optimizers import clip_by_norm, clip_by_value, global_norm

CLIPPERS = {"norm": clip_by_norm, "value": clip_by_value}
# the step at which each interrupted training of this process ended: what it made is not kept for others
interruptions = []


@dataclass(frozen=True)
class Stopped:
    """Why a training ended before its last step; as text, the step and the reason.

    ``kind`` is 'not finite', 'no better' or 'interrupted'; ``step`` is the step at which it ended, which was not taken;
    ``reason`` says it in words.
    """

    kind: str
    step: int
    reason: str

    def __str__(self):
        return f"step {self.step}: {self.reason}"


@dataclass
class History:
    """What happened in a training: one entry a step.

    ``loss`` the batch loss; ``gradient_norm`` the norm before clipping; ``measured`` maps a step to what
    ``measure`` returned there; ``best_step`` is the step of the smallest watched measurement, whose parameters the
    model was given back, or None; ``stopped`` is a :class:`Stopped` where the training ended early, else None.
    """

    loss: list = field(default_factory=list)
    gradient_norm: list = field(default_factory=list)
    measured: dict = field(default_factory=dict)
    best_step: int | None = None
    stopped: Stopped | None = None

    def __repr__(self):
        losses = f", loss {self.loss[0]:.4g} to {self.loss[-1]:.4g}" if self.loss else ""
        measured = f", measured {len(self.measured)} times" if self.measured else ""
        return f"History({len(self)} steps{losses}{measured}{f', stopped at {self.stopped}' if self.stopped else ''})"

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
        # each mean by itself: the difference of two sums would lose small losses beside one that exploded
        return np.arange(window, len(self) + 1), sliding_window_view(np.array(self.loss), window).mean(axis=-1)

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
    ValueError for wrong arguments, and ValueError for a batch that holds NaN or infinity: there the data are wrong.
    """
    _check_arguments(model, draw_batch, steps, optimizer, rng, clip, clip_kind, measure, measure_every, patience)
    history, watcher, run = History(), _Watcher(measure, patience, watch), None
    bar = _progress_bar(steps, description) if progress else None
    try:
        for step in range(steps + 1):
            if measure is not None and (step % measure_every == 0 or step == steps):
                history.stopped = watcher.look(model, step, history.measured)
            if step == steps or history.stopped:
                break
            loss, gradients, run = _gradients(model, _drawn(draw_batch, rng), run, rng)
            norm = global_norm(gradients)
            if not (np.isfinite(loss) and np.isfinite(norm)):
                raise NotFiniteError(f"the loss is {loss:.3g} and the gradient norm {norm:.3g}")
            if clip is not None and (clip_kind == "value" or norm > clip):
                gradients, _ = CLIPPERS[clip_kind](gradients, clip)
            optimizer.update(model.params, gradients)
            history.loss.append(loss)
            history.gradient_norm.append(norm)
            if bar is not None:
                bar.update()
    except NotFiniteError as error:
        history.stopped = Stopped("not finite", len(history), f"{error}; this step was not taken")
    except KeyboardInterrupt:
        interruptions.append(len(history))
        history.stopped = Stopped("interrupted", len(history), "interrupted; what was learned is kept")
    finally:
        history.best_step = watcher.best_step
        watcher.give_back(model.params)
        if bar is not None:
            if watcher.waited == patience:
                bar.total = bar.n
            bar.close()
    return history


def _check_arguments(model, draw_batch, steps, optimizer, rng, clip, clip_kind, measure, measure_every, patience):
    """Raise TypeError or ValueError for arguments that :func:`train` cannot use."""
    check_method("model", model, "loss_and_gradients")
    check_method("optimizer", optimizer, "update")
    check_writable(model.params)
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
        if value is not None or name == "draw_batch":
            check_function(name, value)


def _drawn(draw_batch, rng):
    """The next batch; raise ValueError if its numbers are not finite, which no smaller rate would mend."""
    batch = draw_batch(rng)
    for name, value in getattr(batch, "_asdict", dict)().items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and not np.isfinite(value).all():
            raise ValueError(f"batch {name}: expected finite numbers, got NaN or infinity from draw_batch")
    return batch


def _gradients(model, batch, run, rng):
    """The loss, the gradients and the run of one batch, which may go on from the ``run`` before."""
    continues = run is not None and getattr(batch, "continues", False)
    carried = {"state": run.final_state} if continues else {}
    # what overflows in here is found by train, and said in words
    with np.errstate(over="ignore", invalid="ignore"):
        return model.loss_and_gradients(batch, rng=rng, **carried)


def stream(batch, window):
    """``batch`` cut into windows of ``window`` steps that follow one another, over and over: for :func:`train`.

    Returns a ``draw_batch(rng)`` that draws nothing. Each window but the first ``continues`` the one before: the state
    is carried over and the gradient is not, which is truncated BPTT on sequences too long for one run (Mikolov et
    al. 2010). The last window is shorter where ``window`` does not divide T. Raises TypeError or ValueError for a
    ``batch`` that is not a batch, one with lengths, and a window below 1.
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


class _Watcher:
    """Measures, and remembers the smallest number seen, with the step and the parameters it belongs to."""

    def __init__(self, measure, patience, watch):
        self.measure, self.patience, self.watch = measure, patience, watch
        self.best, self.best_step, self.params, self.waited = np.inf, None, {}, 0

    def look(self, model, step, measured):
        """Note what ``measure`` finds; where there is patience and it is at its end, say so: a :class:`Stopped`."""
        with np.errstate(over="ignore", invalid="ignore"):
            measured[step] = self.measure(model)
        if self.patience is None:
            return None
        number = _pick(measured[step], self.watch)
        self.waited += 1
        if number < self.best:
            self.best, self.best_step, self.waited = number, step, 0
            self.params = {name: value.copy() for name, value in model.params.items()}
        if self.waited < self.patience:
            return None
        return Stopped("no better", step, f"nothing better than {self.best:.4g} of step {self.best_step}")

    def give_back(self, params):
        """Write the best parameters, if any were kept, into those of the model."""
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

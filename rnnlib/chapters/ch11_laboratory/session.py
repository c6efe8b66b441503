"""One training in the laboratory, a step at a time: what it measures, and what was changed on the way."""

from dataclasses import dataclass, field

import numpy as np

from rnnlib.checks import NotFiniteError
from rnnlib.gradient_flow import spectral_radius
from rnnlib.model import counted_steps
from rnnlib.optimizers import clip_by_norm, global_norm
from rnnlib.truncation import truncated_bptt
from rnnlib.unroll import bptt, unroll

from .assignments import assignment, held_out, score
from .settings import Settings, new_model, new_optimizer

MOST_POINTS = 600  # of a history; beyond it every second point goes
BACKUPS_EVERY = 10  # steps
BACKUPS = 6


@dataclass
class Curve:
    """Numbers by step, thinned where there are many: memory does not grow with the length of a training."""

    steps: list = field(default_factory=list)
    values: list = field(default_factory=list)
    every: int = 1

    def add(self, step, value):
        """Keep ``value``, if this step is one that is kept."""
        if step % self.every:
            return
        self.steps.append(step)
        self.values.append(value)
        if len(self.steps) > MOST_POINTS:
            self.every *= 2
            kept = [k for k, step in enumerate(self.steps) if step % self.every == 0]
            self.steps = [self.steps[k] for k in kept]
            self.values = [self.values[k] for k in kept]

    def copy(self):
        """The same numbers, kept apart."""
        return Curve(list(self.steps), list(self.values), self.every)


class Session:
    """A training that takes one step after another.

    ``settings`` may be replaced between two steps (:meth:`change`); what changed is noted in ``changes`` as
    ``(steps taken, settings)``, so that the training can be written down as code. One generator, made from the seed,
    draws the weights and then one batch a step; whatever is looked at draws from generators of its own.
    ``trouble`` says why no further step can be taken, or is empty.
    """

    def __init__(self, settings=None):
        self.restart(settings or Settings())

    def restart(self, settings):
        """Begin afresh at step 0."""
        self.settings, self.steps, self.trouble = settings, 0, ""
        self.rng = np.random.default_rng(settings.seed)
        self.model, self.optimizer = new_model(settings, self.rng), new_optimizer(settings)
        self.changes = [(0, settings)]
        self.loss, self.norm, self.scores = Curve(), Curve(), Curve()
        self.run, self.batch = None, None
        self._backups = []
        self.scores.add(0, score(self.model, settings.task, settings.length))

    def change(self, settings):
        """Take new settings from the next step on; True if the training had to start afresh."""
        if settings == self.settings:
            return False
        if self.settings.needs_restart(settings):
            self.restart(settings)
            return True
        self.settings = settings
        self.optimizer.rate = settings.rate
        if self.changes[-1][0] == self.steps:
            self.changes.pop()
        self.changes.append((self.steps, settings))
        return False

    def step(self):
        """Take one step and return the loss; None if it could not be taken, and ``trouble`` says why."""
        if self.trouble:
            return None
        if self.steps % BACKUPS_EVERY == 0:
            self._back_up()
        settings = self.settings
        batch = self.draw(settings)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                loss, gradients, run = loss_and_gradients(self.model, batch, settings.window)
                norm = global_norm(gradients)
            if not (np.isfinite(loss) and np.isfinite(norm)):
                raise NotFiniteError(f"the loss is {loss:.3g} and the gradient norm {norm:.3g}")
        except NotFiniteError as error:
            self.trouble = f"Step {self.steps + 1} was not taken, because its numbers are too large ({error})."
            return None
        if settings.clip is not None:
            gradients, _ = clip_by_norm(gradients, settings.clip)
        self.optimizer.update(self.model.params, gradients)
        self.steps += 1
        self.loss.add(self.steps, loss)
        self.norm.add(self.steps, norm)
        self.run, self.batch = run, batch
        return loss

    def draw(self, settings):
        """The next batch; where lags are mixed, its length is drawn first, by the same generator."""
        task, length = assignment(settings.task), settings.length
        if settings.mixed:
            length = int(self.rng.integers(task.shortest, length, endpoint=True))
        return task.draw(self.rng, settings.batch, length)

    def judge(self):
        """Measure on held-out data, keep the number and return it: NaN where the answers are not finite."""
        try:
            value = score(self.model, self.settings.task, self.settings.length)
        except NotFiniteError:
            value = float("nan")
        if not self.scores.steps or self.scores.steps[-1] != self.steps:
            self.scores.add(self.steps, value)
        return value

    def go_back(self):
        """Return to the weights of some steps ago, before the latest trouble or the latest backup."""
        if len(self._backups) > 1 and self._backups[-1][0] == self.steps:
            self._backups.pop()
        steps, params, optimizer, rng = self._backups[-1]
        for name, value in params.items():
            self.model.params[name][...] = value
        vars(self.optimizer).update(_copied(optimizer))
        self.optimizer.rate = self.settings.rate
        self.rng.bit_generator.state = rng
        self.steps, self.trouble, self.run, self.batch = steps, "", None, None
        for curve in (self.loss, self.norm, self.scores):
            kept = [k for k, step in enumerate(curve.steps) if step <= steps]
            curve.steps, curve.values = ([part[k] for k in kept] for part in (curve.steps, curve.values))
        self.changes = [(step, settings) for step, settings in self.changes if step < steps] or self.changes[:1]
        if self.changes[-1][1] != self.settings:
            self.changes.append((steps, self.settings))

    def _back_up(self):
        params = {name: value.copy() for name, value in self.model.params.items()}
        self._backups.append((self.steps, params, _copied(vars(self.optimizer)), self.rng.bit_generator.state))
        del self._backups[:-BACKUPS]

    def gradient_by_lag(self):
        """The mean norm of dL/dstate_t over the batch, by the distance from the last step: ``(T+1,)``; or None.

        It is that of the first layer, and in a network that reads both ways of its forward half.
        """
        run, batch = self.run, self.batch
        if run is None:
            run, batch = self.look(), self._seen
        with np.errstate(over="ignore", invalid="ignore"):
            _, d_outputs = output_gradients(self.model, run, batch)
            states = bptt(run, d_outputs, keep_state_gradients=True).states
        while states is not None and not isinstance(states[0], np.ndarray):
            states = states[0]
        if states is None:
            return None
        return np.sqrt(sum(np.sum(part**2, axis=-1) for part in states)).mean(axis=1)[::-1]

    def look(self):
        """Run the model over held-out sequences and return the run."""
        self._seen = held_out(self.settings.task, self.settings.length)
        return unroll(self.model.network, self._seen.x, None, self._seen.lengths)

    def eigenvalues(self):
        """The eigenvalues of the first recurrent matrix, block by block ``(G, H)``; empty where there is none."""
        cell = first_cell(self.model.network)
        if not hasattr(cell, "blocks_of"):
            return np.empty((0, 0), dtype=complex)
        return np.linalg.eigvals(cell.blocks_of(cell.recurrent_weight))

    def radius(self):
        """The spectral radius of the first recurrent matrix (of its last block); None where there is none."""
        cell = first_cell(self.model.network)
        if not hasattr(cell, "blocks_of"):
            return None
        return spectral_radius(cell.blocks_of(cell.recurrent_weight)[-1])


def first_cell(network):
    """The cell nearest the input; in a network that reads both ways, of its forward half."""
    while not hasattr(network, "params") or hasattr(network, "layers") or hasattr(network, "forward"):
        network = network.layers[0] if hasattr(network, "layers") else network.forward
    return network


def output_gradients(model, run, batch):
    """The loss of a batch, averaged over the steps that count, and dL/dh_t ``(T, B, H)``, for a run over it."""
    mask = counted_steps(batch)
    loss, d_outputs = model.loss_function(model.read_out(run.outputs), batch.targets, mask)
    count = int(mask.sum())
    return loss / count, d_outputs @ model.readout["W_o"] / count


def loss_and_gradients(model, batch, window=None):
    """As :meth:`rnnlib.Model.loss_and_gradients`; with ``window`` every loss looks back that many steps at most."""
    if window is None:
        return model.loss_and_gradients(batch)
    mask = counted_steps(batch)
    count = int(mask.sum())
    run = unroll(model.network, batch.x, None, batch.lengths)
    loss, d_outputs = model.loss_function(model.read_out(run.outputs), batch.targets, mask)
    d_outputs = d_outputs / count
    gradients = {
        "W_o": np.tensordot(d_outputs, run.outputs, axes=((0, 1), (0, 1))),
        "b_o": d_outputs.sum(axis=(0, 1)),
    }
    inner = truncated_bptt(run, d_outputs @ model.readout["W_o"], window).params
    return loss / count, {f"network.{name}": g for name, g in inner.items()} | gradients, run


def _copied(values):
    """A copy of the numbers of an optimiser, its dicts of arrays among them."""
    return {
        name: {key: np.copy(array) for key, array in value.items()} if isinstance(value, dict) else value
        for name, value in values.items()
    }

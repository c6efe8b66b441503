"""What can be set in the laboratory, and how a setting becomes a model and an optimiser."""

from dataclasses import asdict, dataclass, fields, replace

from rnnlib.cells import LSTM, Elman, GRUResetAfter
from rnnlib.checks import check_choice, check_number, check_size
from rnnlib.mingru import MinGRU
from rnnlib.model import Model
from rnnlib.optimizers import SGD, Adam
from rnnlib.wrappers import Bidirectional, Stacked

from .assignments import assignment

CELLS = ("tanh", "ReLU", "LSTM", "GRU", "minGRU")
STARTS = ("scaled_normal", "orthogonal", "identity")
OPTIMIZERS = {"SGD": SGD, "Adam": Adam}
# The gate whose bias decides how long a memory lasts: its name in words, and its block of rows.
KEEPING_GATES = {"LSTM": ("forget bias", "f"), "GRU": ("update bias", "z"), "minGRU": ("update bias", "z")}
# What may change between two steps of a training; everything else starts it afresh.
LIVE = ("length", "mixed", "rate", "clip", "window", "batch")


@dataclass(frozen=True)
class Settings:
    """One training, complete: the same settings and seed give the same losses to the last digit.

    ``length`` is the lag or the number of steps; ``mixed`` draws it anew for every batch, from the shortest to it.
    ``start`` and ``gain`` are those of the recurrent weights; ``gate_bias`` is the bias of the gate that keeps.
    ``clip`` is the threshold of the gradient norm, ``window`` how many steps back a loss looks; None for neither.

    Raises TypeError or ValueError for what does not exist or does not fit together.
    """

    task: str = "recall"
    length: int = 20
    mixed: bool = False
    cell: str = "tanh"
    units: int = 16
    layers: int = 1
    both_ways: bool = False
    start: str = "orthogonal"
    gain: float = 1.0
    gate_bias: float = 1.0
    optimizer: str = "SGD"
    rate: float = 0.3
    clip: float | None = 1.0
    window: int | None = None
    batch: int = 32
    seed: int = 0

    def __post_init__(self):
        task = assignment(self.task)
        check_choice("cell", self.cell, CELLS)
        check_choice("start", self.start, STARTS)
        check_choice("optimizer", self.optimizer, OPTIMIZERS)
        check_size("length", self.length, least=task.shortest)
        for name in ("units", "layers", "batch"):
            check_size(name, getattr(self, name))
        check_size("seed", self.seed, least=0)
        check_number("gain", self.gain, above=0)
        check_number("gate_bias", self.gate_bias)
        check_number("rate", self.rate, above=0)
        if self.clip is not None:
            check_number("clip", self.clip, above=0)
        if self.window is not None:
            check_size("window", self.window)
            if self.both_ways:
                raise ValueError("window: expected None with both ways: the backward half needs the whole sequence")

    def differences(self, other):
        """What another setting has that this one has not, by name."""
        mine = asdict(self)
        return {name: value for name, value in asdict(other).items() if value != mine[name]}

    def needs_restart(self, other):
        """Whether going over to ``other`` means starting afresh."""
        return not self.differences(other).keys() <= set(LIVE)

    def in_words(self, apart_from=None):
        """The settings in a few words; only what differs from ``apart_from`` if it is given."""
        names = [field.name for field in fields(self)]
        if apart_from is not None:
            names = [name for name in names if getattr(self, name) != getattr(apart_from, name)]
        return ", ".join(filter(None, (self.word(name) for name in names))) or "the same settings"

    def word(self, name):
        """One of the settings in words; empty where there is nothing to say of it."""
        value = getattr(self, name)
        if name == "mixed":
            return "lags mixed" if value else ""
        if name == "both_ways":
            return "both ways" if value else ""
        if name == "layers":
            return f"{value} layers" if value > 1 else ""
        if name == "gate_bias":
            return f"{KEEPING_GATES[self.cell][0]} {value:g}" if self.cell in KEEPING_GATES else ""
        if name in ("start", "gain") and self.cell == "minGRU":
            return ""  # it has no recurrent weights
        words = {
            "task": f"{value}",
            "length": f"{assignment(self.task).length} {value}",
            "cell": f"{value}",
            "units": f"{value} units",
            "start": f"{str(value).replace('_', ' ')} start",
            "gain": f"gain {value:g}" if isinstance(value, (int, float)) else "",
            "optimizer": f"{value}",
            "rate": f"rate {value:g}" if isinstance(value, (int, float)) else "",
            "clip": "no clipping" if value is None else f"clipped at {value}",
            "window": "" if value is None else f"window {value}",
            "batch": f"{value} sequences a batch",
            "seed": f"seed {value}",
        }
        return words[name]


def new_cell(settings, input_size, rng):
    """A cell as ``settings`` describe it; the bias of its keeping gate is set after the weights are drawn."""
    sizes, start = (input_size, settings.units), {"recurrent": settings.start, "gain": settings.gain}
    if settings.cell == "LSTM":
        return LSTM(*sizes, rng=rng, forget_bias=settings.gate_bias, **start)
    if settings.cell == "GRU":
        cell = GRUResetAfter(*sizes, rng=rng, **start)
        cell.params["b"][settings.units : 2 * settings.units] = settings.gate_bias
        return cell
    if settings.cell == "minGRU":
        return MinGRU(*sizes, rng=rng, update_bias=settings.gate_bias)
    return Elman(*sizes, rng=rng, activation=settings.cell.lower(), **start)


def new_model(settings, rng):
    """An untrained model: the network first, then the readout, drawn from ``rng`` in this order."""
    task, width, layers = assignment(settings.task), assignment(settings.task).inputs, []
    for _ in range(settings.layers):
        directions = [new_cell(settings, width, rng) for _ in range(1 + settings.both_ways)]
        layers.append(Bidirectional(*directions) if settings.both_ways else directions[0])
        width = layers[-1].output_size
    network = layers[0] if settings.layers == 1 else Stacked(*layers)
    return Model(network, task.outputs, loss=task.loss, rng=rng)


def new_optimizer(settings):
    """A fresh optimiser with the rate of ``settings``."""
    return OPTIMIZERS[settings.optimizer](settings.rate)


def for_task(name, **changes):
    """The settings to begin a task with."""
    return Settings(task=name, length=assignment(name).start, **changes)


def with_changes(settings, **changes):
    """The settings with some of them changed; a length that the new task does not allow becomes a good one."""
    if changes.get("task", settings.task) != settings.task and "length" not in changes:
        changes["length"] = assignment(changes["task"]).start
    return replace(settings, **changes)

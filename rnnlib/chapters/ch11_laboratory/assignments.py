"""The tasks of the laboratory, in one form: how to draw them, what guessing costs, and how an answer is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from rnnlib.checks import check_choice
from rnnlib.model import Batch, Model, counted_steps
from rnnlib.tasks import adding, latest_mark, parity, recall, slot_filling, temporal_order, two_time_scales

from . import reading

HELD_OUT = 300  # sequences that no training sees


@dataclass(frozen=True)
class Assignment:
    """A task: ``draw(rng, size, length)`` gives a :class:`rnnlib.Batch`.

    ``call`` is the same as a line of code, with ``length`` for the length. ``length`` names what is long in the task
    and ``shortest`` is the least it can be; ``start`` is a good beginning. ``baseline(length)`` is the loss of the
    best answer that does not look at the input. ``inputs`` and ``outputs`` are the sizes D and O.
    ``right(model, batch)`` is what is judged on held-out data, and ``measure`` its name in words. ``classes`` names the
    classes. ``read(text)`` makes a sequence ``(T, 1, D)`` of what a reader types; ValueError says what it takes.
    """

    name: str
    draw: Callable
    call: str
    length: str
    shortest: int
    longest: int
    start: int
    inputs: int
    outputs: int
    loss: str
    baseline: Callable
    right: Callable
    measure: str
    chance: float
    classes: tuple = ()
    read: Callable | None = None

    @property
    def module(self):
        """The module of ``rnnlib.tasks`` that ``call`` needs."""
        return self.call.partition(".")[0]


def accuracy(model, batch):
    """The share of the steps that count whose most probable class is the target."""
    return model.accuracy(batch)


def city_accuracy(model, batch):
    """The share of cities whose tag is right: destination or departure."""
    city = (batch.targets == slot_filling.TAGS.index("destination")) | (
        batch.targets == slot_filling.TAGS.index("departure")
    )
    return accuracy(model, batch._replace(mask=counted_steps(batch) & city))


def mean_squared_error(model, batch):
    """The mean of (O - Y)^2 over the steps that count and the outputs; the loss is half their sum over the outputs."""
    return 2 * model.loss(batch) / batch.targets.shape[-1]


def _slots(verb):
    return lambda rng, size, longest: slot_filling.draw_batch(rng, size, longest, verb)


@cache
def _entropy_of_tags(longest):
    """The entropy of a tag that is guessed from the shares of the tags alone, in nats."""
    batch = slot_filling.draw_batch(np.random.default_rng(0), 4000, longest)
    shares = np.bincount(batch.targets[counted_steps(batch)]) / counted_steps(batch).sum()
    return float(-(shares * np.log(shares)).sum())


def _squared(**differences):
    common = {"outputs": 1, "loss": "squared_error", "right": mean_squared_error, "measure": "mean squared error"}
    return common | {"read": reading.marked_numbers} | differences


def _classes(count, **differences):
    chances = {"baseline": lambda length: float(np.log(count)), "chance": 1 / count}
    common = {"outputs": count, "loss": "softmax_cross_entropy", "right": accuracy, "measure": "accuracy"}
    return common | chances | differences


SLOTS = _classes(
    len(slot_filling.TAGS),
    length="longest distance",
    shortest=1,
    longest=12,
    start=4,
    inputs=len(slot_filling.WORDS),
    classes=slot_filling.TAGS,
    read=reading.request,
    baseline=_entropy_of_tags,
    right=city_accuracy,
    measure="cities right",
    chance=0.5,
)
PARITY = _classes(
    2, length="steps T", shortest=1, longest=60, start=20, inputs=2, classes=("even", "odd"), read=reading.bits
)
ASSIGNMENTS = {
    task.name: task
    for task in (
        Assignment(
            "recall",
            recall.draw_batch,
            "recall.draw_batch(rng, size, length)",
            length="lag",
            shortest=1,
            longest=100,
            start=20,
            inputs=recall.CLASSES + 1,
            classes=("A", "B"),
            read=reading.class_and_noise,
            **_classes(recall.CLASSES),
        ),
        Assignment(
            "adding",
            adding.draw_batch,
            "adding.draw_batch(rng, size, length)",
            length="steps T",
            shortest=2,
            longest=100,
            start=50,
            inputs=2,
            **_squared(baseline=lambda length: 1 / 12, chance=1 / 6),
        ),
        Assignment(
            "temporal order",
            temporal_order.draw_batch,
            "temporal_order.draw_batch(rng, size, length)",
            length="steps T",
            shortest=10,
            longest=100,
            start=50,
            inputs=len(temporal_order.SYMBOLS),
            classes=temporal_order.CLASSES,
            read=reading.symbols,
            **_classes(4),
        ),
        Assignment(
            "latest mark",
            latest_mark.draw_batch,
            "latest_mark.draw_batch(rng, size, length)",
            length="steps T",
            shortest=2,
            longest=100,
            start=50,
            inputs=2,
            **_squared(baseline=lambda length: 1 / 24, chance=1 / 12),
        ),
        Assignment(
            "slot filling, verb first",
            _slots("before"),
            'slot_filling.draw_batch(rng, size, length, "before")',
            **SLOTS,
        ),
        Assignment(
            "slot filling, verb last",
            _slots("after"),
            'slot_filling.draw_batch(rng, size, length, "after")',
            **SLOTS,
        ),
        Assignment(
            "parity at every step",
            parity.draw_batch,
            "parity.draw_batch(rng, size, length)",
            **PARITY,
        ),
        Assignment(
            "parity at the end",
            lambda rng, size, length: parity.draw_batch(rng, size, length, at_every_step=False),
            "parity.draw_batch(rng, size, length, at_every_step=False)",
            **PARITY,
        ),
        Assignment(
            "two time scales",
            two_time_scales.draw_batch,
            "two_time_scales.draw_batch(rng, size, length)",
            length="steps T",
            shortest=2,
            longest=100,
            start=60,
            inputs=1,
            **_squared(outputs=2, read=reading.numbers, baseline=lambda length: 1.0, chance=1.0),
        ),
    )
}


def assignment(name) -> Assignment:
    """The task of this name; ValueError that lists them if there is none."""
    return ASSIGNMENTS[check_choice("task", name, ASSIGNMENTS)]


def held_out(name, length) -> Batch:
    """New sequences of a task, always the same, from a generator of their own."""
    return assignment(name).draw(np.random.default_rng(977), HELD_OUT, length)


def score(model: Model, name, length) -> float:
    """How right ``model`` is on held-out data of the task, as :class:`Assignment` measures it."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(assignment(name).right(model, held_out(name, length)))

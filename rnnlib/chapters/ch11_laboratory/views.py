"""What there is to see of a training at one moment, as numbers: of a live session, or of a recorded one."""

from dataclasses import dataclass, field, replace

import numpy as np

from rnnlib.activations import softmax
from rnnlib.checks import NotFiniteError
from rnnlib.unroll import unroll

from .assignments import assignment, held_out
from .session import first_cell

TOO_LARGE = "The numbers have become too large to draw: the picture shows them as they last were."
TRAIL = 12  # earlier sets of eigenvalues that are shown
# What can be shown of one sequence: words, and the names it has in the traces of the cells.
SIGHTS = {"states": (), "gate that keeps": ("f", "z"), "gate that writes": ("i", "r")}


@dataclass
class View:
    """One moment of a training.

    ``loss`` and ``scores`` are pairs of arrays (steps, values); ``baseline`` is the loss of guessing. ``lags (T+1,)``
    is the gradient by lag now, ``first_lags`` at the start. ``eigenvalues (K,)`` are those now, ``trail`` earlier
    ones. ``sight (H, T)`` is what is shown of one sequence, in -1..1, and ``answer`` what the network says of it.
    """

    settings: object
    steps: int
    loss: tuple
    scores: tuple
    baseline: float
    lags: np.ndarray
    first_lags: np.ndarray
    eigenvalues: np.ndarray
    trail: np.ndarray
    sight: np.ndarray
    answer: str
    pinned: list = field(default_factory=list)
    trouble: str = ""


def view_of(session, *, first_lags=None, trail=(), number=0, sight="states", drawn=None, before=None):
    """The :class:`View` of a session now; ``number`` chooses one of the held-out sequences, or ``drawn`` is one.

    Where the numbers have become too large to be drawn, the panels stay as they were in the view ``before``.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            view = _finite_view_of(session, number, sight, drawn)
    except (NotFiniteError, np.linalg.LinAlgError):
        if before is None:
            raise
        told = {"trouble": session.trouble or TOO_LARGE, "pinned": []}
        return replace(before, settings=session.settings, steps=session.steps, **told, **_curves(session))
    view.first_lags = view.lags if first_lags is None else first_lags
    if len(trail):
        view.trail = np.concatenate([part.ravel() for part in trail])
    return view


def _curves(session):
    curves = {"loss": session.loss, "scores": session.scores}
    return {name: (np.array(curve.steps), np.array(curve.values)) for name, curve in curves.items()}


def _finite_view_of(session, number, sight, drawn):
    settings = session.settings
    if drawn is None:
        batch = held_out(settings.task, settings.length)
        x, lengths = batch.x[:, [number]], None if batch.lengths is None else batch.lengths[[number]]
    else:
        batch, x, lengths = None, drawn, None
    run = unroll(session.model.network, x, None, lengths)
    lags = session.gradient_by_lag()
    eigenvalues = session.eigenvalues().ravel()
    return View(
        settings=settings,
        steps=session.steps,
        **_curves(session),
        baseline=assignment(settings.task).baseline(settings.length),
        lags=lags,
        first_lags=lags,
        eigenvalues=eigenvalues,
        trail=eigenvalues[:0],
        sight=seen(run, sight),
        answer=answer_in_words(session.model, run, settings, batch, number),
        trouble=session.trouble,
    )


def seen(run, sight):
    """What is shown of the first sequence of ``run``: its states, or a gate, ``(H, T)``; states where there is none."""
    while not hasattr(run, "states"):
        run = run.runs[0] if hasattr(run, "runs") else run.forward
    trace = getattr(run, "trace", run)
    for name in SIGHTS[sight]:
        if hasattr(trace, name):
            return np.array(getattr(trace, name)[:, 0].T)
    return np.array(run.outputs[:, 0].T)


def has_sight(network, sight):
    """Whether a network has what ``sight`` shows, or states are shown in its place."""
    cell = first_cell(network)
    return sight == "states" or any(name in getattr(cell, "blocks", ()) for name in SIGHTS[sight])


def answer_in_words(model, run, settings, batch, number):
    """What the model says at the last step of the first sequence of ``run``, and what is right if that is known."""
    task = assignment(settings.task)
    last = len(run) - 1 if batch is None or batch.lengths is None else int(batch.lengths[number]) - 1
    outputs = model.read_out(run.outputs)[last, 0]
    if task.loss == "squared_error":
        said = ", ".join(f"{value:.2f}" for value in outputs)
        right = "" if batch is None else ", ".join(f"{value:.2f}" for value in batch.targets[last, number])
    else:
        chances = softmax(outputs)
        said = f"{task.classes[int(chances.argmax())]} ({chances.max():.0%})"
        right = "" if batch is None else task.classes[int(batch.targets[last, number])]
    return f"Answer: {said}" + (f", right: {right}" if right else "")

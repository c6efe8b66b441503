"""Trainings of the laboratory recorded beforehand, moment by moment, for pages without a kernel."""

from collections import deque
from functools import cache
from pathlib import Path

import numpy as np

from .session import Session
from .stories import STORIES, WON, story
from .views import TRAIL, View, view_of

FOLDER = Path(__file__).with_name("trained")
RECORDED = (*WON, *STORIES)
MOMENTS = 30
LARGEST = 1e30  # that is written


def path_of(key):
    """The file of a recording."""
    return FOLDER / f"{key}.npz"


def record(key):
    """Train the story ``key``, and note a :class:`View` at each moment: arrays by name."""
    told = story(key)
    session = Session(told.begin)
    first, trail = session.gradient_by_lag(), deque(maxlen=TRAIL)
    views = []
    for step in range(told.steps + 1):
        session.change(told.settings_at(step))
        if step % (told.steps // MOMENTS) == 0:
            session.judge()
            views.append(view_of(session, first_lags=first, trail=list(trail), before=views[-1] if views else None))
            trail.append(session.eigenvalues())
        session.step()
    return _as_arrays(views)


def _as_arrays(views):
    last, arrays = views[-1], {}
    arrays["loss steps"], arrays["loss"] = last.loss
    arrays["score steps"], arrays["score"] = last.scores
    arrays["moments"] = np.array([view.steps for view in views])
    arrays["trouble"] = np.array([view.trouble for view in views])
    arrays["baseline"] = np.array([view.baseline for view in views])
    arrays["first lags"] = last.first_lags.astype(np.float32)
    for k, view in enumerate(views):
        arrays[f"lags {k}"] = np.minimum(view.lags, LARGEST).astype(np.float32)
        arrays[f"sight {k}"] = view.sight.astype(np.float16)
        arrays[f"answer {k}"] = np.array(view.answer)
    arrays["eigenvalues"] = np.array([view.eigenvalues for view in views]).astype(np.complex64)
    return arrays


@cache
def recording(key):
    """The recorded :class:`View` objects of a story, one for each moment."""
    told = story(key)
    with np.load(path_of(key), allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    views = []
    for k, step in enumerate(data["moments"]):
        so_far = {name: data[f"{name} steps"] <= step for name in ("loss", "score")}
        views.append(
            View(
                settings=told.settings_at(k * (told.steps // MOMENTS)),
                steps=int(step),
                loss=tuple(data[name][so_far["loss"]] for name in ("loss steps", "loss")),
                scores=tuple(data[name][so_far["score"]] for name in ("score steps", "score")),
                baseline=float(data["baseline"][k]),
                lags=data[f"lags {k}"].astype(float),
                first_lags=data["first lags"].astype(float),
                eigenvalues=data["eigenvalues"][k].astype(complex),
                trail=data["eigenvalues"][max(k - TRAIL, 0) : k].astype(complex).ravel(),
                sight=data[f"sight {k}"].astype(float),
                answer=str(data[f"answer {k}"]),
                trouble=str(data["trouble"][k]),
            )
        )
    return tuple(views)

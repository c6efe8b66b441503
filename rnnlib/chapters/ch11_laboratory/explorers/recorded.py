"""Recorded trainings: the picture of the laboratory at every moment of them."""

from functools import partial

from rnnlib.pictures.controls import Choice, Stepper
from rnnlib.pictures.live import LiveFigure

from .. import panels
from ..missions import MISSIONS
from ..recordings import MOMENTS, RECORDED, recording
from ..stories import story


def recorded(key=None):
    """The picture of the laboratory at each moment of a training that was recorded; ``key`` names a single one."""
    moment = {"moment": Stepper(0, 0, MOMENTS, label="moment of the training", interval=300)}
    if key is not None:
        return LiveFigure(panels.draw, partial(_update, key=key), moment, panels.ALT, panels.SIZE)
    titles = {story(key).title: key for key in RECORDED}
    choice = {"key": Choice(RECORDED[0], titles, label="training", shape="list")}
    return LiveFigure(panels.draw, _update, moment | choice, panels.ALT, panels.SIZE)


def _update(artists, moment, key):
    view, told = recording(key)[moment], story(key)
    panels.show(artists, view)
    words = ", ".join(filter(None, map(view.settings.word, told.moved)))
    return panels.sentence(view, MISSIONS.get(key)) + (f" Now: {words}." if words else "")

"""Curves that grow while a training runs."""

import time

import numpy as np
from IPython.display import display

from . import style
from .figures.picture import Picture

PAUSE = 0.8  # seconds between two drawings, so that watching does not slow the training down


class LiveCurves:
    """A picture of numbers measured in training, drawn again and again until the ``with`` block ends.

    ``with LiveCurves(axes, alt) as curves: train(..., measure=curves.follow("RNN", measure, every=20))``

    ``axes`` are axes with limits and labels, in a figure of :func:`rnnlib.pictures.style.new_figure`. ``alt`` says
    what the finished picture shows.
    """

    def __init__(self, ax, alt):
        self.ax, self.picture = ax, Picture(ax.figure, alt)
        self._handle, self._drawn = None, 0.0

    def __enter__(self):
        self._handle = display(self.picture, display_id=True)
        return self

    def __exit__(self, *error):
        self._draw()

    def follow(self, name, measure, every, **look):
        """``measure`` as a function for ``train(..., measure_every=every)`` whose numbers grow a curve called ``name``.

        ``look`` goes to ``ax.plot``; without a colour the curve takes the one of ``name`` in ``style.COLOURS``.
        """
        look = {"color": style.COLOURS.get(name, "black")} | look
        line = self.ax.plot([], [], label=name, **look)[0]
        self.ax.legend()
        numbers = []

        def measured(model):
            numbers.append(measure(model))
            line.set_data(np.arange(len(numbers)) * every, numbers)
            if time.monotonic() - self._drawn > PAUSE:
                self._draw()
            return numbers[-1]

        return measured

    def _draw(self):
        if self._handle is not None:
            self._handle.update(self.picture)
        self._drawn = time.monotonic()

"""The look of the course: one style sheet, one palette, one switch for the lecture hall."""

import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.scale import register_scale

from .ticks import LogScaleInText

register_scale(LogScaleInText)  # no line of a style sheet can ask for it
SHEET = Path(__file__).with_name("course.mplstyle")

# Okabe & Ito (2008), safe for the common forms of colour blindness. A colour means the same thing in every
# chapter. The yellow of the output gate is darkened to be legible on white.
COLOURS = {
    "input": "#56B4E9",
    "state": "#0072B2",
    "memory": "#CC79A7",
    "output": "#000000",
    "gradient": "#D55E00",
    "input_gate": "#009E73",
    "forget_gate": "#E69F00",
    "output_gate": "#A89200",
    "reset_gate": "#009E73",
    "update_gate": "#E69F00",
    "candidate": "#56B4E9",
    "bound": "#777777",
    "target": "#009E73",
    "RNN": "#0072B2",
    "LSTM": "#CC79A7",
    "GRU": "#009E73",
}

# Whatever draws holds it: the settings of Matplotlib are global, and widgets are moved from other threads.
DRAWING = threading.RLock()

LECTURE_SCALE = 1.2
_SIZES = (
    *("font.size", "axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"),
    *("lines.linewidth", "lines.markersize"),
)
_lecture = False


@cache
def _sheet():
    return mpl.rc_params_from_file(SHEET, use_default_template=False)


def rc_params():
    """The settings of the style sheet, enlarged where the lecture switch is on."""
    rc = dict(_sheet())
    if _lecture:
        rc.update({name: rc[name] * LECTURE_SCALE for name in _SIZES})
    return rc


def use(lecture=False):
    """Give every picture that follows the look of the course.

    ``lecture=True`` is for the hall: big type, thick lines.
    """
    global _lecture
    with DRAWING:
        _lecture = bool(lecture)
        mpl.rcParams.update(rc_params())


def scale():
    """How much larger than usual type and lines are drawn: 1, or more where the lecture switch is on."""
    return LECTURE_SCALE if _lecture else 1.0


@contextmanager
def context(rc=None):
    """The look of the course, or the settings ``rc``, for what is drawn inside a ``with`` block.

    One thread draws at a time; the others wait.
    """
    with DRAWING:
        rc = rc_params() if rc is None else rc
        if all(mpl.rcParams[name] == value for name, value in rc.items()):  # they hold, and switching costs 1 ms
            yield
        else:
            with mpl.rc_context(rc):
                yield


def smallest_letters(fig):
    """The size in points of the smallest letters that are seen in ``fig``; None where it has no words."""
    words = fig.findobj(lambda artist: hasattr(artist, "get_fontsize") and artist.get_visible())
    return min((part.get_fontsize() for part in words if part.get_text().strip()), default=None)


def new_figure(width=9.0, height=3.6):
    """An empty figure of ``width`` by ``height`` inches that no window owns and nothing shows twice."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure

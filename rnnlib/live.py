"""The live-figure engine: pictures that follow the hand.

A figure is drawn once. When a control moves, only the artists that depend on it are drawn again, over
pixels kept from before, and the result goes to the browser as one compressed picture.
"""

import asyncio
import base64
import contextlib
import functools
import html
import io
import re
import struct
import zlib
from weakref import WeakSet

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from IPython.display import display
from PIL import Image

from . import style
from .blitting import Blitter

# The hyphen that Python writes before a negative number.
MINUS = re.compile(r"(?<!\w)-(?=\d)")
FRAMES = 32  # of the latest frames are kept: a hand often goes back
REST = 0.05  # seconds without a move, after which the next picture is drawn ahead
CAPTION = (
    '<div role="status" aria-live="polite" style="max-width:{width:.0f}px; line-height:1.4; '
    'font-size:calc({scale} * var(--jp-content-font-size1, 14px))">{text}</div>'
)


class LiveFigure(widgets.VBox):
    """Controls, a picture that follows them, and a sentence that says what the picture shows.

    ``draw(fig)`` builds the whole picture once, with still axes, and returns the artists that move, as a
    mapping from names to artists or containers of artists. ``update(artists, **values)`` moves them to the
    values of the controls and returns the sentence. It must depend on the values alone: the picture must not
    remember where the hand came from, and while the hand rests the next one is drawn ahead. Whatever else it
    changes (limits, ticks, a title that was not named as moving) is drawn too, but then everything is drawn anew,
    which the hand feels: change it only when it differs.
    The layout is made once, for the values at the beginning.

    ``controls`` maps the names of the values to ipywidgets controls, whose descriptions are words for a
    reader. ``alt`` says what the picture is about; the sentence of ``update`` is added to it. ``size`` is the
    width and height in inches, 100 pixels each; a picture over some 330 000 pixels lags, and every letter
    that moves costs 0.2 ms.
    """

    def __init__(self, draw, update, controls, alt, size=(9.0, 3.6)):
        self.controls = controls
        self.alt = " ".join(alt.split())
        self.sentence = ""
        self._update = update
        self._initial = self.values
        self._look, self._scale = style.rc_params(), style.scale()
        # A legend in the best place for the curves would wander with them.
        with style.context(self._look | {"legend.loc": "upper right"}):
            self.fig = style.new_figure(*size)
            self.artists = draw(self.fig)
            self._blitter = Blitter(self.fig, self.artists)
            update(self.artists, **self.values)  # so that the layout leaves room for what is written
            self.fig.draw_without_rendering()
        self.fig.set_layout_engine("none")

        width = f"{size[0] * 100:.0f}px"
        self._image = widgets.Image(format="png", layout={"width": width, "max_width": "100%"})
        self._caption = widgets.HTML()
        self._listening = True
        self._frame = functools.lru_cache(maxsize=FRAMES)(self._draw_frame)
        self._timer = None
        self.render()
        reset = widgets.Button(description="Reset", tooltip="Put every control back", layout={"width": "auto"})
        reset.on_click(lambda _: self._try(self.reset))
        for name, control in controls.items():
            control.observe(functools.partial(self._follow, name), "value")
        row = widgets.HBox(
            [*map(_laid_out, controls.values()), reset],
            layout={"flex_flow": "row wrap", "align_items": "center", "grid_gap": "2px 16px", "max_width": width},
        )
        super().__init__([row, self._image])
        _close_those_of_earlier_runs(self)

    @property
    def values(self):
        """The value of every control, by name."""
        return {name: _value(control) for name, control in self.controls.items()}

    def set(self, **values):
        """Move several controls at once and draw the picture; an error in drawing is raised."""
        unknown = values.keys() - self.controls.keys()
        if unknown:
            raise TypeError(f"set: expected names among {list(self.controls)}, got {sorted(unknown)}")
        self._listening = False
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._listening = True
        self.render()

    def reset(self):
        """Put every control back to where it was at first."""
        self.set(**self._initial)

    def render(self):
        """Draw the picture for the present values and hand it to the browser."""
        values = self.values
        self.sentence, self._image.value = self._frame(**values)
        self._say(html.escape(self.sentence))
        if self._place != values:  # the frame was drawn before
            self._move(values)

    def pixels(self):
        """The picture as an array ``(height, width, 4)`` of bytes."""
        with style.context(self._look):
            return self._blitter.pixels()

    def png(self):
        """The picture as PNG bytes."""
        stream = io.BytesIO()
        Image.fromarray(self.pixels()).convert("RGB").save(stream, "png")
        return stream.getvalue()

    def _move(self, values):
        """Move the artists to ``values`` and return the sentence."""
        self._place = None
        with style.context(self._look):
            sentence = self._update(self.artists, **values)
        if not isinstance(sentence, str):
            raise TypeError(f"update: expected the sentence that says what is seen, got {sentence!r}")
        self._place = values
        return MINUS.sub("−", sentence)

    def _draw_frame(self, **values):
        """The sentence and the picture, as PNG bytes, for ``values``; the artists stay there."""
        return self._move(values), _quick_png(self.pixels())

    def _follow(self, name, change):
        """Draw what the hand asks for, and plan to draw ahead what it asks for next if it goes on as it went."""
        if not self._listening:
            return
        self._try(self.render)
        if self._timer is not None:
            self._timer.cancel()
        further = _further(self.controls[name], change)
        if further is not None:
            with contextlib.suppress(RuntimeError):  # outside a kernel no loop is running
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(REST, self._draw_ahead, self.values | {name: further})

    def _draw_ahead(self, values):
        """Have the frame for ``values`` ready; what goes wrong there is told when the hand gets there."""
        with contextlib.suppress(Exception):
            self._frame(**values)
        with contextlib.suppress(Exception):
            self._move(self.values)

    def _try(self, action):
        """Do what the hand asked for; what goes wrong is told in place of the sentence, and the kernel lives on."""
        try:
            action()
        except Exception as error:
            self.sentence = f"The picture could not be drawn for these values ({type(error).__name__}: {error})."
            self._say(f"<b>{html.escape(self.sentence)}</b> Press Reset to go on.")

    def _say(self, text):
        self._caption.value = CAPTION.format(width=self.fig.get_figwidth() * 100, scale=self._scale, text=text)

    def _repr_mimebundle_(self, **kwargs):
        alt, width = f"{self.alt} {self.sentence}", round(self.fig.get_figwidth() * 100)
        data = super()._repr_mimebundle_(**kwargs)
        data |= {"image/png": base64.b64encode(self.png()).decode("ascii"), "text/plain": alt}
        return data, {"image/png": {"alt": alt, "width": width}}

    def _ipython_display_(self):
        """Show the figure, and the sentence below it: two outputs, each with what stands for it without a kernel.

        JupyterLab and Markdown do not pass on the alt text of a picture, so the words are there to read as well.
        """
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        words = data["text/plain"]
        fallback = {"text/html": f"<p>{html.escape(words)}</p>", "text/plain": words}
        display(self._caption._repr_mimebundle_() | fallback, raw=True)

    def close(self):
        """Take the controls, the picture and the sentence from the page and out of memory."""
        if self.comm is not None:
            super().close()
            if self._timer is not None:
                self._timer.cancel()
            for part in (self._caption, *_parts(self), *_parts(self._caption)):
                part.close()


class Stepper(widgets.IntSlider):
    """A slider over whole numbers to be taken one at a time: it stands beside buttons for back, on and play.

    Takes what ``IntSlider`` takes, and the milliseconds between two steps while it plays.
    """

    def __init__(self, *args, interval=900, **kwargs):
        super().__init__(*args, **kwargs)
        back = widgets.Button(description="‹", tooltip="One step back", layout={"width": "36px"})
        on = widgets.Button(description="›", tooltip="One step on", layout={"width": "36px"})
        back.on_click(lambda _: self.move(-1))
        on.on_click(lambda _: self.move(1))
        bounds = {name: getattr(self, name) for name in ("min", "max", "step", "value")}
        play = widgets.Play(interval=interval, show_repeat=False, tooltip="Play, stop", **bounds)
        # The browser itself moves the slider while it plays: no step waits for the kernel.
        self._link = widgets.jslink((play, "value"), (self, "value"))
        self.buttons = (back, on, play)

    def move(self, steps):
        """Go ``steps`` steps on, or back if it is negative, and no further than the ends."""
        self.value = min(max(self.value + steps * self.step, self.min), self.max)

    def close(self):
        """Close the slider, its buttons and the link between them."""
        if self.comm is not None:
            super().close()
            for part in (*self.buttons, self._link):
                part.close()


def _quick_png(pixels):
    """RGBA pixels ``(height, width, 4)`` as PNG bytes: a few more than Pillow makes, in a third of its time.

    Pillow tries five filters on every row; here the rows are compressed as they are (ISO/IEC 15948, filter type 0).
    """
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # each row begins with its filter
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits a channel, RGBA
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _value(control):
    """The value of a control, free of the rounding error of the page, where 1.01 + 0.001 is 1.0110000000000001."""
    return round(control.value, 10) if isinstance(control, widgets.FloatSlider) else control.value


def _further(control, change):
    """Where a slider stands if it is moved once more as far as in ``change``, or None if that is nowhere."""
    if not isinstance(control, (widgets.IntSlider, widgets.FloatSlider)):
        return None
    value = round(2 * change.new - change.old, 10)
    return value if control.min <= value <= control.max else None


def _laid_out(control):
    """A control that wraps as a whole and never cuts its words, with its buttons if it has any."""
    control.tooltip = control.tooltip or control.description  # else the page shows "null" over the description
    control.style.description_width = "initial"
    control.layout.max_width = "100%"
    if hasattr(control, "readout"):
        control.layout.width = f"calc({len(control.description)}ch + 240px)"
    else:
        control.layout.width = "auto"
    if hasattr(control.style, "button_width"):
        control.style.button_width = "auto"
    if hasattr(control, "indent"):
        control.indent = False
    if hasattr(control, "buttons"):
        wrapping = {"align_items": "center", "max_width": "100%", "flex_flow": "row wrap"}
        return widgets.HBox([control, *control.buttons], layout=wrapping)
    return control


def _parts(widget):
    """Every widget that a widget holds, in any depth."""
    for name in widget.keys:
        value = getattr(widget, name)
        for part in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(part, widgets.Widget):
                yield part
                yield from _parts(part)


_shown = {}


def _close_those_of_earlier_runs(figure):
    """Close the live figures that an earlier run of the same notebook cell made: this run replaces them."""
    shell = get_ipython()
    request = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell, run = request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id")
    if cell is None:
        return
    latest, figures = _shown.get(cell, (None, ()))
    if latest != run:
        for earlier in list(figures):
            earlier.close()
        latest, figures = _shown[cell] = run, WeakSet()
    figures.add(figure)

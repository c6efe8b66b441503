"""The live-figure engine: pictures that follow the hand.

A figure is drawn once. When a control moves, only the artists that depend on it are drawn again, over a
background kept from before, and the pixels go to the browser as one PNG.
"""

import base64
import html
import io

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from PIL import Image

from . import style

CAPTION = '<div role="status" aria-live="polite" style="line-height:1.4; max-width:{width}px">{text}</div>'


class LiveFigure(widgets.VBox):
    """Controls, a picture that follows them, and a sentence that says what the picture shows.

    ``draw(fig)`` builds the whole picture once, with still axes, and returns the artists that move, as a
    mapping from names to artists or lists of artists. ``update(artists, **values)`` moves them to the values
    of the controls and returns the sentence. It must depend on the values alone: the picture must not
    remember where the hand came from. Where it changes the limits or the scale of an axis, the background
    is drawn anew.

    ``controls`` maps the names of the values to ipywidgets controls, whose descriptions are words for a
    reader. ``alt`` says what the picture is about; the sentence of ``update`` is added to it. ``size`` is the
    width and height in inches, 100 pixels each; a picture over some 330 000 pixels lags.
    """

    def __init__(self, draw, update, controls, alt, size=(9.0, 3.6)):
        self.controls = controls
        self.alt = " ".join(alt.split())
        self.sentence = ""
        self._update = update
        self._initial = {name: control.value for name, control in controls.items()}
        with style.context():
            self.fig = style.new_figure(*size)
            self.artists = draw(self.fig)
            self._moving = sorted(_flatten(self.artists.values()), key=Artist.get_zorder)
            for artist in self._moving:
                artist.set_animated(True)
            self.fig.draw_without_rendering()
        self.fig.set_layout_engine("none")
        self._axes_state = self._background = None

        self._image = widgets.Image(
            format="png", layout=widgets.Layout(max_width="100%", width=f"{size[0] * 100:.0f}px")
        )
        self._caption = widgets.HTML()
        reset = widgets.Button(
            description="Reset", tooltip="Put every control back", layout=widgets.Layout(width="70px")
        )
        reset.on_click(lambda _: self.reset())
        for control in controls.values():
            _lay_out(control)
            control.observe(self._on_change, "value")
        row = widgets.HBox(
            [*controls.values(), reset], layout=widgets.Layout(flex_flow="row wrap", align_items="center")
        )
        self._listening = True
        self.render()
        super().__init__([row, self._image, self._caption])

    @property
    def values(self):
        """The value of every control, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values):
        """Move several controls at once and draw the picture; an error in drawing is raised."""
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
        self.sentence = self._update(self.artists, **self.values)
        self._image.value = self._encode(self.pixels())
        self._say(html.escape(self.sentence))

    def pixels(self):
        """The picture as an array ``(height, width, 4)`` of bytes."""
        canvas = self.fig.canvas
        axes_state = [(ax.get_xlim(), ax.get_ylim(), ax.get_xscale(), ax.get_yscale()) for ax in self.fig.axes]
        if axes_state == self._axes_state:
            canvas.restore_region(self._background)
        else:
            with style.context():
                canvas.draw()
            self._background = canvas.copy_from_bbox(self.fig.bbox)
            self._axes_state = axes_state
        for artist in self._moving:
            artist.draw(canvas.get_renderer())
        return np.asarray(canvas.buffer_rgba())

    def _encode(self, pixels):
        stream = io.BytesIO()
        Image.fromarray(pixels).convert("RGB").save(stream, "png", compress_level=1)
        return stream.getvalue()

    def _on_change(self, change):
        if not self._listening:
            return
        try:
            self.render()
        except Exception as error:  # whatever goes wrong, the reader is told here and the kernel lives on
            self.failed(error)

    def failed(self, error):
        """Say in place of the sentence that the picture could not be drawn, and why."""
        words = html.escape(f"{type(error).__name__}: {error}")
        self._say(f"<b>The picture could not be drawn for these values</b> ({words}). Press Reset to go on.")

    def _say(self, text):
        self._caption.value = CAPTION.format(width=self.fig.get_figwidth() * 100, text=text)

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        alt = f"{self.alt} {self.sentence}"
        data["text/plain"] = alt
        data["image/png"] = base64.b64encode(self._image.value).decode("ascii")
        return data, {"image/png": {"alt": alt}}


def _flatten(artists):
    for entry in artists:
        if isinstance(entry, Artist):
            yield entry
        else:
            yield from _flatten(entry)


def _lay_out(control):
    """Give a control room for its words, so that they are never cut off."""
    control.style.description_width = "initial"
    if hasattr(control, "readout"):
        control.layout.width = "360px"

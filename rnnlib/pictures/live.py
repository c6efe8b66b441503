"""The live-figure engine: pictures that follow the hand.

A figure is drawn once, as SVG in the page. When a control moves, the page sends one message with the places of all
controls, and gets back the groups of the picture that changed and the sentence that says what is seen now.
"""

import base64
import gc
import html
import io
import json
import re
import zlib
from pathlib import Path
from weakref import WeakSet

import anywidget
import ipywidgets as widgets
import traitlets
from IPython import get_ipython
from IPython.display import display

from . import style
from .controls import check_beforehand, check_controls
from .scene import Scene
from .svg import UNIT

FRONT = Path(__file__).with_name("front")
DPI = 200  # of the picture that replaces the figure where nothing moves
# The hyphen that Python writes before a negative number.
MINUS = re.compile(r"(?<!\w)-(?=\d)")
TO_MOVE = "Run this cell to move it."


def front_module():
    """The one module of the page, without comments: what JupyterLab, the site and the slides run."""
    lines = (FRONT / "live.js").read_text(encoding="utf-8").splitlines()
    looks = (FRONT / "live.css").read_text(encoding="utf-8")
    code = "\n".join(line.strip() for line in lines if not line.lstrip().startswith("//"))
    return code.replace("LOOKS", json.dumps(" ".join(looks.split())), 1)


class LiveFigure(anywidget.AnyWidget):
    """Controls, a picture that follows them, and a sentence that says what the picture shows.

    ``draw(fig)`` builds the whole picture once, with still axes, and returns the artists that move, as a
    mapping from names to artists or containers of artists. ``update(artists, **values)`` moves them to the
    values of the controls and returns the sentence. It must depend on the values alone: the picture must not
    remember where the hand came from. Whatever else it changes (limits, ticks, a title that was not named as
    moving) is drawn too, but then the whole scene is sent: change it only when it differs.
    The layout is made once, for the values at the beginning.

    ``controls`` maps the names of the values to controls of :mod:`rnnlib.pictures.controls`, whose labels are words
    for a reader. ``alt`` says what the picture is about; the sentence of ``update`` is added to it. ``size`` is the
    width and height in inches, 100 pixels of the page each. ``beforehand`` names the controls that move where there is
    no kernel, on the site and in its slides: the first two, if nothing else is said. It may be a dict from names to
    the positions that each takes there. ``handles(artists)`` gives the parts of the picture that can be dragged, a list
    of :class:`rnnlib.pictures.handles.Handle`. ``below`` names the controls that have their place under the picture.
    """

    _esm = traitlets.Unicode(front_module() + "\nexport default live;").tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, draw, update, controls, alt, size=(9.0, 3.6), beforehand=None, handles=None, below=(), off=None):
        self.controls = check_controls(controls)
        self.beforehand = check_beforehand(beforehand, controls)
        self._below, self._off = frozenset(below), off
        self.alt = " ".join(alt.split())
        self.sentence = ""
        self._update = update
        self._initial = {name: control.value for name, control in controls.items()}
        self.values = dict(self._initial)
        self._look, self._scale = style.rc_params(), style.scale()
        # A legend in the best place for the curves would wander with them.
        with style.context(self._look | {"legend.loc": "upper right"}):
            self.fig = style.new_figure(*size)
            self.fig.dpi = 72  # a pixel is a point
            self.artists = draw(self.fig)
            update(self.artists, **self.values)  # so that the layout leaves room for what is written
            self.fig.draw_without_rendering()
            self.fig.set_layout_engine("none")
            self._scene = Scene(self.fig, self.artists)
            self._sent = {"defs": 0, "colours": 0}
            self.move(self.values)
            super().__init__(spec=self._spec(handles(self.artists) if handles else ()))
        self.on_msg(self._heard)
        self._leave_the_way_open()
        _close_those_of_earlier_runs(self)

    def set(self, **values):
        """Move several controls at once and draw the picture; an error in drawing is raised.

        Raises TypeError for a name and ValueError for a value that no control has.
        """
        unknown = values.keys() - self.controls.keys()
        if unknown:
            raise TypeError(f"set: expected names among {list(self.controls)}, got {sorted(unknown)}")
        values = {name: self._known(name, value) for name, value in values.items()}
        with style.DRAWING:
            patch = self.move(self.values | values)
            self._tell(None, patch)

    def reset(self):
        """Put every control back to where it was at first."""
        self.set(**self._initial)

    @property
    def turns_off(self):
        """Whether some of the controls change nothing at some values of others."""
        return self._off is not None

    def svg(self):
        """The picture as an SVG file, which depends on the values alone."""
        with style.DRAWING:
            return self._scene.svg()

    def png(self, dpi=DPI):
        """The picture as PNG bytes; on the page it is 100 dots an inch."""
        stream = io.BytesIO()
        with style.context(self._look):
            usual, self.fig.dpi = self.fig.dpi, dpi
            # savefig would lay it out first, for nothing
            self.fig.canvas.print_png(stream, metadata={"Software": None})
            self.fig.dpi, self.fig.stale = usual, False
        return stream.getvalue()

    def close(self):
        """Take the controls, the picture and the sentence from the page and out of memory."""
        if self.comm is not None:
            layout = self.layout
            super().close()
            layout.close()
            self.fig = self.artists = self._scene = self._update = None
            self.spec, self.controls = {}, {}

    def get_state(self, key=None, drop_defaults=False):
        """What a page needs, the picture as it is now; nothing of it is kept for a page that is never opened."""
        state = super().get_state(key, drop_defaults)
        if "picture" in state and self._scene is not None:
            with style.DRAWING:
                state["picture"] = _packed(self.everything())
        return state

    def _known(self, name, value):
        control = self.controls[name]
        return control.at(control.position(value))

    def move(self, values):
        """Draw the picture for ``values``; what of the page changes, as a patch."""
        with style.context(self._look):
            before = dict(self._scene.parts)
            try:
                sentence = self._update(self.artists, **values)
                if not isinstance(sentence, str):
                    raise TypeError(
                        f"update: expected the sentence that says what is seen, got {type(sentence).__name__}"
                    )
                whole = self._scene.take()
            except BaseException:
                self._scene.forget()
                raise
            self.sentence, self.values = MINUS.sub("−", sentence), dict(values)
            if whole:
                patch = {"scene": self._scene.text, "axes": self._scene.axes, "parts": self._scene.parts}
            else:
                patch = {"parts": {name: text for name, text in self._scene.parts.items() if before[name] != text}}
            return patch | self._named_first() | self._beside()

    def _named_first(self):
        """What the picture names for the first time."""
        new = {}
        for name, sent in self._sent.items():
            known = getattr(self._scene.renderer, name)
            new[name] = {key: known[key] for key in list(known)[sent:]}
            self._sent[name] = len(known)
        return new

    def everything(self):
        """All there is to see now, as one patch."""
        scene = self._scene
        everything = {"scene": scene.text, "axes": scene.axes, "parts": scene.parts, "defs": scene.renderer.defs}
        return everything | {"colours": scene.renderer.colours} | self._beside()

    def _beside(self):
        """What the page shows beside the picture: the sentence, where the controls are, which of them are off."""
        off = sorted(self._off(**self.values)) if self._off else []
        return {"said": self.sentence, "at": self._places(), "off": off}

    def _places(self):
        return {name: self.controls[name].position(value) for name, value in self.values.items()}

    def _spec(self, handles):
        """What does not move: the size in units of the picture and in pixels of the page, the words, the controls."""
        width, height = self.fig.get_size_inches()
        return {
            "size": [round(72 * UNIT * width), round(72 * UNIT * height)],
            "width": round(100 * width),
            "scale": self._scale,
            "alt": self.alt,
            "controls": {
                name: control.spec() | ({"below": True} if name in self._below else {})
                for name, control in self.controls.items()
            },
            "handles": [handle.spec(self.controls, self.fig.axes, self._scene.names) for handle in handles],
        }

    def answer(self, places):
        """Do what the hand asked for, places of controls by name; the patch, which tells what went wrong, if it did."""
        try:
            values = {name: self.controls[name].at(place) for name, place in places.items()}
            return self.move(self.values | values)
        except Exception as error:
            self.sentence = f"The picture could not be drawn for these values ({type(error).__name__}: {error})."
            return {"trouble": f"{self.sentence} Press Reset to go on."}

    def _heard(self, _, content, buffers):
        """Answer a page; what goes wrong is said in place of the sentence, and the kernel lives on."""
        with style.DRAWING:
            if self._scene is not None:
                self._tell(content.get("n"), self.answer(content.get("at")))

    def _tell(self, number, patch):
        self.send({"n": number}, [_packed(patch)])
        self._leave_the_way_open()

    def _leave_the_way_open(self):
        """Let the next message come the way that the page chooses.

        ipykernel from 7.1 on sends it to the thread that spoke last, which may be the one that runs cells; JupyterLab
        would have chosen a thread that answers while cells run.
        """
        if get_ipython() is not None and self.comm is not None:
            vars(self.comm).pop("_reply_subshell_id", None)

    def _repr_mimebundle_(self, **kwargs):
        alt, width = f"{self.alt} {self.sentence}", round(self.fig.get_figwidth() * 100)
        data, _ = super()._repr_mimebundle_(**kwargs)
        data |= {"image/png": base64.b64encode(self.png()).decode("ascii"), "text/plain": alt}
        return data, {"image/png": {"alt": alt, "width": width, "letters": style.smallest_letters(self.fig)}}

    def _ipython_display_(self):
        """Show the figure; then words for where it cannot be shown, an output that is empty while it can.

        JupyterLab and Markdown do not pass on the alt text of a picture, so the words are there to read as well.
        """
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        words = f"{data['text/plain']} {TO_MOVE}"
        fallback = {"text/html": f"<p>{html.escape(words)}</p>", "text/plain": words}
        display(_nothing()._repr_mimebundle_() | fallback, raw=True)


def _packed(patch):
    return zlib.compress(json.dumps(patch, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), 5)


def _nothing():
    """The widget that shows nothing, one for all figures."""
    global _empty
    if _empty is None or _empty.comm is None:
        _empty = widgets.Box(layout={"display": "none"})
    return _empty


_empty = None
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
        gc.collect()  # a figure holds itself, in rings of megabytes
        latest, figures = _shown[cell] = run, WeakSet()
    figures.add(figure)

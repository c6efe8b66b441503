"""A live figure without a kernel: its pictures drawn beforehand, moved by the controls of a plain web page."""

import html
import io
import itertools
import json
from typing import NamedTuple

import ipywidgets as widgets
from PIL import Image

COLOURS = 128


class Control(NamedTuple):
    """A control of the page: its words, the values it takes, each as ``(words, value)``, and where it begins."""

    name: str
    label: str
    values: list
    start: int
    slides: bool


class Frames(NamedTuple):
    """The pictures of a live figure for every choice of values; the last control moves fastest.

    ``pictures`` are WebP bytes, ``sentences`` what each shows. ``held`` are the controls that do not move, as
    ``(label, words of the value)``.
    """

    controls: list
    pictures: list
    sentences: list
    held: list
    alt: str
    size: tuple

    @property
    def start(self):
        """The index of the picture that is shown at first."""
        index = 0
        for control in self.controls:
            index = index * len(control.values) + control.start
        return index


def frames(explorer, most, names=None):
    """Draw an explorer, ``most`` times at most, for values of one or two of its controls; the others keep theirs.

    ``names`` are those of the controls that move: the first two, if nothing else is said. A choice among options
    takes all of them; sliders share what is left. A slider keeps its ends and the value it begins with, and so takes
    three values at least.
    """
    names = list(names or explorer.controls)[:2]
    counts = _shares({name: explorer.controls[name] for name in names}, most)
    moving = [_control(name, explorer.controls[name], counts.get(name)) for name in names]
    held = [
        (control.description, words)
        for name, control in explorer.controls.items()
        if name not in names
        for words, value in _values(control)
        if value == control.value
    ]
    explorer.reset()
    pictures, sentences = [], []
    for choice in itertools.product(*(control.values for control in moving)):
        explorer.set(**{control.name: value for control, (_, value) in zip(moving, choice, strict=True)})
        pictures.append(_webp(explorer.pixels()))
        sentences.append(explorer.sentence)
    explorer.reset()
    return Frames(moving, pictures, sentences, held, explorer.alt, tuple(explorer.fig.get_size_inches() * 100))


def page_html(taken, key, sources):
    """The frames as a piece of a web page, which ``frames.js`` brings to life.

    ``key`` is a name of its own on the page; ``sources`` are the addresses of the pictures.
    """
    width, height = map(round, taken.size)
    words = f"{taken.alt} {taken.sentences[taken.start]}"
    data = json.dumps({"sources": sources, "sentences": taken.sentences, "alt": taken.alt}).replace("<", "\\u003c")
    controls = "".join(_control_html(control, f"{key}-{control.name}") for control in taken.controls)
    held = ""
    if taken.held:
        values = "; ".join(f"{label}: {value}" for label, value in taken.held)
        held = f'<p class="held">More controls move in the notebook. Here they stand still: {html.escape(values)}.</p>'
    return (
        f'<figure class="frames" role="group" aria-label="{html.escape(taken.controls[0].label)}: an explorer">'
        f'<div class="knobs" hidden>{controls}<button type="button">Reset</button></div>'
        f'<img src="{html.escape(sources[taken.start])}" alt="{html.escape(words)}" width="{width}" height="{height}">'
        f'<figcaption aria-live="polite">{html.escape(taken.sentences[taken.start])}</figcaption>{held}'
        f'<script type="application/json">{data}</script></figure>'
    )


def _shares(controls, most):
    """How many values each slider may take, so that there are ``most`` pictures: the second slider takes four."""
    sliders = [name for name, control in controls.items() if not _is_choice(control)]
    for name, control in controls.items():
        if name not in sliders:
            most //= len(_values(control))
    return dict(zip(sliders, (most // 4, 4) if len(sliders) == 2 else (most,), strict=False))


def _is_choice(control):
    return isinstance(control.value, bool) or isinstance(control, (widgets.Dropdown, widgets.ToggleButtons))


def _control(name, control, count):
    values = _values(control)
    start = [value for _, value in values].index(control.value)
    if not _is_choice(control):
        strides = range(1, len(values) + 1)
        stride = next(stride for stride in strides if len(_chosen(len(values), start, stride)) <= max(count, 3))
        chosen = _chosen(len(values), start, stride)
        values, start = [values[k] for k in chosen], chosen.index(start)
    return Control(name, control.description, values, start, slides=not _is_choice(control))


def _chosen(number, start, stride):
    """Every ``stride``-th of ``number`` indices through ``start``, and both ends."""
    return sorted({0, number - 1, *range(start % stride, number, stride)})


def _values(control):
    """The values of a control as ``(words, value)``, the one it has among them exactly."""
    if hasattr(control, "options"):
        return [option if isinstance(option, tuple) else (str(option), option) for option in control.options]
    if isinstance(control.value, str):  # a text to type in
        return [(control.value, control.value)]
    if isinstance(control.value, bool):
        return [("no", False), ("yes", True)]
    steps = round((control.max - control.min) / control.step)
    values = [control.min + k * control.step for k in range(steps + 1)]
    if hasattr(control, "base"):
        values = [control.base**value for value in values]
    nearest = min(range(len(values)), key=lambda k: abs(values[k] - control.value))
    values[nearest] = control.value
    return [(format(value, control.readout_format), value) for value in values]


def _webp(pixels):
    """Few colours, then lossless WebP: letters stay sharp in a fifth of the bytes of a PNG."""
    few = Image.fromarray(pixels).convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    few.convert("RGB").save(stream, "webp", lossless=True, method=1, quality=20)
    return stream.getvalue()


def _control_html(control, key):
    label = f'<label for="{key}">{html.escape(control.label)}</label>'
    words = [html.escape(words) for words, _ in control.values]
    if control.slides:
        control_html = (
            f'<input type="range" id="{key}" min="0" max="{len(words) - 1}" value="{control.start}" '
            f'autocomplete="off" data-words="{html.escape(json.dumps([text for text, _ in control.values]))}" '
            f'aria-valuetext="{words[control.start]}"><output for="{key}">{words[control.start]}</output>'
        )
    else:
        options = "".join(
            f'<option value="{k}"{" selected" if k == control.start else ""}>{text}</option>'
            for k, text in enumerate(words)
        )
        control_html = f'<select id="{key}" autocomplete="off">{options}</select>'
    return f'<span class="control">{label} {control_html}</span>'

"""A live figure without a kernel: a table of its pictures made beforehand, which front/live.js moves on a plain page.

The table holds each text once: the scenes, the contents of each group that moves, the sentences; and for every choice
of the controls the numbers of its texts.
"""

import base64
import html
import io
import itertools
import json
import math
import zlib
from typing import NamedTuple

import numpy as np
from PIL import Image

from .controls import Slider, Text
from .handles import thinned

LEAST = 20  # positions of a slider that moves beside one other
SHORT = 12  # positions of a slider that keeps all of them, as a choice does
COLOURS = 128


class Table(NamedTuple):
    """What a page needs to move a figure, and for readers without a script.

    ``content`` is the table; ``held`` are the controls that do not move, as ``(label, words of the value)``; ``still``
    is the picture at the beginning, as WebP.
    """

    content: dict
    held: list
    alt: str
    sentence: str
    still: bytes


def table(figure, most):
    """The pictures of a live figure for the controls that its ``beforehand`` names, about ``most`` of them.

    In each column of the table the last of these controls moves fastest.

    A choice takes all of its options. A slider that moves alone takes every position, two take LEAST at least.
    """
    figure.reset()
    controls = {name: _listed(figure.controls[name]) for name in figure.beforehand}
    still, sentence = _webp(figure.png(dpi=150)), figure.sentence
    chosen = chosen_positions(controls, figure.beforehand, most)
    texts, columns = {}, {}
    sizes = [len(places) for places in chosen.values()]
    slow = sorted(controls, key=lambda name: isinstance(controls[name], Slider))  # a choice may change the whole scene
    for turn in itertools.product(*(range(len(chosen[name])) for name in slow)):
        turns = dict(zip(slow, turn, strict=True))
        figure.move(figure.values | {name: controls[name].at(chosen[name][k]) for name, k in turns.items()})
        row = int(np.ravel_multi_index([turns[name] for name in controls], sizes))
        now = figure.everything()
        whole = {name: now[name] for name in ("scene", "said")} | {
            name: json.dumps(now[name]) for name in ("axes", "off")
        }
        for name, text in (whole | now["parts"]).items():
            known = texts.setdefault(name, {})
            columns.setdefault(name, [0] * math.prod(sizes))[row] = known.setdefault(text, len(known))
    named = {name: now[name] for name in ("defs", "colours")}
    figure.reset()
    spec = figure.spec | {
        "controls": {name: _thinned(control.spec(), chosen[name]) for name, control in controls.items()},
        "handles": [left for handle in figure.spec["handles"] if (left := thinned(handle, chosen))],
    }
    texts = {name: list(known) for name, known in texts.items()}  # like beside like is packed best
    content = {"spec": spec, "texts": texts, "columns": columns} | named
    held = [
        (control.label, _listed(control).words()[_listed(control).position(control.value)])
        for name, control in figure.controls.items()
        if name not in controls
    ]
    return Table(content, held, figure.alt, sentence, still)


def chosen_positions(controls, wanted, most):
    """The positions that each of ``controls`` takes, by name, so that there are about ``most`` choices in all.

    ``wanted`` says how many some of them take, 0 where it says nothing. With a ``most`` below LEAST, for a quick look,
    no slider takes more than ``most``.
    """
    counts = {name: wanted[name] or len(control.positions()) for name, control in controls.items()}
    long = [n for n in counts if isinstance(controls[n], Slider) and counts[n] > SHORT and not wanted[n]]
    room = most / math.prod(counts[name] for name in counts if name not in long)
    for done, name in enumerate(sorted(long, key=counts.get)):  # what a short one leaves the longer ones may take
        others = len(long) - done
        if len(long) > 1:
            counts[name] = min(counts[name], max(LEAST if len(long) == 2 else SHORT, int(room ** (1 / others))))
        room /= counts[name]
    if most < LEAST:
        counts = {
            name: min(count, most) if isinstance(controls[name], Slider) else count for name, count in counts.items()
        }
    return {
        name: _spread(len(control.positions()), control.position(control.value), counts[name])
        for name, control in controls.items()
    }


def _spread(number, start, count):
    """``count`` or few more of ``number`` places, evenly apart, the start and both ends among them."""
    for stride in range(number, 0, -1):
        chosen = sorted({0, number - 1, *range(start % stride, number, stride)})
        if len(chosen) >= count:
            return chosen
    return list(range(number))


def _listed(control):
    return control.listed() if isinstance(control, Text) else control


def _thinned(spec, chosen):
    """The description of a control that has the positions ``chosen`` alone."""
    lists = {name: [spec[name][k] for k in chosen] for name in ("words", "values") if name in spec}
    return spec | lists | {"start": chosen.index(spec["start"])}


def page_html(taken, name, source):
    """The table as a piece of a web page, which ``live.js`` brings to life.

    ``name`` says what it explores, ``source`` is the address of the still picture.
    """
    width, (across, down) = taken.content["spec"]["width"], taken.content["spec"]["size"]
    data = zlib.compress(json.dumps(taken.content, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    held = ""
    if taken.held:
        values = html.escape("; ".join(f"{label}: {value}" for label, value in taken.held))
        held = f'<p class="held">More controls move in the notebook. Here they stay as they are: {values}.</p>'
    return (
        f'<figure class="explorer" role="group" aria-label="{html.escape(name)}: an explorer">'
        f'<div class="still"><img src="{html.escape(source)}" alt="{html.escape(f"{taken.alt} {taken.sentence}")}" '
        f'width="{width}" height="{round(width * down / across)}" loading="lazy">'
        f"<figcaption>{html.escape(taken.sentence)}</figcaption></div>"
        f'<script type="text/plain">{base64.b64encode(data).decode()}</script>{held}</figure>'
    )


def _webp(png):
    """Few colours, then lossless WebP: letters stay sharp in a fifth of the bytes of a PNG."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    stream = io.BytesIO()
    few.save(stream, "webp", lossless=True, method=4, quality=60)
    return stream.getvalue()

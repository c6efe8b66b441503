"""The classic bug of bidirectional networks: the whole row is reversed, and the padding is read first."""

from functools import cache

import numpy as np
from matplotlib.patches import Rectangle

from rnnlib.activations import softmax
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label, width
from rnnlib.pictures.figures.numbers import readable
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import slot_filling

from ..experiments import outputs_with_padding, taggers

WORDS = ("Taipei", "please", "arrive", "on", "November", "2nd")
TAGS = ("destination", "other", "other", "other", "time", "time")
MOST_PADDED = 8
RIM = 0.42  # what a box is wider than its word, in font sizes
ORDERS = {"the whole row": False, "within its length": True}


def padding():
    """What the backward network reads, and the chance of a wrong tag, as padding is added."""
    return LiveFigure(
        _draw,
        _update,
        {
            "padded": Slider(3, 0, MOST_PADDED, label="steps of padding"),
            "order": Choice(next(iter(ORDERS)), list(ORDERS), label="reversed"),
        },
        """Above, the words in the order in which the backward network reads them; below, the chance of a wrong tag
        for each word, alone and in the padded batch.""",
        size=(9, 3.6),
        off=lambda padded, **others: [] if padded else ["order"],  # without padding the two are one
    )


@cache
def wrong_tag_chances(padded, within_length):
    """1 - p_t of the right tag for every word of WORDS, with ``padded`` steps of padding behind them: ``(T,)``."""
    p = softmax(outputs_with_padding(taggers()["two-way"], WORDS, padded, within_length))
    return 1 - p[np.arange(len(WORDS)), [slot_filling.TAGS.index(tag) for tag in TAGS]]


def reading_order(padded, within_length):
    """The words as the backward network reads them, padding included."""
    row = [*WORDS, *["pad"] * padded]
    return [*WORDS[::-1], *["pad"] * padded] if within_length else row[::-1]


def _ends(words):
    """Where the boxes of ``words`` end, in font sizes."""
    return np.cumsum([width(word) + RIM for word in words])


def _draw(fig):
    order, chances = fig.subplots(2, 1, height_ratios=[1, 3])
    slots = len(WORDS) + MOST_PADDED
    order.set(xlim=(0, _ends([*WORDS, *["pad"] * MOST_PADDED])[-1]), ylim=(0, 1))
    order.axis("off")
    order.set_title("The backward network reads, from its first step to its last")
    chances.set(xlim=(-0.6, len(WORDS) - 0.4), yscale="log", ylim=(1e-6, 40))
    chances.set(yticks=[1e-6, 1e-4, 1e-2, 1], ylabel="wrong tag: chance")
    chances.set_xticks(range(len(WORDS)), [f"{w}\n{t}" for w, t in zip(WORDS, TAGS, strict=True)])
    chances.grid(visible=False, axis="x")
    alone = wrong_tag_chances(0, True)
    chances.plot(alone, "o", markersize=12, markerfacecolor="none", color=COLOURS["bound"], label="read alone")
    artists = {
        "boxes": [
            order.add_patch(Rectangle((0, 0), 0, 1, facecolor="white", edgecolor="white", linewidth=3))
            for _ in range(slots)
        ],
        "names": [Label(order, color=COLOURS["output"], weight="normal", rim=False) for _ in range(slots)],
        "chances": chances.plot([], [], "o", markersize=7, color=COLOURS["state"], label="read in a padded batch")[0],
    }
    chances.legend(loc="upper right", ncols=2)
    return artists


def _update(artists, padded, order):
    within_length = ORDERS[order]
    read = reading_order(padded, within_length)
    ends = [0, *_ends(read)]
    for k, (box, name) in enumerate(zip(artists["boxes"], artists["names"], strict=True)):
        word = read[k] if k < len(read) else ""
        box.set_facecolor("#F3C6B0" if word == "pad" else "#DDEBF5" if word else "white")
        left, right = ends[k : k + 2] if word else (0, 0)
        box.set_x(left)
        box.set_width(right - left)
        name.say((left + right) / 2, 0.5, word)
    alone, now = wrong_tag_chances(0, True), wrong_tag_chances(padded, within_length)
    artists["chances"].set_data(range(len(WORDS)), now)
    change = np.abs(now - alone)
    if padded == 0:
        return "Without padding both orders are the same."
    if within_length:
        return (
            f"{padded} steps of padding, reversed within the length: the chance of a wrong tag changes by "
            f"{readable(change.max())} at most; the padding is read after the words."
        )
    worst = int(change.argmax())
    return (
        f"{padded} steps of padding, the whole row reversed: the backward network starts with the padding. The largest "
        f"change: the chance of a wrong tag for “{WORDS[worst]}” goes from {100 * alone[worst]:.2g} % to "
        f"{100 * now[worst]:.2g} %."
    )

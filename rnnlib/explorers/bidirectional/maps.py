"""Which words an answer depends on, for a network that reads one way and one that reads both."""

from functools import cache

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import Rectangle

from ...figures.label import Label
from ...live import LiveFigure
from ...style import COLOURS
from ...tasks import slot_filling
from .trainings import NETWORKS, exchange_map, probabilities, saliency_map, taggers

REQUESTS = (
    "Taipei with my arrive on November 2nd",
    "Taipei with my leave on November 2nd",
    "arrive with my Taipei on November 2nd",
    "leave with my Taipei on November 2nd",
)
LENGTH = len(REQUESTS[0].split())
MEASURES = {"derivative ∂Oₜ/∂xₖ": saliency_map, "the word exchanged": exchange_map}


def saliency():
    """How much O_t depends on x_k as a map, rows t and columns k, one-way beside two-way; one row is read out."""
    return LiveFigure(
        _draw,
        _update,
        {
            "request": widgets.Dropdown(options=REQUESTS, description="request"),
            "measure": widgets.ToggleButtons(options=list(MEASURES), description="measured by"),
            "word": widgets.IntSlider(value=1, min=1, max=LENGTH, description="the tag of word t"),
        },
        """Two maps of how much each output depends on each input, one for a network that reads forward, one for a
        network that reads both ways.""",
        size=(9, 3.9),
    )


@cache
def _measured(request, measure):
    """For each network the map as a part of the largest entry of both, and the probabilities of the tags."""
    words, models = request.split(), taggers()
    maps = {kind: MEASURES[measure](models[kind], words) for kind in NETWORKS}
    largest = max(sizes.max() for sizes in maps.values())
    return {kind: (maps[kind] / largest, probabilities(models[kind], words)) for kind in NETWORKS}


def _draw(fig):
    artists = {}
    for kind, ax in zip(NETWORKS, fig.subplots(1, 2, sharey=True), strict=True):
        ax.set_title({"one-way": "Reads one way", "two-way": "Reads both ways"}[kind])
        ax.grid(visible=False)
        ax.set(xlabel="input word $x_k$", xlim=(-0.5, LENGTH - 0.5), ylim=(LENGTH - 0.5, -0.5))
        _name_words(ax, REQUESTS[0].split())
        artists[kind] = ax.imshow(
            np.zeros((LENGTH, LENGTH)), cmap="Oranges", vmin=0, vmax=1, aspect="auto", interpolation="nearest"
        )
        artists[f"{kind} row"] = ax.add_patch(
            Rectangle((-0.5, 0), LENGTH, 1, fill=False, edgecolor=COLOURS["output"], linewidth=2, clip_on=False)
        )
        artists[f"{kind} tag"] = Label(ax, color=COLOURS["output"])
    fig.axes[0].set_ylabel("output $O_t$")
    fig.colorbar(artists["two-way"], ax=fig.axes, label="part of the largest", fraction=0.04)
    return artists


def _name_words(ax, words):
    if [tick.label1.get_text() for tick in ax.xaxis.majorTicks] != words:
        ax.set_xticks(range(LENGTH), words, rotation=35, ha="right", rotation_mode="anchor")
        ax.set_yticks(range(LENGTH), words)


def _update(artists, request, measure, word):
    words, row, said = request.split(), word - 1, []
    for kind in NETWORKS:
        sizes, p = _measured(request, measure)[kind]
        _name_words(artists[kind].axes, words)
        artists[kind].set_data(sizes)
        artists[f"{kind} row"].set_y(row - 0.5)
        tag = int(p[row].argmax())
        chance = f"{slot_filling.TAGS[tag]} {100 * p[row, tag]:.0f} %"
        above = row < LENGTH - 1
        artists[f"{kind} tag"].say(LENGTH - 0.6, row + (0.95 if above else -0.95), chance, ha="right", va="center")
        most = int(sizes[row].argmax())
        said.append(f"{chance}, leaning most on “{words[most]}” (word {most + 1})")
    return f"The tag of “{words[row]}”, word {word}. One way: {said[0]}. Both ways: {said[1]}."

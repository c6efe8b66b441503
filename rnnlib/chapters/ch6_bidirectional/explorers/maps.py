"""Which words an answer depends on, for a network that reads one way and one that reads both."""

from functools import cache

import numpy as np
from matplotlib.patches import Rectangle

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import slot_filling

from ..experiments import NETWORKS, exchange_map, probabilities, saliency_map, taggers

REQUESTS = (
    "Taipei with my arrive on November 2nd",
    "Taipei with my leave on November 2nd",
    "arrive with my Taipei on November 2nd",
    "leave with my Taipei on November 2nd",
)
LENGTH = len(REQUESTS[0].split())
TITLES = {"one-way": "One way", "two-way": "Both ways"}
MEASURES = {"derivative ∂Oₜ/∂xₖ": saliency_map, "the word exchanged": exchange_map}


def saliency():
    """How much O_t depends on x_k as a map, rows t and columns k, one-way beside two-way; one row is read out."""
    return LiveFigure(
        _draw,
        _update,
        {
            "request": Choice(REQUESTS[0], REQUESTS, label="request"),
            "measure": Choice(next(iter(MEASURES)), list(MEASURES), label="measured by"),
            "word": Slider(1, 1, LENGTH, label="the tag of word t"),
        },
        """Two maps of how much each output depends on each input, one for a network that reads forward, one for a
        network that reads both ways.""",
        size=(9, 3.5),
        beforehand=("request", "measure", "word"),
        handles=lambda artists: [
            Handle(artists[f"{kind} row"], y=("word", lambda word: word - 1)) for kind in NETWORKS
        ],
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
        artists[f"{kind} title"] = ax.set_title(TITLES[kind])
        ax.grid(visible=False)
        ax.set(xlabel="input word $x_k$", xlim=(-0.5, LENGTH - 0.5), ylim=(LENGTH - 0.5, -0.5))
        _name_words(ax, REQUESTS[0].split())
        artists[kind] = ax.imshow(
            np.zeros((LENGTH, LENGTH)), cmap="Oranges", vmin=0, vmax=1, aspect="auto", interpolation="nearest"
        )
        artists[f"{kind} row"] = ax.add_patch(
            Rectangle((-0.5, 0), LENGTH, 1, fill=False, edgecolor=COLOURS["output"], linewidth=2, clip_on=False)
        )
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
        artists[f"{kind} title"].set_text(f"{TITLES[kind]}: {slot_filling.TAGS[tag]}")
        most = int(sizes[row].argmax())
        said.append(f"{chance}, and the largest entry of the row is at “{words[most]}” (word {most + 1})")
    return f"The framed row is “{words[row]}”, word {word}. One way: {said[0]}. Both ways: {said[1]}."

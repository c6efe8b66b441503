"""Words and the tags a network gives them."""

import numpy as np

# The tags of the slot-filling task; every segment carries its name, so the colours only help.
TAG_COLOURS = {"other": "#BBBBBB", "destination": "#009E73", "departure": "#CC79A7", "time": "#E69F00"}

LEVEL = 5  # words that have room beside one another


def tagged_words(ax, words, probabilities, tags=tuple(TAG_COLOURS)):
    """The probability of every tag for every word, as one stacked bar a word; return the bars by tag.

    ``probabilities`` is ``(T, O)``, its rows sum to 1; the name of a tag is in its segment where it fits.
    """
    x = np.arange(len(words))
    bars, bottom = {}, np.zeros(len(words))
    for tag, height in zip(tags, np.asarray(probabilities).T, strict=True):
        bars[tag] = ax.bar(x, height, 0.72, bottom, color=TAG_COLOURS[tag], edgecolor="white")
        for k in np.flatnonzero(height > 0.3):
            ax.text(x[k], bottom[k] + height[k] / 2, tag, rotation=90, ha="center", va="center")
        bottom = bottom + height
    ax.set(xlim=(-0.6, len(words) - 0.4), ylim=(0, 1), ylabel="probability")
    tilt = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if len(words) > LEVEL else {}
    ax.set_xticks(x, words, **tilt)
    ax.grid(False)
    return bars


def tagged_requests(fig, requests, probabilities):
    """:func:`tagged_words` for several requests side by side; ``probabilities`` is ``(T, B, O)``."""
    panels = np.atleast_1d(fig.subplots(1, len(requests), sharey=True))
    for b, (ax, words) in enumerate(zip(panels, requests, strict=True)):
        tagged_words(ax, words, probabilities[: len(words), b])
        ax.set_title(f"“{words[0]} …”")
        ax.label_outer()
    return panels

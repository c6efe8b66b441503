"""Which words an output has heard: one way, and both ways."""

from matplotlib.patches import Rectangle

from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

WORDS = ("Taipei", "please", "arrive", "on", "November", "2nd")
DIRECTIONS = {"one way": False, "both ways": True}
ROWS = {"forward": 1, "backward": 0}
QUIET = "#F2F2F2"


def words_heard(t, both):
    """The positions, counted from 1, that output ``t`` has heard through each half, forward and backward."""
    return {"forward": range(1, t + 1), "backward": range(t, len(WORDS) + 1) if both else range(0)}


def heard():
    """The words that one output depends on, through the half that reads forward and the half that reads backward."""
    return LiveFigure(
        _draw,
        _update,
        {
            "t": Slider(1, 1, len(WORDS), label="output at word t"),
            "reads": Choice(next(iter(DIRECTIONS)), list(DIRECTIONS), label="the network reads"),
        },
        """The words of a request in a row, and below them two rows of boxes, one for the half that reads forward and
        one for the half that reads backward; a box is filled where the chosen output has heard the word through that
        half. The chosen output has a frame.""",
        size=(9.0, 2.6),
    )


def _draw(fig):
    ax = fig.subplots()
    ax.set(xlim=(-1.1, len(WORDS) + 0.03), ylim=(-0.15, 3))
    ax.axis("off")
    artists = {"boxes": {}}
    for k, word in enumerate(WORDS):
        ax.text(k + 0.5, 2.4, word, ha="center", va="center")
        for name, row in ROWS.items():
            box = Rectangle((k + 0.06, row + 0.1), 0.88, 0.8, facecolor=QUIET, edgecolor="#999999", linewidth=1)
            artists["boxes"][name, k + 1] = ax.add_patch(box)
    for name, arrow in (("forward", "→"), ("backward", "←")):
        ax.text(-0.15, ROWS[name] + 0.5, f"reads\n{name} {arrow}", ha="right", va="center")
    frame = Rectangle((0, 0), 1, 2.8, fill=False, edgecolor=COLOURS["output"], linewidth=2.5)
    artists["frame"] = ax.add_patch(frame)
    return artists


def _update(artists, t, reads):
    through = words_heard(t, DIRECTIONS[reads])
    colours = {"forward": COLOURS["state"], "backward": COLOURS["memory"]}
    for (name, k), box in artists["boxes"].items():
        box.set_facecolor(colours[name] if k in through[name] else QUIET)
    artists["frame"].set_x(t - 1)
    known = sorted(set(through["forward"]) | set(through["backward"]))
    missing = [word for k, word in enumerate(WORDS, 1) if k not in known]
    if missing:
        return (
            f"The output at “{WORDS[t - 1]}”, word {t}, has heard {_count(len(known))}. It has not heard "
            f"{', '.join(missing)}."
        )
    verdict = "the whole request" if DIRECTIONS[reads] else "the whole request, since it is the last word"
    return f"The output at “{WORDS[t - 1]}”, word {t}, has heard {verdict}."


def _count(number):
    return "1 word" if number == 1 else f"{number} words"

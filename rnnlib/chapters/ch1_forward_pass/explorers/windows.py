"""How far back a window reaches."""

from functools import cache

from matplotlib.patches import Rectangle

from rnnlib.activations import softmax
from rnnlib.pictures import style
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures import networks
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.tagging import TAG_COLOURS
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.tasks import slot_filling

from .. import experiments

FILLERS = ("please", "with", "my", "family", "early", "maybe", "with", "my", "family", "please", "early")

SEEN = networks.tint(style.COLOURS["input"], 0.65)


def window_and_distance():
    """Trained window networks and an RNN, and how far the verb may be: which of them tag the city right."""
    slots = max(experiments.DISTANCES) + 1

    def draw(fig):
        grid = fig.add_gridspec(2, 2, width_ratios=(1.5, 1), height_ratios=(1.25, 1))
        strip, answer, curve = (fig.add_subplot(grid[place]) for place in ((0, 0), (1, 0), (slice(None), 1)))
        strip.set(xlim=(-0.6, slots - 0.4), ylim=(-0.75, 0.7))
        strip.axis("off")
        strip.set_title("The words up to the city, and those the network sees")
        tall = {"xy": (0, -0.62), "width": 1, "height": 1.24, "edgecolor": "none"}
        seen = strip.add_patch(Rectangle(facecolor=SEEN, **tall, zorder=1))
        for k, word in enumerate((*FILLERS, "Taipei"), 1):
            weight = "bold" if word == "Taipei" else "normal"
            strip.text(k, 0, word, ha="center", va="center", rotation=90, weight=weight, zorder=3)
        hidden = strip.add_patch(Rectangle(facecolor="white", **tall, zorder=4))
        tile = strip.add_patch(Rectangle(facecolor="white", **tall, zorder=5))
        verb = strip.text(0, 0, "VERB", ha="center", va="center", rotation=90, weight="bold", zorder=6)
        answer.set(xlim=(0, 1), ylim=(-0.6, 1.6), xlabel="probability of each tag for the city")
        answer.set_yticks([1, 0], ["arrive … Taipei", "leave … Taipei"])
        answer.grid(False)
        bars = [
            [answer.barh(y, 0, 0.62, color=TAG_COLOURS[tag])[0] for tag in ("destination", "departure")] for y in (1, 0)
        ]
        labels = [[Label(answer, color="#222222", weight="normal", rim=False) for _ in "12"] for y in (1, 0)]
        distances, table = experiments.DISTANCES, experiments.accuracy_table()
        curve.set(xlim=(0.5, max(distances) + 0.5), ylim=(0.4, 1.06), xlabel="distance of the verb")
        curve.set(ylabel="right tags at the city", xticks=[1, 4, 8, 12], yticks=[0.5, 0.75, 1])
        curve.set_yticklabels(["50 %", "75 %", "100 %"])
        curve.axvspan(experiments.LONGEST_DISTANCE + 0.5, max(distances) + 0.5, color="#F2F2F2", zorder=0)
        curve.text(max(distances) + 0.4, 0.41, "never trained", ha="right", va="bottom")
        curve.plot(distances, table["RNN"], color=style.COLOURS["RNN"], ls="--", lw=1.4)
        curve.text(max(distances) + 0.4, 0.965, "RNN", ha="right", va="top", color=style.COLOURS["RNN"])
        (line,) = curve.plot([], [], "-o", color=style.COLOURS["input"], ms=5)
        (here,) = curve.plot([], [], "o", ms=13, mfc="none", mew=2, color=style.COLOURS["gradient"])
        patches = {"seen": seen, "hidden": hidden, "tile": tile, "verb": verb}
        return patches | {"bars": bars, "labels": labels, "line": line, "here": here}

    def update(artists, network, distance):
        model, start = experiments.taggers()[network], slots - 1 - distance
        visible = distance + 1 if network == "RNN" else min(network, distance + 1)
        artists["seen"].set_x(slots - 0.5 - visible)
        artists["seen"].set_width(visible)
        artists["hidden"].set_x(-0.6)
        artists["hidden"].set_width(start + 0.1)
        artists["tile"].set_x(start - 0.5)
        artists["tile"].set_facecolor(SEEN if visible > distance else "white")
        artists["verb"].set_x(start)
        says = [_city_tags(network, verb, distance) for verb in slot_filling.VERBS]
        for y, bars, labels, chances in zip((1, 0), artists["bars"], artists["labels"], says, strict=True):
            left = 0.0
            for bar, label, tag, chance in zip(bars, labels, ("destination", "departure"), chances[1:3], strict=True):
                bar.set_x(left)
                bar.set_width(chance)
                label.say(left + chance / 2, y, tag if chance > 0.3 else "")
                left += chance
        row = experiments.accuracy_table()[network]
        artists["line"].set_data(experiments.DISTANCES, row)
        artists["here"].set_data([distance], [row[distance - 1]])
        return _window_sentence(network, distance, row[distance - 1], model)

    controls = {
        "network": Choice(
            3, {**{str(w): w for w in experiments.WINDOWS}, "an RNN": "RNN"}, label="window w", shape="slider"
        ),
        "distance": Slider(2, min(experiments.DISTANCES), max(experiments.DISTANCES), label="distance d"),
    }
    alt = """The words of a flight request with the part that a trained network sees, its answer for the city after
    arrive and after leave, and its accuracy at the city against the distance of the verb."""
    return LiveFigure(
        draw,
        update,
        controls,
        alt,
        handles=lambda artists: [
            Handle(artists["here"], x="distance"),
            Handle(artists["tile"], x=("distance", lambda distance: max(experiments.DISTANCES) - distance)),
        ],
    )


@cache
def _city_tags(network, verb, distance):
    """The probabilities of the tags at the city in one request."""
    words = [verb, *FILLERS[len(FILLERS) - distance + 1 :], "Taipei"]
    x, lengths = slot_filling.encode([words])
    return softmax(experiments.taggers()[network].outputs(x, lengths)[-1, 0])


def _window_sentence(network, distance, accuracy, model):
    size = sum(value.size for value in model.network.params.values())
    right = f"It tags {accuracy:.0%} of 120 new cities right. Below the readout it has {size} numbers to learn."
    if network == "RNN":
        return f"The RNN reads one word at a time and has carried the verb over {_words(distance)}. {right}"
    if distance < network:
        reach = _words(network - 1)
        return f"A window of {network} reaches back {reach}, and the verb is {distance} back: seen. {right}"
    return (
        f"A window of {network} reaches back {_words(network - 1)}, and the verb is {distance} back: out of sight, so "
        f"both requests get the same answer. {right}"
    )


def _words(number):
    return f"{number} word{'s' * (number != 1)}"

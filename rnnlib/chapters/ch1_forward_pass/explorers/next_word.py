"""One step of a language model, and sentences drawn step by step."""

from functools import cache

import numpy as np

from rnnlib.pictures import style
from rnnlib.pictures.controls import Choice, Slider
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.live import LiveFigure
from rnnlib.sampling import one_hot_inputs, probabilities
from rnnlib.tasks import agreement

from .. import experiments

BEGINNINGS = ("the", "the dog", "the dogs", "the dogs often really", "the cat always sleeps")
DRAWS = 60


def temperature():
    """One step of a trained language model: softmax of O_t at a temperature, and sentences drawn from it."""
    words = agreement.WORDS

    def draw(fig):
        left, right = fig.subplots(1, 2, width_ratios=(1.25, 1))
        left.set(xlim=(-0.6, len(words) - 0.4), ylim=(0, 1), ylabel="probability")
        left.set_title("The next word")
        left.set_xticks(
            range(len(words)), ["(stop)" if word == agreement.STOP else word for word in words], rotation=90
        )
        left.grid(axis="x", visible=False)
        bars = list(left.bar(range(len(words)), 0, 0.72, color=style.COLOURS["state"]))
        (plain,) = left.plot([], [], color=style.COLOURS["gradient"], lw=1.6, label="at τ = 1")
        left.legend(loc="upper right")
        right.set(xlim=(0, 1), ylim=(-0.6, 5.6))
        right.axis("off")
        right.set_title("Six ways to go on")
        lines = [Label(right, color="#222222", weight="normal", rim=False) for _ in range(6)]
        return {"bars": bars, "plain": plain, "lines": lines}

    def update(artists, beginning, tau):
        given = beginning.split()
        logits = _next_word_logits(beginning)
        chances, plain = probabilities(logits, tau), probabilities(logits)
        for bar, chance in zip(artists["bars"], chances, strict=True):
            bar.set_height(chance)
        # one dash a word, with gaps between them
        dashes = np.arange(len(words))[:, None] + np.array([-0.42, 0.42, np.nan])
        artists["plain"].set_data(dashes.ravel(), np.repeat(plain, 3))
        sentences, right = _drawn(beginning, tau)
        for k, (line, sentence, valid) in enumerate(zip(artists["lines"], sentences, right, strict=False)):
            rest = sentence[len(given) :]
            shown = rest if len(rest) <= 5 else [*rest[:4], "…"]
            line.say(0, 5 - k, f"{'✓' if valid else '✗'}  … {' '.join(shown)}", ha="left")
            line.set_facecolor(style.COLOURS["target"] if valid else style.COLOURS["gradient"])
        best = words[int(np.argmax(chances))]
        return (
            f"After “{beginning}” at τ = {tau:.2g} the most probable next word is “{best}” with {max(chances):.2f}. "
            f"Of {DRAWS} sentences {len(set(map(tuple, sentences)))} are different and {np.mean(right):.0%} follow the "
            "grammar."
        )

    controls = {
        "tau": Slider(1.0, 0.1, 10, 0.05, log=True, label="temperature τ", format=".2f"),
        "beginning": Choice("the dogs", BEGINNINGS, label="after"),
    }
    alt = """The probabilities of the next word given by a trained recurrent language model at a temperature, and six
    sentences drawn from it, marked right or wrong by the grammar they were learned from."""
    return LiveFigure(draw, update, controls, alt)


@cache
def _drawn(beginning, tau):
    """DRAWS sentences at a temperature, and for each whether the grammar can make it."""
    model = experiments.language_models()["Elman"]
    sentences = experiments.continue_sentences(model, beginning.split(), DRAWS, np.random.default_rng(7), tau)
    return sentences, [agreement.is_sentence(sentence) for sentence in sentences]


@cache
def _next_word_logits(beginning):
    """O_t of the Elman language model after the words ``beginning``, ``(O,)``."""
    model = experiments.language_models()["Elman"]
    given = np.array([[agreement.WORD_INDEX[word]] for word in beginning.split()])
    return model.outputs(one_hot_inputs(given, model.network))[-1, 0]

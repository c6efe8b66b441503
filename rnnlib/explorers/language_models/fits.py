"""Under- and over-fitting: the course of a training for every amount of data, size of model and rate of dropout."""

import ipywidgets as widgets
import numpy as np

from ...live import LiveFigure
from ...style import COLOURS
from ...tasks import flights
from . import runs

STEPS = np.arange(0, runs.FIT_STEPS + 1, runs.FIT_EVERY)
LIMITS = (1, 100)


def fit():
    """Training and validation perplexity over a training, by the number of requests, of units, and the dropout."""
    curves = runs.results()["fit"]  # (requests, units, dropout, [training, validation], measurements)
    exact = flights.entropy()

    def draw(fig):
        ax = fig.subplots()
        ax.set(xlim=(0, runs.FIT_STEPS), ylim=LIMITS, yscale="log", xlabel="training step", ylabel="perplexity")
        ax.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
        ax.minorticks_off()
        ax.set_title("Learning the grammar, or learning the requests by heart")
        ax.axhline(exact.perplexity, color=COLOURS["bound"], linestyle=":", label="floor: the grammar")
        (by_heart,) = ax.plot([], [], color=COLOURS["gradient"], linestyle=(0, (1, 3)), label="these requests by heart")
        (training,) = ax.plot([], [], color=COLOURS["gradient"], linestyle="--", label="training")
        (validation,) = ax.plot([], [], color=COLOURS["GRU"], label="validation")
        (best,) = ax.plot([], [], "o", color=COLOURS["GRU"], markersize=10, clip_on=False, label="smallest: stop here")
        ax.legend(ncols=2)
        return {"by heart": by_heart, "training": training, "validation": validation, "best": best}

    def update(artists, requests, units, dropout):
        training, validation = curves[requests, units, dropout]
        count, best = runs.REQUESTS[requests], int(validation.argmin())
        by_heart = np.exp(np.log(count) / exact.length)
        artists["by heart"].set_data([0, runs.FIT_STEPS], [by_heart, by_heart])
        artists["training"].set_data(STEPS, training)
        artists["validation"].set_data(STEPS, validation)
        artists["best"].set_data([STEPS[best]], [validation[best]])
        return (
            f"{count} requests, {runs.FIT_UNITS[units]} units, dropout {runs.DROPOUTS[dropout]:g}: the validation "
            f"perplexity is smallest at step {STEPS[best]}, {validation[best]:.2f}, and {validation[-1]:.2f} at the "
            f"end, with {training[-1]:.2f} in training. The floor is {exact.perplexity:.2f}. "
            f"{_verdict(training, validation)}"
        )

    def slider(values, value, description):
        options = [(f"{number:g}", k) for k, number in enumerate(values)]
        return widgets.SelectionSlider(value=value, options=options, description=description)

    controls = {
        "requests": slider(runs.REQUESTS, 1, "requests to learn from"),
        "units": slider(runs.FIT_UNITS, 4, "units of the GRU"),
        "dropout": slider(runs.DROPOUTS, 0, "rate of dropout"),
    }
    alt = """Perplexity over the steps of a training, on a logarithmic scale, on the requests that are learned from and
    on others that are not, with the floor of the grammar and the step at which the second is smallest."""
    return LiveFigure(draw, update, controls, alt)


def _verdict(training, validation):
    """What kind of fit the end of the training is."""
    floor = flights.entropy().perplexity
    if validation[-1] > 1.1 * validation.min():
        return "It over-fits: what it goes on to learn holds for these requests alone."
    if training[-1] > 1.1 * floor:
        return "It under-fits: even what it learns from is not learned yet."
    return "It fits: both end near the floor."

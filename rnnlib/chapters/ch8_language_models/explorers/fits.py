"""Under- and over-fitting: the course of a training for every amount of data, size of model and rate of dropout."""

import numpy as np

from rnnlib.pictures.controls import Choice
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS
from rnnlib.tasks import flights

from .. import experiments

STEPS = np.arange(0, experiments.FIT_STEPS + 1, experiments.FIT_EVERY)
LIMITS = (1.1, 32)
NEAR = 1.1  # within a tenth of the floor


def fit():
    """Training and validation perplexity over a training, by the number of requests, of units, and the dropout."""
    curves = experiments.results()["fit"]  # (requests, units, dropout, [training, validation], measurements)
    exact = flights.entropy()

    def draw(fig):
        ax = fig.subplots()
        ax.set(xlim=(0, experiments.FIT_STEPS), ylim=LIMITS, yscale="log", xlabel="training step", ylabel="perplexity")
        ax.set_yticks([1.5, 2, 3, 5, 10, 20], ["1.5", "2", "3", "5", "10", "20"])
        ax.minorticks_off()
        ax.set_title("Learning the grammar, or learning the requests by heart")
        ax.axhline(exact.perplexity, color=COLOURS["bound"], linestyle=":", label="grammar")
        (by_heart,) = ax.plot([], [], color=COLOURS["gradient"], linestyle=(0, (1, 3)), label="by heart")
        (training,) = ax.plot([], [], color=COLOURS["gradient"], linestyle="--", label="training")
        (validation,) = ax.plot([], [], color=COLOURS["GRU"], label="validation")
        (best,) = ax.plot([], [], "o", color=COLOURS["GRU"], markersize=10, clip_on=False, label="stop here")
        ax.legend(ncols=5, loc="upper right")
        return {"by heart": by_heart, "training": training, "validation": validation, "best": best}

    def update(artists, requests, units, dropout):
        training, validation = curves[requests, units, dropout]
        count, best = experiments.REQUESTS[requests], int(validation.argmin())
        above = " The validation curve ends above the upper edge." if validation[-1] > LIMITS[1] else ""
        by_heart = np.exp(np.log(count) / exact.length)
        artists["by heart"].set_data([0, experiments.FIT_STEPS], [by_heart, by_heart])
        artists["training"].set_data(STEPS, training)
        artists["validation"].set_data(STEPS, validation)
        artists["best"].set_data([STEPS[best]], [validation[best]])
        return (
            f"{count} requests, {experiments.FIT_UNITS[units]} units, dropout {experiments.DROPOUTS[dropout]:g}: "
            f"the validation perplexity is smallest at step {STEPS[best]}, {validation[best]:.2f}, and "
            f"{validation[-1]:.2f} at the end, with {training[-1]:.2f} in training. "
            f"The floor is {exact.perplexity:.2f}. {_verdict(training, validation)}{above}"
        )

    def slider(values, value, description):
        options = {f"{number:g}": k for k, number in enumerate(values)}
        return Choice(value, options, label=description, shape="slider")

    controls = {
        "requests": slider(experiments.REQUESTS, 1, "requests to learn from"),
        "units": slider(experiments.FIT_UNITS, 4, "units of the GRU"),
        "dropout": slider(experiments.DROPOUTS, 0, "rate of dropout"),
    }
    alt = """Perplexity over the steps of a training, on a logarithmic scale, on the requests that are learned from and
    on others that are not, with the floor of the grammar and the step at which the second is smallest."""
    return LiveFigure(draw, update, controls, alt, size=(9.0, 3.4), beforehand=("requests", "units", "dropout"))


def _verdict(training, validation):
    """What kind of fit the end of the training is: by the floor, and by the smallest validation perplexity."""
    floor = flights.entropy().perplexity
    if training[-1] < floor / NEAR:
        return "It over-fits: training below the floor is memory, and holds for these requests alone."
    if validation[-1] > NEAR * validation.min():
        return "It over-fits: the validation perplexity has turned and rises."
    if training[-1] > NEAR * floor:
        return "It under-fits: even what it learns from is not learned yet."
    if validation[-1] > NEAR * floor:
        return "It has learned these requests better than others: more of them would help."
    return "It fits: both end near the floor."

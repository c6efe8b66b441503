"""Elman, Jordan, GRU and LSTM on the same text, with the same number of parameters and steps."""

import numpy as np

from rnnlib.pictures.controls import Choice
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

from .. import experiments

HIGHEST = 2.45
LOOKS = {"Elman": ("RNN", "o"), "Jordan": ("candidate", "D"), "GRU": ("GRU", "s"), "LSTM": ("LSTM", "^")}


def contest():
    """Perplexity and well-formed requests of the four networks, eight trainings each, by learning rate."""
    measured = experiments.results()["contest"]  # (networks, rates, seeds, [perplexity, share at each temperature])
    floor = experiments.grammar_perplexity()

    def draw(fig):
        left, right = axes = fig.subplots(1, 2)
        left.set(ylim=(2.23, HIGHEST + 0.01), ylabel="perplexity, lower is better")
        left.set_title("As language models")
        left.axhline(floor, color=COLOURS["bound"], linestyle=":")
        left.text(3.5, floor, "the grammar", color=COLOURS["bound"], ha="right", va="bottom", backgroundcolor="white")
        right.set(ylim=(-4, 104), ylabel="% well-formed, higher is better")
        right.set_title("As writers")
        artists = {}
        for ax, side in zip(axes, ("perplexity", "share"), strict=True):
            ax.set(xlim=(-0.5, 3.5), xticks=range(4))
            ax.set_xticklabels(LOOKS)
            ax.grid(axis="x", visible=False)
            for name, (colour, marker) in LOOKS.items():
                (artists[side, name],) = ax.plot([], [], marker, color=COLOURS[colour], markersize=9, clip_on=False)
        return artists

    def update(artists, rate, temperature):
        means, lost = {}, []
        for k, name in enumerate(LOOKS):
            perplexities, shares = measured[k, rate, :, 0], 100 * measured[k, rate, :, 1 + temperature]
            places = k + np.linspace(-0.18, 0.18, experiments.SEEDS)
            artists["perplexity", name].set_data(places, np.minimum(perplexities, HIGHEST))
            artists["share", name].set_data(places, shares)
            ran_away = int(np.sum(perplexities > 10))
            lost += [f"{name} ran away in {ran_away} of {experiments.SEEDS} trainings"] * (ran_away > 0)
            said = f"{np.median(perplexities):.2f}" if np.median(perplexities) < 10 else "no language"
            means[name] = f"{name} {said} and {np.median(shares):.0f} %"
        runaways = f" {'; '.join(lost)}." if lost else ""
        above = " Points on the upper edge lie above it." if np.any(measured[:, rate, :, 0] > HIGHEST) else ""
        return (
            f"Learning rate {experiments.RATES[rate]:g}, τ = {experiments.TEMPERATURES[temperature]:g}; the median "
            f"of {experiments.SEEDS} trainings: {', '.join(means.values())}.{above}{runaways}"
        )

    controls = {
        "rate": Choice(
            1, {f"{rate:g}": k for k, rate in enumerate(experiments.RATES)}, label="learning rate", shape="slider"
        ),
        "temperature": Choice(
            experiments.TEMPERATURES.index(1.0),
            {f"{temperature:g}": k for k, temperature in enumerate(experiments.TEMPERATURES)},
            label="temperature τ",
            shape="slider",
        ),
    }
    alt = """Eight marks for each of the four networks: left the perplexity on text they were not trained on, with that
    of the grammar as a line; right how many of the requests they write are well-formed."""
    return LiveFigure(draw, update, controls, alt)

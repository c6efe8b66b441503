"""The memory that is the state, and the memory that is the output."""

from functools import cache

import numpy as np

from rnnlib.pictures import style
from rnnlib.pictures.controls import Slider
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure

from .. import experiments


def elman_and_jordan():
    """Say each number again two steps later: how many values a Jordan network must feed back to do it."""

    def draw(fig):
        left, right = fig.subplots(1, 2, width_ratios=(1.5, 1))
        errors = experiments.echo_errors()
        left.set(xlim=(0.5, 12.5), ylim=(-1.25, 1.65), xlabel="step t", ylabel="output")
        left.set_title("What is wanted, what is said")
        (target,) = left.plot([], [], "o", color=style.COLOURS["target"], ms=11, mfc="none", mew=2, label="wanted")
        (elman,) = left.plot([], [], "--", color=style.COLOURS["state"], lw=1.6, label="Elman")
        (jordan,) = left.plot([], [], "-s", color=style.COLOURS["gradient"], ms=5, label="Jordan")
        left.legend(loc="upper right", ncols=3)
        keys = list(experiments.FED_BACK)
        right.set(yscale="log", ylim=(1e-4, 2), xlabel="values fed back", ylabel="mean squared error")
        right.set_xticks([*keys, len(keys) + 1.4], [*map(str, keys), "Elman\n16"])
        right.set_xlim(0.4, len(keys) + 2.1)
        right.axhline(1 / 3, color=style.COLOURS["bound"], ls=":")
        right.text(len(keys) + 2, 0.38, "always saying 0", ha="right", va="bottom")
        right.plot(keys, [errors[m] for m in keys], "-s", color=style.COLOURS["gradient"], ms=5)
        right.plot(len(keys) + 1.4, errors["Elman"], "D", color=style.COLOURS["state"])
        right.set_title("The error")
        (here,) = right.plot([], [], "o", ms=15, mfc="none", mew=2, color=style.COLOURS["gradient"])
        return {"target": target, "elman": elman, "jordan": jordan, "here": here}

    def update(artists, fed_back, sequence):
        batch, outputs = _echo_traces()
        steps, b = np.arange(1, len(batch.x) + 1), sequence - 1
        counts = batch.mask[:, b]
        artists["target"].set_data(steps[counts], batch.targets[counts, b, 0])
        artists["elman"].set_data(steps[counts], outputs["Elman"][counts, b])
        artists["jordan"].set_data(steps[counts], outputs[fed_back][counts, b])
        error = experiments.echo_errors()[fed_back]
        artists["here"].set_data([fed_back], [error])
        need = experiments.DELAY + 1
        reason = (
            f"fewer than the {need} it takes: its own output and the {experiments.DELAY} numbers on their way"
            if fed_back < need
            else f"enough for its own output and the {experiments.DELAY} numbers on their way"
        )
        return (
            f"With {fed_back} fed-back value{'s' * (fed_back > 1)} the Jordan network's mean squared error is "
            f"{error:.2g}: {reason}. Both networks have {experiments.HIDDEN} hidden units."
        )

    controls = {
        "fed_back": Slider(1, min(experiments.FED_BACK), max(experiments.FED_BACK), label="values fed back"),
        "sequence": Slider(1, 1, 10, label="new sequence"),
    }
    alt = """A sequence to be repeated two steps late with the answers of a trained Elman and a trained Jordan network,
    and the error of the Jordan network against the number of values it feeds back."""
    return LiveFigure(
        draw,
        update,
        controls,
        alt,
        handles=lambda artists: [Handle(artists["here"], x="fed_back")],
    )


@cache
def _echo_traces():
    """Ten new sequences and the first output of every echo network, ``(T, B)``."""
    batch = experiments.draw_echo(np.random.default_rng(2), 10)
    return batch, {key: model.outputs(batch.x)[..., 0] for key, model in experiments.echoes().items()}

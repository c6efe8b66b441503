"""Attention without its softmax, twice: as a table of all pairs, and as a memory that is written step by step."""

from functools import cache

import numpy as np

from rnnlib.pictures.controls import Slider, Stepper
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

T, D = 12, 5
LIMIT = 3.0


def two_views():
    """The pairs that attention weighs, and the matrix that holds their sum, at a step t, with what is kept a step."""
    return LiveFigure(
        _draw,
        _update,
        {
            "t": Stepper(4, 1, T, label="step t"),
            "kept": Slider(1.0, 0.5, 1.0, 0.05, label="kept at each step"),
        },
        """Left, a triangle of scores: row t weighs all values up to t. Middle, the memory, a matrix of 5 by 5, after
        step t. Right, the output at t, computed by the row and read from the memory: the bars and the dots agree.""",
        size=(9, 3.4),
        handles=lambda artists: [Handle(artists["row"], y="t")],
    )


@cache
def sequence():
    """Questions, keys and values, ``(T, D)`` each."""
    q, k, v = np.random.default_rng(3).normal(size=(3, T, D)) / D**0.25
    return q, k, v


def scores(kept):
    """Row t: what step t gives to each step s up to it, kept^(t - s) q_t . k_s; 0 for the future."""
    q, k, _ = sequence()
    age = np.arange(T)[:, None] - np.arange(T)
    return np.where(age >= 0, kept ** np.maximum(age, 0) * (q @ k.T), 0.0)


def memory(t, kept):
    """S_t = kept S_{t-1} + v_t k_t^T, ``(D, D)``, after step ``t``, counted from 1."""
    _, k, v = sequence()
    S = np.zeros((D, D))
    for s in range(t):
        S = kept * S + np.outer(v[s], k[s])
    return S


def _draw(fig):
    table, matrix, output = fig.subplots(1, 3, width_ratios=[1.25, 1, 1.2])
    look = {"cmap": "RdBu_r", "vmin": -LIMIT, "vmax": LIMIT, "interpolation": "nearest"}
    artists = {
        "scores": table.imshow(np.zeros((T, T)), extent=(0.5, T + 0.5, T + 0.5, 0.5), **look),
        "row": table.plot([], [], color="black", linewidth=2)[0],
        "memory": matrix.imshow(np.zeros((D, D)), **look),
        "bars": output.bar(np.arange(D), np.zeros(D), width=0.7, color=COLOURS["input"], label="from the row"),
        "dots": output.plot([], [], "o", color=COLOURS["memory"], label="from the memory")[0],
        "pairs": Label(table, color="#222222"),
        "size": Label(matrix, color="#222222"),
    }
    table.set(xlabel="step $s$ that is read", ylabel="step $t$", xticks=[1, 4, 8, 12], yticks=[1, 4, 8, 12])
    table.set_title("Scores $q_t \\cdot k_s$")
    matrix.set(xticks=[], yticks=[], xlabel="entries of the key", ylabel="entries of the value")
    matrix.set_title("Memory $S_t$")
    output.set(xlabel="entry of $o_t$", xticks=np.arange(D), ylim=(-LIMIT - 1, LIMIT + 4.4), yticks=[-4, -2, 0, 2, 4])
    output.set_title("Output $o_t$")
    output.legend(loc="upper right")
    for ax in (table, matrix):
        ax.grid(False)
    return artists


def _update(artists, t, kept):
    q, _, v = sequence()
    table, S = scores(kept), memory(t, kept)
    artists["scores"].set_data(np.where(np.arange(T)[:, None] < t, table, 0))
    artists["row"].set_data([0.5, t + 0.5, t + 0.5, 0.5, 0.5], [t - 0.5, t - 0.5, t + 0.5, t + 0.5, t - 0.5])
    artists["memory"].set_data(S)
    by_row, by_memory = table[t - 1] @ v, S @ q[t - 1]
    for bar, height in zip(artists["bars"], by_row, strict=True):
        bar.set_height(height)
    artists["dots"].set_data(np.arange(D), by_memory)
    artists["pairs"].say(12.3, 1.2, f"{t * (t + 1) // 2} scores", ha="right")
    artists["size"].say(4.3, -0.15, f"{D * D} numbers", ha="right")
    apart = np.abs(by_row - by_memory).max()
    fading = "nothing fades" if kept == 1 else f"a pair written {t - 1} steps ago weighs {kept ** (t - 1):.2g}"
    return (
        f"At step {t} attention has computed {t * (t + 1) // 2} scores; the memory has written {t} pairs into {D * D} "
        f"numbers. {'Their outputs agree' if apart < 1e-9 else 'Their outputs differ'}; "
        f"kept at each step {kept:.2f}: {fading}."
    )

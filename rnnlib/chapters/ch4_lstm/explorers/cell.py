"""One LSTM cell: worked by hand, and its gates over time."""

import numpy as np

from rnnlib.activations import sigmoid
from rnnlib.pictures.controls import Slider, Stepper
from rnnlib.pictures.figures import gates as pictures
from rnnlib.pictures.figures.label import Label
from rnnlib.pictures.figures.networks import LINE
from rnnlib.pictures.handles import Handle
from rnnlib.pictures.live import LiveFigure
from rnnlib.pictures.style import COLOURS

WORKED_INPUTS = np.array([(3, 1, 0), (4, 1, 0), (2, 0, 0), (1, 0, 1), (3, -1, 0)], dtype=float)
WORKED_IDEAL = np.array([3.0, 7, 7, 7, 0])
GATES = {"i": "input_gate", "f": "forget_gate", "o": "output_gate"}

# What happens in the explorer of the gates: a number at each step, and the steps at which a gate is called.
NUMBERS = np.array([0.1, 0.8, 0.2, 0.1, 0.2, 0.1, 0.6, 0.1, 0.2, 0.1, 0.2, 0.1, 0.9, 0.1, 0.2, 0.1])
CALLS = {"write": (2, 7, 13), "erase": (11, 13), "read": (4, 9, 15)}
STRENGTH = 8.0


def memory_cell(z, z_i, z_f, z_o, squash=lambda number: number):
    """One memory cell over T steps from its four inputs, each ``(T,)``: a dict of arrays ``(T,)``.

    ``i, f, o`` the gates; ``before`` = c_{t-1}, ``kept`` = f c_{t-1}, ``lost`` = (1 - f) c_{t-1},
    ``written`` = i squash(z), ``c`` = kept + written, and the output ``h`` = o squash(c).
    """
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)
    written = i * squash(z)
    c = np.zeros(len(z) + 1)
    for t in range(len(z)):
        c[t + 1] = f[t] * c[t] + written[t]
    before, c = c[:-1], c[1:]
    parts = {"before": before, "kept": f * before, "lost": (1 - f) * before, "written": written}
    return {"i": i, "f": f, "o": o, "c": c, "h": o * squash(c)} | parts


def worked_inputs(x, weight=100.0, bias=10.0):
    """The four inputs of the hand-worked cell for ``x (T, 3)``.

    z = x_1,  z_i = w x_2 - b,  z_f = w x_2 + b,  z_o = w x_3 - b.
    """
    x1, x2, x3 = np.transpose(x)
    return {"z": x1, "z_i": weight * x2 - bias, "z_f": weight * x2 + bias, "z_o": weight * x3 - bias}


def hand_worked():
    """The cell worked by hand, step by step, with gates that can be made softer than its 100 and 10."""
    return LiveFigure(
        _draw_worked,
        _update_worked,
        {
            "step": Stepper(1, 1, 5, label="step t"),
            "weight": Slider(100, 0, 100, label="gate weight (100)"),
            "bias": Slider(10, 0, 10, 0.5, label="gate bias (10)"),
        },
        """Left, one LSTM cell with the numbers of the present step and its three gates as gauges; right, its memory
        as bars and its output as dots over five steps.""",
        beforehand=("step", "weight", "bias"),
        handles=lambda artists: [Handle(artists["memories"].axes, x="step")],
    )


SYMBOLS = {"memory_before": "$c_{t-1}$", "memory": "$c_t$", "candidate": "$z$", "output": "$h_t$"}


def _draw_worked(fig):
    cell_ax, memory_ax = (part.subplots() for part in fig.subfigures(1, 2, width_ratios=[2.4, 1]))
    artists = {f"{gate} level": level for gate, level in pictures.cell_diagram(cell_ax).items()}
    for place, symbol in SYMBOLS.items():
        x, y = pictures.PLACES[place]
        cell_ax.text(x, y - 0.8, symbol, ha="center", va="center")
        artists[place] = Label(cell_ax, color=COLOURS["output"], weight="normal", rim=False)
    for gate in GATES.values():
        x, y = pictures.PLACES[gate]
        cell_ax.text(x + pictures.TEXT_AT, y + 0.45, gate.replace("_", " "), ha="right", va="center")
        for line in ("z", "opening"):
            artists[f"{gate} {line}"] = Label(cell_ax, color=COLOURS["output"], weight="normal", rim=False)
    steps = np.arange(1, 6)
    artists["memories"] = pictures.bars(memory_ax, 5, facecolor=COLOURS["memory"])
    memory_ax.hlines(WORKED_IDEAL, steps - 0.42, steps + 0.42, color=LINE, linestyle=(0, (2, 1)), linewidth=1.6)
    (artists["outputs"],) = memory_ax.plot([], [], "o", color=COLOURS["output"], markersize=7)
    memory_ax.set_title("Memory, output ●")
    columns = ["\n".join(f"{number:.0f}".replace("-", "−") for number in x) for x in WORKED_INPUTS]
    memory_ax.set_xticks([0.3, *steps], ["$x_1$\n$x_2$\n$x_3$", *columns])
    memory_ax.tick_params(axis="x", length=0)
    memory_ax.set(xlim=(0, 5.6), ylim=(-0.3, 10), yticks=[0, 3, 7])
    return artists


def _update_worked(artists, step, weight, bias):
    inputs = worked_inputs(WORKED_INPUTS, weight, bias)
    run = memory_cell(**inputs)
    now = {name: float(values[step - 1]) for name, values in (inputs | run).items()}
    contents = {"memory_before": "before", "memory": "c", "output": "h", "candidate": "z"}
    for place, name in contents.items():
        artists[place].say(*pictures.PLACES[place], f"{now[name]:.0f}" if name == "z" else f"{now[name]:.4f}")
    for letter, gate in GATES.items():
        x, y = pictures.PLACES[gate]
        argument = f"{now[f'z_{letter}']:g}".replace("-", "−")
        artists[f"{gate} z"].say(x + pictures.TEXT_AT, y, f"σ({argument}) =", ha="right")
        artists[f"{gate} opening"].say(x + pictures.TEXT_AT, y - 0.45, f"{now[letter]:.5f}", ha="right")
        pictures.set_opening(artists[f"{gate} level"], now[letter])
    pictures.set_bars(artists["memories"], np.where(np.arange(5) < step, run["c"], 0))
    artists["outputs"].set_data(np.arange(1, step + 1), run["h"][:step])
    x = ", ".join(f"{number:.0f}" for number in WORKED_INPUTS[step - 1])
    return (
        f"Step {step}, x = ({x}): of the old memory {now['before']:.4f} the forget gate keeps {now['kept']:.4f}, the "
        f"input gate writes {now['written']:.4f}, so the memory is {now['c']:.4f}; the output is {now['h']:.4f}. "
        f"With gates of exactly 0 and 1 the memory would be {WORKED_IDEAL[step - 1]:.0f}."
    )


def gates():
    """A memory over sixteen steps as it is written, kept, read and erased, with the bias of each gate to move."""
    options = {"min": -8, "max": 8, "step": 0.5}
    return LiveFigure(
        _draw_gates,
        _update_gates,
        {
            "input_bias": Slider(-4, label="bias of the input gate", **options),
            "forget_bias": Slider(4, label="bias of the forget gate", **options),
            "output_bias": Slider(-4, label="bias of the output gate", **options),
        },
        """From the top: the number that arrives at each of sixteen steps and what is called for, the three gates as
        strips that are filled where a gate is open, and the memory as bars with the output as dots.""",
        size=(9.0, 3.5),
        beforehand=("input_bias", "forget_bias", "output_bias"),
    )


def _draw_gates(fig):
    axes = numbers_ax, gate_ax, memory_ax = fig.subplots(3, 1, sharex=True, height_ratios=[0.9, 1.8, 2.8])
    T = len(NUMBERS)
    numbers_ax.bar(np.arange(1, T + 1), NUMBERS, 0.7, color=COLOURS["input"])
    called = {t: "\n".join(call for call, steps in CALLS.items() if t in steps) for t in range(1, T + 1)}
    words = {t: call for t, call in called.items() if call}
    top = numbers_ax.secondary_xaxis("top")
    top.set_xticks(list(words), list(words.values()))
    top.tick_params(length=0)
    top.spines["top"].set_visible(False)
    numbers_ax.set(ylim=(0, 1), yticks=[])
    numbers_ax.set_ylabel("input $z$", rotation=0, ha="right", va="center")
    artists = {"gates": pictures.gate_strips(gate_ax, T)} | pictures.memory_bars(memory_ax, T)
    for ax in axes:
        ax.tick_params(axis="x", length=0, labelbottom=ax is memory_ax)
    memory_ax.set(ylim=(0, 4), yticks=[0, 1, 2], xticks=range(1, T + 1))
    return artists


def gate_run(input_bias, forget_bias, output_bias):
    """The cell of :func:`gates` over its sixteen steps, as :func:`memory_cell` returns it.

    z_i = 8 write_t + b_i,  z_f = b_f - 8 erase_t,  z_o = 8 read_t + b_o, where a call is 1 at its steps, else 0.
    """
    steps = np.arange(1, len(NUMBERS) + 1)
    write, erase, read = (STRENGTH * np.isin(steps, CALLS[call]) for call in ("write", "erase", "read"))
    return memory_cell(NUMBERS, write + input_bias, forget_bias - erase, read + output_bias, squash=np.tanh)


def _update_gates(artists, input_bias, forget_bias, output_bias):
    run = gate_run(input_bias, forget_bias, output_bias)
    pictures.set_gate_strips(artists["gates"], {gate: run[letter] for letter, gate in GATES.items()})
    pictures.set_memory_bars(artists, *(run[name] for name in ("kept", "written", "lost", "h")))
    quiet = {letter: float(run[letter][0]) for letter in GATES}
    return (
        f"Where nothing is called, the input gate writes {quiet['i']:.3f} of the number, the forget gate keeps "
        f"{quiet['f']:.3f} of the memory and the output gate shows {quiet['o']:.3f}. The memory is {run['c'][6]:.2f} "
        f"after the writing at step 7 and {run['c'][10]:.2f} after the erasing at step 11; the reading at step 9 gives "
        f"{run['h'][8]:.2f}."
    )

"""A training of the laboratory as a few lines of ``rnnlib`` code that give the same losses to the last digit."""

from .assignments import assignment

CELL_LINES = {
    "tanh": "rnnlib.Elman({D}, {H}, rng=rng, activation='tanh', recurrent={start!r}, gain={gain!r})",
    "ReLU": "rnnlib.Elman({D}, {H}, rng=rng, activation='relu', recurrent={start!r}, gain={gain!r})",
    "LSTM": "rnnlib.LSTM({D}, {H}, rng=rng, forget_bias={gate_bias!r}, recurrent={start!r}, gain={gain!r})",
    "GRU": "rnnlib.GRUResetAfter({D}, {H}, rng=rng, recurrent={start!r}, gain={gain!r})",
    "minGRU": "rnnlib.MinGRU({D}, {H}, rng=rng, update_bias={gate_bias!r})",
}


def as_code(changes, steps):
    """The code of a training of ``steps`` steps, from the ``changes`` that a session has noted.

    ``changes`` are pairs ``(steps taken before, settings)``, the first at 0. Each piece between two of them becomes a
    row of the loop. The code defines ``losses``, the loss of every step. The promise holds on the same machine with
    the same versions.
    """
    first = changes[0][1]
    ends = [step for step, _ in changes[1:]] + [steps]
    pieces = [
        (end - begin, settings.length, settings.rate, settings.clip, settings.batch, settings.mixed, settings.window)
        for (begin, settings), end in zip(changes, ends, strict=True)
        if end > begin
    ]
    mixed = any(piece[5] for piece in pieces)
    windows = any(piece[6] is not None for piece in pieces)
    lines = [
        "import numpy as np",
        "",
        "import rnnlib",
        *(["from rnnlib.chapters.ch11_laboratory.session import loss_and_gradients"] if windows else []),
        f"from rnnlib.tasks import {assignment(first.task).module}",
        "",
        f"rng = np.random.default_rng({first.seed})",
        *_network(first),
        f"optimizer = rnnlib.{first.optimizer}({first.rate!r})",
        "losses = []",
    ]
    names = ["steps", "length", "rate", "clip", "size", *(["mixed"] if mixed else []), *(["window"] if windows else [])]
    lines.append(f"for {', '.join(names)} in (")
    for piece in pieces:
        shown = [*piece[:5], *(piece[5:6] if mixed else []), *(piece[6:] if windows else [])]
        lines.append(f"    ({', '.join(map(repr, shown))}),")
    lines += ["):", "    optimizer.rate = rate", *_draw(first, mixed)]
    lines += _loop() if windows else _train()
    return "\n".join(lines) + "\n"


def _network(settings):
    task, lines, layers, width = assignment(settings.task), [], [], assignment(settings.task).inputs
    for layer in range(settings.layers):
        names = [f"{way}_{layer}" for way in ("forward", "backward")] if settings.both_ways else [f"layer_{layer}"]
        for name in names:
            values = {"D": width, "H": settings.units, "start": settings.start}
            lines.append(
                f"{name} = "
                + CELL_LINES[settings.cell].format(**values, gain=settings.gain, gate_bias=settings.gate_bias)
            )
            if settings.cell == "GRU":
                lines.append(
                    f"{name}.params['b'][{settings.units} : {2 * settings.units}] = {settings.gate_bias!r}"
                    "  # the update gate"
                )
        layers.append(f"rnnlib.Bidirectional({', '.join(names)})" if settings.both_ways else names[0])
        width = settings.units * len(names)
    network = layers[0] if settings.layers == 1 else f"rnnlib.Stacked({', '.join(layers)})"
    return [*lines, f"model = rnnlib.Model({network}, {task.outputs}, loss={task.loss!r}, rng=rng)"]


def _draw(settings, mixed):
    task = assignment(settings.task)
    lines = ["", "    def draw(rng, size=size, length=length" + (", mixed=mixed" if mixed else "") + "):"]
    if mixed:
        lines += [
            "        if mixed:",
            f"            length = int(rng.integers({task.shortest}, length, endpoint=True))",
        ]
    return [*lines, f"        return {task.call}", ""]


def _train():
    return [
        "    history = rnnlib.train(model, draw, steps, optimizer, rng=rng, clip=clip, progress=False)",
        "    losses += history.loss",
    ]


def _loop():
    return [
        "    for _ in range(steps):",
        "        loss, gradients, _ = loss_and_gradients(model, draw(rng), window)",
        "        if clip is not None:",
        "            gradients, _ = rnnlib.clip_by_norm(gradients, clip)",
        "        optimizer.update(model.params, gradients)",
        "        losses.append(loss)",
    ]

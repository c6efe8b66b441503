"""The encoder–decoder as a drawing, with attention and without."""

from itertools import pairwise

from ..style import COLOURS
from .characters import Characters
from .networks import arrow, canvas, node

READ = ("2", "␣", "J", "a", "n")
WRITTEN = "1月2日"


def encoder_decoder(ax, attention=False):
    """An encoder that reads five characters, and a decoder that writes four symbols and reads each one step later.

    Between them is the last state of the encoder: all that the decoder is told. With ``attention`` every state of
    the encoder can be reached from each step of the decoder.
    """
    canvas(ax, 14.6, 5.5, left=-1.1, bottom=-0.9)
    letters, symbols = Characters(ax), Characters(ax, weight="bold")
    encoder, decoder = [], []
    for s, _ in enumerate(READ):
        encoder.append(node(ax, 1.25 * s, 1.3, f"$m_{s + 1}$", "state", width=0.85))
        arrow(ax, (1.25 * s, 0.3), encoder[-1])
    for t, _ in enumerate(WRITTEN):
        decoder.append(node(ax, 7.6 + 1.6 * t, 1.3, f"$h_{t + 1}$", "state", width=0.95))
        arrow(ax, decoder[-1], (7.6 + 1.6 * t, 3.6))
        arrow(ax, (7.6 + 1.6 * t, 0.3), decoder[-1])
    for row in (encoder, decoder):
        for before, after in pairwise(row):
            arrow(ax, before, after, colour=COLOURS["memory"])
    arrow(ax, encoder[-1], decoder[0], colour=COLOURS["memory"], linewidth=3)
    letters.write([(1.25 * s, 0) for s in range(len(READ))], "".join(READ))
    x = [7.6 + 1.6 * t for t in range(len(WRITTEN))]
    symbols.write([(place, 3.95) for place in x], WRITTEN)
    Characters(ax).write([(place, 0) for place in x[1:]], WRITTEN[:-1])
    ax.text(x[0], 0, "0", ha="center", va="center")
    ax.text(2.5, -0.75, "the encoder reads", ha="center", va="center")
    ax.text(10, -0.75, "the decoder writes, and reads what it wrote", ha="center", va="center")
    if attention:
        for state in encoder:
            arrow(ax, state, (x[2] - 0.05, 2.85), colour=COLOURS["gradient"], bend=-0.12, linewidth=1.1)
        context = node(ax, x[2], 2.75, "$c_3$", "gradient", width=0.8, height=0.6)
        context.patch.set_zorder(5)
        context.text.set_zorder(6)
        ax.text(3.3, 3.9, "weights $w_{3,1} \\dots w_{3,5}$", color=COLOURS["gradient"], ha="center", va="center")
    else:
        ax.text(6.3, 1.75, "$h_0$", ha="center", va="bottom")
        ax.text(5.9, 2.5, "the bottleneck", ha="center", va="center", color=COLOURS["memory"])

"""A scan, drawn: which entry looks how far back in each round."""

from ..style import COLOURS


def scan_rounds(ax, steps):
    """The rounds of a parallel scan over ``steps`` entries, from the top down: each dot is combined of two above it.

    A blue line comes from the entry ``reach`` steps before, a grey one from the entry itself. Returns the number of
    rounds.
    """
    reach, rounds = 1, 0
    while reach < steps:
        for t in range(1, steps + 1):
            ax.plot([t, t], [rounds, rounds + 1], color="#BBBBBB", linewidth=1.2, zorder=1)
            if t > reach:
                ax.plot([t - reach, t], [rounds, rounds + 1], color=COLOURS["input"], linewidth=1.6, zorder=2)
        ax.text(steps + 0.5, rounds + 0.5, f"round {rounds + 1}: looks {reach} back", va="center")
        reach, rounds = 2 * reach, rounds + 1
    for row in range(rounds + 1):
        covered = [min(t, 2**row) for t in range(1, steps + 1)]
        whole = [t == n for t, n in zip(range(1, steps + 1), covered, strict=True)]
        for t, n, done in zip(range(1, steps + 1), covered, whole, strict=True):
            face = COLOURS["state"] if done else "white"
            ax.plot(t, row, "o", markersize=19, markerfacecolor=face, markeredgecolor=COLOURS["state"], zorder=3)
            ax.text(t, row, n, ha="center", va="center_baseline", color="white" if done else "black", zorder=4)
    ax.set(xlim=(0.4, steps + 4.2), ylim=(rounds + 0.45, -0.45))
    ax.set_axis_off()
    return rounds

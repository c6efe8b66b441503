"""Draw the moving picture of README.md: the slider of chapter 3 and what follows it.

python tools/readme_picture.py
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from rnnlib.chapters.ch3_vanishing import explorers as vanishing
from rnnlib.pictures import style
from rnnlib.pictures.style import COLOURS

PATH = Path(__file__).resolve().parents[1] / "docs" / "powers.gif"
FRAMES, MILLISECONDS = 40, 100
# To the right and back, to the left and back, as a hand moves.
WEIGHTS = np.round(1 + 0.08 * np.sin(2 * np.pi * np.arange(FRAMES) / FRAMES), 3)


def slider(weight, low, high, width):
    """A slider at ``weight``, ``width`` pixels wide, as an array of pixels."""
    with style.context():
        fig = style.new_figure(width / 100, 0.42)
        fig.set_layout_engine("none")
        ax = fig.add_axes((0.24, 0, 0.52, 1), frame_on=False, xticks=[], yticks=[], xlim=(low, high), ylim=(-1, 1))
        ax.plot([low, high], [0, 0], color="#BBBBBB", linewidth=4, solid_capstyle="round", clip_on=False)
        ax.plot(weight, 0, "o", color=COLOURS["state"], markersize=13, clip_on=False)
        ax.text(-0.03, 0.5, "recurrent weight $W_s$", transform=ax.transAxes, ha="right", va="center")
        ax.text(1.04, 0.5, f"{weight:.3f}", transform=ax.transAxes, va="center")
        fig.canvas.draw()
        return np.asarray(fig.canvas.buffer_rgba())


def frame(explorer, weight):
    """The slider at ``weight`` above the picture of the explorer, in few colours."""
    explorer.set(weight=float(weight))
    picture, control = np.asarray(Image.open(io.BytesIO(explorer.png(dpi=100)))), explorer.controls["weight"]
    bar = slider(weight, control.min, control.max, picture.shape[1])
    image = Image.fromarray(np.concatenate([bar, picture])).convert("RGB")
    return image.quantize(48, dither=Image.Dither.NONE)


def gif():
    """The moving picture, as bytes."""
    explorer, stream = vanishing.powers(), io.BytesIO()
    first, *rest = (frame(explorer, weight) for weight in WEIGHTS)
    first.save(stream, "gif", save_all=True, append_images=rest, duration=MILLISECONDS, loop=0, optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    PATH.write_bytes(gif())

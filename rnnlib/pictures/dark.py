"""Each colour of a picture on a dark page: white and black change places, a hue keeps its meaning.

A colour is taken apart into lightness and hue (Ottosson 2020, "A perceptual color space for image processing", OKLab).
Greys and tints are mirrored in lightness; lines, letters and marks become light enough to be read on dark, areas
dark enough that light letters can be read on them.
"""

from functools import cache

import numpy as np

PAPER, INK = 0.17, 1.0  # lightness of the page and of what is black on white
TINT = 0.82  # from this lightness on a colour with a hue is a tint
LIFT = 0.12  # of a line or a letter with a hue

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(channels):
    """The intensities of sRGB ``channels`` within 0 and 1."""
    channels = np.asarray(channels, dtype=float)
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast ratio of two colours, 1 to 21, by WCAG 2."""
    darker, lighter = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def on_dark(colour, area=False):
    """The colour (r, g, b), each within 0 and 1, that means on a dark page what ``colour`` means on a white one.

    ``area=True`` for a surface on which letters may lie.
    """
    lightness, a, b = _TO_LAB @ np.cbrt(_TO_CONES @ linear(colour))
    if np.hypot(a, b) < 0.02 or lightness > TINT:
        lightness = INK + (PAPER - INK) * lightness**1.25
    else:  # what differs in lightness on white differs on black
        lightness = 0.35 + 0.27 * lightness if area else min(lightness + LIFT, 0.9)
    for _ in range(40):  # less and less of the hue, until a screen can show it
        light = np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, [lightness, a, b]) ** 3)
        if np.all((light > -1e-4) & (light < 1 + 1e-4)):
            break
        a, b = 0.95 * a, 0.95 * b
    light = np.clip(light, 0, 1)
    return tuple(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055).tolist())


@cache
def variable(colour, area=False):
    """The CSS variable of a colour, without its two dashes, and its value on a light and on a dark page."""
    light = _hex(colour)
    area = area and max(colour) - min(colour) > 0.02  # greys are mirrored either way
    return ("a" if area else "c") + light[1:], light, _hex(on_dark(colour, area))


def _hex(colour):
    return "#" + "".join(f"{round(255 * float(channel)):02x}" for channel in colour)

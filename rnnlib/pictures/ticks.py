"""Powers of ten beside the ticks of logarithmic axes, as plain text: a formula takes thirty times as long to set."""

import re

from matplotlib.scale import LogScale
from matplotlib.ticker import LogFormatterSciNotation

RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Powers(LogFormatterSciNotation):
    """Matplotlib's labels for a logarithmic axis, with 10⁻⁸ in place of a formula."""

    def __call__(self, x, pos=None):
        formula = super().__call__(x, pos).removeprefix(r"$\mathdefault{").removesuffix("}$")
        return re.sub(r"\^\{(.*?)\}", lambda power: power[1].translate(RAISED), formula).replace(r"\times", "×")


class LogScaleInText(LogScale):
    """The logarithmic scale with such labels."""

    def __init__(self, **options):  # without an axis, as Matplotlib wants a scale that is registered
        super().__init__(**options)

    def set_default_locators_and_formatters(self, axis):
        super().set_default_locators_and_formatters(axis)
        axis.set_major_formatter(Powers(self.base))
        axis.set_minor_formatter(Powers(self.base, labelOnlyBase=self.subs is not None))

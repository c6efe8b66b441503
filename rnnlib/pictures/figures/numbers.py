"""Numbers as a reader meets them: 20 752, 4.4 × 10⁻⁵, inf."""

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable(value, digits=2):
    """``value`` in text: whole where it is large, a power of ten where it is huge or tiny.

    ``digits`` is the number of significant digits; numbers from 1000 to a million are given whole, with a
    narrow space between the thousands.
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "−inf"
    sign, size = "−" * (value < 0), abs(value)
    if size == 0:
        return "0"
    if 1000 <= size < 1e6:
        return sign + f"{size:,.0f}".replace(",", "\u202f")
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    if -3 <= int(exponent) < 3:
        return sign + f"{float(mantissa) * 10 ** int(exponent):.{max(digits - 1 - int(exponent), 0)}f}"
    if 3 <= int(exponent) < 6:
        return sign + f"{float(mantissa) * 10 ** int(exponent):,.0f}".replace(",", "\u202f")
    return f"{sign}{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"

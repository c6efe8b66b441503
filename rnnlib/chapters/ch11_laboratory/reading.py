"""Sequences that a reader types, as inputs ``(T, 1, D)`` of the tasks; what cannot be read gets a sentence."""

import re

import numpy as np

from rnnlib.tasks import slot_filling, temporal_order


def bits(text):
    """``"0110"``: one-hot bits."""
    found = re.sub(r"[\s,]", "", text)
    if not re.fullmatch("[01]+", found):
        raise ValueError("Type bits, such as 0110 1.")
    return np.eye(2)[[int(bit) for bit in found]][:, None]


def numbers(text):
    """``"0.3 -1 2"``: one number a step."""
    return np.array([value for value, _ in _numbers(text)])[:, None, None]


def marked_numbers(text):
    """``"0.3 0.9* 0.1 0.4*"``: numbers, with a star behind those that are marked."""
    found = _numbers(text)
    if not any(marked for _, marked in found):
        raise ValueError("Mark at least one number with a star: 0.3 0.9* 0.1 0.4*.")
    return np.array([[value, float(marked)] for value, marked in found])[:, None]


def class_and_noise(text):
    """``"A 0.1 -0.3 0"``: the class, then numbers of noise."""
    name, *noise = text.replace(",", " ").split() or [""]
    if name.upper() not in ("A", "B") or not noise:
        raise ValueError("Type the class and then the noise, such as A 0.1 -0.3 0 0.2.")
    values = [value for value, _ in _numbers(" ".join(noise))]
    x = np.zeros((1 + len(values), 1, 3))
    x[0, 0, "AB".index(name.upper())] = 1
    x[1:, 0, 2] = values
    return x


def symbols(text):
    """``"BabXcdYaE"``: the symbols of the temporal order problem."""
    found = re.sub(r"\s", "", text)
    unknown = sorted(set(found) - set(temporal_order.SYMBOLS))
    if not found or unknown:
        raise ValueError(f"Type symbols among {''.join(temporal_order.SYMBOLS)}, such as BabXcdYaE.")
    return np.eye(len(temporal_order.SYMBOLS))[[temporal_order.SYMBOLS.index(symbol) for symbol in found]][:, None]


def request(text):
    """``"arrive Taipei on November 2nd"``: words of the requests."""
    words = text.split()
    unknown = [word for word in words if word not in slot_filling.WORDS[1:]]
    if not words or unknown:
        named = f" It does not know {', '.join(unknown)}." if unknown else ""
        raise ValueError(f"Type words of the task, such as Taipei please arrive on November 2nd.{named}")
    return slot_filling.encode([words])[0]


def _numbers(text):
    """Pairs (value, whether a star is behind it); ValueError for what is not a number."""
    found = []
    for word in text.replace("−", "-").replace(",", " ").split():
        try:
            value = float(word.rstrip("*"))
        except ValueError:
            raise ValueError(f"“{word}” is not a number. Type numbers, such as 0.3 0.9 0.1.") from None
        if not np.isfinite(value) or abs(value) > 1e6:
            raise ValueError(f"“{word}” is too large. Type numbers, such as 0.3 0.9 0.1.")
        found.append((value, word.endswith("*")))
    if not found:
        raise ValueError("Type numbers, such as 0.3 0.9 0.1.")
    return found

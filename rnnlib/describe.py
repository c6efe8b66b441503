"""What is shown of networks, runs and batches where they are printed: names and sizes, on one line."""

from collections.abc import Mapping

import numpy as np


def call_text(value, *parts, **sizes):
    """As one would make it: ``LSTM(D=3, H=5)``, ``Stacked(LSTM(D=3, H=5), Elman(D=5, H=2))``."""
    words = [*map(repr, parts), *(f"{name}={size!r}" for name, size in sizes.items())]
    return f"{type(value).__name__}({', '.join(words)})"


def fields_text(value):
    """A named tuple with the shapes of its arrays in place of their entries; what is None is left out."""
    fields = {name: part for name, part in value._asdict().items() if part is not None}
    return f"{type(value).__name__}({', '.join(f'{name}={_shape(part)}' for name, part in fields.items())})"


def options_of(network, **options):
    """The options, and the dtype where it is not float64, the usual one."""
    return options | ({} if network.dtype == np.float64 else {"dtype": network.dtype.name})


def _shape(value):
    if isinstance(value, np.ndarray):
        return str(value.shape)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_shape(part)}' for name, part in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_shape, value))}{',' if len(value) == 1 else ''})"
    return repr(value)

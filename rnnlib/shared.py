"""Results that many ask for: trainings from a given seed, run once and kept in a folder that all can read.

On a server for a class, and in the tests, many processes ask for the same training. Where the environment variable
``RNNLIB_SHARED`` names a folder, :func:`shared` writes each result into it and reads it from there the next time.
Without the variable nothing is kept.

What is read is unpickled, and that can run code: so a folder that everybody may write into is not used.
"""

import dis
import functools
import hashlib
import inspect
import os
import pickle
import platform
import stat
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from types import CodeType, ModuleType

import numpy as np

from .checks import check_function
from .training import interruptions

VARIABLE = "RNNLIB_SHARED"
SIMPLE = (bool, int, float, complex, str, bytes, range, type(None))
INSTALLED = {"rnnlib", "numpy", *sys.stdlib_module_names}  # what the digest knows the versions of
DIGEST = hashlib.sha256().digest_size


def shared(function):
    """``function``, whose result for the same arguments is kept where ``RNNLIB_SHARED`` names a folder.

    It has to draw its random numbers from a seed among its arguments, and to do nothing but return a result. A result
    is found again only by the same code of the function and of rnnlib, the same values of the global names that the
    function uses, and the same versions of Python and NumPy. Nothing is kept of a training that was interrupted, nor
    where an argument or a global name is neither a simple value nor a module or part of rnnlib, NumPy or Python. Raises
    TypeError for anything but a function.
    """
    check_function("function", function)

    @functools.wraps(function)
    def asked(*args, **kwargs):
        place = _place(function, args, kwargs)
        if place is None:
            return function(*args, **kwargs)
        # nobody has asked yet, or the file is broken and is made again
        with suppress(Exception):
            return _read(place)
        before = len(interruptions)
        result = function(*args, **kwargs)
        if len(interruptions) == before:
            _write(place, result)
        return result

    return asked


def _folder():
    """The folder of the results, or None."""
    if not os.environ.get(VARIABLE):
        return None
    folder = Path(os.environ[VARIABLE])
    if os.name == "posix" and folder.exists() and folder.stat().st_mode & stat.S_IWOTH:
        warnings.warn(f"{VARIABLE}: {folder} is not used, because everybody may write into it: chmod o-w", stacklevel=4)
        return None
    return folder


def _place(function, args, kwargs):
    """The file of a result; None where it is not kept."""
    folder = _folder()
    if folder is None or function.__code__.co_freevars:
        return None
    given = inspect.signature(function).bind(*args, **kwargs)
    given.apply_defaults()
    try:
        parts = (_versions(), inspect.getsource(function), _written(given.arguments), _written(_globals_of(function)))
    except (OSError, TypeError):  # code that was typed in without a file, or a value that cannot be told from others
        return None
    name = f"{function.__module__}.{function.__qualname__}".replace("<", "").replace(">", "")
    return folder / f"{name}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}.pickle"


@functools.cache
def _versions():
    """A digest of all files of rnnlib, and what else decides on the digits of a result."""
    digest, package = hashlib.sha256(), Path(__file__).parent
    for path in sorted(path for path in package.rglob("*") if path.is_file() and path.parent.name != "__pycache__"):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest(), np.__version__, sys.version, platform.machine()


def _written(value):
    """``value`` as a text that no other value has; raises TypeError where there is none."""
    if type(value) in SIMPLE:
        return repr(value)
    if type(value) in (list, tuple):
        return f"{type(value).__name__}({', '.join(map(_written, value))})"
    if type(value) is dict:
        return f"dict({', '.join(f'{_written(key)}: {_written(part)}' for key, part in value.items())})"
    raise TypeError(f"expected numbers, texts, and lists and dicts of them, got {type(value).__name__}")


def _globals_of(function):
    """The global values that a function uses, by name, without those of modules, whose files are in the digest."""
    own = function.__module__.partition(".")[0] == "rnnlib"
    found = {}
    for name in sorted(_global_names(function.__code__) & function.__globals__.keys()):
        value = function.__globals__[name]
        try:
            _written(value)
        except TypeError:
            home = str(getattr(value, "__module__", "")).partition(".")[0]
            if isinstance(value, ModuleType) or home in INSTALLED or (own and not callable(value)):
                continue
        found[name] = value
    return found


def _global_names(code):
    """The global names in the code of a function and of those within it."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return names.union(*(_global_names(part) for part in code.co_consts if isinstance(part, CodeType)))


def _read(place):
    content = place.read_bytes()
    if hashlib.sha256(content[DIGEST:]).digest() != content[:DIGEST]:
        raise ValueError(f"{place}: broken")
    return pickle.loads(content[DIGEST:])


def _write(place, result):
    """Keep a result: whole or not at all, and not where the folder can only be read."""
    half = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        content = pickle.dumps(result)
        place.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(hashlib.sha256(content).digest() + content)
        half.replace(place)
    except (OSError, pickle.PicklingError, AttributeError, TypeError):
        with suppress(OSError):
            half.unlink(missing_ok=True)

"""For a grade: an answer that calls the solution, or the reference behind it, is named."""

import contextlib
import sys

REACHED = (
    "This answer calls the solution of an exercise, or what the check compares with, and does not compute anything "
    "itself. Write it with the formulas of the chapter."
)
_watching = []


@contextlib.contextmanager
def watch(codes):
    """Within this block :func:`watched` notes calls of these code objects."""
    _watching.append(frozenset(codes))
    try:
        yield
    finally:
        _watching.pop()


@contextlib.contextmanager
def watched():
    """Run a learner's function; gives a list that is not empty afterwards if it has called what is watched."""
    reached = []
    if not _watching:
        yield reached
        return
    codes, before = _watching[-1], sys.getprofile()

    def note(frame, event, argument):
        if event == "call" and frame.f_code in codes:
            reached.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield reached
    finally:
        sys.setprofile(before)


def private_codes(kind):
    """The code objects of every ``answer`` and ``reference`` of this class and all below it, and of what hands them
    out."""
    functions = [
        kind.__dict__.get(name) for name in ("answer", "reference", "solution_code", "solution", "known_mistakes")
    ]
    codes = {getattr(getattr(function, "__func__", function), "__code__", None) for function in functions} - {None}
    return codes.union(*(private_codes(inner) for inner in kind.__subclasses__()))

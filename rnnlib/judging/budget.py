"""A learner's code gets so much time and may print so much: then it is stopped, wherever it is."""

import contextlib
import ctypes
import io
import signal
import sys
import threading
import time

SECONDS = 10.0
# All calls of one check together.
SECONDS_IN_ALL = 30.0
CHARACTERS = 10_000
# A function that was handed to a learner may be called so often.
CALLS = 1000


class OverBudget(BaseException):
    """The code has used up its time or its prints; the text says which. Not an Exception, so that few catch it."""


_allowed = []


@contextlib.contextmanager
def allowance(seconds=SECONDS_IN_ALL):
    """Within this block all budgets together may use so many seconds."""
    _allowed.append(time.monotonic() + seconds)
    try:
        yield
    finally:
        _allowed.pop()


@contextlib.contextmanager
def budget(seconds=SECONDS, *, quiet=False, characters=CHARACTERS):
    """Run a block for ``seconds`` at most, printing ``characters`` at most, or nothing if ``quiet``.

    Raises :class:`OverBudget` in the block, again and again until it ends. In the main thread it arrives as a signal,
    so that it ends a sleep too; in another thread as an exception before the next line.
    """
    left = _allowed[-1] - time.monotonic() if _allowed else seconds
    if left <= 0:
        raise OverBudget(
            f"Your function is slow: its calls took more than {SECONDS_IN_ALL:g} seconds in all, so the check ended "
            f"early."
        )
    watch = _Watch(min(seconds, left))
    printed = _Limited(None if quiet else sys.stdout, characters)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), watch:
        yield


class _Limited(io.TextIOBase):
    """A stream that hands on what is written, so many characters and no more."""

    def __init__(self, stream, left):
        self.stream, self.left = stream, left

    def write(self, text):
        self.left -= len(text)
        if self.left < 0:
            raise OverBudget(
                "Your function prints without end: after ten thousand characters it was stopped. Which loop is it in, "
                "and what should make it stop?"
            )
        if self.stream is not None:
            self.stream.write(text)
        return len(text)

    def flush(self):
        if self.stream is not None:
            self.stream.flush()


class _Watch:
    """Interrupts the thread that entered it, once its time is up and then every few milliseconds until it has left."""

    def __init__(self, seconds):
        self.seconds, self.lock, self.inside, self.late = seconds, threading.Lock(), False, False
        self.left = threading.Event()
        self.thread = threading.get_ident()
        self.by_signal = threading.current_thread() is threading.main_thread() and hasattr(signal, "pthread_kill")

    def __enter__(self):
        self.inside = True
        if self.by_signal:
            self.before = signal.signal(signal.SIGINT, self._on_signal)
        self.clock = threading.Thread(target=self._wait, daemon=True)
        self.clock.start()

    def __exit__(self, kind, error, where):
        while True:
            try:
                with self.lock:
                    self.inside = False
                self.left.set()
                self.clock.join()
                if self.late:
                    time.sleep(0.001)  # what was sent last arrives here
                break
            except OverBudget:
                continue
        if self.by_signal:
            signal.signal(signal.SIGINT, self.before)
        if self.late and kind is not None and issubclass(kind, KeyboardInterrupt | OverBudget):
            raise OverBudget(self._words()).with_traceback(where) from None

    def _words(self):
        return (
            f"Your function did not end within {self.seconds:.2g} seconds and was stopped, at the line below. Which "
            f"loop is it in, and what should make it stop?"
        )

    def _on_signal(self, number, frame):
        raise OverBudget(self._words()) if self.late else KeyboardInterrupt

    def _wait(self):
        waiting = self.seconds
        while not self.left.wait(waiting):
            with self.lock:
                if not self.inside:
                    return
                self.late = True
                if self.by_signal:
                    signal.pthread_kill(self.thread, signal.SIGINT)
                else:
                    error = ctypes.py_object(OverBudget)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), error)
            waiting = 0.005

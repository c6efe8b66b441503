"""What a process that runs a student's code may do: compute, in so much memory, and nothing else.

It keeps accidents and simple tricks away from the machine. It is no prison: whoever must run code of people who mean
harm does so in a container without a network (docs/GRADING.md).
"""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
FILE_MEGABYTES = 20
PROCESSES = (
    "os.fork",
    "os.posix_spawn",
    "os.exec",
    "os.spawn",
    "os.system",
    "os.startfile",
    "subprocess.",
    "pty.spawn",
)
NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostby", "socket.sendto")
CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.symlink",
)
INSIDE = ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "ctypes.dlopen", "ctypes.cdata", "os.kill")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(PermissionError):
    """The code wanted something that an answer to an exercise does not need."""


def without_network():
    """Leave the network, where the system lets a process do so (Linux); say whether it did."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (AttributeError, OSError, TypeError):
        return False
    return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0


def with_limits(megabytes):
    """Limit the memory that may be added, the size of a file, and core dumps, where the system can."""
    with contextlib.suppress(ImportError):
        import resource

        used = 0
        with contextlib.suppress(OSError):
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        for what, most in (
            (resource.RLIMIT_AS, used + megabytes * 2**20),
            (resource.RLIMIT_FSIZE, FILE_MEGABYTES * 2**20),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):  # a system that has not this one
                resource.setrlimit(what, (most, most))


class Guard:
    """From :meth:`begin` on refuses what is not computing, and keeps a list of what was ``refused``.

    Files may be written in ``own`` only, and none read in the folders ``closed``.
    """

    def __init__(self, own, closed=()):
        self.own, self.closed = os.path.realpath(own), tuple(os.path.realpath(folder) for folder in closed)
        self.refused = []
        self.students = ()

    def begin(self):
        """Watch from now on, for as long as the process lives."""
        sys.addaudithook(self._hook)

    def _hook(self, event, arguments):
        if event == "open":
            self._open(*arguments)
        elif event.startswith(PROCESSES):
            self._refuse("starts another process")
        elif event.startswith(NETWORK):
            self._refuse("reaches for the network")
        elif event.startswith(CHANGES) and not self._is_own(arguments[0]):
            self._refuse("changes files")
        elif event.startswith(INSIDE) or (event in ("sys.setprofile", "sys.settrace") and self._by_student()):
            self._refuse("looks into the process that grades it")

    def _open(self, path, mode, flags):
        if isinstance(path, int):
            return
        writing = flags & WRITING if isinstance(flags, int) else set(mode or "r") & set("wax+")
        if writing and not self._is_own(path) and os.fspath(path) != os.devnull:
            self._refuse("writes a file")
        if any(_is_in(path, folder) for folder in self.closed):
            self._refuse("reads what others have handed in")

    def _is_own(self, path):
        return _is_in(path, self.own)

    def _by_student(self):
        return sys._getframe(2).f_code.co_filename in self.students

    def _refuse(self, what):
        if what not in self.refused:
            self.refused.append(what)
        raise Refused(f"code that {what} is not run for a grade")


def _is_in(path, folder):
    if isinstance(path, int):
        return True  # a file that is open already
    path = os.path.realpath(os.fsdecode(path))
    return path == folder or path.startswith(folder + os.sep)

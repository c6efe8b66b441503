"""Many notebooks at once, each in a process that is ended when its time is up; after a fault it goes on."""

import dataclasses
import json
import multiprocessing
import os
import time
from multiprocessing import connection
from pathlib import Path

from . import worker

# Beside the time of a cell: that of a check and of starting.
SECONDS_MORE = 60.0
TOOLS = Path(__file__).resolve().parents[1]


def context(package):
    """Processes forked from one that has imported the chapter (Linux, macOS), or started anew (Windows)."""
    kind = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    made = multiprocessing.get_context(kind)
    if kind == "forkserver":
        paths = [str(TOOLS), str(TOOLS.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
        made.set_forkserver_preload(["__main__", "grading.warm"])
    return made


class Run:
    """One notebook while it is graded: its process, what was found so far, and what it is at."""

    def __init__(self, made, task):
        self.made, self.task = made, task
        self.found, self.remarks, self.offline, self.cpu_seconds = [], [], True, 0.0
        self._start()

    def _start(self):
        done = frozenset(found.exercise for found in self.found)
        task = dataclasses.replace(self.task, skip=done)
        self.pipe, theirs = self.made.Pipe(duplex=False)
        self.process = self.made.Process(target=worker.work, args=(theirs, task), daemon=True)
        self.process.start()
        theirs.close()
        self.at, self.starts = None, getattr(self, "starts", 0) + 1
        self._wind()

    def _wind(self):
        self.deadline = time.monotonic() + self.task.seconds + SECONDS_MORE

    def receive(self):
        """Take what its process has sent; whether the notebook is done."""
        try:
            kind, *content = json.loads(self.pipe.recv_bytes())
        except (EOFError, OSError):
            return self.ended(f"its process ended by itself ({_how(self.process)})")
        if kind == "begin":
            (self.at,) = content
            self._wind()
        elif kind == "found":
            self.found.append(worker.Found(**content[0]))
            self.at = None
            self._share(self.found[-1])
        else:
            remarks, self.offline, seconds = content
            self.cpu_seconds += seconds
            self.remarks.extend(remarks)
            self.close()
            return True
        return False

    def _share(self, found):
        """Keep what was found, for notebooks with the same code; not what may depend on the machine."""
        if found.key and found.outcome not in (worker.STOPPED, worker.EDITS_JUDGE):
            kept = dataclasses.asdict(found) | {"source": "", "key": ""}
            path = Path(self.task.scratch, found.key)
            path.with_suffix(".new").write_text(json.dumps(kept), encoding="utf-8")
            path.with_suffix(".new").replace(path)

    def late(self):
        """End a process whose time is up; whether the notebook is done."""
        return self.ended("it did not end in time")

    def ended(self, why):
        """Note what the process was at, and go on after that with a new one; whether the notebook is done."""
        judge_edited = bool(self.found) and self.found[-1].outcome == worker.EDITS_JUDGE
        self.close()
        if self.at is not None:
            self.found.append(worker.Found(self.at, worker.STOPPED, f"The answer was ended from outside: {why}."))
        elif not judge_edited or self.starts > len(self.found):
            self.remarks.append(why)
            return True
        self._start()
        return False

    def close(self):
        """End the process, whatever it does."""
        self.pipe.close()
        self.process.join(timeout=1)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.process.close()


def _how(process):
    process.join(timeout=5)
    code = process.exitcode
    return "still there" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"


def graded(tasks, package, at_once):
    """Grade ``tasks``, so many at once: yields each :class:`Run` when it is done."""
    made, waiting, running = context(package), iter(tasks), []
    try:
        while True:
            while len(running) < at_once and (task := next(waiting, None)) is not None:
                running.append(Run(made, task))
            if not running:
                return
            left = max(0.0, min(run.deadline for run in running) - time.monotonic())
            ready = connection.wait([run.pipe for run in running], left)
            done = [run for run in running if (run.receive() if run.pipe in ready else _is_late(run) and run.late())]
            running = [run for run in running if run not in done]
            yield from done
    finally:
        for run in running:
            run.close()


def _is_late(run):
    return time.monotonic() >= run.deadline

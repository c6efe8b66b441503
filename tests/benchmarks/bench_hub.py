"""A class on one hub: the real JupyterHub with its proxy on this machine, and students who all come at once.

    python tests/benchmarks/bench_hub.py --students 30              the whole trial, first with one student alone
    python tests/benchmarks/bench_hub.py --students 3 --seconds 20  a short one

Each student logs in, gets a server, pulls the course, opens chapter 3, runs it whole, moves W_s, and saves. Then comes
what goes wrong: a kernel is killed in the middle of a cell, the hub is started anew, a pull meets an edited cell.

It needs  pip install -e ".[class]"  and  npm install --prefix FOLDER configurable-http-proxy, with
--proxy FOLDER/node_modules/.bin/configurable-http-proxy. Linux alone: memory is read from /proc.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import requests
from hub_client import NOTEBOOK, Refusal, Student
from hub_server import Hub, free_ports, git, repository_in, trained_once, used

EVERY = 0.5  # seconds from one move to the next on average: no two hands keep time
MINE = "# what I thought of it: "


class Trial:
    """So many students on one hub: what each phase took, and what went wrong."""

    def __init__(self, hub, count, patience):
        self.hub, self.count = hub, count
        self.students = [Student(f"student-{k:03}", hub.url, patience) for k in range(count)]
        self.errors, self.explorers = [], {}

    def all(self, what, function):
        """Call ``function(student)`` for all at once; the results of those for whom it went well."""
        gate = threading.Barrier(self.count)

        def one(student):
            gate.wait()
            try:
                return function(student)
            except (Refusal, OSError, requests.RequestException, Exception) as error:
                self.errors.append(f"{what}, {student.name}: {type(error).__name__} {str(error)[:200]}")
                return None

        with ThreadPoolExecutor(self.count) as pool:
            return [result for result in pool.map(one, self.students) if result is not None]

    def morning(self, repository, seconds):
        """From the log-in to the last move; the figures by name."""
        self.all("log in", Student.log_in)
        started = self.all("server", Student.start)
        pulled = self.all("pull", lambda student: timed(student.pull, repository))
        self.all("kernel", Student.open_kernel)
        owners = self.all("whose server", _owner)
        if strangers := [pair for pair in owners if pair[0] != pair[1]]:
            self.errors.append(f"another's server: {strangers}")
        self.all("another's server", lambda student: _knock(student, self.students))
        before = self.usage()
        ran = self.all("chapter 3", self._run)
        moved = [ms for row in self.all("moves", lambda student: self._move(student, seconds)) for ms in row]
        after = self.usage()
        self.all("save", _save)
        return {
            "server, median s": statistics.median(started),
            "server, last s": max(started),
            "pull, median s": statistics.median(pulled),
            "pull, last s": max(pulled),
            "chapter 3, median s": statistics.median(ran),
            "chapter 3, last s": max(ran),
            "move, median ms": 1000 * statistics.median(moved),
            "move, 95 % ms": 1000 * sorted(moved)[int(0.95 * (len(moved) - 1))],
            "move, last ms": 1000 * max(moved),
            "processor s a student, to start": before[1] / self.count,
            "processor s a student, chapter and moves": (after[1] - before[1]) / self.count,
            "memory a student, MB": after[0] / self.count,
        }

    def usage(self):
        """Memory and processor seconds of all students."""
        rows = [used(processes) for processes in self.hub.processes().values()]
        return sum(row[0] for row in rows), sum(row[1] for row in rows)

    def _run(self, student):
        notebook = student.read(NOTEBOOK)
        self.explorers[student.name], seconds = student.run_all(notebook)
        return seconds

    def _move(self, student, seconds):
        explorer, end, taken = self.explorers[student.name], time.monotonic() + seconds, []
        while time.monotonic() < end:
            time.sleep(random.uniform(0, 2 * EVERY))
            taken.append(student.move(explorer, len(taken), 20 + 7 * len(taken) % 60))
        return taken


def timed(function, *arguments):
    """The seconds that a call takes."""
    begin = time.monotonic()
    function(*arguments)
    return time.monotonic() - begin


def _printed(heard):
    return "".join(message["content"]["text"] for message in heard if message["msg_type"] == "stream")


def _owner(student):
    return student.name, _printed(student.run("import os; print(os.environ['JUPYTERHUB_USER'])")).strip()


def _knock(student, students):
    """Ask for the files of the next student: that has to be refused."""
    other = students[(students.index(student) + 1) % len(students)]
    if other is not student:
        student.ask("GET", f"{other.api}/api/contents", accept=(403, 404))


def _save(student):
    notebook = student.read(NOTEBOOK)
    notebook["cells"].append(nbformat.v4.new_markdown_cell(MINE + student.name))
    student.save(NOTEBOOK, notebook)


def _has_own_line(student):
    if not any(MINE + student.name in cell["source"] for cell in student.read(NOTEBOOK)["cells"]):
        raise Refusal("the line that was saved is gone")
    return True


def faults(trial, repository, upstream):
    """What goes wrong, and whether anyone lost anything: sentences."""
    hub = trial.hub
    first = trial.students[0]
    number = first.send("execute_request", {"code": "while True: pass", "silent": False, "store_history": True})
    first.heard(number, lambda message: message["msg_type"] == "execute_input")
    (kernel,) = [p for p in hub.processes()[first.name] if "ipykernel_launcher" in " ".join(p.cmdline())]
    kernel.send_signal(signal.SIGKILL)
    took = timed(_until_it_runs, first)
    kept = trial.all("after a killed kernel", _has_own_line)
    yield f"a kernel was killed in the middle of a cell: a new one answers after {took:.1f} s; {len(kept)} kept all"

    trial.all("remember", lambda student: student.run("remembered = 42"))
    hub.stop()
    seconds = hub.start()
    trial.all("connect anew", Student.connect)
    kept = trial.all("after the hub", lambda student: "42" in _printed(student.run("print(remembered)")) or None)
    kept = [one for one, _ in zip(kept, trial.all("after the hub", _has_own_line), strict=False)]
    yield f"the hub was started anew in {seconds:.1f} s: {len(kept)} of {trial.count} kept kernel and notebook"

    edited = trial.all("edit", _edit)
    _change(upstream)
    trial.all("pull again", lambda student: student.pull(repository))
    kept = trial.all("after the pull", _kept_and_told)
    yield f"a pull met {len(edited)} edited cells: {len(kept)} kept, and told what the course changed"


def _until_it_runs(student):
    end = time.monotonic() + 60
    while True:
        try:
            student.connect()
            return student.run("1")
        except (Refusal, OSError, Exception):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _edit(student):
    notebook = student.read(NOTEBOOK)
    _code(notebook)[3]["source"] += f"\n# edited by {student.name}"
    student.save(NOTEBOOK, notebook)
    return True


def _change(upstream):
    """The course changes the cell that students have edited, and one that they have not."""
    path = upstream / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    for place in (3, 4):
        _code(notebook)[place].source += "\n# changed by the course"
    nbformat.write(notebook, path)
    git(upstream, "commit", "--quiet", "--all", "--message", "Change two cells")


def _kept_and_told(student):
    notebook = student.read(NOTEBOOK)
    sources = [cell["source"] for cell in notebook["cells"]]
    edited = [k for k, text in enumerate(sources) if text.endswith(f"# edited by {student.name}")]
    told = len(edited) == 1 and "# changed by the course" in sources[edited[0] + 1]
    fresh = any(text.endswith("# changed by the course") for text in sources)
    if not (told and fresh):
        raise Refusal("the edit is gone, or what the course changed is not told")
    return _has_own_line(student)


def trial_of(count, options, trained):
    """One hub with ``count`` students; the figures, the errors, and what the faults did."""
    with tempfile.TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as place:
        upstream = repository_in(place)
        hub = Hub(place, options.proxy, free_ports(), trained)
        hub.start()
        try:
            trial = Trial(hub, count, options.patience)
            figures = trial.morning(f"file://{upstream}", options.seconds)
            told = list(faults(trial, f"file://{upstream}", upstream)) if not trial.errors and count > 1 else []
        finally:
            hub.end()
    return figures, trial.errors, told


def _too_long(limit):
    """End everything: without their servers the students stop waiting."""
    for hub in Hub.started:
        hub.end()
    sys.exit(f"ended: it took more than {limit:g} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120, help="of moving W_s")
    parser.add_argument("--limit", type=float, default=1500, help="seconds after which the trial is ended")
    parser.add_argument("--patience", type=float, default=300, help="seconds that a student waits for anything")
    parser.add_argument("--proxy", default=shutil.which("configurable-http-proxy"))
    options = parser.parse_args()
    if not options.proxy:
        raise SystemExit("configurable-http-proxy is not there: npm install --prefix FOLDER configurable-http-proxy")
    options.proxy = str(Path(options.proxy).absolute())
    signal.signal(signal.SIGALRM, lambda *_: _too_long(options.limit))
    signal.alarm(int(options.limit))
    print(f"{os.cpu_count()} processors, load before: {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        trained = Path(place, "trained")
        print(f"what all share was trained in {trained_once(trained, NOTEBOOK):.0f} s", flush=True)
        alone, errors, _ = trial_of(1, options, trained)
        together, more, told = trial_of(options.students, options, trained) if options.students > 1 else (alone, [], [])
    print(f"{'':42}{'1 student':>12}{options.students:>6} students{'ratio':>9}")
    for name, value in alone.items():
        print(f"{name:42}{value:12.1f}{together[name]:15.1f}{together[name] / value if value else 0:9.1f}")
    print(*told, sep="\n")
    print(*errors, *more, sep="\n")
    print(f"{len(errors) + len(more)} errors that a student would have seen")
    return 1 if errors or more else 0


if __name__ == "__main__":
    sys.exit(main())

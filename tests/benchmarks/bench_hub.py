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
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import requests
from hub_client import NOTEBOOK, Refusal, Student

ROOT = Path(__file__).resolve().parents[2]
EVERY = 0.5  # seconds from one move to the next
MINE = "# what I thought of it: "
MEGABYTE = 2**20


class Hub:
    """A JupyterHub as deploy/ configures it, in a folder of its own."""

    def __init__(self, place, proxy, ports):
        self.state = Path(place, "state")
        self.state.mkdir(parents=True)
        hub, api, web, first = ports
        self.url = f"http://127.0.0.1:{web}"
        bin = Path(sys.executable).parent
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
            "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
            "COURSE_HUB_AUTHENTICATOR": "dummy",
            "COURSE_HUB_SPAWNER": "local",
            "COURSE_HUB_STATE": str(self.state),
            "COURSE_HUB_URL": self.url,
            "COURSE_HUB_HUB_PORT": str(hub),
            "COURSE_HUB_PROXY_PORT": str(api),
            "COURSE_HUB_FIRST_PORT": str(first),
            "COURSE_HUB_PROXY": proxy,
            "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        self.process = None

    def start(self):
        """Start it and wait until its page is there; seconds."""
        begin = time.monotonic()
        command = [sys.executable, "-m", "jupyterhub", "-f", str(ROOT / "deploy" / "jupyterhub_config.py")]
        with (self.state / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.state, stdout=log, stderr=log, start_new_session=True
            )
        while time.monotonic() - begin < 120:
            try:
                if requests.get(f"{self.url}/hub/login", timeout=5).ok:
                    return time.monotonic() - begin
            except requests.RequestException:
                pass
            if self.process.poll() is not None:
                raise SystemExit(f"the hub ended:\n{(self.state / 'hub.log').read_text()[-2000:]}")
            time.sleep(0.3)
        raise SystemExit("the hub did not start within 120 s")

    def stop(self):
        """End the hub and its proxy; the servers of the students go on."""
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def processes(self):
        """The processes of this hub's students, by name of the student."""
        found = {}
        for process in psutil.process_iter():
            try:
                variables = process.environ()
            except (psutil.Error, OSError):
                continue
            if variables.get("HOME", "").startswith(str(self.state)):
                found.setdefault(variables.get("JUPYTERHUB_USER", ""), []).append(process)
        return found

    def end(self):
        """End everything that was started."""
        self.stop()
        for processes in self.processes().values():
            for process in processes:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue


def free_ports():
    """Three free ports, and the first of a row that is free."""
    opened = [socket.socket() for _ in range(3)]
    for one in opened:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in opened]
    for one in opened:
        one.close()
    return [*ports, 20000 + 100 * (os.getpid() % 90)]


def used(processes):
    """Memory in MB (shared pages divided among those who share them) and processor seconds of some processes."""
    memory = seconds = 0.0
    for process in processes:
        try:
            memory += process.memory_full_info().pss / MEGABYTE
            seconds += sum(process.cpu_times()[:2])
        except (psutil.Error, OSError):
            continue
    return memory, seconds


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
            taken.append(student.move(explorer, len(taken), 20 + 7 * len(taken) % 60))
            time.sleep(max(0.0, EVERY - taken[-1]))
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


def git(folder, *arguments):
    """Run git in a folder."""
    who = ["-c", "user.name=course", "-c", "user.email=course@localhost", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)


def repository_in(place):
    """A repository with the course as it is committed here, and its branch main."""
    upstream = Path(place, "course")
    git(ROOT, "clone", "--quiet", "--depth", "1", f"file://{ROOT}", str(upstream))
    git(upstream, "checkout", "--quiet", "-B", "main")
    return upstream


def trial_of(count, options):
    """One hub with ``count`` students; the figures, the errors, and what the faults did."""
    with tempfile.TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as place:
        upstream = repository_in(place)
        hub = Hub(place, options.proxy, free_ports())
        hub.start()
        try:
            trial = Trial(hub, count, options.patience)
            figures = trial.morning(f"file://{upstream}", options.seconds)
            told = list(faults(trial, f"file://{upstream}", upstream)) if not trial.errors and count > 1 else []
        finally:
            hub.end()
    return figures, trial.errors, told


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
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"ended: it took more than {options.limit:g} s"))
    signal.alarm(int(options.limit))
    print(f"{os.cpu_count()} processors, load before: {os.getloadavg()[0]:.1f}", flush=True)
    alone, errors, _ = trial_of(1, options)
    together, more, told = trial_of(options.students, options) if options.students > 1 else (alone, [], [])
    print(f"{'':42}{'1 student':>12}{options.students:>6} students{'ratio':>9}")
    for name, value in alone.items():
        print(f"{name:42}{value:12.1f}{together[name]:15.1f}{together[name] / value if value else 0:9.1f}")
    print(*told, sep="\n")
    print(*errors, *more, sep="\n")
    print(f"{len(errors) + len(more)} errors that a student would have seen")
    return 1 if errors or more else 0


if __name__ == "__main__":
    sys.exit(main())

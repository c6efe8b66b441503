"""The hub of a trial: JupyterHub and its proxy as deploy/ configures them, in a folder that goes afterwards."""

import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 2**20


class Hub:
    """A JupyterHub as deploy/ configures it, in a folder of its own."""

    started = []  # noqa: RUF012 all of this run, to be ended

    def __init__(self, place, proxy, ports, trained):
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
            "COURSE_HUB_TRAINED": str(trained),
            "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        self.process = None
        self.started.append(self)

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


def trained_once(folder, notebook):
    """Fill a folder with what the students of a chapter would all train, as an installation does; seconds."""
    begin, environment = time.monotonic(), {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [sys.executable, str(ROOT / "deploy" / "train_once.py"), str(folder), str(ROOT / notebook)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


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

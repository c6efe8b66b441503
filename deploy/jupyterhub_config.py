"""A JupyterHub for one department server: every student a JupyterLab with the course.

    jupyterhub -f deploy/jupyterhub_config.py

What a department chooses is in the environment; docs/HUB.md tells each. With nothing set, the hub does not start:
it needs to be told who may log in.
"""

import ipaddress
import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
# A port of its own for the server of each student: two servers that draw the same one would be taken for each other.
FIRST_PORT = 20000
IDLE_SERVER, IDLE_KERNEL = 3600, 1200  # seconds until an idle server, an idle kernel is ended
# NumPy, one thread a kernel: with more, thirty kernels on four processors wait for one another.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

c = get_config()  # noqa: F821 JupyterHub defines it


def setting(name, default=""):
    """What the environment says, as COURSE_HUB_NAME."""
    return os.environ.get(f"COURSE_HUB_{name}", default)


def is_private(url):
    """Whether an address is reached from this machine alone."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# Where, and for whom
url = setting("URL", "http://127.0.0.1:8000")
who = setting("AUTHENTICATOR")
if not who:
    raise SystemExit(
        "COURSE_HUB_AUTHENTICATOR: expected pam, generic-oauth, lti13 or, for trying out, dummy; got nothing"
    )
if who == "dummy" and not is_private(url):
    raise SystemExit(
        f"The dummy authenticator lets everyone in as anyone: not on {url}, on http://127.0.0.1:8000 alone"
    )
c.JupyterHub.bind_url = url
c.JupyterHub.hub_port = int(setting("HUB_PORT", "8081"))
c.JupyterHub.authenticator_class = who
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{setting('PROXY_PORT', '8001')}"
c.ConfigurableHTTPProxy.command = [
    setting("PROXY") or shutil.which("configurable-http-proxy") or "configurable-http-proxy"
]
c.Authenticator.allow_all = who == "dummy"  # a real one names its students, or says itself who may
if students := setting("STUDENTS"):  # a file with a name a line
    c.Authenticator.allowed_users = set(Path(students).read_text(encoding="utf-8").split())
if setting("INSTRUCTORS"):
    c.Authenticator.admin_users = set(setting("INSTRUCTORS").split(","))

# What the hub remembers; the servers of students go on while it is started anew
state = Path(setting("STATE", "/var/lib/rnn-course-hub"))
c.JupyterHub.db_url = f"sqlite:///{state}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.JupyterHub.cleanup_servers = False

# A server: lean, on a port of its own, with time to start when the whole class comes at once
spawner = setting("SPAWNER", "systemd")
c.JupyterHub.spawner_class = {"systemd": "systemdspawner.SystemdSpawner", "local": "simple"}.get(spawner, spawner)
c.Spawner.cmd = [sys.executable, str(HERE / "server.py"), f"--config={HERE / 'server_config.py'}"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
c.JupyterHub.concurrent_spawn_limit = 0  # beyond a limit students would be sent away; so they wait
c.JupyterHub.active_server_limit = int(setting("MOST_SERVERS", "0"))
c.JupyterHub.allow_named_servers = False
c.Spawner.mem_limit = setting("MEMORY", "1G")
c.Spawner.cpu_limit = float(setting("PROCESSORS", "2"))
# How a student's notebooks take in what changed in the course: cell by cell, see merge_notebooks.py.
merge = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "merge.notebook.driver",
    "GIT_CONFIG_VALUE_0": f"'{sys.executable}' '{HERE / 'merge_notebooks.py'}' %O %A %B",
    "GIT_CONFIG_KEY_1": "core.attributesFile",
    "GIT_CONFIG_VALUE_1": str(HERE / "gitattributes"),
}
c.Spawner.environment = ONE_THREAD | merge | {"PYTHONDONTWRITEBYTECODE": "1"}
if trained := setting("TRAINED"):  # what train_once.py has filled
    c.Spawner.environment["RNNLIB_SHARED"] = trained
c.Spawner.args = [f"--MappingKernelManager.cull_idle_timeout={IDLE_KERNEL}"]


def own_port(spawner):
    """Give the server of each student the port that belongs to the student's number in the hub."""
    spawner.port = int(setting("FIRST_PORT", str(FIRST_PORT))) + spawner.user.id


c.Spawner.pre_spawn_hook = own_port
if spawner == "local":  # for trying out: all servers run as one user of this machine, each with a folder of its own
    if not is_private(url):
        raise SystemExit(f"The spawner 'local' keeps no student from another's files: not on {url}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        c.Spawner.args.append("--allow-root")  # in a container
    c.SimpleLocalProcessSpawner.home_dir_template = f"{state}/homes/{{username}}"

# Servers that nobody uses are ended; what was saved stays
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_SERVER}"],
    }
]

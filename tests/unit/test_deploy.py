"""deploy/: the students that are let in, what a server gets, and what the files for containers say."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from chapters import ROOT
from traitlets.config import Config

DEPLOY = ROOT / "deploy"
TRIAL = {"AUTHENTICATOR": "dummy", "SPAWNER": "local"}


def configured(monkeypatch, name="jupyterhub_config.py", **settings):
    """The configuration that a file of deploy/ makes with these settings, and the names in it."""
    for key, value in settings.items():
        monkeypatch.setenv(f"COURSE_HUB_{key}", value)
    config = Config()
    path = DEPLOY / name
    names = {"get_config": lambda: config, "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), names)
    return config, names


def test_without_an_authenticator_the_hub_does_not_start(monkeypatch):
    with pytest.raises(SystemExit, match="COURSE_HUB_AUTHENTICATOR: expected pam"):
        configured(monkeypatch)


@pytest.mark.parametrize("url", ["http://0.0.0.0:8000", "https://hub.example.edu", "http://192.0.2.7", "http://:8000"])
def test_the_dummy_authenticator_refuses_a_public_address(monkeypatch, url):
    with pytest.raises(SystemExit, match="dummy authenticator lets everyone in"):
        configured(monkeypatch, **TRIAL, URL=url)


def test_all_servers_as_one_user_only_where_nobody_else_comes(monkeypatch):
    with pytest.raises(SystemExit, match="keeps no student from another's files"):
        configured(monkeypatch, AUTHENTICATOR="pam", SPAWNER="local", URL="https://hub.example.edu")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:9000", "http://[::1]:8000"])
def test_for_trying_out_it_starts_on_this_machine(monkeypatch, url):
    config, _ = configured(monkeypatch, **TRIAL, URL=url)
    assert config.JupyterHub.bind_url == url
    assert config.Authenticator.allow_all is True
    assert config.JupyterHub.spawner_class == "simple"


def test_a_real_hub_lets_in_whom_it_is_told(monkeypatch, tmp_path):
    (tmp_path / "students").write_text("anna\nbo\n", encoding="utf-8")
    config, _ = configured(
        monkeypatch, AUTHENTICATOR="pam", URL="https://hub.example.edu", STUDENTS=str(tmp_path / "students")
    )
    assert config.Authenticator.allow_all is False
    assert config.Authenticator.allowed_users == {"anna", "bo"}
    assert config.JupyterHub.spawner_class == "systemdspawner.SystemdSpawner"
    assert config.Spawner.mem_limit == "1G"


def test_every_student_has_a_port_of_their_own(monkeypatch):
    config, _ = configured(monkeypatch, **TRIAL, FIRST_PORT="31000")
    ports = []
    for number in range(1, 300):
        spawner = SimpleNamespace(user=SimpleNamespace(id=number), port=0)
        config.Spawner.pre_spawn_hook(spawner)
        ports.append(spawner.port)
    assert len(set(ports)) == len(ports)
    assert (ports[0], ports[-1]) == (31001, 31299)


def test_a_server_gets_one_thread_the_merge_of_notebooks_and_time_to_start(monkeypatch):
    config, _ = configured(monkeypatch, **TRIAL)
    environment = config.Spawner.environment
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert environment["GIT_CONFIG_VALUE_0"] == f"'{sys.executable}' '{DEPLOY / 'merge_notebooks.py'}' %O %A %B"
    assert "merge=notebook" in (DEPLOY / "gitattributes").read_text(encoding="utf-8")
    assert min(config.Spawner.start_timeout, config.Spawner.http_timeout) >= 120
    assert config.JupyterHub.concurrent_spawn_limit == 0
    server, _ = configured(monkeypatch, "server_config.py")
    assert server.ServerApp.jpserver_extensions["nbgitpuller"] is True
    assert server.ServerApp.terminals_enabled is False


def test_a_server_reads_what_was_trained_once_where_the_department_says(monkeypatch):
    assert "RNNLIB_SHARED" not in configured(monkeypatch, **TRIAL)[0].Spawner.environment
    config, _ = configured(monkeypatch, **TRIAL, TRAINED="/opt/trained")
    assert config.Spawner.environment["RNNLIB_SHARED"] == "/opt/trained"


def test_what_is_trained_once_fills_a_folder_that_others_cannot_change(monkeypatch, tmp_path, capsys):
    code = "from rnnlib.chapters.ch3_vanishing import experiments\nexperiments.recall_accuracy(2, 0, gain=0.5)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, tmp_path / "small.ipynb")
    folder = tmp_path / "trained"
    monkeypatch.setenv("RNNLIB_SHARED", "is put back afterwards")
    monkeypatch.syspath_prepend(str(DEPLOY))
    import train_once

    for _ in range(2):  # a second time it takes the place of what was there
        monkeypatch.setattr(sys, "argv", ["train_once.py", str(folder), str(tmp_path / "small.ipynb")])
        assert train_once.main() == 0
        (file,) = folder.iterdir()
        assert file.name.startswith("rnnlib.chapters.ch3_vanishing.experiments.recall_accuracy-")
        assert folder.stat().st_mode & 0o022 == file.stat().st_mode & 0o022 == 0
    assert f"{folder}: 1 results" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.ipynb", "trained"]


def test_the_server_does_without_the_grammar_that_takes_half_of_its_start():
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); import jsonschema; print(sys.modules['rfc3987_syntax'])"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(DEPLOY / "server.py")], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "None\n"


def test_the_culler_may_end_servers_and_nothing_else(monkeypatch):
    config, _ = configured(monkeypatch, **TRIAL)
    (role,) = config.JupyterHub.load_roles
    assert role["scopes"] == ["list:users", "read:users:activity", "read:servers", "delete:servers"]


def test_the_link_names_the_repository_and_the_chapter(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(DEPLOY))
    import link

    assert link.main(["https://hub.example.edu/", "https://github.com/someone/course.git", "--chapter", "3"]) == 0
    address = urlsplit(capsys.readouterr().out.strip())
    query = parse_qs(address.query)
    assert address.path == "/hub/user-redirect/git-pull"
    assert query["repo"] == ["https://github.com/someone/course.git"]
    assert query["urlpath"] == ["lab/tree/course/notebooks/03_vanishing_exploding_gradients.ipynb"]
    with pytest.raises(SystemExit, match="the course has the chapters"):
        link.main(["https://hub.example.edu", "https://github.com/someone/course", "--chapter", "77"])


def test_the_files_for_containers_name_what_is_there():
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for name in re.findall(r"/opt/rnn-course/(\S+\.py|\S+attributes)", docker):
        assert (ROOT / name).exists(), name
    values = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    assert json.loads(re.search(r"^CMD (.+)$", docker, re.MULTILINE)[1]) == values["singleuser"]["cmd"]
    assert values["hub"]["config"]["JupyterHub"]["authenticator_class"] != "dummy"
    assert values["singleuser"]["extraEnv"]["OPENBLAS_NUM_THREADS"] == "1"
    filled = re.search(r"train_once\.py (\S+)", docker)[1]
    assert filled == re.search(r"RNNLIB_SHARED=(\S+)", docker)[1]


def test_every_setting_is_told_on_the_page():
    page = (ROOT / "docs" / "HUB.md").read_text(encoding="utf-8")
    config = (DEPLOY / "jupyterhub_config.py").read_text(encoding="utf-8")
    for name in set(re.findall(r'setting\("(\w+)"', config)):
        assert f"`{name}`" in page, name

"""A student's browser, as far as a benchmark needs it: log in, start a server, pull, open a kernel, run, move, save."""

import json
import time
import uuid

import requests
import websocket

TRIES = 7  # to connect to a kernel
NOTEBOOK = "notebooks/03_vanishing_exploding_gradients.ipynb"


class Refusal(Exception):
    """Something that a student would have seen as an error page."""


class Student:
    """One student and the page that is open."""

    def __init__(self, name, hub, patience):
        self.name, self.hub, self.patience = name, hub, patience
        self.web = requests.Session()
        self.api = f"{hub}/user/{name}"
        self.socket, self.kernel = None, None

    def ask(self, method, url, accept=(200, 201, 202, 204), **more):
        """A request with the token against forgery; :class:`Refusal` for an answer that is not among ``accept``."""
        token = {cookie.name: cookie.value for cookie in self.web.cookies if cookie.path.rstrip("/") in url}
        headers = {"X-XSRFToken": self._token(url)} if token else {}
        answer = self.web.request(method, url, headers=headers | more.pop("headers", {}), timeout=self.patience, **more)
        if answer.status_code not in accept:
            raise Refusal(f"{method} {url}: {answer.status_code} {answer.text[:160]}")
        return answer

    def _token(self, url):
        path = url.removeprefix(self.hub)
        fitting = [c for c in self.web.cookies if c.name == "_xsrf" and path.startswith(c.path.rstrip("/"))]
        return max(fitting, key=lambda c: len(c.path)).value if fitting else ""

    def log_in(self):
        """Type the name into the form of the hub."""
        self.ask("GET", f"{self.hub}/hub/login")
        form = {"username": self.name, "password": "trial", "_xsrf": self._token(f"{self.hub}/hub/login")}
        self.ask("POST", f"{self.hub}/hub/login?next=%2Fhub%2Fhome", data=form)

    def start(self):
        """Press Start, wait for the page of JupyterLab; seconds."""
        begin = time.monotonic()
        self.ask("GET", f"{self.hub}/hub/spawn/{self.name}")
        while time.monotonic() - begin < self.patience:
            answer = self.ask(
                "GET", f"{self.hub}/hub/api/users/{self.name}", headers={"Referer": f"{self.hub}/hub/home"}
            )
            if answer.json()["servers"].get("", {}).get("ready"):
                self.ask("GET", f"{self.api}/lab")
                return time.monotonic() - begin
            time.sleep(0.5)
        raise Refusal(f"the server of {self.name} did not start within {self.patience} s")

    def pull(self, repository):
        """Follow the link that brings the course; its folder."""
        query = {"repo": repository, "branch": "main", "targetpath": "course"}
        answer = self.ask("GET", f"{self.api}/git-pull/api", params=query, stream=True)
        said = [json.loads(line[6:]) for line in answer.iter_lines(decode_unicode=True) if line.startswith("data: ")]
        if not said or said[-1].get("phase") != "finished":
            raise Refusal(f"git-pull ended with {said[-1:]}")
        return said

    def read(self, path):
        """A notebook as the server has it."""
        return self.ask("GET", f"{self.api}/api/contents/course/{path}?content=1").json()["content"]

    def save(self, path, notebook):
        """Save a notebook, as Ctrl-S does."""
        self.ask("PUT", f"{self.api}/api/contents/course/{path}", json={"type": "notebook", "content": notebook})

    def open_kernel(self, path=NOTEBOOK):
        """Open a notebook: a session with a kernel, and the connection to it."""
        asked = {"path": f"course/{path}", "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        self.kernel = self.ask("POST", f"{self.api}/api/sessions", json=asked).json()["kernel"]["id"]
        self.connect()

    def connect(self):
        """Connect to the kernel, anew after an interruption, and wait until it says what it is.

        Where the line is cut meanwhile, as while thirty kernels start, it is tried again as often as JupyterLab does.
        """
        url = f"{self.api}/api/kernels/{self.kernel}/channels"
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.web.cookies)
        for again in range(TRIES):
            try:
                self.socket = websocket.create_connection(
                    url.replace("http", "ws", 1), timeout=self.patience, cookie=cookies, origin=self.hub
                )
                asked = self.send("kernel_info_request", {})
                self.heard(asked, lambda message: message["msg_type"] == "kernel_info_reply")
                return
            except (websocket.WebSocketException, ConnectionError):
                if again == TRIES - 1:
                    raise
                time.sleep(again + 1)

    def send(self, kind, content):
        """Send a message on the shell channel; its id."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": kind, "username": self.name, "session": "bench", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(message))
        return number

    def heard(self, number, until):
        """The messages that answer ``number``, up to the first for which ``until`` holds."""
        end, heard = time.monotonic() + self.patience, []
        while time.monotonic() < end:
            message = _parsed(self.socket.recv())
            if message["parent_header"].get("msg_id") == number:
                heard.append(message)
                if until(message):
                    return heard
        raise Refusal(f"no answer from the kernel of {self.name} within {self.patience} s")

    def run(self, code):
        """Run a cell: its messages; :class:`Refusal` where it ends in an error."""
        heard = self.heard(
            self.send("execute_request", {"code": code, "silent": False, "store_history": True}), _is_idle
        )
        for message in heard:
            if message["msg_type"] == "error":
                raise Refusal(f"a cell ended with {message['content']['ename']}: {message['content']['evalue']}")
        return heard

    def run_all(self, notebook):
        """Run all cells; the address of the W_s explorer in the kernel, and the seconds it took."""
        begin, explorer = time.monotonic(), None
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                heard = self.run(cell["source"])
                if "explorers.powers()" in cell["source"]:
                    explorer = _explorer(heard)
        return explorer, time.monotonic() - begin

    def move(self, explorer, number, position):
        """Move the handle of the explorer; seconds until its picture is here."""
        begin = time.monotonic()
        content = {"n": number, "at": {"weight": position}}
        data = {"method": "custom", "content": content}
        sent = self.send("comm_msg", {"comm_id": explorer, "data": data})
        self.heard(sent, lambda message: message["msg_type"] == "comm_msg" and "n" in _content(message))
        return time.monotonic() - begin


def _parsed(frame):
    """A message; where it has buffers, it begins with their number and places."""
    if isinstance(frame, str):
        return json.loads(frame)
    count = int.from_bytes(frame[:4], "big")
    places = [int.from_bytes(frame[4 * k : 4 * k + 4], "big") for k in range(1, count + 1)]
    return json.loads(frame[places[0] : places[1] if count > 1 else None])


def _is_idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"


def _content(message):
    return message["content"]["data"].get("content", {})


def _explorer(heard):
    opened = [
        message["content"]["comm_id"]
        for message in heard
        if message["msg_type"] == "comm_open" and "spec" in message["content"]["data"].get("state", {})
    ]
    return opened[-1]

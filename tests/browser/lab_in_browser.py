"""JupyterLab in headless Chromium: a server of its own, a page to open notebooks in, and what went wrong on it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("msedge", "microsoft-edge", "microsoft-edge-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
# Console errors that are not ours, by a part of their text, and why they come.
NOT_OURS = {"Failed to execute 'removeChild'": "JupyterLab, on and off, when a notebook of many outputs is scrolled"}


def find_browser():
    """The path of a Chromium, or None: RNN_CHROMIUM if it is set, else the first that is found."""
    named = os.environ.get("RNN_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


@contextlib.contextmanager
def lab_server(folder):
    """A JupyterLab that serves ``folder`` as someone finds it who has just installed it; gives its address."""
    home = Path(folder) / ".home"
    places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = os.environ | {f"JUPYTER_{place}": str(home / place) for place in places}
    environment |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.expose_app_in_browser": True,
    }
    # JupyterLab would ask at its first start whether to fetch news.
    settings = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"fetchNews": "false"}))
    log = home / "log"
    address = f"http://127.0.0.1:{port}"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())],
            env=environment,
            stdout=stream,
            stderr=stream,
        )
        try:
            _wait_for(f"{address}/api", server, log)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:  # it waits for a kernel that does not answer
                server.kill()
                server.wait()


def _wait_for(url, server, log, patience=120):
    end = time.monotonic() + patience
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return urllib.request.urlopen(url, timeout=5).read()
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def browser(playwright):
    """A headless Chromium."""
    chromium = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
    try:
        yield chromium
    finally:
        chromium.close()


class Notebook:
    """A notebook on a page of JupyterLab, with the errors that the browser's console has seen.

    Pages of one ``context`` load the program of JupyterLab once.
    """

    def __init__(self, context, address, name, size=(1366, 900)):
        self.address, self.name, self.errors = address, name, []
        self.page = context.new_page()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.set_default_timeout(90_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._uncaught)
        self.open()

    def _heard(self, message):
        if message.type == "error" and not any(part in message.text for part in NOT_OURS):
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _uncaught(self, error):
        ours = "blob:" in (error.stack or "")  # where the page has the module of the live figures from
        if ours or not any(part in error.message for part in NOT_OURS):
            self.errors.append(f"uncaught: {error.message}\n{error.stack}")

    def open(self):
        """Open the notebook afresh, as after a start of the browser, and wait until its kernel is idle."""
        self.page.goto(f"{self.address}/lab/tree/{self.name}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(
            """async () => {
                await window.jupyterapp?.restored;
                const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
                await session?.ready;
                await session?.session?.kernel?.info;
                const kernel = session?.session?.kernel;
                return Boolean(kernel) && !session.hasNoKernel && kernel.status === "idle";
            }"""
        )

    def command(self, name):
        """Run a command of JupyterLab to its end."""
        self.page.evaluate("name => window.jupyterapp.commands.execute(name).then(() => null)", name)

    def run_all(self):
        """Run every cell and give the outputs of each."""
        self.command("notebook:run-all-cells")
        return self.outputs()

    def start(self, index):
        """Begin to run a cell."""
        self.page.evaluate(
            """index => {
                window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
                window.running = window.jupyterapp.commands.execute("notebook:run-cell");
            }""",
            index,
        )

    def finish(self):
        """Wait for the end of the cell that was begun."""
        self.page.evaluate("() => window.running.then(() => null)")

    def run(self, index):
        """Run a cell to its end and give its outputs."""
        self.start(index)
        self.finish()
        return self.outputs()[index]

    def kernel(self, does):
        """Let the kernel do something: ``interrupt``, ``restart`` or ``shutdown``."""
        does = f"() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.{does}().then(() => null)"
        self.page.evaluate(does)

    def outputs(self):
        """The outputs of each cell as the notebook holds them now."""
        cells = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells")
        return [cell.get("outputs", []) for cell in cells]

    def cell(self, index):
        """Scroll to a cell and give its place on the page."""
        self.page.evaluate(
            "index => window.jupyterapp.shell.currentWidget.content.scrollToItem(index, 'start').then(() => null)",
            index,
        )
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')

    def settle(self):
        """Wait until the kernel knows what the controls show: a move may wait for the answer to the one before."""
        self.page.evaluate(
            """async () => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                for (let k = 0; k < 2; k++) await kernel.requestKernelInfo();
            }"""
        )

    def close(self):
        """Leave the page and end its kernel."""
        self.command("kernelmenu:shutdown")
        self.page.close()


class Explorer:
    """A live figure on the page, in a notebook or on the site, as a hand and an eye meet it."""

    def __init__(self, around):
        self.page = around.page
        self.host = around.locator("[data-lm-suppress-shortcuts]").first
        self.svg, self.said = self.host.locator("svg"), self.host.locator(".said")
        self.frame = self.host.locator(".frame")
        self.spoken, self.note = self.host.locator("[role=status]"), self.host.locator(".note")
        self.ranges, self.handles = self.host.locator("input[type=range]"), self.host.locator(".handle")
        self.button = lambda words: self.host.get_by_role("button", name=words)
        self.host.wait_for()
        self.page.wait_for_function("host => host.dataset.drawn", arg=self.host.element_handle())

    def seen(self):
        """The picture that is on the page, as SVG text."""
        return self.svg.locator(".scene").inner_html()

    def sentence(self):
        return self.said.inner_text()

    def both(self):
        """The picture and the sentence, in one question to the page."""
        return tuple(
            self.host.evaluate(
                "({ shadowRoot }) => [shadowRoot.querySelector('.scene').innerHTML, "
                "shadowRoot.querySelector('.said').innerText]"
            )
        )

    def after(self, action):
        """Do something and wait until the page has drawn again and rests; give the picture and the sentence."""
        drawn = self.drawn()
        action()
        self.wait_beyond(drawn)
        return self.both()

    def drawn(self):
        """How often the page has drawn the picture."""
        return self.host.evaluate("host => Number(host.dataset.drawn)")

    def wait_beyond(self, drawn):
        """Wait until the page has drawn more often than that and rests."""
        self.page.wait_for_function(
            "([host, drawn]) => Number(host.dataset.drawn) > drawn && !host.dataset.asks",
            arg=[self.host.element_handle(), drawn],
        )

    def press(self, key, control=0):
        """Press a key on a slider."""
        self.ranges.nth(control).focus()
        self.page.keyboard.press(key)

    def drag(self, part, across, down):
        """Take a part with the mouse and drag it so many pixels."""
        part.scroll_into_view_if_needed()
        x, y = middle(part)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across, y + down, steps=5)
        self.page.mouse.up()

    def swipe(self, part, across, down):
        """Take a part with a finger and drag it so many pixels."""
        part.scroll_into_view_if_needed()
        x, y = middle(part)
        client = self.page.context.new_cdp_session(self.page)

        def touch(kind, *places):
            points = [{"x": at, "y": up} for at, up in places]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (x, y))
        for k in range(1, 6):
            touch("touchMove", (x + across * k / 5, y + down * k / 5))
        touch("touchEnd")


def middle(part):
    box = part.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

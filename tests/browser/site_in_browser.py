"""The built site in headless Chromium: what it asks the network for, what its console says, what its slides measure."""

import contextlib
import functools
import http.server
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain web server that says nothing."""

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served(folder):
    """Serve a folder from this machine; gives the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Reader:
    """A browser that reaches the site and nothing else, with what went wrong on its pages."""

    def __init__(self, chromium, address, size=(1366, 768)):
        self.address, self.errors, self.elsewhere = address, [], []
        self.context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
        self.context.route("**/*", self._only_the_site)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", self._heard)
        self.page.on(
            "response", lambda answer: answer.status >= 400 and self.errors.append(f"{answer.status} {answer.url}")
        )
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        self.page.on("requestfailed", lambda request: self.errors.append(f"not loaded: {request.url}"))

    def _heard(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _only_the_site(self, route):
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def open(self, name):
        """Open a page of the site and wait for its mathematics."""
        self.page.goto(f"{self.address}/{name}")
        self.page.evaluate("() => window.MathJax?.startup?.promise.then(() => null)")
        return self.page

    def close(self):
        self.context.close()


def decoded(pictures):
    """The widths of pictures of a page, in pixels of their own, once all of them are loaded."""
    return pictures.evaluate_all(
        """all => Promise.all(all.map((picture) => {
            picture.loading = "eager";
            return picture.decode().then(() => picture.naturalWidth);
        }))"""
    )

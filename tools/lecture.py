"""Start the lecture of a chapter: its slides in the browser, with this Python behind the sliders.

python tools/lecture.py 3                 chapter 3, at its title slide
python tools/lecture.py 3 --no-browser    say the address alone

Space, the arrow keys, the page keys and a presenter's clicker lead on and back; Escape leaves, and so does Ctrl+C
here. The notebook is not changed, nor is any setting of JupyterLab.
"""

import argparse
import asyncio
import html
import importlib.util
import json
import os
import shutil
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path

import deck
from build_site import SITE, copy_libraries, on_stage
from chapters import NOTEBOOKS, chapters
from published import NotReady, title
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RedirectHandler, StaticFileHandler
from tornado.websocket import WebSocketHandler

PORT = 8700  # and the number of the chapter, so that a page finds its lecture again
INSTALL = 'python -m pip install -e ".[site]" -c constraints.txt'


class Stage:
    """The explorers of a lecture, and the pages that show them: what one page moves, all show."""

    def __init__(self):
        self.figures, self.pages, self.over = [], set(), asyncio.Event()

    def add(self, explorer):
        """Take an explorer in; the piece of a web page that it moves on."""
        self.figures.append(explorer)
        return (
            f'<figure class="explorer" data-figure="{len(self.figures) - 1}" role="group" '
            f'aria-label="{html.escape(title(explorer))}: an explorer"></figure>'
        )

    def hear(self, page, message):
        """Do what the hand on ``page`` asked for, and tell it and the others."""
        if "leave" in message:
            self.over.set()
            return
        number = message["figure"]
        answer = {"figure": number, "patch": self.figures[number].answer(message["at"])}
        for other in self.pages:
            other.tell(answer | {"n": message["n"]} if other is page else answer)


class Page(WebSocketHandler):
    """The line to one page."""

    def initialize(self, stage):
        self.stage = stage

    def open(self):
        self.stage.pages.add(self)
        self.tell({"figures": [{"spec": it.spec, "patch": it.everything()} for it in self.stage.figures]})

    def on_message(self, message):
        self.stage.hear(self, json.loads(message))

    def on_close(self):
        self.stage.pages.discard(self)

    def tell(self, content):
        self.write_message(json.dumps(content))


class Fresh(StaticFileHandler):
    """A file of the slides; the browser keeps none of an earlier lecture."""

    def set_extra_headers(self, path):
        self.set_header("Cache-Control", "no-store")


def chosen(number, folder=NOTEBOOKS, tool="lecture"):
    """The chapter with this number, as it was typed for a ``tool``; :class:`NotReady` if there is none."""
    known = {str(chapter.number): chapter for chapter in chapters(folder)}
    if number not in known:
        raise NotReady(f"There is no chapter {number}. There are {', '.join(known)}: python tools/{tool}.py 3")
    return known[number]


def prepare(chapter, folder):
    """Write the slides of a chapter with all they need to ``folder``; the stage with its explorers."""
    missing = [name for name in ("sphinx-mathjax-offline", "sphinx_revealjs") if importlib.util.find_spec(name) is None]
    if missing:
        raise NotReady(f"The slides need {' and '.join(missing)}: {INSTALL}")
    stage = Stage()
    _, slides = on_stage(chapter.path, folder / "pictures", moved_by=stage.add)
    shutil.copytree(SITE / "static", folder / "_static")
    copy_libraries(folder / "_static")
    deck.write(chapter, slides, folder / "slides" / f"{chapter.path.stem}.html", lecture=True)
    return stage


def application(chapter, folder, stage):
    """The server of the slides in ``folder``."""
    name = f"{chapter.path.stem}.html"
    return Application(
        [
            ("/", RedirectHandler, {"url": f"/slides/{name}", "permanent": False}),
            (f"/live/{name}", Page, {"stage": stage}),
            ("/(.*)", Fresh, {"path": str(folder)}),
        ]
    )


def sockets(number):
    """A place for the server on this machine alone: the chapter's own port, or any other if that is taken."""
    try:
        return bind_sockets(PORT + number, "127.0.0.1")
    except OSError:
        return bind_sockets(0, "127.0.0.1")


async def serve(chapter, folder, stage, show):
    """Serve the slides until a page leaves or Ctrl+C; ``show`` gets their address."""
    places = sockets(chapter.number)
    server = HTTPServer(application(chapter, folder, stage))
    server.add_sockets(places)
    show(f"http://127.0.0.1:{places[0].getsockname()[1]}/")
    await stage.over.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapter", help="its number")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    arguments = parser.parse_args()
    os.environ["TQDM_DISABLE"] = "1"
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell that starts it in the background takes Ctrl+C away

    def show(address):
        print(f"The lecture is at {address}  Ctrl+C here ends it.", flush=True)
        if not arguments.no_browser and not webbrowser.open(address):
            print("No browser could be opened: open this address in one.", flush=True)

    try:
        chapter = chosen(arguments.chapter)
        print(f"Chapter {chapter.number}, {chapter.title}: the pictures are being drawn.", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            stage = prepare(chapter, Path(folder))
            asyncio.run(serve(chapter, Path(folder), stage, show))
    except NotReady as error:
        return str(error)
    except KeyboardInterrupt:
        print()
    print("The lecture has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How soon does the picture follow the hand, and what does it cost?

    python tests/benchmarks/bench_live.py             all parts
    python tests/benchmarks/bench_live.py --browser   from the key press to the new picture, in headless Chromium
    python tests/benchmarks/bench_live.py --remote    the same, with a network between browser and server
    python tests/benchmarks/bench_live.py --kernel    one move of every explorer: milliseconds, bytes, memory

The browser part shows one figure, the W_s explorer of chapter 3, in four ways: as our live figure, with
``interact`` and ``plt.show``, with ipympl (``pip install ipympl``; left out where it is missing), and, as the
floor under all three, an echo: a slider that changes a picture of 8 by 8 pixels through the kernel. All are measured
in turns in one run, so that a busy machine is busy for all of them. The remote part puts a proxy between browser and
server that lets 5 Mbit/s pass and takes 100 ms for the way there and back.
"""

import argparse
import asyncio
import importlib.util
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import nbformat
import numpy as np

TESTS = Path(__file__).parents[1]
TARGETS = (
    ("ours", "echo", "at most", 1.25),
    ("ours, jumps", "echo, jumps", "at most", 1.25),
    ("interact", "ours", "at least", 7.0),
    ("ipympl", "ours", "at least", 3.0),
)
REMOTE_TARGETS = (("ours", "echo", "at most", 1.1), ("ours, jumps", "echo, jumps", "at most", 1.1))
ROUND_TRIP, BYTES_A_SECOND = 0.1, 5e6 / 8
MOST_MS, MEDIAN_MS, MEDIAN_KB, MOST_KB, MOST_MB = 8.0, 4.0, 2.0, 20.0, 1.0

SHARED = """
import sys
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from rnnlib.pictures import style
from rnnlib.chapters.ch3_vanishing import explorers as vanishing
style.use()

class Recipe:
    def __init__(self, draw, update, controls, alt, size, **others):
        self.draw, self.update, self.size = draw, update, size
        self.values = {name: control.value for name, control in controls.items()}

module = sys.modules[vanishing.powers.__module__]
original, module.LiveFigure = module.LiveFigure, Recipe
recipe = vanishing.powers()
module.LiveFigure = original

def slider():
    return widgets.FloatSlider(value=1.01, min=0.9, max=1.1, step=0.001, readout_format=".3f")
"""
WAYS = {
    "echo": """
import io
from PIL import Image

def picture(value):
    stream = io.BytesIO()
    Image.fromarray(np.full((8, 8, 3), int(1000 * value) % 256, dtype=np.uint8)).save(stream, "png")
    return stream.getvalue()

hand = slider()
small = widgets.Image(value=picture(1.01), width=80)
hand.observe(lambda change: setattr(small, "value", picture(change.new)), "value")
widgets.VBox([hand, small])
""",
    "ours": "vanishing.powers()",
    "interact": """
def show(weight):
    fig = plt.figure(figsize=recipe.size)
    recipe.update(recipe.draw(fig), **recipe.values | {"weight": weight})
    plt.show()

widgets.interact(show, weight=slider());
""",
    "ipympl": """
%matplotlib widget
fig = plt.figure(figsize=recipe.size)
artists = recipe.draw(fig)
recipe.update(artists, **recipe.values)

def move(change):
    recipe.update(artists, **recipe.values | {"weight": change.new})
    fig.canvas.draw_idle()

hand = slider()
hand.observe(move, "value")
widgets.VBox([hand, fig.canvas])
""",
}
# From the key press to the frame in which the page holds another picture, decoded. A jump is ten steps or more.
PRESS = """
async ([cell, presses, jump]) => {
    const frame = () => new Promise(requestAnimationFrame);
    const host = cell.querySelector('[data-lm-suppress-shortcuts]');
    const range = host?.shadowRoot.querySelector('input[type=range]');
    const handle = cell.querySelector('.noUi-handle');
    let way = 1;
    const press = (k) => {
        if (jump) way = -way;
        if (range) {
            range.value = Number(range.value) + (jump ? way * 20 : 1);
            return range.dispatchEvent(new Event('input'));
        }
        const key = jump ? (way > 0 ? 'PageUp' : 'PageDown') : 'ArrowRight';
        handle.dispatchEvent(new KeyboardEvent('keydown', {key, code: key, bubbles: true}));
    };
    const seen = () => {
        if (host) return host.dataset.drawn;
        const canvas = cell.querySelector('canvas');
        if (!canvas) return cell.querySelector('.jp-OutputArea img:not([src=""])')?.src;
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let sum = 0;
        for (let i = 0; i < data.length; i += 101) sum = (31 * sum + data[i]) | 0;
        return sum;
    };
    const times = [];
    for (let k = 0; k < presses; k++) {
        const before = seen();
        const start = performance.now();
        press(k);
        do {
            await frame();
            if (performance.now() - start > 60000) throw new Error(`no new picture after key press ${k + 1}`);
        } while (seen() === undefined || seen() === before);
        await cell.querySelector('.jp-OutputArea img')?.decode();
        times.push(performance.now() - start);
        await new Promise(resolve => setTimeout(resolve, 200));
    }
    return times;
}
"""


class Network:
    """A proxy on a port of its own that is as far from the server, and as narrow, as a network."""

    def __init__(self, port):
        self.server_port, self.port = port, None
        started = threading.Event()
        self.loop = asyncio.new_event_loop()

        async def serve():
            self.server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
            self.port = self.server.sockets[0].getsockname()[1]
            started.set()
            await asyncio.Event().wait()

        threading.Thread(target=self.loop.run_until_complete, args=(serve(),), daemon=True).start()
        started.wait()

    async def _connected(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self.server_port)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer), return_exceptions=True)

    async def _pass(self, reader, writer):
        """Each piece arrives half a round trip after it has left, and leaves when those before it are through."""
        queue, free = asyncio.Queue(), 0.0

        async def deliver():
            while (piece := await queue.get()) is not None:
                due, data = piece
                await asyncio.sleep(max(0, due - self.loop.time()))
                writer.write(data)
                await writer.drain()
            writer.close()

        delivery = asyncio.ensure_future(deliver())
        while data := await reader.read(16_384):
            free = max(free, self.loop.time()) + len(data) / BYTES_A_SECOND
            queue.put_nowait((free + ROUND_TRIP / 2, data))
        queue.put_nowait(None)
        await delivery


def in_the_browser(presses, rounds, remote=False):
    """Print the medians from key press to picture and their ratios."""
    sys.path.insert(0, str(TESTS / "browser"))
    from lab_in_browser import Notebook, browser, lab_server
    from playwright.sync_api import sync_playwright

    ways = {name: WAYS[name] for name in ("echo", "ours")} if remote else dict(WAYS)
    if importlib.util.find_spec("ipympl") is None and not remote:
        print("ipympl is not installed: left out")
        del ways["ipympl"]
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (SHARED, *ways.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook, Path(folder) / "latency.ipynb")
        with lab_server(folder) as address, sync_playwright() as engine, browser(engine) as chromium:
            if remote:
                address = f"http://127.0.0.1:{Network(int(address.rsplit(':', 1)[1])).port}"
            page = Notebook(chromium.new_context(), address, "latency.ipynb", size=(1400, 1200))
            for output in (output for cell in page.run_all() for output in cell):
                assert output["output_type"] != "error", output
            for _ in range(rounds):
                for index, way in enumerate(ways, start=1):
                    cell = page.cell(index)
                    cell.locator(".noUi-handle, [data-lm-suppress-shortcuts]").first.wait_for()
                    page.page.wait_for_timeout(500)
                    for jump in (False, True) if way in ("echo", "ours") else (False,):
                        measured = page.page.evaluate(PRESS, [cell.element_handle(), presses, jump])
                        times.setdefault(f"{way}{', jumps' * jump}", []).extend(measured)
            page.close()
    where = ", 100 ms and 5 Mbit/s away" if remote else ""
    print(f"from key press to new picture, {rounds} rounds of {presses} presses{where}")
    for way, measured in times.items():
        low, median, high = np.percentile(measured, [10, 50, 90])
        print(f"  {way:12} {median:6.0f} ms   (10 % below {low:.0f}, 10 % above {high:.0f})")
    medians = {way: statistics.median(measured) for way, measured in times.items()}
    for over, under, bound, target in REMOTE_TARGETS if remote else TARGETS:
        if over in medians:
            ratio = medians[over] / medians[under]
            met = ratio <= target if bound == "at most" else ratio >= target
            print(f"  {over} / {under} {ratio:.2f}, target {bound} {target:g}: {'met' if met else 'MISSED'}")


def in_the_kernel(only):
    """Print what one move of each control costs in the kernel, and how many bytes it sends, for every explorer."""
    sys.path[:0] = [str(TESTS / "explorers"), str(TESTS.parent / "tools"), str(TESTS.parent / "docs" / "adapt")]
    from test_explorers import FACTORIES

    from rnnlib.pictures import style

    style.use()
    all_ms, all_bytes = [], []
    print(f"one move in the kernel, processor time (target: a median of {MOST_MS:g} ms, {MEDIAN_MS:g} over all)")
    for name, factory in FACTORIES.items():
        if only not in name:
            continue
        explorer, ms, sizes = factory(), [], []
        explorer.send = lambda content, buffers, sizes=sizes: sizes.append(len(buffers[0]))
        for key, control in explorer.controls.items():
            for value in path(control):
                message = {"n": "1", "at": {key: control.position(value)}}
                start = time.process_time()
                explorer._heard(None, message, [])
                ms.append(1e3 * (time.process_time() - start))
            explorer.reset()
            sizes.pop()
        median = statistics.median(ms)
        mark = "" if median <= MOST_MS else "  MISSED"
        print(
            f"  {name:42} {median:5.1f} ms, {statistics.median(sizes) / 1e3:5.1f} kB, most {max(sizes) / 1e3:.1f}{mark}"
        )
        all_ms += ms
        all_bytes += sizes
        explorer.close()
    median_kb, most_kb = statistics.median(all_bytes) / 1e3, max(all_bytes) / 1e3
    print(
        f"  over all {statistics.median(all_ms):.1f} ms: "
        f"{'met' if statistics.median(all_ms) <= MEDIAN_MS else 'MISSED'}"
    )
    print(f"kB a move: median {median_kb:.2f}, most {most_kb:.1f}")
    print(f"  {'met' if median_kb <= MEDIAN_KB and most_kb <= MOST_KB else 'MISSED'}")


def path(control):
    """Values such as a hand gives: along a control in forty steps."""
    values = control.positions()
    chosen = np.unique(np.linspace(0, len(values) - 1, 41).round().astype(int))
    return [values[k] for k in chosen if values[k] != control.value]


def in_memory():
    """Print what each further run of an explorer's cell leaves in memory, though IPython's Out holds the figures."""
    from rnnlib.chapters.ch3_vanishing import explorers
    from rnnlib.pictures import live

    held = []
    shell = SimpleNamespace(get_parent=lambda: {"metadata": {"cellId": "one"}, "header": {"msg_id": f"{len(held)}"}})
    with mock.patch.object(live, "get_ipython", return_value=shell):
        for runs in (5, 10):
            before = resident()
            for _ in range(runs):
                held.append(explorers.powers())
                held[-1]._repr_mimebundle_()
            each = (resident() - before) / runs
    print(f"an explorer run {len(held)} times: {each:.2f} MB more each: {'met' if each <= MOST_MB else 'MISSED'}")
    held[-1].close()


def resident():
    """The memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--remote", action="store_true")
    parser.add_argument("--kernel", action="store_true")
    parser.add_argument("--only", default="", help="explorers whose name holds this, for --kernel")
    parser.add_argument("--presses", type=int, default=6, help="key presses a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    every = not (arguments.browser or arguments.remote or arguments.kernel)
    if every or arguments.browser:
        in_the_browser(arguments.presses, arguments.rounds)
    if every or arguments.remote:
        in_the_browser(arguments.presses, arguments.rounds, remote=True)
    if every or arguments.kernel:
        in_memory()
        in_the_kernel(arguments.only)


if __name__ == "__main__":
    main()

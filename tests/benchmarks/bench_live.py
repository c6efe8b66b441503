"""How soon does the picture follow the hand?

    python tests/benchmarks/bench_live.py             both parts
    python tests/benchmarks/bench_live.py --browser   from the key press to the new picture, in headless Chromium
    python tests/benchmarks/bench_live.py --kernel    one update of every explorer, in the kernel alone

The browser part shows one figure, the W_s explorer of chapter 3, in four ways: as our live figure, with
``interact`` and ``plt.show``, with ipympl (``pip install ipympl``; left out where it is missing), and, as the
floor under all three, an echo: a slider that changes a picture of 8 by 8 pixels through the kernel. All are measured
in turns in one run, so that a busy machine is busy for all of them. The key presses go one way with 0.2 s between
them, which lets ours draw the next picture ahead, as it does for any hand that goes on as it went. The kernel part
draws every picture when it is asked for.
"""

import argparse
import functools
import importlib.util
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np

TESTS = Path(__file__).parents[1]
TARGETS = (
    ("ours", "echo", "at most", 1.3),
    ("interact", "ours", "at least", 7.0),
    ("ipympl", "ours", "at least", 3.0),
)
KERNEL_TARGET = 16.0

SHARED = """
import sys
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from rnnlib import style
from rnnlib.explorers import vanishing
style.use()

class Recipe:
    def __init__(self, draw, update, controls, alt, size):
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
# From the key press to the frame in which the page holds another picture, decoded.
PRESS = """
async ([cell, presses]) => {
    const frame = () => new Promise(requestAnimationFrame);
    const handle = cell.querySelector('.noUi-handle');
    const seen = () => {
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
        handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', code: 'ArrowRight', bubbles: true}));
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


def in_the_browser(presses, rounds):
    """Print the medians from key press to picture and their ratios."""
    sys.path.insert(0, str(TESTS / "browser"))
    from lab_in_browser import Notebook, browser, lab_server
    from playwright.sync_api import sync_playwright

    ways = dict(WAYS)
    if importlib.util.find_spec("ipympl") is None:
        print("ipympl is not installed: left out")
        del ways["ipympl"]
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (SHARED, *ways.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    times = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook, Path(folder) / "latency.ipynb")
        with lab_server(folder) as address, sync_playwright() as engine, browser(engine) as chromium:
            page = Notebook(chromium, address, "latency.ipynb", size=(1400, 1200))
            for output in (output for cell in page.run_all() for output in cell):
                assert output["output_type"] != "error", output
            for _ in range(rounds):
                for index, way in enumerate(ways, start=1):
                    cell = page.cell(index)
                    cell.locator(".noUi-handle").first.wait_for()
                    page.page.wait_for_timeout(500)
                    times[way] += page.page.evaluate(PRESS, [cell.element_handle(), presses])
            page.close()
    print(f"from key press to new picture, {rounds} rounds of {presses} presses")
    for way, measured in times.items():
        low, median, high = np.percentile(measured, [10, 50, 90])
        print(f"  {way:10} {median:6.0f} ms   (10 % below {low:.0f}, 10 % above {high:.0f})")
    medians = {way: statistics.median(measured) for way, measured in times.items()}
    for over, under, bound, target in TARGETS:
        if over in medians:
            ratio = medians[over] / medians[under]
            met = ratio <= target if bound == "at most" else ratio >= target
            print(f"  {over} / {under} {ratio:.2f}, target {bound} {target:g}: {'met' if met else 'MISSED'}")


def in_the_kernel(only):
    """Print what one move of each control costs in the kernel, for every explorer."""
    sys.path.insert(0, str(TESTS / "explorers"))
    from test_explorers import FACTORIES, choices

    from rnnlib import style

    style.use()
    print(f"one update in the kernel, in ms (target: {KERNEL_TARGET:g})")
    print(f"  {'explorer':40} {'median':>6} {'max':>6}   the slowest control, its median, moves that redraw all")
    for name, factory in FACTORIES.items():
        if only not in name:
            continue
        explorer = factory()
        explorer._frame = explorer._draw_frame  # none from before
        full = count_full_draws(explorer)
        moves, slowest = [], ("", 0.0, 0, 0)
        for words, control in explorer.controls.items():
            full.clear()
            measured = [seconds(functools.partial(setattr, control, "value", v)) * 1e3 for v in path(control, choices)]
            moves += measured
            slowest = max(slowest, (words, statistics.median(measured), len(full), len(measured)), key=lambda s: s[1])
            explorer.reset()
        median = statistics.median(moves)
        words, its, redrawn, count = slowest
        mark = "" if median <= KERNEL_TARGET else "  MISSED"
        print(
            f"  {name:40} {median:6.1f} {max(moves):6.1f}   {words} {its:.1f}, {redrawn} of {count}{mark}", flush=True
        )
        explorer.close()


def path(control, choices):
    """Values such as a hand gives: along a slider in forty steps, back and forth between options."""
    ends = choices(control)
    if hasattr(control, "options") or isinstance(control.value, (bool, str)):
        return [*ends[::-1], *ends] * 2
    count = round((control.max - control.min) / control.step)
    steps = np.unique(np.linspace(0, count, 41).round())
    values = [control.min + control.step * k for k in steps]
    values = [control.base**v for v in values] if hasattr(control, "base") else values
    return [value for value in map(type(control.value), values) if value != control.value]


def count_full_draws(explorer):
    draws, draw = [], explorer.fig.canvas.draw

    def counting_draw():
        draws.append(1)
        draw()

    explorer.fig.canvas.draw = counting_draw
    return draws


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--kernel", action="store_true")
    parser.add_argument("--only", default="", help="explorers whose name holds this, for --kernel")
    parser.add_argument("--presses", type=int, default=6, help="key presses a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    both = arguments.browser == arguments.kernel
    if both or arguments.browser:
        in_the_browser(arguments.presses, arguments.rounds)
    if both or arguments.kernel:
        in_the_kernel(arguments.only)


if __name__ == "__main__":
    main()

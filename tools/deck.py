"""Slides from a published notebook: its slide metadata says what stands on which, reveal.js shows them.

A cell that draws shows its picture without the code; a cell that prints shows both. What does not fit on one slide
goes on on the next (``site/static/deck.js``), so that nothing runs off.
"""

import html
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from nbconvert.filters import Highlight2HTML, ansi2html, markdown2html
from pygments.formatters import HtmlFormatter
from run_notebooks import ROOT

TEMPLATES = Environment(loader=FileSystemLoader(ROOT / "site"), autoescape=False, keep_trailing_newline=True)


def deck(notebook, title):
    """The deck as a page of HTML that lies in ``slides/`` beside the folders ``_static`` and ``pictures``."""
    text = TEMPLATES.get_template("deck.html.j2").render(
        title=html.escape(title),
        stacks=stacks(notebook),
        code_style=HtmlFormatter(style="default").get_style_defs(".highlight"),
    )
    return re.sub(r'(href="[^":#]+)\.ipynb', r"\1.html", text.replace("PICTURES/", "../pictures/"))


def stacks(notebook):
    """The slides as lists of lists: across, and in each of these downwards. A slide is a list of blocks of HTML.

    Speaker notes belong to the slide above them.
    """
    across = []
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind == "skip":
            continue
        if kind == "slide" or not across:
            across.append([{"blocks": [], "notes": []}])
        elif kind == "subslide":
            across[-1].append({"blocks": [], "notes": []})
        slide = across[-1][-1]
        if kind == "notes":
            slide["notes"].append(markdown2html(cell.source))
        else:
            slide["blocks"] += [{"html": block, "fragment": kind == "fragment"} for block in _blocks(cell)]
    return [[slide for slide in stack if slide["blocks"]] for stack in across]


def _blocks(cell):
    """The blocks of HTML that a cell puts on a slide."""
    if cell.cell_type == "markdown":
        return [_block("words", markdown2html(cell.source))]
    outputs = [_output(output) for output in cell.outputs]
    if any("<img" in output for output in outputs) or "remove-input" in cell.metadata.get("tags", []):
        return outputs
    return [_block("code", Highlight2HTML()(cell.source)), *outputs]


def _output(output):
    if output.output_type == "stream":
        return _block("output", f"<pre>{ansi2html(output.text)}</pre>")
    if output.output_type == "error":
        return _block("output", f"<pre>{html.escape(f'{output.ename}: {output.evalue}')}</pre>")
    if "text/html" in output.data:
        return _block("shown", output.data["text/html"])
    return _block("output", f"<pre>{html.escape(output.data['text/plain'])}</pre>")


def _block(kind, inner):
    return f'<div class="block {kind}">{inner}</div>'


def write(notebook, title, path):
    """Write the deck of a notebook to ``path``."""
    Path(path).write_text(deck(notebook, title), encoding="utf-8")

"""The deck and the handout of a chapter: its script says what is on each slide, reveal.js shows them.

See :mod:`stage_script` for the script. What a slide shows of the notebook is taken from its published form.
"""

import html
import re
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader
from nbconvert.filters import Highlight2HTML, ansi2html, markdown2html
from pygments.formatters import HtmlFormatter
from run_notebooks import ROOT

TEMPLATES = Environment(loader=FileSystemLoader(ROOT / "site"), autoescape=False, keep_trailing_newline=True)
MOVING = re.compile(r'<script type="text/plain">.*?</script>|<p class="held">.*?</p>', re.DOTALL)


class Block(NamedTuple):
    """A piece of HTML on a slide; a ``fragment`` waits for a key."""

    html: str
    fragment: bool


class Shown(NamedTuple):
    """A slide as the templates take it."""

    heading: str
    blocks: list
    minutes: str
    notes: str


def slides(chapter, script, notebook):
    """The slides of a script as :class:`Shown`; ``notebook`` is the published form of the chapter's."""
    cells = {cell.id: cell for cell in notebook.cells}
    shown = []
    for k, slide in enumerate(script.slides):
        blocks = [
            Block(block, fragment=step > 0)
            for step, parts in enumerate(slide.steps)
            for part in parts
            for block in _blocks(part, cells, script)
        ]
        if k == 0:
            blocks = [Block(_title(chapter), fragment=False)]
        kind = "continued" if slide.heading == script.slides[k - 1].heading else "first"
        heading = f'<h2 class="{kind}">{_line(slide.heading)}</h2>' if k else ""
        shown.append(Shown(heading, blocks, minutes(slide.minutes), markdown2html(slide.notes)))
    return shown


def minutes(number):
    """Minutes as they are read: 2, or 2½."""
    whole, half = divmod(number, 1)
    return f"{int(whole) or ''}{'½' * bool(half)}" or "0"


def _title(chapter):
    return (
        f'<div class="title"><h1>{chapter.number} · {_line(chapter.title)}</h1><p class="question">'
        f"{_line(chapter.question)}</p><p>{chapter.on_stage} minutes</p></div>"
    )


def _line(text):
    """A line of Markdown without its paragraph."""
    return re.sub(r"^<p>|</p>$", "", markdown2html(text).strip())


def _blocks(part, cells, script):
    """The blocks of HTML that a part of a script puts on a slide."""
    if part.kind == "words":
        return [_block("words", markdown2html(part.text))]
    if part.text not in cells:
        raise script.wrong(part.line, "the id of a cell of the notebook that is published", part.text)
    cell = cells[part.text]
    if cell.cell_type != "code":
        raise script.wrong(part.line, "the id of a code cell", f"{part.text}, a cell of text")
    if part.kind == "code":
        return [_block("code", Highlight2HTML()(cell.source))]
    shown = [output for output in cell.outputs if not _is_progress(output)]
    if part.picture:
        shown = [output for output in shown if "text/html" in output.get("data", {})]
    if not shown:
        what = "a picture" if part.picture else "something"
        raise script.wrong(part.line, f"a cell that shows {what}", f"{part.text}, which shows none")
    return [_output(output) for output in shown]


def _is_progress(output):
    """Whether an output is the bar of a training, as tools/run_notebooks.py saves it."""
    return output.get("data", {}).get("text/plain", "").startswith("Progress bar: ")


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


def write(chapter, shown, path, lecture=False):
    """Write the deck of a chapter to ``path``, in a folder beside ``_static`` and ``pictures``.

    The explorers of a ``lecture`` are drawn by tools/lecture.py.
    """
    _write("deck.html.j2", path, chapter=chapter, slides=shown, lecture=lecture)


def write_handout(chapter, shown, path):
    """Write the handout of a chapter, its notes beside its slides, to ``path``; nothing in it moves."""
    still = [
        slide._replace(blocks=[block._replace(html=MOVING.sub("", block.html)) for block in slide.blocks])
        for slide in shown
    ]
    _write("handout.html.j2", path, chapter=chapter, slides=still)


def _write(template, path, **content):
    text = TEMPLATES.get_template(template).render(
        code_style=HtmlFormatter(style="default").get_style_defs(".highlight"), **content
    )
    Path(path).parent.mkdir(exist_ok=True)
    text = re.sub(r'(href="[^":#]+)\.ipynb', r"\1.html", text.replace("PICTURES/", "../pictures/"))
    Path(path).write_text(text, encoding="utf-8")

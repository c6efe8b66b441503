"""A notebook as it is published: with nothing that asks for a kernel.

Explorers become tables of their pictures, predictions keep their answer folded away, and exercises keep their stub,
their hints and one answer, folded away too. The site and the slides are both made from this form.
"""

import ast
import base64
import contextlib
import functools
import html
import importlib
import io
import re
from pathlib import Path

import nbformat
from chapters import PACKAGE
from nbconvert.filters import Highlight2HTML
from PIL import Image
from run_notebooks import fingerprint

from rnnlib.chapters.ch11_laboratory.explorers import recorded
from rnnlib.chapters.ch11_laboratory.recordings import RECORDED
from rnnlib.pictures import style
from rnnlib.pictures.beforehand import page_html, table
from rnnlib.pictures.live import LiveFigure

# How many pictures an explorer has in its table, about.
MOST = 900


class NotReady(Exception):
    """A notebook that cannot be published as it is; the message names it and the command that mends it."""


def read(path):
    """The notebook at ``path``, if every cell of it was run as it is.

    Two things are looked at, which cost nothing: every code cell carries a number, counted from top to bottom, and
    the fingerprint of the code that tools/run_notebooks.py stores with the outputs is that of the code now. That
    the outputs are also those of today's package is what ``tools/run_notebooks.py --check`` and nbval say, by
    running everything; the workflow that publishes does so first. Raises :class:`NotReady`.
    """
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        raise _not_ready(path, "has cells that were not run, or not from top to bottom")
    if notebook.metadata.get("code") != fingerprint(notebook):
        raise _not_ready(path, "has outputs of an earlier version of its code")
    return notebook


def publish(path, folder, most=MOST, only=None, moved_by=None, code=None):
    """The published form of the notebook at ``path``; its pictures are written to ``folder/<name of the notebook>``.

    With ``only``, the ids of the cells on slides, these cells alone are published, in large type, and their pictures go
    to ``folder/slides/<name of the notebook>``. An explorer becomes a table of about ``most`` pictures, or what
    ``moved_by(explorer)`` gives, a piece of a web page. ``code`` is the :class:`Code` of an earlier call for this path.
    In the outputs the address of a picture begins with ``PICTURES/``. An explorer that says something else than what
    is saved is stale: :class:`NotReady`.
    """
    style.use(lecture=only is not None)
    notebook = read(path)
    pictures = Pictures(folder, path.stem if only is None else f"slides/{path.stem}")
    names, code = _modules(notebook), code or Code(notebook)
    moved_by = moved_by or functools.partial(_tabled, pictures=pictures, most=most)
    if only is not None:
        notebook.cells = [cell for cell in notebook.cells if cell.id in only]
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            call = _last_call(cell.source)
            if call in (("", "progress"), ("setup_check", "report")) or "google.colab" in cell.source:
                continue
            value = functools.partial(code.value, cell, lecture=only is not None)
            _publish_outputs(cell, call, names, value, pictures, path, moved_by)
            if only is None and cell.metadata.get("jupyter", {}).get("outputs_hidden"):
                _tag(cell, "hide-output")
        cells.append(cell)
    notebook.cells = cells
    return notebook


class Pictures:
    """The folder ``folder/name`` with the pictures of one notebook, which it fills."""

    def __init__(self, folder, name):
        self.folder, self.name, self.number = Path(folder) / name, name, 0
        self.folder.mkdir(parents=True, exist_ok=True)

    def add(self, webp):
        """Write a picture and give its address."""
        self.number += 1
        file = f"{self.number:03d}.webp"
        (self.folder / file).write_bytes(webp)
        return f"PICTURES/{self.name}/{file}"


class Code:
    """The code of a notebook, run once and as far as an explorer needs what it has trained."""

    def __init__(self, notebook):
        code = (cell for cell in notebook.cells if cell.cell_type == "code")
        self.cells = [cell for cell in code if "google.colab" not in cell.source]
        self.names, self.done, self.before = {}, 0, {}

    def value(self, wanted, lecture):
        """What the cell ``wanted`` ends with, once all cells before it were run; for a ``lecture`` in large type."""
        *steps, last = ast.parse(wanted.source).body
        with contextlib.redirect_stdout(io.StringIO()):
            while wanted.id not in self.before:
                cell = self.cells[self.done]
                self.done += 1
                here = cell.id == wanted.id
                exec(compile(ast.Module(steps, []) if here else ast.parse(cell.source), cell.id, "exec"), self.names)
                if here:
                    self.before[cell.id] = dict(self.names)
            style.use(lecture)  # whatever the cells before said
            return _value(_shown(last), wanted.id, self.before[wanted.id])


def _value(expression, name, names):
    return eval(compile(ast.Expression(expression), name, "eval"), names)


def _not_ready(path, what):
    return NotReady(f"{path.name} {what}: run  python tools/run_notebooks.py notebooks/{path.name}")


def _modules(notebook):
    """The modules of the chapter by the name the notebook gives them: explorers and exercises."""
    package = re.search(PACKAGE, "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code"))
    modules = ("explorers", "exercises") if package else ()
    return {name: importlib.import_module(f"rnnlib.chapters.{package[1]}.{name}") for name in modules}


def _shown(last):
    """The expression whose value the statement ``last`` shows: of ``after_commit(key, shown)``, what waits."""
    match last.value:
        case ast.Call(func=ast.Name(id="after_commit"), args=[_, waits]):
            return waits
    return last.value


def _last_call(source):
    """The call that a code cell ends with, as (module, function), if it is one; a plain function has no module."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return None
    match _shown(last) if isinstance(last, ast.Expr) else None:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)):
            return module, name
        case ast.Call(func=ast.Name(id=name)):
            return "", name
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=module), attr=name))):
            return module, name
    return None


def _publish_outputs(cell, call, names, value, pictures, path, moved_by):
    module, name = call or ("", "")
    shown = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    if module == "explorers" and shown:
        words = shown[0].metadata["image/png"]["alt"]
        asked = _shown(ast.parse(cell.source).body[-1])
        alone = {part.id for part in ast.walk(asked) if isinstance(part, ast.Name)} <= names.keys()
        explorer = _value(asked, cell.id, names) if alone else value()  # alone, it needs nothing that is trained
        if not isinstance(explorer, LiveFigure) or f"{explorer.alt} {explorer.sentence}" != words:
            raise _not_ready(path, f"has an old picture of explorers.{name}()")
        cell.outputs = [_html(moved_by(explorer))]
        _hide_code(cell)
    elif (key := recorded_of(cell.source)) and shown:
        cell.outputs = [_html(moved_by(recorded(key)))]
    elif module == "exercises" and hasattr(getattr(names.get(module), name, None), "solution_code"):
        cell.outputs = [_html(_answer(getattr(names[module], name)))]
    else:
        cell.outputs = [_published_output(output, pictures) for output in cell.outputs]
        if name.startswith("predict_"):
            _hide_code(cell)


def recorded_of(source):
    """The recorded training that a cell with a laboratory has, as a cell that ends with ``laboratory("lag-60")``."""
    found = re.search(r'^(?:\w+ = )?laboratory\("([\w-]+)"\)$', source, re.MULTILINE)
    return found[1] if found and found[1] in RECORDED else None


def _hide_code(cell):
    _tag(cell, "remove-input")


def _tag(cell, name):
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), name]


def title(explorer):
    """What an explorer is called on a page: its first control."""
    return next(iter(explorer.controls.values())).label


def _tabled(explorer, pictures, most):
    """The explorer as a table of its pictures."""
    taken = table(explorer, most)
    page = page_html(taken, title(explorer), pictures.add(taken.still))
    explorer.close()
    return page


def _answer(exercise):
    """What helps with an exercise where no check answers, folded away."""
    hints = "".join(f"<li>{html.escape(hint)}</li>" for hint in exercise.hints)
    code = Highlight2HTML()(exercise.solution_code())
    return (
        "<p>The check answers in the notebook.</p>"
        f"<details><summary>Hints</summary><ol>{hints}</ol></details>"
        f"<details><summary>One answer</summary>{code}</details>"
    )


def _published_output(output, pictures):
    data = output.get("data", {})
    if "image/png" not in data:
        return output
    alt, width = output.metadata["image/png"]["alt"], output.metadata["image/png"]["width"]
    webp, shape = _webp(data["image/png"])
    source = pictures.add(webp)
    height = round(shape * width)
    return _html(f'<img class="picture" src="{source}" alt="{html.escape(alt)}" width="{width}" height="{height}">')


@functools.cache
def _webp(png):
    """A picture in Base64 as WebP, which is smaller, and its height in widths."""
    picture, stream = Image.open(io.BytesIO(base64.b64decode(png))), io.BytesIO()
    picture.save(stream, "webp", lossless=True, method=2)
    return stream.getvalue(), picture.height / picture.width


def _html(text):
    return nbformat.v4.new_output("display_data", data={"text/html": text})

"""A notebook as it is published: with nothing that asks for a kernel.

Explorers become pictures that plain controls choose among, predictions keep their answer folded away, and
exercises stand with their stub, their hints and one answer, folded away too. The site and the slides are both
made from this form.
"""

import ast
import base64
import html
import importlib
import io
import re
from pathlib import Path

import nbformat
from nbconvert.filters import Highlight2HTML
from PIL import Image
from run_notebooks import fingerprint

from rnnlib import style
from rnnlib.frames import frames, page_html

# Which controls move without a kernel, where the first two are not the best choice.
CHOICES = {
    "after.impulse_memory": ("radius",),
    "attention.attention_map": ("step",),
    "bidirectional.saliency": ("request", "word"),
    "forward_pass.influence": ("k", "network"),
    "vanishing.activation_chain": ("weight", "activation"),
    "vanishing.matrices": ("kind", "power"),
    "vanishing.powers": ("weight", "scale"),
}
# How many pictures an explorer may have.
MOST = 44
# Pixels of a frame for each pixel of the page.
PIXELS = 1.25
HOW_TO_MOVE = (
    "This picture stands still here: its values come from what the notebook has trained. Run the notebook to move it."
)


class NotReady(Exception):
    """A notebook that cannot be published as it is; the message names it and the command that mends it."""


def read(path):
    """The notebook at ``path``, if every cell of it was run as it stands.

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


def publish(path, folder, most=MOST):
    """The published form of the notebook at ``path``; its pictures are written to ``folder/<name of the notebook>``.

    An explorer has ``most`` pictures at most. In the outputs the address of a picture begins with
    ``PICTURES/``. An explorer that says something else than what is saved is stale: :class:`NotReady`.
    """
    notebook = read(path)
    pictures = Pictures(folder, path.stem)
    names = _modules(notebook)
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            call = _last_call(cell.source)
            if call in (("", "progress"), ("setup_check", "report")) or "google.colab" in cell.source:
                continue
            _publish_outputs(cell, call, names, pictures, path, most)
        cells.append(cell)
    notebook.cells = cells
    return notebook


class Pictures:
    """The folder with the pictures of one notebook, which it fills."""

    def __init__(self, folder, stem):
        self.folder, self.stem, self.number = Path(folder) / stem, stem, 0
        self.folder.mkdir(parents=True, exist_ok=True)

    def add(self, data, suffix):
        """Write a picture and give its address."""
        self.number += 1
        name = f"{self.number:03d}.{suffix}"
        (self.folder / name).write_bytes(data)
        return f"PICTURES/{self.stem}/{name}"


def _not_ready(path, what):
    return NotReady(f"{path.name} {what}: run  python tools/run_notebooks.py notebooks/{path.name}")


def _modules(notebook):
    """The modules of the lesson by the name the notebook gives them: explorers and exercises."""
    found = {}
    for cell in notebook.cells:
        for line in re.findall(r"^from rnnlib\.(\w+) import (\w+) as (\w+)$", cell.source, re.MULTILINE):
            found[line[2]] = importlib.import_module(f"rnnlib.{line[0]}.{line[1]}")
    return found


def _last_call(source):
    """The call that a code cell ends with, as (module, function), if it is one; a plain function has no module."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return None
    match last:
        case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name))):
            return module, name
        case ast.Expr(ast.Call(func=ast.Name(id=name))):
            return "", name
        case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=module), attr=name)))):
            return module, name
    return None


def _publish_outputs(cell, call, names, pictures, path, most):
    module, name = call or ("", "")
    shown = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    if module == "explorers" and shown:
        cell.outputs = [_html(_explorer(cell, names[module], name, shown[0], pictures, path, most))]
        _hide_code(cell)
    elif module == "exercises" and hasattr(getattr(names.get(module), name, None), "solution_code"):
        cell.outputs = [_html(_answer(getattr(names[module], name)))]
    else:
        cell.outputs = [_published_output(output, pictures) for output in cell.outputs]
        if name.startswith("predict_"):
            _hide_code(cell)


def _hide_code(cell):
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]


def _explorer(cell, module, name, saved, pictures, path, most):
    """The explorer with its controls, or its saved picture where it was given something of the notebook."""
    data, words = base64.b64decode(saved.data["image/png"]), saved.metadata["image/png"]["alt"]
    if not re.search(rf"^explorers\.{name}\(\)$", cell.source, re.MULTILINE):
        return _figure(pictures.add(data, "png"), words, saved.metadata["image/png"]["width"], words, HOW_TO_MOVE)
    key = f"{module.__name__.rpartition('.')[2]}.{name}"
    style.use(pixels=PIXELS)
    try:
        explorer = getattr(module, name)()
        if f"{explorer.alt} {explorer.sentence}" != words:
            raise _not_ready(path, f"has an old picture of explorers.{name}()")
        taken = frames(explorer, most, CHOICES.get(key))
    finally:
        style.use()
    return page_html(taken, key.replace(".", "-"), [pictures.add(data, "webp") for data in taken.pictures])


def _figure(source, alt, width, words, note):
    return (
        f'<figure class="still"><img src="{source}" alt="{html.escape(alt)}" width="{width}">'
        f'<figcaption>{html.escape(words)}</figcaption><p class="held">{html.escape(note)}</p></figure>'
    )


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
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    height = round(picture.height * width / picture.width)
    source = pictures.add(base64.b64decode(data["image/png"]), "png")
    return _html(f'<img class="picture" src="{source}" alt="{html.escape(alt)}" width="{width}" height="{height}">')


def _html(text):
    return nbformat.v4.new_output("display_data", data={"text/html": text})

"""The cells of a handed-in notebook that count: those that check an exercise, and those that define what they use."""

import ast
import builtins
import re
import symtable
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

CHAPTER = re.compile(r"^\s*from rnnlib\.chapters\.(ch\d+_\w+) import ", re.MULTILINE)
LARGEST = 300 * 2**20
# Methods of an exercise that show something: a line that only shows is no part of an answer.
SHOWING = ("hint", "solution", "show")
HAND_IN = "__hand_in__"


class Unreadable(ValueError):
    """A file that is not a notebook; the message says what it is."""


@dataclass
class Cell:
    """A code cell: its ``source``, its ``id``, the names it ``binds`` and ``uses``, the exercises it ``checks``."""

    source: str
    id: str = ""
    tree: ast.Module | None = None
    binds: set = field(default_factory=set)
    uses: set = field(default_factory=set)
    checks: list = field(default_factory=list)
    problem: str = ""


def read(path: Path):
    """The code cells of the notebook at ``path``; :class:`Unreadable` where it is not a notebook."""
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"{path.name} has {path.stat().st_size / 2**20:.0f} MB, more than {LARGEST / 2**20:.0f}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old files lack ids of cells
            notebook = nbformat.read(path, as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        return [cell_of("".join(cell.source), cell.get("id", "")) for cell in cells]
    except Exception as error:  # whatever is in the file
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise Unreadable(f"{path.name} is not a notebook that can be read ({said[0][:120]})") from None


def cell_of(source, id=""):
    """The cell with this source. What cannot be parsed has a ``problem``, with the exercises its text names."""
    cell = Cell(source, id)
    try:
        code = plain_python(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's "\d" or `x is 3`
            cell.tree = ast.parse(code)
            cell.binds, cell.uses = names_of(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" in line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        cell.problem = f"The cell is not Python that can be read: {getattr(error, 'msg', error)}{where}."
        cell.checks = list(dict.fromkeys(re.findall(r"\bexercises\.(\w+)\.check\(", source)))
        return cell
    cell.checks = list(
        dict.fromkeys(name for node in ast.walk(cell.tree) if (name := _method(node, ("check",))) is not None)
    )
    return cell


def plain_python(source):
    """The source without magics and shell commands, which have no part in an answer."""
    if source.lstrip().startswith("%%"):
        source = source.lstrip().partition("\n")[2]
    lines = TransformerManager().transform_cell(source).splitlines()
    # what is left of a line in a block is `pass`
    kept = [re.sub(r"^(\s*)(?:\w+ = )?get_ipython\(\)\..*$", r"\1pass", line) for line in lines]
    return "\n".join(kept) + "\n"


def names_of(code):
    """The names that ``code`` binds at its top, and those that it uses, in functions as well."""
    table = symtable.symtable(code, "cell", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used, tables = set(), [table]
    while tables:
        inner = tables.pop()
        tables.extend(inner.get_children())
        for symbol in inner.get_symbols():
            if symbol.is_referenced() and (inner is table or symbol.is_global()):
                used.add(symbol.get_name())
    return bound, used - set(dir(builtins))


def _method(node, methods):
    """The exercise of a call ``exercises.NAME.method(…)``, or None."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods):
        return None
    owner = node.func.value
    if isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name) and owner.value.id == "exercises":
        return owner.attr
    return None


class _HandIn(ast.NodeTransformer):
    """``exercises.NAME.check(answer)`` becomes ``__hand_in__("NAME", answer)``: the answer is kept and judged later."""

    def visit_Call(self, node):
        self.generic_visit(node)
        name = _method(node, ("check",))
        if name is None:
            return node
        call = ast.Call(ast.Name(HAND_IN, ast.Load()), [ast.Constant(name), *node.args], node.keywords)
        return ast.copy_location(call, node)


def code_of(cell, filename):
    """The cell as code that hands its answers in. Lines that only show a hint or a solution are left out."""
    kept = [statement for statement in cell.tree.body if not _only_shows(statement)]
    tree = ast.fix_missing_locations(_HandIn().visit(ast.Module(kept, [])))
    return compile(tree, filename, "exec")


def _only_shows(statement):
    shown = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(shown, ast.Call) and isinstance(shown.func, ast.Name) and shown.func.id in ("print", "display"):
        return any(_method(node, SHOWING) for node in ast.walk(shown))
    return _method(shown, SHOWING) is not None


def chapters_of(cells):
    """The packages of the chapters that the cells import from."""
    return {package for cell in cells for package in CHAPTER.findall(cell.source)}


def is_set_up(cell):
    """Whether the cell imports a chapter."""
    return CHAPTER.search(cell.source) is not None


def providers(cells, place, known):
    """The cells that the one at ``place`` needs run before it, in order: the last above that binds each name it uses.

    ``known`` are the names that the set-up has bound already. A name that no cell above binds is looked for below.
    """
    needed, wanted = set(), [(place, name) for name in cells[place].uses - cells[place].binds]
    seen = set(wanted)
    while wanted:
        here, name = wanted.pop()
        found = _last_that_binds(name, cells, here, known)
        if found is None or found == place:
            continue
        needed.add(found)
        more = {(found, other) for other in cells[found].uses - cells[found].binds} - seen
        seen |= more
        wanted.extend(more)
    return sorted(needed)


def _last_that_binds(name, cells, here, known):
    """The number of the cell that the one at ``here`` has ``name`` from; None where the set-up has it."""
    binding = [
        k
        for k, cell in enumerate(cells)
        if k != here and name in cell.binds and not (name in known and is_set_up(cell))
    ]
    return max((k for k in binding if k < here), default=None if name in known else min(binding, default=None))

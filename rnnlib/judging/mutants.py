"""Every one-step change of a solution, each with words for what it does wrong.

A judge compares an answer with them, so that a slip nobody has foreseen can still be named; and
``tools/mutant_answers.py`` hands each of them in, to see that none is taken for right.
"""

import ast
import copy
import warnings
from collections.abc import Callable
from typing import NamedTuple

from .one_step import changes, told


class Mutant(NamedTuple):
    """A solution with one change: its ``code``, the ``line`` of the change, the ``kind``, and ``words`` for it."""

    code: str
    line: int
    kind: str
    words: str

    def function(self, names) -> Callable | None:
        """The changed solution as a function, run with the global ``names``, or None where it is not valid code."""
        made = dict(names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            try:
                exec(compile(self.code, "<mutant>", "exec"), made)
            except SyntaxError:
                return None
        return made["answer"]


def mutants_of(code, alike=()):
    """Every :class:`Mutant` of the source ``code`` of one function.

    ``alike`` holds groups of names that can be taken for one another: arguments of the same shape.
    """
    tree, seen = ast.parse(code), {ast.unparse(ast.parse(code))}
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for place, node in enumerate(ast.walk(tree)):
        for kind, words, change in changes(node, alike):
            changed = copy.deepcopy(tree)
            target = next(other for number, other in enumerate(ast.walk(changed)) if number == place)
            new = change(target)
            if new is not target:
                changed = _Replace(target, new).visit(changed)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                found.append(Mutant(text, getattr(node, "lineno", 0), kind, words + _place(node, parents)))
    return found


def _place(node, parents):
    """Where a number or an index is, in words: nothing for what its own words place."""
    above = parents.get(node)
    if isinstance(node, ast.Constant) and isinstance(above, ast.BinOp):
        text = ast.unparse(above)
        return f" in {text}" if len(text) <= 14 else f" in {told(above)}"
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Subscript) and (node is above.slice or node in ast.walk(above.slice)):
            return f", in an index of {told(above.value)}"
        above = parents.get(above)
    return ""


class _Replace(ast.NodeTransformer):
    """Puts ``new`` in the place of the node ``old``; None takes a statement away."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else super().generic_visit(node)

"""The one-step changes of a piece of a solution: what can be mistaken in it, and words for each mistake."""

import ast
import copy

OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.MatMult: "@", ast.Pow: "**"}
MODULES = {"np", "rnnlib"}
FUNCTIONS = {"range", "len", "enumerate", "reversed", "zip", "min", "max", "sum", "int", "float", "abs"}


def changes(node, alike):
    """The changes of one node: the kind, the words, and a function of the node that changes or replaces it."""
    for kind in (_operator, _unary, _comparison, _call, _subscript, _slice, _attribute, _name, _constant, _statement):
        yield from kind(node, alike)


def _operator(node, alike):
    if not isinstance(node, ast.BinOp):
        return
    left, right = told(node.left), told(node.right)
    plain = isinstance(node.op, ast.Add | ast.Sub)
    for other in OPERATORS.get(type(node.op), ()):
        if plain:
            yield "sign", f"the sign of {right} is flipped", _setter("op", other())
        else:
            symbols = f"{SYMBOLS[other]} is where {SYMBOLS[type(node.op)]} belongs"
            yield "operator", f"{symbols}, between {left} and {right}", _setter("op", other())
    what = "is missing" if plain else "is missing as a factor"
    if isinstance(node.op, ast.Pow):
        what = "is missing as an exponent"
    yield "dropped", f"{right} {what}", lambda node: node.left
    if isinstance(node.op, ast.Sub):
        yield "dropped", f"{left} - is missing before {right}", lambda node: node.right
    elif not isinstance(node.op, ast.Pow):
        yield "dropped", f"{left} {what}", lambda node: node.right
    if not isinstance(node.op, ast.Add | ast.Mult):

        def swap(node):
            node.left, node.right = node.right, node.left
            return node

        yield "order", f"{left} and {right} have changed places around {SYMBOLS[type(node.op)]}", swap


def _unary(node, alike):
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "sign", f"the sign of {told(node.operand)} is flipped", lambda node: node.operand


def _comparison(node, alike):
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            words = f"the comparison of {told(node.left)} with {told(node.comparators[0])} is another one"
            yield "comparison", words, _setter("ops", [other()])
    if isinstance(node, ast.If):
        words = f"the condition on {told(node.test)} never holds"
        yield "condition", words, _setter("test", ast.Constant(False))


def _call(node, alike):
    if not isinstance(node, ast.Call):
        return
    name = ast.unparse(node.func)
    method = isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
    )
    if method:
        words = f".{node.func.attr}() is missing after {told(node.func.value)}"
        yield "dropped function", words, lambda node: node.func.value
    elif len(node.args) >= 1 and name not in FUNCTIONS:
        yield "dropped function", f"{name} is missing around {told(node.args[0])}", lambda node: node.args[0]
    if name == "range":
        yield "loop", "a loop ends one step early", _in_range(-1, -1)
        yield "loop", "a loop runs one step too far", _in_range(-1, 1)
        if len(node.args) > 1:
            yield "loop", "a loop begins one step late", _in_range(0, 1)
            yield "loop", "a loop begins one step early", _in_range(0, -1)
    if name == "reversed":
        yield "loop", "a loop runs forward where it should run backward", lambda node: node.args[0]
    if len(node.args) == 2 and name not in FUNCTIONS:

        def swap(node):
            node.args = node.args[::-1]
            return node

        yield "order", f"{told(node.args[0])} and {told(node.args[1])} have changed places in {name}", swap
    for k, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            for axis in (-1, 0, 1, 2):
                words = f"{name} runs along axis {axis}"
                yield "axis", words, _set_keyword(k, ast.Constant(axis))
        yield "keyword", f"{keyword.arg} is missing in {name}", _set_keyword(k, None)
    if node.args and isinstance(node.args[0], ast.Constant) and "->" in str(node.args[0].value):
        text = node.args[0].value
        inputs, output = text.split("->")
        for k in range(len(output) - 1):
            other = f"{output[:k]}{output[k + 1]}{output[k]}{output[k + 2 :]}"
            words = f"two axes of the result of einsum have changed places ({other} for {output})"
            yield "transposition", words, _set_argument(0, ast.Constant(f"{inputs}->{other}"))


def _subscript(node, alike):
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return
    places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for k, place in enumerate(places):
        if isinstance(place, ast.Slice) or ast.unparse(place) in ("None", "..."):
            continue
        for step, word in ((1, "late"), (-1, "early")):

            def move(node, k=k, step=step):
                def moved(index):
                    return ast.BinOp(index, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))

                if isinstance(node.slice, ast.Tuple):
                    node.slice.elts[k] = moved(node.slice.elts[k])
                else:
                    node.slice = moved(node.slice)
                return node

            yield "index", f"an index of {told(node.value)} is one place too {word}", move
    if isinstance(node.ctx, ast.Load) and len(places) == 1:
        yield "dropped", f"the index of {told(node.value)} is missing", lambda node: node.value


def _slice(node, alike):
    if not isinstance(node, ast.Slice):
        return
    for name, words in (("lower", "begins"), ("upper", "ends")):
        bound = getattr(node, name)
        if bound is None:
            continue
        yield "index", f"a slice {words} elsewhere, without its bound", _setter(name, None)
        for step, late in ((1, "late"), (-1, "early")):
            operator = ast.Add() if step > 0 else ast.Sub()
            moved = ast.BinOp(bound, operator, ast.Constant(1))
            yield "index", f"a slice {words} one place too {late}", _setter(name, moved)
    if node.step is not None:
        yield "order", "something is not reversed that should be", _setter("step", None)


def _attribute(node, alike):
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transposition", f"{told(node.value)} is not transposed where it should be", lambda node: node.value


def _name(node, alike):
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for group in alike:
            if node.id in group:
                for other in group:
                    if other != node.id:
                        yield "name", f"{other} is used where {node.id} belongs", _setter("id", other)
                yield "constant", f"1 is used where {node.id} belongs", lambda node: ast.Constant(1.0)
                yield "constant", f"0 is used where {node.id} belongs", lambda node: ast.Constant(0.0)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            part = getattr(node, side)
            if isinstance(part, ast.Name):
                words = f"{part.id} is transposed where it should not be"
                yield "transposition", words, _setter(side, ast.Attribute(part, "T", ast.Load()))


def _constant(node, alike):
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        for value in (node.value + 1, node.value - 1):
            yield "number", f"the number {value:g} is where {node.value:g} belongs", _setter("value", value)


def _statement(node, alike):
    if isinstance(node, ast.AugAssign):
        target = told(node.target)
        words = f"{target} is replaced where something should be added to it: = where += belongs"
        yield "assignment", words, lambda node: ast.Assign([node.target], node.value)
        yield "sign", f"what is added to {target} has the wrong sign", _setter("op", ast.Sub())
        yield "dropped", f"nothing is added to {target}", lambda node: ast.Pass()
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Subscript):
        words = f"{told(node.targets[0])} is not changed where it should be"
        yield "dropped line", words, lambda node: ast.Pass()
        yield (
            "assignment",
            f"something is added to {told(node.targets[0])} where it should be replaced: += where = belongs",
            lambda node: ast.AugAssign(node.targets[0], ast.Add(), node.value),
        )
    if isinstance(node, ast.Expr):
        yield "dropped line", f"a line is missing: {ast.unparse(node).split('(')[0]}", lambda node: ast.Pass()
    if isinstance(node, ast.Break):
        yield "loop", "a loop goes on where it should end", lambda node: ast.Pass()
    if isinstance(node, ast.For):
        for text, words in (
            ("[:-1]", "leaves out the last"),
            ("[1:]", "leaves out the first"),
            ("[::-1]", "runs backward"),
        ):
            if not isinstance(node.iter, ast.Call):
                new = ast.parse(ast.unparse(node.iter) + text, mode="eval").body
                yield "loop", f"a loop over {told(node.iter)} {words}", _setter("iter", new)
    if isinstance(node, ast.Tuple):
        for k in range(len(node.elts) - 1):

            def swap(node, k=k):
                node.elts[k], node.elts[k + 1] = node.elts[k + 1], node.elts[k]
                return node

            yield "order", f"{told(node.elts[k])} and {told(node.elts[k + 1])} have changed places", swap


def _setter(name, value):
    def change(node):
        setattr(node, name, copy.deepcopy(value))
        return node

    return change


def _in_range(place, step):
    def change(node):
        operator = ast.Add() if step > 0 else ast.Sub()
        place_ = place if len(node.args) > 1 or place == 0 else 0
        place_ = 1 if len(node.args) == 3 and place == -1 else place_
        node.args[place_] = ast.BinOp(node.args[place_], operator, ast.Constant(1))
        return node

    return change


def _set_keyword(k, value):
    def change(node):
        if value is None:
            del node.keywords[k]
        else:
            node.keywords[k].value = copy.deepcopy(value)
        return node

    return change


def _set_argument(k, value):
    def change(node):
        node.args[k] = copy.deepcopy(value)
        return node

    return change


def told(node):
    """A piece of code in words: itself if it is short, else the names in it."""
    text = ast.unparse(node)
    if len(text) <= 14:
        return text
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part.id not in MODULES | FUNCTIONS]
    names = list(dict.fromkeys(names))
    return (
        f"the part with {' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}"
        if names
        else "a part"
    )

"""Reducing: what an expression or a loop comes to when some of its names stand for something simpler.

Like folding it works on the text and leaves out: nothing is worked out, but for sums with 0 and products with 1 or 0.
"""

import ast
import re
from collections.abc import Collection, Mapping
from typing import Any

from nn_core.wording import LONGEST, Edit, Text

SPELT = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BoolOp)  # expressions for which another may stand
LONE = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)  # need no brackets around them


def instead(source: Text, node: ast.AST, standing: Mapping[str, str]) -> Edit | None:
    """What stands for an expression, by its text; for a call its argument, where the function stands for nothing."""
    if not isinstance(node, SPELT) or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return None
    if isinstance(node, ast.Name) and node.id not in standing:
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and standing.get(node.func.id) == "":
        return replaced(source, node, source.of(node.args[0]))
    found = standing.get(source.of(node))
    return replaced(source, node, found) if found else None


def names_in(entry: str) -> set[str]:
    """The names of what is defined elsewhere, in a text with `there__name`."""
    return set(re.findall(r"\b[a-z]\w*?__(\w+)", entry))


def replaced(source: Text, node: Any, text: str) -> Edit:
    """Puts this text in the place of an expression, and of brackets around it that it does not need."""
    begin, end = source.span(node)
    around = source.text[begin - 1 : begin] == "(" and source.text[end : end + 1] == ")"
    before = source.text[begin - 2 : begin - 1]
    called = before.isalnum() or before in "_)]"
    if around and not called and isinstance(ast.parse(text, mode="eval").body, LONE):
        return begin - 1, end + 1, text
    return begin, end, text


def sum_or_product(source: Text, node: ast.AST) -> Edit | None:
    """x + 0, x - 0, 0 + x, x * 1, 1 * x, x * 0 and 0 * x."""
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _whole(node.left), _whole(node.right)
    if isinstance(node.op, (ast.Add, ast.Sub)) and right == 0:
        return replaced(source, node, source.of(node.left))
    if isinstance(node.op, ast.Add) and left == 0:
        return replaced(source, node, source.of(node.right))
    if isinstance(node.op, ast.Mult) and 0 in (left, right):
        return replaced(source, node, "0")
    if isinstance(node.op, ast.Mult) and 1 in (left, right):
        return replaced(source, node, source.of(node.left if right == 1 else node.right))
    return None


def _whole(node: ast.expr) -> int | None:
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def shorter_loop(source: Text, node: Any, unread: Collection[str]) -> Edit | None:
    """A loop without the counting or the companions that nobody reads."""
    target, items = node.target, node.iter
    if not (isinstance(target, ast.Tuple) and isinstance(items, ast.Call) and isinstance(items.func, ast.Name)):
        return None
    gone = [isinstance(each, ast.Name) and each.id in unread for each in target.elts]
    begin, end = source.span(target)[0], source.span(items)[1]
    if items.func.id == "enumerate" and gone == [True, False]:
        return begin, end, f"{_bare(source, target.elts[1])} in {source.of(items.args[0])}"
    if items.func.id == "zip" and any(gone) and not all(gone) and len(gone) == len(items.args):
        pairs = [pair for pair, left in zip(zip(target.elts, items.args, strict=True), gone, strict=True) if not left]
        if len(pairs) == 1:
            return begin, end, f"{_bare(source, pairs[0][0])} in {source.of(pairs[0][1])}"
        names, parts = (", ".join(map(source.of, side)) for side in zip(*pairs, strict=True))
        return begin, end, f"{names} in zip({parts}, strict=True)"
    return None


def _bare(source: Text, node: ast.expr) -> str:
    text = source.of(node)
    return text[1:-1] if isinstance(node, ast.Tuple) and text.startswith("(") else text


def named_once(source: Text, statement: ast.stmt, following: Any, read: Mapping[str, int]) -> Edit | None:
    """A value that is given a name only to be returned, to be given another, or to be handed on in the next line."""
    match statement, following:
        case ast.Assign(targets=[ast.Name(id=name)], value=given), ast.Return() | ast.Assign():
            place = _place(following.value, name, given) if read[name] == 1 else None
            if place:
                (begin, end), (first, last) = source.span(following), source.span(place)
                text = source.text[begin:first] + source.of(given) + source.text[last:end]
                if statement.col_offset + len(text) <= LONGEST:
                    return source.span(statement)[0], end, text
    return None


def _place(value: Any, name: str, given: ast.expr) -> ast.expr | None:
    """Where in a value this name stands, if what is given for it can stand there as well."""
    if isinstance(given, (ast.Tuple, ast.IfExp)):
        return None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and not value.keywords:
        named = [each for each in value.args if isinstance(each, ast.Name) and each.id == name]
        alone = len(value.args) == 1 or isinstance(given, ast.Attribute)
        return named[0] if named and alone else None
    return value if isinstance(value, ast.Name) and value.id == name else None

"""Inlining: a short function put into the place of its only call."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from nn_core.assembly import Piece
from nn_core.definitions import Name
from nn_core.reducing import LONE
from nn_core.wording import LONGEST, Edit, Text, children, known, nodes, statements

ENCLOSING = (ast.Call, ast.Tuple, ast.List, ast.keyword, ast.Assign, ast.Return)  # in these no brackets are needed


def inlined(pieces: list[Piece], short: Iterable[Name]) -> list[Piece]:
    """The program with these `short` functions, one after the other, put into the place of their calls. One that is
    called in several places, whose names are taken there or whose lines would be too long, stays a function."""
    found = {piece.name: piece for piece in pieces}
    for name in short:
        users = [piece for piece in found.values() if name in piece.uses.values() and piece.name != name]
        if name in found and len(users) == 1 and (whole := _with(users[0], found[name])):
            found[whole.name] = whole
            del found[name]
    return list(found.values())


def _with(user: Piece, function: Piece) -> Piece | None:
    """A piece with the function that it calls in it; None if that cannot be."""
    source, (spelt,) = known(user.text), [key for key, where in user.uses.items() if where == function.name]
    others = {key: where for key, where in user.uses.items() if key != spelt}
    parents = {child: node for node in nodes(source.tree) for child in children(node)}
    mentions = [node for node in parents if isinstance(node, ast.Name) and node.id == spelt]
    call = parents[mentions[0]] if len(mentions) == 1 else None
    if not (isinstance(call, ast.Call) and call.func is mentions[0] and not call.keywords):
        return None
    if any(others.get(key, where) != where for key, where in function.uses.items()):
        return None
    edit = _edit(source, call, parents[call], known(function.text))
    text = source.edited([edit]) if edit else ""
    shown = re.sub(r"\b[a-z]\w*?__(?=\w)", "", text)  # without the marks of what is defined elsewhere
    if not text or max(map(len, shown.splitlines())) > LONGEST:
        return None
    return user._replace(text=text, uses={**others, **function.uses})


def _edit(source: Text, call: ast.Call, parent: Any, function: Text) -> Edit | None:
    """Puts what a function does into the place of its call; None if it has several ends, or names that are taken."""
    node: ast.FunctionDef = function.statement
    *before, last = node.body[1:] if ast.get_docstring(node) else node.body
    parameters = [each.arg for each in node.args.args]
    taken = {each.id for each in nodes(source.tree) if isinstance(each, ast.Name)}
    taken |= {each.arg for each in nodes(source.tree) if isinstance(each, ast.arg)}
    inside = [each for each in nodes(node) if isinstance(each, ast.Name)]
    set_here = {each.id for each in inside if isinstance(each.ctx, ast.Store)}
    returns = sum(isinstance(each, ast.Return) for each in nodes(node))
    simple = not any(isinstance(each, (ast.Yield, ast.FunctionDef)) for each in nodes(node) if each is not node)
    given = dict(zip(parameters, call.args, strict=False))
    if not (simple and returns == 1 and isinstance(last, ast.Return) and last.value):
        return None
    if (set_here - _itself(given)) & taken or set(parameters) & set_here or len(given) < len(call.args):
        return None
    if before and not isinstance(parent, (ast.Assign, ast.Return)):
        return None
    text = _filled(function, given, source)
    if text is None:
        return None
    filled = known(text)
    *before, last = filled.statement.body[1:] if ast.get_docstring(node) else filled.statement.body
    result = filled.of(last.value)
    if not before:
        return (*source.span(call), _enclosed(result, last.value, call, parent))
    begin, end = source.span(parent)
    lines, column = statements(text, before, parent.col_offset), " " * parent.col_offset
    return begin, end, f"{lines}\n{column}{source.text[begin : source.span(call)[0]]}{result}"


def _enclosed(text: str, value: ast.expr, place: ast.AST, around: Any) -> str:
    """The text of a value as it can stand in this place, in brackets if need be."""
    bare = isinstance(value, LONE) or (isinstance(around, ENCLOSING) and getattr(around, "func", None) is not place)
    return text if bare else f"({text})"


def _itself(given: Mapping[str, ast.expr]) -> set[str]:
    """Parameters for which a name is given that is theirs."""
    return {name for name, each in given.items() if isinstance(each, ast.Name) and each.id == name}


def _filled(function: Text, given: Mapping[str, ast.expr], source: Text) -> str | None:
    """The text of a function with what is given for its parameters; None if it would be worked out twice."""
    edits: list[Edit] = []
    parents = {child: node for node in nodes(function.statement) for child in children(node)}
    reads = [node for node in parents if isinstance(node, ast.Name) and node.id in given]
    times = Counter(node.id for node in reads)
    for node in reads:
        value: Any = given[node.id]
        if times[node.id] > 1 and not isinstance(value, (ast.Name, ast.Constant)):
            return None
        called = parents[node]
        if isinstance(value, ast.Lambda):
            if not (isinstance(called, ast.Call) and called.func is node and not called.args):
                return None
            edits.append((*function.span(called), source.of(value.body)))
        else:
            edits.append((*function.span(node), _enclosed(source.of(value), value, node, called)))
    unfilled = {each.arg for each in function.statement.args.args} - {*given}
    if any(isinstance(node, ast.Name) and node.id in unfilled for node in parents):
        return None
    return function.edited(edits)

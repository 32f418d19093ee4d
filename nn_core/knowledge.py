"""Knowledge: what an expression is worth when the values of some others are known, without running it."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

World = Mapping[str, Any]  # expressions, by their text, and their values


class Unknown(Exception):
    """Nothing is known about the value of an expression."""


class Facts(NamedTuple):
    """What is known about a function.

    `worlds`: the values of some expressions in each of several situations; what is the same in all of them is certain.
    `settled`: names and attributes that are not needed any more, so that what sets them, and a parameter so called,
    can go. `left_out`: of functions, by name, the places of parameters that went. `standing`: expressions, by their
    text, and simpler ones that stand for them; `entries`: those that are defined elsewhere, written `there__name`.
    """

    worlds: tuple[World, ...]
    settled: frozenset[str] = frozenset()
    left_out: Mapping[str, frozenset[int]] = {}
    standing: Mapping[str, str] = {}
    entries: Mapping[str, str] = {}


def truth(node: ast.expr, worlds: Sequence[World]) -> bool | None:
    """Whether a condition holds in all of these worlds or in none; None if that is not known, or they differ."""
    try:
        found = {bool(value(node, world)) for world in worlds}
    except Unknown:
        return None
    return found.pop() if len(found) == 1 else None


def value(node: ast.expr, world: World) -> Any:
    """The value of an expression in a world. A function is called only if the world names it. Raises Unknown."""
    text = _name(node)
    if text in world:
        return world[text]
    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Attribute(value=owner, attr=name):
            return getattr(value(owner, world), name)
        case ast.Subscript(value=owner, slice=place):
            return value(owner, world)[value(place, world)]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(value(part, world) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not value(operand, world)
        case ast.IfExp(test=test, body=yes, orelse=no):
            return value(yes if value(test, world) else no, world)
        case ast.BoolOp(op=op, values=values):
            return _decided(values, isinstance(op, ast.Or), world)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(op, value(left, world), value(right, world))
        case ast.Call(func=function, args=args, keywords=[]):
            return value(function, world)(*(value(arg, world) for arg in args))
        case ast.GeneratorExp(elt=each, generators=[loop]) | ast.ListComp(elt=each, generators=[loop]) if not loop.ifs:
            name = ast.unparse(loop.target)
            return tuple(value(each, {**world, name: item}) for item in value(loop.iter, world))
    raise Unknown(text)


def _name(node: ast.expr) -> str:
    """An expression as a world may name it; "" for kinds of expressions that none does. Quicker than asking `ast`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{_name(owner)}.{name}"
        case ast.Compare() | ast.BoolOp() | ast.Subscript() | ast.Call():
            return ast.unparse(node)
    return ""


def _decided(values: Sequence[ast.expr], by: bool, world: World) -> Any:
    """The value of `a and b`, decided by the first that is false, or of `a or b`. Where one is false, `and` is false,
    whatever the others are: nobody needs to know them."""
    last, unknown = None, False
    for part in values:
        try:
            last = value(part, world)
        except Unknown:
            unknown = True
            continue
        if bool(last) == by and not (unknown and by):
            return last
    if unknown:
        raise Unknown
    return last


def _compared(op: ast.cmpop, left: Any, right: Any) -> bool:
    match op:
        case ast.Eq():
            return left == right
        case ast.NotEq():
            return left != right
        case ast.In():
            return left in right
        case ast.Is():
            return left is right
        case ast.IsNot():
            return left is not right
    raise Unknown

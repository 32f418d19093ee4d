"""Definitions: the functions, classes, tables and constants of this package as text, as much of each as is used.

What of it is `used` is a set of attributes: "Config.seed" of a class, or "shape" of whatever has one.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from nn_core.folding import folded
from nn_core.knowledge import Facts
from nn_core.wording import LONGEST, Text, brief, known, spliced

PACKAGE = "nn_core"
# Entries of tables. Where a program uses one value of them only, its tables hold that value instead.
ENTRIES = ("Activation", "Link", "Optimizer", "Schedule", "Feature")

Name = tuple[str, str]  # of a module, and of what it defines
Used = frozenset[str]


class Module(NamedTuple):
    """A module's text, its definitions and its imports, each by its name."""

    source: Text
    definitions: Mapping[str, Any]
    imports: Mapping[str, str | Name]  # the line that imports it, or where in this package it is defined


class Plan(NamedTuple):
    """How the text of definitions is made for a program.

    `facts` gives what is known about a function, by its qualified name; `kind` stands for all those facts: programs of
    one kind have the same. Of the tables in `kept` only those entries are taken. `made` are definitions written for
    this program alone. `typed` says of what class an expression is, by its text; `within` of a method, which other one
    is put into it. `without` says which fields of a class are left out.
    """

    kind: Any
    facts: Callable[[str], Facts]
    kept: Mapping[str, frozenset[str]]
    made: Mapping[Name, Callable[[Used], str]]
    typed: Mapping[str, str]
    within: Mapping[str, str] = {}
    without: Mapping[str, frozenset[str]] = {}


@cache
def module(name: str) -> Module:
    source = Text(inspect.getsource(importlib.import_module(name)))
    definitions: dict[str, Any] = {}
    imports: dict[str, str | Name] = {}
    for node in source.tree.body:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                definitions[node.name] = node
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                definitions[ast.unparse(target)] = node
            case ast.ImportFrom(module=str(origin), names=names):
                inside = origin.split(".")[0] == PACKAGE
                imports |= {
                    each.name: (origin, each.name) if inside else f"from {origin} import {each.name}" for each in names
                }
            case ast.Import(names=names):
                imports |= {each.asname or each.name: ast.unparse(node) for each in names}
    return Module(source, definitions, imports)


def definition(plan: Plan, where: Name, used: Used) -> str:
    """The text of a definition."""
    source, node = module(where[0]).source, module(where[0]).definitions[where[1]]
    if where in plan.made:
        return plan.made[where](used)
    if isinstance(node, ast.FunctionDef):
        return _function(plan, node.name, source.whole(node), used)
    if isinstance(node, ast.ClassDef):
        return _class(plan, where, used)
    if where[1] in plan.kept:
        return _table(where, plan.kept[where[1]], used)
    return f"{where[1]} = {source.whole(node.value)}"


_FOLDED: dict[tuple, str] = {}  # what has been folded, for all programs
_MOST_FOLDED = 5000


def _function(plan: Plan, name: str, text: str, used: Used, unread: frozenset[str] = frozenset()) -> str:
    """A function, folded; `unread` are attributes of `self` that it need not set."""
    key = (plan.kind, name, text, unread)
    if key not in _FOLDED:
        facts = plan.facts(name)
        if len(_FOLDED) > _MOST_FOLDED:
            _FOLDED.clear()
        _FOLDED[key] = folded(text, facts._replace(settled=facts.settled | unread))
    return _with_plain_entries(_FOLDED[key], _alone(used), tuple(plan.typed.items()))


@lru_cache(maxsize=64)
def _alone(used: Used) -> frozenset[tuple[str, str]]:
    """The kinds of table entries of which one value is used, with that value."""
    return frozenset((kind, only) for kind in ENTRIES if (only := _only_value(kind, used)))


def _only_value(kind: str, used: Used) -> str | None:
    """The one value of table entries of this kind that is used; None if there are several."""
    found = [each.partition(".")[2] for each in used if each.startswith(f"{kind}.")]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _with_plain_entries(text: str, alone: frozenset[tuple[str, str]], typed: tuple[tuple[str, str], ...]) -> str:
    """Without `.value` where the table holds these values."""
    source, kinds = known(text), dict(typed)
    found = [node for node in source.nodes if isinstance(node, ast.Attribute)]
    gone = [node for node in found if (kinds.get(source.of(node.value)), node.attr) in alone]
    return source.edited((source.span(node.value)[1], source.span(node)[1], "") for node in gone)


def _class(plan: Plan, where: Name, used: Used) -> str:
    """A class with those of its methods and optional fields that are used."""
    source, node = module(where[0]).source, module(where[0]).definitions[where[1]]
    bases = f"({', '.join(map(source.of, node.bases))})" if node.bases else ""
    parts = [*(f"@{source.of(each)}" for each in node.decorator_list), f"class {node.name}{bases}:"]
    if docstring := ast.get_docstring(node):
        parts += [f'    """{brief(docstring)}"""']
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    while fields and fields[-1].value is not None and not uses(used, node.name, ast.unparse(fields[-1].target)):
        fields.pop()
    if node.name in ENTRIES:
        fields = [each for each in fields if uses(used, node.name, ast.unparse(each.target))]
    fields = [each for each in fields if ast.unparse(each.target) not in plan.without.get(node.name, ())]
    parts += [source.rows[each.lineno - 1].rstrip().replace(": Array", ": np.ndarray") for each in fields]
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and (each.name.startswith("__") or uses(used, node.name, each.name)):
            parts += ["", indented(method(plan, where, each, used))]
    return "\n".join(parts)


def method(plan: Plan, where: Name, node: ast.FunctionDef, used: Used) -> str:
    """A method of this class, not indented, that sets no attributes that nobody reads."""
    text, own = _dedented(where, node.name, plan.within.get(f"{where[1]}.{node.name}", ""))
    unread = frozenset(each for each in own if not uses(used, where[1], each[5:]))
    return _function(plan, f"{where[1]}.{node.name}", text, used, unread)


@cache
def _dedented(where: Name, name: str, within: str = "") -> tuple[str, frozenset[str]]:
    """The text of a method, with that of another `within`, and the attributes of `self` in it."""
    source, owner = module(where[0]).source, module(where[0]).definitions[where[1]]
    node = next(each for each in owner.body if getattr(each, "name", "") == name)
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    rows = source.rows[first - 1 : node.end_lineno]
    text = "".join(row[node.col_offset :] if row.strip() else row for row in rows).rstrip()
    if within:
        text = spliced(text, within, _dedented(where, within)[0])
    return text, frozenset(re.findall(r"\bself\.\w+", text))


def uses(used: Used, owner: str, name: str) -> bool:
    return name in used or f"{owner}.{name}" in used


def _table(where: Name, kept: frozenset[str], used: Used) -> str:
    """A table with some of its entries."""
    source, given = module(where[0]).source, module(where[0]).definitions[where[1]].value
    table = getattr(importlib.import_module(where[0]), where[1])
    if isinstance(given, ast.Dict):
        texts = {ast.literal_eval(key): node for key, node in zip(given.keys, given.values, strict=True) if key}
        rows = [f'"{key}": {_entry(where[0], source, texts[key], used)}' for key in table if key in kept]
    else:
        rows = [f'"{key}": {table[key].__name__}' for key in table if key in kept]
    line = f"{where[1]} = {{{', '.join(rows)}}}"
    line += "  # of which nothing is asked here" if all(row.endswith(": None") for row in rows) else ""
    return line if len(line) <= LONGEST else "\n".join([f"{where[1]} = {{", *(f"    {row}," for row in rows), "}"])


def _entry(origin: str, source: Text, node: Any, used: Used) -> str:
    """An entry of a table with those of its values that are used."""
    kind = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if kind not in ENTRIES:
        return source.of(node)
    names = getattr(importlib.import_module(origin), kind)._fields
    if not any(uses(used, kind, name) for name in names):
        return "None"
    if only := _only_value(kind, used):
        given = dict(zip(names, node.args, strict=False)) | {each.arg: each.value for each in node.keywords}
        return source.of(given[only])
    values = [source.of(each) for name, each in zip(names, node.args, strict=False) if uses(used, kind, name)]
    values += [source.of(each) for each in node.keywords if uses(used, kind, each.arg or "")]
    return f"{kind}({', '.join(values)})"


@cache
def entry_parts(origin: str, table: str, key: str) -> dict[str, str]:
    """The values of an entry of a table that are a name or made by a call, by their fields."""
    source, given = module(origin).source, module(origin).definitions[table].value
    node = next(node for each, node in zip(given.keys, given.values, strict=True) if ast.literal_eval(each) == key)
    kind = getattr(importlib.import_module(origin), ast.unparse(node.func))
    values = zip(kind._fields, node.args, strict=False)
    return {
        name: re.sub(r"\b[a-zA-Z_]\w*", lambda word: f"{origin.split('.')[-1]}__{word[0]}", source.of(value))
        for name, value in values
        if isinstance(value, (ast.Name, ast.Call)) or (isinstance(value, ast.Constant) and type(value.value) is int)
    }


def indented(text: str) -> str:
    return "\n".join("    " + row if row.strip() else "" for row in text.splitlines())


def attributes(source: Text, owner: str, typed: Mapping[str, str]) -> Iterator[str]:
    """The attributes that a definition reads: those of `self` and of `typed` expressions with their class."""
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            whose = source.of(node.value)
            kind = owner if whose == "self" else typed.get(whose)
            if not whose.endswith(".dtype"):
                yield f"{kind}.{node.attr}" if kind else node.attr
        elif isinstance(node, ast.Call) and source.of(node.func).endswith("._replace"):
            yield from (each.arg for each in node.keywords if each.arg)

"""Assembly: one program out of the definitions of this package that it needs, in an order that reads well.

From its last lines every name is followed to the function, class, constant or table that it stands for, and so on.
Nothing is imported but NumPy and the standard library.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from nn_core.definitions import PACKAGE, Name, Plan, Used, attributes, definition, module
from nn_core.wording import children, known, nodes


class Piece(NamedTuple):
    """A definition of the program: where in this package it stands, and its text. `uses` says what the names in it
    are: definitions, or lines that import them; `at_once` are those that are needed when it is read, not when it runs.
    """

    name: Name
    line: int
    text: str
    uses: Mapping[str, Name | str]
    at_once: frozenset[Name]


def assembled(last: str, origin: str, plan: Plan) -> list[Piece]:
    """The definitions that these `last` lines of a program need, which are written in the terms of the module `origin`;
    and as the last one those lines."""
    used: Used = frozenset()
    while True:  # what is used is known when it has been found, and shows more that is used
        pieces = _reached(last, origin, plan, used)
        found = used.union(*(_attributes(each.text, each.name[1], tuple(plan.typed.items())) for each in pieces))
        if found == used:
            return pieces
        used = found


def _reached(last: str, origin: str, plan: Plan, used: Used) -> list[Piece]:
    root: Name = (origin, "")
    pieces: dict[Name, Piece] = {root: _piece(root, last)}
    waiting: list[Name] = [root]
    while waiting:
        for where in pieces[waiting.pop()].uses.values():
            if isinstance(where, tuple) and where not in pieces:
                pieces[where] = _piece(where, definition(plan, where, used))
                waiting.append(where)
    return list(pieces.values())


@lru_cache(maxsize=4096)
def _attributes(text: str, owner: str, typed: tuple[tuple[str, str], ...]) -> Used:
    return frozenset(attributes(known(text), owner, dict(typed)))


@lru_cache(maxsize=4096)
def _piece(where: Name, text: str) -> Piece:
    """A text with what it uses. Raises NameError for a name that nothing stands for."""
    origin, tree = module(where[0]), known(text).tree
    uses: dict[str, Name | str] = {}
    at_once = set()
    for name, late, _ in _names(tree, frozenset(_targets(tree))):
        stem, _, there = name.partition("__")
        if stem and there and not name.endswith("__"):  # an entry of a table, by the name of its definition
            found = (f"{PACKAGE}.{stem}", there)
        else:
            found = (where[0], name) if name in origin.definitions else origin.imports.get(name)
        if found:
            uses[name] = found
        elif not hasattr(builtins, name):
            raise NameError(f"{name} in {where[0]} is neither defined nor imported there.")
        if isinstance(found, tuple) and found != where and not late:
            at_once.add(found)
    line = origin.definitions[where[1]].lineno if where[1] else 1 << 30
    return Piece(where, line, text, uses, frozenset(at_once))


def _targets(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """What several statements set for themselves."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0])
        elif isinstance(node, ast.ClassDef) and len(tree.body) > 1:
            yield node.name


def _names(tree: ast.AST, local: frozenset[str], late: bool = False) -> Iterator[tuple[str, bool, ast.Name]]:
    """Names that are read here but set elsewhere, and whether that is only when a function is called."""
    for node in children(tree):
        inner, later = local, late
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            inner = local | {each.arg for each in nodes(node.args) if isinstance(each, ast.arg)} | _set_in(node)
        elif isinstance(node, ast.ClassDef):
            inner = local | frozenset(_targets(node))
        elif isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.DictComp, ast.SetComp)):
            inner = local | _set_in(node)
        elif isinstance(tree, (ast.FunctionDef, ast.Lambda)):
            later = late or node is not tree.args
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in local:
            yield node.id, later, node
        yield from _names(node, inner, later)


def _set_in(node: ast.AST) -> frozenset[str]:
    inside = [each for each in nodes(node)[1:]]
    names = {each.id for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return frozenset(names | {each.name for each in inside if isinstance(each, ast.FunctionDef)})


def _place(name: Name, places: Mapping[str, int]) -> int:
    own = places.get(".".join(name))
    return places[name[0]] if own is None else own


def ordered(pieces: list[Piece], places: Mapping[str, int]) -> list[Piece]:
    """By the places of their modules, or their own, and by line, but nothing before what it needs at once."""
    waiting = sorted(pieces, key=lambda each: (_place(each.name, places), each.line))
    by_name = {each.name: each for each in waiting}
    done: dict[Name, Piece] = {}

    def put(piece: Piece) -> None:
        for name in sorted(piece.at_once, key=lambda each: by_name[each].line):
            if name not in done:
                put(by_name[name])
        done[piece.name] = piece

    for piece in waiting:
        if piece.name not in done:
            put(piece)
    return list(done.values())


def with_names_apart(pieces: list[Piece], places: Mapping[str, int]) -> list[Piece]:
    """Where two modules use one name, that of the later module says where it comes from."""
    names: dict[Name, str] = {}
    for origin, name in sorted((each.name for each in pieces), key=lambda each: places[each[0]]):
        names[origin, name] = f"{name}_{origin.split('.')[-1]}" if name and name in names.values() else name
    return [piece._replace(text=_renamed(piece, names)) for piece in pieces]


def _renamed(piece: Piece, names: Mapping[Name, str]) -> str:
    other = {each: names[where] for each, where in piece.uses.items() if isinstance(where, tuple)}
    own = piece.name[1]
    if names[piece.name] == own and all(each == name for each, name in other.items()):
        return piece.text
    source = known(piece.text)
    named = _names(source.tree, frozenset(_targets(source.tree)))
    edits = [(*source.span(node), other[each]) for each, _, node in named if each in other]
    if names[piece.name] != own:
        place = re.search(rf"^(?:def |class |){own}\b", piece.text, re.M)
        assert place
        edits.append((place.end() - len(own), place.end(), names[piece.name]))
    return source.edited(edits)


def import_lines(pieces: list[Piece]) -> str:
    """What the pieces need from elsewhere: the standard library, and behind an empty line NumPy."""
    lines = sorted({where for piece in pieces for where in piece.uses.values() if isinstance(where, str)})
    modules: dict[str, list[str]] = {}
    for line in lines:
        if found := re.fullmatch(r"from (\S+) import (\w+)", line):
            modules.setdefault(found[1], []).append(found[2])
    plain = [line for line in lines if line.startswith("import ")]
    some = [f"from {name} import {', '.join(parts)}" for name, parts in modules.items()]
    both = [[line for line in [*plain, *some] if (" numpy" in line) is wanted] for wanted in (False, True)]
    return "\n\n".join("\n".join(each) for each in both if each)

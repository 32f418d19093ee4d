"""Folding: a function without the branches that are never taken, when some of what they ask about is known.

It works on the text, so that comments and layout stay; text is only left out. What goes: branches and loops whose
condition is known, what follows a `return`, names that nothing reads, type hints, and of a docstring all but its first
sentence.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from nn_core.knowledge import Facts, Unknown, truth, value
from nn_core.reducing import instead, named_once, names_in, replaced, shorter_loop, sum_or_product
from nn_core.wording import Edit, Text, brief, children, known, nodes, tidy

Statements = Sequence[ast.stmt]


def folded(text: str, facts: Facts) -> str:
    """The function in `text`, without what these facts rule out."""
    text = _without_hints(text, facts)
    function = _Function(text, facts)
    while edits := list(function.edits()):
        function = _Function(function.source.edited(edits), facts)
    return tidy(function.source.text)


def _without_hints(text: str, facts: Facts) -> str:
    """Without type hints, without parameters that are settled, and with short docstrings."""
    source, edits = Text(text), []
    for node in nodes(source.tree):
        if isinstance(node, ast.FunctionDef):
            begin, end = source.header(node)
            for arg in nodes(node.args):
                if isinstance(arg, ast.arg):
                    arg.annotation = None
            _drop_settled(node.args, facts)
            edits.append((begin, end, f"def {node.name}({ast.unparse(node.args)}):"))
            if (docstring := ast.get_docstring(node)) is not None:
                edits.append((*source.span(node.body[0]), f'"""{brief(docstring)}"""'))
        elif isinstance(node, ast.AnnAssign) and node.value:
            edits.append((source.span(node.target)[1], source.span(node.value)[0], " = "))
    return source.edited(edits)


def _drop_settled(args: ast.arguments, facts: Facts) -> None:
    for place in reversed(range(len(args.args))):
        if args.args[place].arg in facts.settled:
            from_end = len(args.args) - place
            if from_end <= len(args.defaults):
                del args.defaults[-from_end]
            del args.args[place]


class _Function:
    """A function, what is known in it, and what may therefore be left out."""

    def __init__(self, text: str, facts: Facts) -> None:
        self.source = known(text)
        self.facts = facts
        found = self.source.nodes
        names = [node for node in found if isinstance(node, ast.Name)]
        stored = [node.id for node in names if isinstance(node.ctx, ast.Store)]
        inner = {node.name for node in found if isinstance(node, ast.FunctionDef)}
        arguments = {node.arg for node in found if isinstance(node, ast.arg)}
        self.read = Counter(node.id for node in names if isinstance(node.ctx, ast.Load))
        self.unread = {*stored, *inner} - {*self.read} - {self.source.statement.name}
        self.locals = {*stored, *inner, *arguments}
        entries = ((text, entry) for text, entry in facts.entries.items() if not names_in(entry) & self.locals)
        self.standing = {**facts.standing, **dict(entries)}
        self.worlds = [{**world} for world in facts.worlds]
        self._learn(found, {name for name, times in Counter(stored).items() if times == 1} - arguments)

    def _learn(self, found: list[ast.AST], once: set[str]) -> None:
        """What is known of names that are assigned once."""
        changing = {
            node.value.id for node in found if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        for node in found:
            if not isinstance(node, ast.Assign):
                continue
            for target, given in _pairs(node):
                if not isinstance(target, ast.Name) or target.id not in once:
                    continue
                if isinstance(given, ast.Constant) and type(given.value) is int and given.value == 0:
                    self.standing[target.id] = "0"
                if isinstance(given, ast.List) and target.id in changing:  # something may be appended to it
                    continue
                with suppress(Unknown):
                    values = [value(given, world) for world in self.worlds]
                    for world, each in zip(self.worlds, values, strict=True):
                        world[target.id] = each

    def edits(self) -> Iterator[Edit]:
        body = self.source.statement.body
        if all(isinstance(each, ast.Pass) for each in body):
            return
        if all(map(self._vanishes, body)):
            begin, end, _ = self.source.lines(body[0], body[-1])
            yield begin, end, " " * body[0].col_offset + "pass\n"
        else:
            yield from self._in_body(body)

    def _in_body(self, body: Statements) -> Iterator[Edit]:
        for place, statement in enumerate(body):
            yield from self._in_statement(statement)
            if isinstance(statement, (ast.Return, ast.Raise)) and body[place + 1 :]:
                yield self.source.lines(body[place + 1], body[-1])
                return
            if body[place + 1 :] and (edit := named_once(self.source, statement, body[place + 1], self.read)):
                yield edit
                return

    def _in_statement(self, node: ast.stmt) -> Iterator[Edit]:
        if self._vanishes(node):
            yield self.source.lines(node, node)
            return
        if isinstance(node, ast.If) and (holds := truth(node.test, self.worlds)) is not None:
            yield self.source.unwrapped(node, node.body if holds else node.orelse)
            return
        if isinstance(node, ast.Assign) and (edit := self._assigned_less(node)):
            yield edit
            return
        if isinstance(node, ast.For) and (edit := shorter_loop(self.source, node, self.unread)):
            yield edit
        yield from self._in_expressions(node)
        for body in (getattr(node, "body", []), getattr(node, "orelse", [])):
            yield from self._in_body(body)

    def _vanishes(self, node: ast.stmt) -> bool:
        """Whether nothing is lost when this statement goes."""
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                holds = truth(test, self.worlds)
                taken = body if holds else orelse if holds is False else [*body, *orelse]
                return all(map(self._vanishes, taken))
            case ast.For(iter=items, body=body):
                return truth(items, self.worlds) is False or all(map(self._vanishes, body))
            case ast.While(test=test):
                return truth(test, self.worlds) is False
            case ast.FunctionDef(name=name):
                return name in self.unread
            case ast.Assign(targets=targets, value=given):
                itself = [self.source.of(each) for each in targets] == [self.source.of(given)]
                return itself or (all(map(self._needless, targets)) and not self._acts(given))
            case ast.Pass():
                return True
        return False

    def _needless(self, target: ast.expr) -> bool:
        if isinstance(target, ast.Tuple):
            return all(map(self._needless, target.elts))
        text = self.source.of(target)
        return text in self.facts.settled or (isinstance(target, ast.Name) and text in self.unread)

    def _acts(self, node: ast.expr) -> bool:
        """Whether an expression does something: it calls a function that was made here or handed in."""
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.locals

    def _assigned_less(self, node: ast.Assign) -> Edit | None:
        """An assignment without the targets that nobody needs."""
        (target, *others), given = node.targets, node.value
        span = self.source.span(node)
        if not others and self._needless(target):
            return (*span, self.source.of(given))
        if others and any(map(self._needless, node.targets)):
            kept = [self.source.of(each) for each in node.targets if not self._needless(each)]
            return (*span, " = ".join([*kept, self.source.of(given)]))
        pairs = list(_pairs(node))
        kept = [pair for pair in pairs if not self._needless(pair[0])]
        if len(pairs) < 2 or len(kept) == len(pairs):
            return None
        sides = (", ".join(map(self.source.of, side)) for side in zip(*kept, strict=True))
        return (*span, " = ".join(sides))

    def _in_expressions(self, node: ast.AST) -> Iterator[Edit]:
        for child in children(node):
            if not isinstance(child, ast.stmt):
                edit = self._in_expression(child)
                inner = [] if edit else list(self._in_expressions(child))
                last = None if edit or inner else sum_or_product(self.source, child)
                yield from [each for each in (edit, last) if each] + inner

    def _in_expression(self, node: ast.AST) -> Edit | None:
        """What an expression that chooses, or a call with too many arguments, comes to."""
        if edit := instead(self.source, node, self.standing):
            return edit
        if isinstance(node, ast.comprehension):
            return shorter_loop(self.source, node, self.unread)
        if isinstance(node, ast.IfExp) and (holds := truth(node.test, self.worlds)) is not None:
            return replaced(self.source, node, self.source.of(node.body if holds else node.orelse))
        if isinstance(node, ast.BoolOp):
            passed = isinstance(node.op, ast.And)  # what is so, and not the last, decides nothing
            kept = [each for each in node.values[:-1] if truth(each, self.worlds) is not passed] + node.values[-1:]
            if all(isinstance(each, ast.Compare) for each in kept[:-1]) and truth(kept[-1], self.worlds) is passed:
                kept = kept[:-1] or kept  # nor does the last, where only the truth is asked for
            if len(kept) < len(node.values):
                joint = " and " if passed else " or "
                return (*self.source.span(node), joint.join(map(self.source.of, kept)))
        if isinstance(node, ast.Call):
            called = re.sub(r"^self\.|^[a-z]\w*?__", "", self.source.of(node.func))
            gone = self.facts.left_out.get(called, frozenset())
            for place in gone:
                if place < len(node.args):
                    return self.source.without(node.args, place)
        return None


def _pairs(node: ast.AST) -> Iterator[tuple[Any, ast.expr]]:
    """What an assignment gives to what, as far as that is written down."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, given = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(given, ast.Tuple) and len(target.elts) == len(given.elts):
            yield from zip(target.elts, given.elts, strict=True)
        else:
            yield target, given

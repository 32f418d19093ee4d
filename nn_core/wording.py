"""Wording: the text of a definition, the places of its parts in it, and how it is put together when parts are gone."""

import ast
import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

LONGEST = 110  # characters of a line that is put together again
Edit = tuple[int, int, str]  # from a place in a text to another, and what is written instead


def children(node: ast.AST) -> list[Any]:
    """The nodes right below a node, but for those that say whether a name is read or set: quicker than asking `ast`."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return []
    found: list[Any] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and name != "ctx":
            found.append(value)
    return found


def nodes(tree: ast.AST) -> list[Any]:
    """A node and all that are below it."""
    found: list[Any] = [tree]
    for node in found:
        found += children(node)
    return found


class Text:
    """The text of one definition, and its parts. Places are numbers of characters from its begin."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)
        self.statement: Any = self.tree.body[0]
        self.rows = text.splitlines(keepends=True)
        self.starts = [0, *accumulate(map(len, self.rows))]

    @cached_property
    def nodes(self) -> list[Any]:
        return nodes(self.tree)

    def place(self, line: int, column: int) -> int:
        """Of a line, counted from 1, and a column, counted in bytes as `ast` does."""
        row = self.rows[line - 1]
        return self.starts[line - 1] + (column if row.isascii() else len(row.encode()[:column].decode()))

    def span(self, node: Any) -> tuple[int, int]:
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)

    def of(self, node: Any) -> str:
        """The text of a part."""
        begin, end = self.span(node)
        return self.text[begin:end]

    def header(self, node: ast.FunctionDef) -> tuple[int, int]:
        """Where `def ...:` begins and ends."""
        begin = self.span(node)[0]
        last = max([begin, *(self.span(each)[1] for each in nodes(node.args) if hasattr(each, "lineno"))])
        last = max(last, self.span(node.returns)[1] if node.returns else 0)
        return begin, self.text.index(":", last) + 1

    def whole(self, node: Any) -> str:
        """The text of a part, with the comment behind it."""
        begin = self.span(node)[0]
        return self.text[begin : self.starts[node.end_lineno]].rstrip()

    def lines(self, first: ast.stmt, last: Any) -> Edit:
        """Leaves out whole lines, with the comment above them."""
        return self.starts[self._with_comment(first) - 1], self.starts[last.end_lineno], ""

    def _with_comment(self, node: ast.stmt) -> int:
        line = node.lineno
        while line > 1 and self.rows[line - 2].startswith(" " * node.col_offset + "#"):
            line -= 1
        return line

    def unwrapped(self, node: ast.If, taken: Sequence[ast.stmt]) -> Edit:
        """Puts the branch that is taken into the place of a condition."""
        begin, end = self.starts[node.lineno - 1], self.starts[node.end_lineno or node.lineno]
        if not taken:
            return begin, end, ""
        last: Any = taken[-1]
        rows = self.rows[self._with_comment(taken[0]) - 1 : last.end_lineno]
        nested, in_chain = taken[0].col_offset > node.col_offset, self._continues(node)
        if not nested and not in_chain:  # an elif becomes an if
            rows[0] = rows[0].replace("elif", "if", 1)
        elif nested and in_chain:
            rows = [" " * node.col_offset + "else:\n", *rows]
        elif nested:
            rows = [row[taken[0].col_offset - node.col_offset :] if row.strip() else row for row in rows]
        return begin, end, "".join(rows)

    def _continues(self, node: ast.If) -> bool:
        return self.text.startswith("elif", self.span(node)[0])

    def without(self, parts: Sequence[ast.AST], place: int) -> Edit:
        """Leaves out one of several parts with commas between them."""
        if place:
            return self.span(parts[place - 1])[1], self.span(parts[place])[1], ""
        begin, end = self.span(parts[0])
        return begin, self.span(parts[1])[0] if len(parts) > 1 else end, ""

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with these edits. Of those that overlap the first is made: others come up again in what is left."""
        pieces, at = [], 0
        for begin, end, instead in sorted(edits, key=lambda edit: edit[:2]):
            if begin >= at:
                pieces += [self.text[at:begin], instead]
                at = end
        return "".join([*pieces, self.text[at:]])


@lru_cache(maxsize=2048)
def known(text: str) -> Text:
    """The same text as often as it is asked about: for whoever leaves its tree as it is."""
    return Text(text)


def spliced(text: str, method: str, other: str) -> str:
    """A method in which the statement `self.method(...)` gives way to the statements of that method, `other`, whose
    parameters mean nothing there."""
    source, body = known(text), known(other).statement.body
    for node in source.nodes:
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and source.of(node.value.func) == f"self.{method}"
        ):
            return source.edited([(*source.span(node), statements(other, body[1:], node.col_offset))])
    return text


def statements(text: str, body: list[Any], column: int) -> str:
    """These statements of a function, as they stand at a column; the first line without what is left of it."""
    source = known(text)
    rows = source.rows[body[0].lineno - 1 : body[-1].end_lineno]
    shift = column - body[0].col_offset
    moved = [(" " * shift + row if shift > 0 else row[-shift:]) if row.strip() else row for row in rows]
    return "".join(moved).strip()


def tidy(text: str) -> str:
    """The same with each statement on one line that fits there, and without brackets around nothing."""
    source = known(text)
    edits = []
    for node in source.nodes:
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            begin, end = source.span(node)
            shorter = _joined(text[begin:end], node)
            if shorter != text[begin:end] and node.col_offset + len(shorter) <= LONGEST:
                edits.append((begin, end, shorter))
    return re.sub(r"[ \t]*# type: ignore\S*( #.*)?$", "", source.edited(edits), flags=re.M)


def _joined(text: str, node: ast.stmt) -> str:
    """A statement on one line, if that is possible and changes nothing."""
    if "#" in text or "\n" not in text:
        return text
    line = " ".join(each.strip() for each in text.splitlines())
    shape, found = ast.dump(node), text
    for pattern, instead in (
        (r"", ""),
        (r"([(\[{]) ", r"\1"),
        (r" ([)\]}])", r"\1"),
        (r",([)\]}])", r"\1"),
        (r"^(return|[\w., ]+ =) \((.*)\)$", r"\1 \2"),
    ):
        shorter = re.sub(pattern, instead, line)
        if _shape(shorter) == shape:
            found = line = shorter
    return found


def _shape(text: str) -> str:
    """What a statement is to the parser; "" for what is none."""
    try:
        function: Any = ast.parse(f"def f():\n {text}").body[0]
    except (SyntaxError, ValueError):
        return ""
    return ast.dump(function.body[0])


def brief(docstring: str) -> str:
    """The first sentence of a docstring, or as much of it as fits on a line."""
    sentence = re.split(r"(?<=[.!?])\s", " ".join(docstring.split()), maxsplit=1)[0]
    if len(sentence) > LONGEST - 15:
        ends = [found.start() for found in re.finditer(r"[:;,] | \(", sentence[: LONGEST - 15])]
        whole = [end for end in ends if sentence.count("(", 0, end) == sentence.count(")", 0, end)]
        sentence = sentence[: whole[-1]] + "." if whole else sentence
    return sentence.replace("\\", "\\\\")

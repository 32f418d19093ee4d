"""A script to read: numbered lines in colours, those that are new marked and in view, and a button that copies it.

The format: a header as packed by `ui.components.pack`:

    version     1
    rows        the lines, each as pieces [kind, text]; kinds are "keyword", "name" (of what is defined), "text",
                "number", "comment" and ""
    new         numbers of the lines, from 0, that stood not in the script before
    gone        numbers of the lines above which lines of the script before are missing
    said        what became of the script before, in a sentence
    prints      what it prints
"""

import difflib
import io
import keyword
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ui.components import from_folder, pack

VERSION = 1
SCRIPTS = ("../stage/page.js", "../stage/forward.js", "script.js")
KINDS = {tokenize.STRING: "text", tokenize.NUMBER: "number", tokenize.COMMENT: "comment"}

_mount = from_folder(Path(__file__).parent, SCRIPTS)


class Difference(NamedTuple):
    """Lines that are new, places above which lines are gone, both as numbers from 0, and how many those were."""

    new: list[int]
    gone: list[int]
    count: int


def script(*, key: str, payload: bytes) -> None:
    """Show a script, given as made by `encode`."""
    _mount(key=key, data=payload)


def encode(text: str, before: str | None, prints: str) -> bytes:
    """The bytes that show this script, in the format above. `before` is the script shown before, if there was one."""
    found = difference(before, text)
    header = {"version": VERSION, "rows": coloured(text), "new": found.new, "gone": found.gone}
    return pack({**header, "said": _said(before, found), "prints": prints})


def difference(before: str | None, text: str) -> Difference:
    """What is new in a script; nothing in the first one."""
    if before is None:
        return Difference([], [], 0)
    new, gone, count = [], [], 0
    matcher = difflib.SequenceMatcher(None, before.splitlines(), text.splitlines(), autojunk=False)
    for do, begin, end, first, last in matcher.get_opcodes():
        if do in ("insert", "replace"):
            new += range(first, last)
        elif do == "delete":
            gone.append(first)
        count += end - begin if do in ("delete", "replace") else 0
    return Difference(new, gone, count)


def _said(before: str | None, found: Difference) -> str:
    if before is None:
        return "Change a control: the lines that it changes will be marked."
    if not found.new and not found.gone:
        return "The same lines as before: a run does not use a setting that changes none."
    new, gone = _lines(len(found.new)), _lines(found.count)
    if not found.new:
        return f"{gone} of the script before {'is' if found.count == 1 else 'are'} gone, where the dash is."
    return f"Marked: {new} that the script before did not have. Gone: {gone} of it."


def _lines(count: int) -> str:
    return "no line" if not count else "1 line" if count == 1 else f"{count} lines"


def coloured(text: str) -> list[list[tuple[str, str]]]:
    """The lines of a Python text, each as pieces of a kind."""
    rows: list[list[tuple[str, str]]] = [[] for _ in text.splitlines()]
    at = [0] * len(rows)
    lines = text.splitlines()
    for row, begin, end, kind in _marked(text):
        if begin > at[row]:
            rows[row].append(("", lines[row][at[row] : begin]))
        rows[row].append((kind, lines[row][begin:end]))
        at[row] = end
    for row, line in enumerate(lines):
        if at[row] < len(line):
            rows[row].append(("", line[at[row] :]))
    return rows


def _marked(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Pieces that have a colour: the line, where in it they begin and end, and their kind."""
    lines, before = text.splitlines(), ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = KINDS.get(token.type, "")
        if token.type == tokenize.NAME:
            kind = "keyword" if keyword.iskeyword(token.string) else "name" if before in ("def", "class") else ""
        before = token.string
        if kind:
            for row in range(token.start[0] - 1, token.end[0]):
                begin = token.start[1] if row == token.start[0] - 1 else 0
                end = token.end[1] if row == token.end[0] - 1 else len(lines[row])
                yield row, begin, end, kind

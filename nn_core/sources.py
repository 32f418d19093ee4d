"""Sources: the text of a function of this package, and which of its lines do what is being looked at.

The text is read from the function itself, so what is shown is what runs. Lines are named by a piece of them that stands
nowhere else in the function: when the code changes so that the piece is gone, asking for it raises.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple


class Reference(NamedTuple):
    """Lines of a function: the `file` it stands in and its `name`, the number of its `first` line there, its `text`,
    and which lines of the text are meant, counted from 0."""

    file: str
    name: str
    first: int
    text: str
    marked: tuple[int, ...]


@lru_cache(maxsize=256)
def lines(function: Callable[..., Any], *pieces: str) -> Reference:
    """The lines of the function that hold these pieces; without any, all that it does beside explaining itself.

    Raises ValueError for a piece that stands in no line of it, or in several.
    """
    found, first = inspect.getsourcelines(function)
    text = textwrap.dedent("".join(found)).rstrip()
    marked = tuple(sorted(_line_with(piece, text) for piece in pieces)) or _doing(text)
    return Reference(function.__module__.replace(".", "/") + ".py", function.__qualname__, first, text, marked)


def _line_with(piece: str, text: str) -> int:
    holding = [number for number, line in enumerate(text.split("\n")) if piece in line]
    if len(holding) != 1:
        raise ValueError(f"{piece!r} stands in {len(holding)} lines of this function, not in one.")
    return holding[0]


def _doing(text: str) -> tuple[int, ...]:
    """The lines of a function's body without its docstring; all lines of what is no whole function, a lambda say."""
    try:
        (function,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return tuple(range(text.count("\n") + 1))
    if not isinstance(function, ast.FunctionDef):
        return tuple(range(text.count("\n") + 1))
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return tuple(line - 1 for each in body for line in range(each.lineno, (each.end_lineno or each.lineno) + 1))

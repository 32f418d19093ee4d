"""What an explanation in words may be deepened with."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Subject(NamedTuple):
    """Formulas in LaTeX, and the functions of nn_core that compute them."""

    symbols: tuple[str, ...]
    code: tuple[Callable[..., Any], ...]


def told(formula: str, *letters: str) -> str:
    """A formula, and in small below it what its letters mean: lines short enough for a phone."""
    lines = (line.replace("%", r"\%") for line in letters)  # in LaTeX what is behind a % is not read
    return formula + r" \\[0.4em] " + r" \\ ".join(rf"\footnotesize\text{{{line}}}" for line in lines)

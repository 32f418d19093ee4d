"""What an explanation in words may be deepened with."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Subject(NamedTuple):
    """Formulas in LaTeX, and the functions of nn_core that compute them."""

    symbols: tuple[str, ...]
    code: tuple[Callable[..., Any], ...]

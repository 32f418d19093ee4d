"""A confusion matrix of buttons: how many pictures of each row's class were read as each column's. One cell is always
picked, at first that with the most mistakes.

The format: a header as packed by `ui.components.pack`:

    version     1
    label       what is shown, for those who hear the page
    names       of the classes
    counts      k rows of k numbers
    first       [row, column] of the cell that is picked as long as the visitor has picked none
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ui.components import from_folder, pack

VERSION = 1
SCRIPTS = (*(f"../stage/{name}" for name in ("page.js", "forward.js")), "matrix.js")
STYLES = ("../stage/colours.css", "matrix.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def matrix(counts: np.ndarray, names: Sequence[str], *, key: str, label: str) -> tuple[int, int]:
    """Show counts (k, k) with the names of the k classes, and return the (row, column) that is picked."""
    result: Any = _mount(key=key, data=encode(counts, names, label), on_cell_change=lambda: None)
    return picked(result, len(names)) or most_mistaken(counts)


def encode(counts: np.ndarray, names: Sequence[str], label: str) -> bytes:
    """The bytes that show these counts, in the format above."""
    header = {
        "version": VERSION,
        "label": label,
        "names": list(names),
        "counts": counts.tolist(),
        "first": most_mistaken(counts),
    }
    return pack(header)


def most_mistaken(counts: np.ndarray) -> tuple[int, int]:
    """The (row, column) with the most mistakes."""
    mistaken = np.where(np.eye(len(counts), dtype=bool), -1, counts)
    row, column = np.unravel_index(mistaken.argmax(), mistaken.shape)
    return int(row), int(column)


def picked(state: object, classes: int) -> tuple[int, int] | None:
    """The cell in the browser's untrusted state, if there is such a one. Never raises."""
    cell = state.get("cell") if isinstance(state, dict) else None
    if not isinstance(cell, list) or len(cell) != 2:
        return None
    row, column = cell
    inside = all(type(place) is int and 0 <= place < classes for place in cell)
    return (row, column) if inside else None

"""The drawing pad: a canvas and the network's answer in one component, so that the bars move with the pen.

The browser sends the pen's strokes while they are drawn, and shows whatever answer comes back. Strokes, not pictures:
Python draws them itself, with the pen MNIST was written with.
"""

import base64
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from nn_core.digits import BRUSH, CANVAS, MOST_STROKES, Answer, Drawing
from ui.components import from_folder
from ui.components.pad.words import DIGITS, Words, percent, words

BRUSHES = (8, int(BRUSH), 30)  # thinnest, usual, thickest
POINTS = 2000  # kept of a drawing; the browser thins its strokes to this

SCRIPTS, STYLES = ("sheet.js", "evidence.js", "pad.js"), ("sheet.css", "evidence.css", "pad.css")
_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


class Paper(NamedTuple):
    """A sheet to draw on: its size in pixels of the canvas, and its thinnest, usual and thickest brush."""

    width: int
    height: int
    brushes: tuple[int, int, int]


SQUARE = Paper(CANVAS, CANVAS, BRUSHES)


class Ink(NamedTuple):
    """A drawing as it was made: `strokes`, each (n, 2), x right and y down, and `brush` width, both in pixels of the
    canvas; `number` tells the browser which of its drawings an answer is about."""

    strokes: list[np.ndarray]
    brush: float
    number: int


def pad(
    ink: Ink,
    drawing: Drawing,
    answer: Answer,
    *,
    key: str,
    names: Sequence[str] = DIGITS,
    picture: Words | None = None,
    folded: bool = False,
    bars: bool = True,
) -> None:
    """Show the pad with the answer to `ink`: its `drawing` as the network sees it, and what the network makes of it.
    `names` are those of the classes. With words for a `picture`, the drawing is one of a set: it covers the sheet.
    `folded` leaves the bars away where they would stand below the sheet; without `bars` they are always left away.

    The pad itself remembers what was drawn on it, and sends its newest drawing as state "ink" each time the answer to
    the one before has come; `read_ink` makes an `Ink` of that.
    """
    probabilities = answer.probabilities.tolist()
    headline, note = picture or words(answer.verdict, probabilities, names)
    read = drawing.problem is None
    data = {
        "key": key,
        **on_paper(SQUARE, ink),
        "headline": headline,
        "note": note,
        "label": int(answer.label) if read else None,
        "probabilities": [round(p, 4) if read else 0.0 for p in probabilities],
        "shares": [percent(p) if read else "" for p in probabilities],
        "image": greys(drawing),
        "names": list(names),
        "picture": picture is not None,
        "folded": folded,
        "bars": bars,
    }
    _mount(key=key, data=data, on_ink_change=lambda: None)  # a state needs a callback to be known at all


def on_paper(paper: Paper, ink: Ink) -> dict[str, Any]:
    """What the browser's sheet needs to know: its paper, its limits, and which drawing is answered."""
    return {**paper._asdict(), "points": POINTS, "most": MOST_STROKES, "number": ink.number}


def greys(drawing: Drawing) -> str:
    """The picture as 28 x 28 bytes in base64."""
    return base64.b64encode(np.round(drawing.image * 255).astype(np.uint8).tobytes()).decode()


def read_ink(state: object, paper: Paper = SQUARE) -> Ink:
    """Clean ink from the browser's untrusted state of a sheet: bounded in points, on its paper. Never raises.

    Strokes that are not flat lists x, y, x, y, ... of numbers are dropped; points outside come to the paper's edge.
    """
    value = state.get("ink") if isinstance(state, dict) else None
    value = value if isinstance(value, dict) else {}
    thinnest, usual, thickest = paper.brushes
    brush, number, raw = value.get("brush"), value.get("number"), value.get("strokes")
    strokes, room = [], POINTS
    for stroke in islice(raw, MOST_STROKES) if isinstance(raw, list) else ():
        points = _points(stroke, room, paper)
        if len(points):
            strokes.append(points)
            room -= len(points)
    return Ink(
        strokes,
        _within(brush if _is_number(brush) else usual, thinnest, thickest),
        number if isinstance(number, int) and 0 <= number < 2**53 else 0,  # what JavaScript counts exactly
    )


def _points(stroke: object, most: int, paper: Paper) -> np.ndarray:
    flat = stroke[: 2 * most] if isinstance(stroke, list) else []
    if len(flat) % 2 or not all(map(_is_number, flat)):
        flat = []
    sides = cycle((paper.width, paper.height))
    flat = [_within(number, 0, side) for number, side in zip(flat, sides, strict=False)]
    return np.array(flat, dtype=float).reshape(-1, 2)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and value == value  # nan is the number that is not itself


def _within(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))

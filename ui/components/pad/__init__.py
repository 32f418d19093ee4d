"""The drawing pad: a canvas and the network's answer in one component, so that the bars move with the pen.

The browser sends the pen's strokes while they are drawn, and shows whatever answer comes back. Strokes, not pictures:
Python draws them itself, with the pen MNIST was written with.
"""

import base64
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeGuard

import numpy as np

from nn_core.digits import BRUSH, CANVAS, MOST_STROKES, Answer, Drawing
from ui.components import from_folder
from ui.components.pad.words import percent, words

BRUSHES = (8, int(BRUSH), 30)  # thinnest, usual, thickest
POINTS = 2000  # kept of a drawing; the browser thins its strokes to this

_mount = from_folder(Path(__file__).parent)


class Ink(NamedTuple):
    """A drawing as it was made: `strokes`, each (n, 2), x right and y down, and `brush` width, both in pixels of a
    280 x 280 canvas; `number` tells the browser which of its drawings an answer is about."""

    strokes: list[np.ndarray]
    brush: float
    number: int


def pad(ink: Ink, drawing: Drawing, answer: Answer, *, key: str) -> None:
    """Show the pad with the answer to `ink`: its `drawing` as the network sees it, and what the network makes of it.

    The pad itself remembers what was drawn on it, and sends its newest drawing as state "ink" each time the answer to
    the one before has come; `read_ink` makes an `Ink` of that.
    """
    probabilities = answer.probabilities.tolist()
    headline, note = words(answer.verdict, probabilities)
    read = drawing.problem is None
    image = np.round(drawing.image * 255).astype(np.uint8)
    data = {
        "key": key,
        "number": ink.number,
        "side": CANVAS,
        "brushes": BRUSHES,
        "points": POINTS,
        "most": MOST_STROKES,
        "headline": headline,
        "note": note,
        "label": int(answer.label) if read else None,
        "probabilities": [round(p, 4) if read else 0.0 for p in probabilities],
        "shares": [percent(p) if read else "" for p in probabilities],
        "image": base64.b64encode(image.tobytes()).decode(),
    }
    _mount(key=key, data=data, on_ink_change=lambda: None)  # a state needs a callback to be known at all


def read_ink(state: object) -> Ink:
    """Clean ink from the browser's untrusted state of a pad: bounded in points, inside the canvas. Never raises.

    Strokes that are not flat lists x, y, x, y, ... of numbers are dropped; points outside come to the canvas's edge.
    """
    value = state.get("ink") if isinstance(state, dict) else None
    value = value if isinstance(value, dict) else {}
    thinnest, usual, thickest = BRUSHES
    brush, number, raw = value.get("brush"), value.get("number"), value.get("strokes")
    strokes, room = [], POINTS
    for stroke in islice(raw, MOST_STROKES) if isinstance(raw, list) else ():
        points = _points(stroke, room)
        if len(points):
            strokes.append(points)
            room -= len(points)
    return Ink(
        strokes,
        _within(brush if _is_number(brush) else usual, thinnest, thickest),
        number if isinstance(number, int) and 0 <= number < 2**53 else 0,  # what JavaScript counts exactly
    )


def _points(stroke: object, most: int) -> np.ndarray:
    flat = stroke[: 2 * most] if isinstance(stroke, list) else []
    if len(flat) % 2 or not all(map(_is_number, flat)):
        flat = []
    return np.array([_within(number, 0, CANVAS) for number in flat], dtype=float).reshape(-1, 2)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and value == value  # nan is the number that is not itself


def _within(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))

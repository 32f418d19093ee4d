"""All pictures of a test set as points of a plane, by class: to zoom into until the pictures themselves can be seen.

The format: a header as packed by `ui.components.pack`:

    version     1
    label       what is shown, for those who hear the page
    names       of the classes
    levels      of grey in the pictures
    arrays      points, x and y of each; sure, the probability of each answer

and behind it a byte for each point, its class; a byte for each, the class it was read as; and, packed by zlib, all
pictures, a byte a pixel with one of LEVELS greys: enough for a small picture, and a third of the bytes.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nn_core.evaluation import Evaluation
from ui.components import from_folder, pack

VERSION = 1
LEVELS = 4
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "plane.js", "digit_map.js")
STYLES = ("../stage/colours.css", "digit_map.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def digit_map(
    points: np.ndarray, evaluation: Evaluation, names: Sequence[str], pictures: bytes, *, key: str, label: str
) -> int | None:
    """Show points (n, 2) with what was said about each, and return the place of the one that is picked, or None.

    `names` are those of the classes; `pictures` are those of the points, as made by `small`.
    """
    result: Any = _mount(
        key=key, data=encode(points, evaluation, names, pictures, label), on_picked_change=lambda: None
    )
    return picked(result, len(points))


def encode(points: np.ndarray, evaluation: Evaluation, names: Sequence[str], pictures: bytes, label: str) -> bytes:
    """The bytes that show these points, in the format above."""
    header = {"version": VERSION, "label": label, "names": list(names), "levels": LEVELS}
    classes = np.concatenate([evaluation.labels, evaluation.predicted]).astype(np.uint8).tobytes()
    return pack(header, {"points": points, "sure": evaluation.confidence}, classes + pictures)


def small(images: np.ndarray) -> bytes:
    """Pictures (n, side, side) uint8 in few bytes, for `digit_map`."""
    return zlib.compress((images // (256 // LEVELS)).tobytes())


def picked(state: object, count: int) -> int | None:
    """The pick in the browser's untrusted state, if it is one of so many points. Never raises."""
    at = state.get("picked") if isinstance(state, dict) else None
    return at if type(at) is int and 0 <= at < count else None

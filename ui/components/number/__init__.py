"""A wide sheet for a number.

Each digit is framed on it while it is drawn, with what the network takes it for, and below is what the network sees.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nn_core.numbers import SHEET, Part, Reading
from ui.components import from_folder
from ui.components.number.words import ordinal, words
from ui.components.pad import Ink, Paper, greys, on_paper
from ui.components.pad.words import percent

WIDE = Paper(*SHEET, brushes=(4, 10, 20))
LIKELIEST = 3  # classes with a bar on a digit's card

SCRIPTS = ("../pad/sheet.js", "../pad/evidence.js", "number.js")
STYLES = ("../pad/sheet.css", "../pad/evidence.css", "number.css")
_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def number(ink: Ink, reading: Reading, classes: Sequence[str], *, key: str) -> None:
    """Show the sheet with what was read from `ink`; `classes` are the names of what a digit can be.

    The sheet itself remembers what was drawn on it, and sends its newest drawing as state "ink" each time the answer to
    the one before has come; `read_ink` makes an `Ink` of that.
    """
    headline, note = words(reading, classes)
    data = {
        "key": key,
        **on_paper(WIDE, ink),
        "headline": headline,
        "note": note,
        "classes": list(classes),
        "parts": [_part(part, place, classes) for place, part in enumerate(reading.parts, 1)],
    }
    _mount(key=key, data=data, on_ink_change=lambda: None)  # a state needs a callback to be known at all


def _part(part: Part, place: int, classes: Sequence[str]) -> dict[str, Any]:
    p = part.answer.probabilities
    return {
        "title": f"{ordinal(place)} digit",
        "label": "?" if part.drawing.problem else classes[part.answer.label],
        "share": percent(p.max()),
        "sure": part.answer.verdict == "sure",
        "box": [round(edge) for edge in part.box],
        "image": greys(part.drawing),
        "likeliest": np.argsort(-p, kind="stable")[:LIKELIEST].tolist(),
        "probabilities": np.round(p.astype(float), 4).tolist(),
        "shares": [percent(share) for share in p],
    }

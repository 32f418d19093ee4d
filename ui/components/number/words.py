"""What the page of numbers says about a reading, and no more than is true."""

from collections.abc import Sequence

import numpy as np

from nn_core.numbers import MOST_DIGITS, Part, Reading
from ui.components.pad.words import Words, percent

_PROBLEMS = {
    "empty": (
        "Waiting for a number",
        "Write its digits side by side, a little apart. The answer comes while you draw.",
    ),
    "too small": ("Write it larger", "It is too small to be read."),
    "too much": ("That is a lot of ink", f"Write a number of at most {MOST_DIGITS} digits, on one line."),
}
_NO_DIGIT = {"too small": "it is too small beside the others", "too much": "it is a lot of ink"}


def words(reading: Reading, classes: Sequence[str]) -> Words:
    """The number, which of its digits are in doubt, and that a point or comma is none of them."""
    if reading.problem:
        return Words(*_PROBLEMS[reading.problem])
    specks = " A point or comma is left out." if reading.specks else ""
    return Words(reading.text, _certainty(reading, classes) + specks)


def _certainty(reading: Reading, classes: Sequence[str]) -> str:
    doubtful = [(place, part) for place, part in enumerate(reading.parts, 1) if part.answer.verdict != "sure"]
    if not doubtful:
        sure = "Sure of every digit; of the whole number" if len(reading.parts) > 1 else "Sure of it:"
        return f"{sure} {percent(reading.certainty)}."
    if len(doubtful) == 1:
        return _doubt(*doubtful[0], classes)
    *places, last = (ordinal(place) for place, _ in doubtful)
    return f"Not sure of the {', '.join(places)} and {last} digit. Or they are no digits."


def _doubt(place: int, part: Part, classes: Sequence[str]) -> str:
    if part.drawing.problem:
        return f"The {ordinal(place)} is no digit: {_NO_DIGIT[part.drawing.problem]}."
    first, second = (classes[k] for k in np.argsort(-part.answer.probabilities, kind="stable")[:2])
    return f"Not sure of the {ordinal(place)} digit: {first} or {second}? Or it is no digit."


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th, ... as far as a number has digits here."""
    return f"{place}" + {1: "st", 2: "nd", 3: "rd"}.get(place, "th")

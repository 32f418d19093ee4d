"""What the page of numbers says about a reading, and no more than is true."""

from collections.abc import Sequence

import numpy as np

from nn_core.numbers import MOST_DIGITS, Reading
from ui.components.pad.words import Words, percent

_PROBLEMS = {
    "empty": (
        "Waiting for a number",
        "Write its digits side by side, a little apart. The answer comes while you draw.",
    ),
    "too small": ("Write it larger", "It is too small to be read."),
    "too much": ("That is a lot of ink", f"Write a number of at most {MOST_DIGITS} digits, on one line."),
}


def words(reading: Reading, classes: Sequence[str]) -> Words:
    """The number, and which of its digits are in doubt."""
    if reading.problem:
        return Words(*_PROBLEMS[reading.problem])
    doubtful = [place for place, part in enumerate(reading.parts, 1) if part.answer.verdict != "sure"]
    whole = f"Sure of every digit; of the whole number {percent(reading.certainty)}."
    if len(reading.parts) == 1:
        whole = f"Sure of it: {percent(reading.certainty)}."
    if not doubtful:
        return Words(reading.text, whole)
    if len(doubtful) > 1:
        places = ", ".join(map(ordinal, doubtful[:-1])) + " and " + ordinal(doubtful[-1])
        return Words(reading.text, f"Not sure of the {places} digits, or they are no digits.")
    (place,) = doubtful
    p = reading.parts[place - 1].answer.probabilities
    first, second = (classes[k] for k in np.argsort(-p, kind="stable")[:2])
    return Words(reading.text, f"Not sure of the {ordinal(place)} digit: {first} or {second}? Or it is no digit.")


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th, ... as far as a number has digits here."""
    return f"{place}" + {1: "st", 2: "nd", 3: "rd"}.get(place, "th")

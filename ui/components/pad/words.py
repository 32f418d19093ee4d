"""What the drawing page says about an answer, and no more than is true."""

from collections.abc import Sequence
from typing import NamedTuple

DIGITS = tuple("0123456789")
_PROBLEMS = {
    "empty": ("Waiting for a digit", "The answer comes while you draw."),
    "too small": ("Draw it larger", "It is too small to be read."),
    "too much": ("That is a lot of ink", "Draw one digit."),
}
_PROBLEMS_OF_OTHERS = _PROBLEMS | {
    "empty": ("Waiting for a drawing", "The answer comes while you draw."),
    "too much": ("That is a lot of ink", "Draw one thing."),
}


class Words(NamedTuple):
    """A `headline` to be read from the back of the room, and a quieter `note` below it."""

    headline: str
    note: str


def words(verdict: str, probabilities: Sequence[float], names: Sequence[str] = DIGITS) -> Words:
    """What to say about an answer of `nn_core.digits.classify`: its verdict, and its probabilities (k,) of the classes
    with these names."""
    digits = tuple(names) == DIGITS
    problems = _PROBLEMS if digits else _PROBLEMS_OF_OTHERS
    if verdict in problems:
        return Words(*problems[verdict])
    neither = "Or not a digit." if digits else "Or none of these."
    *_, second, first = sorted(range(len(names)), key=lambda label: (probabilities[label], -label))
    best, other = (f"{names[label]} ({percent(probabilities[label])})" for label in (first, second))
    return {
        "sure": Words(f"It is {article(names[first])} {best}", f"Runner-up: {other}"),
        "probably": Words(f"Probably {names[first]}, could be {names[second]}", f"{best}, then {other}"),
        "unsure": Words(f"Not sure: {names[first]} or {names[second]}?", f"{neither} {best}, then {other}"),
    }[verdict]


def article(name: str) -> str:
    """What stands before a class: a 7, an 8, an ankle boot."""
    return "an" if name[:1] in "8aeiouAEIOU" else "a"


def percent(share: float) -> str:
    """Whole percent, but never 0 or 100: the network is never that certain."""
    text = "<1" if share < 0.01 else ">99" if share > 0.99 else f"{100 * share:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"

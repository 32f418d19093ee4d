"""What the drawing page says about an answer, and no more than is true."""

from collections.abc import Sequence
from typing import NamedTuple

_PROBLEMS = {
    "empty": ("Waiting for a digit", "The answer comes while you draw."),
    "too small": ("Draw it larger", "It is too small to be read."),
    "too much": ("That is a lot of ink", "Draw one digit."),
}


class Words(NamedTuple):
    """A `headline` to be read from the back of the room, and a quieter `note` below it."""

    headline: str
    note: str


def words(verdict: str, probabilities: Sequence[float]) -> Words:
    """What to say about an answer of `nn_core.digits.classify`: its verdict, and its probabilities (10,)."""
    if verdict in _PROBLEMS:
        return Words(*_PROBLEMS[verdict])
    second, first = sorted(range(10), key=lambda digit: probabilities[digit])[-2:]
    best, other = f"{first} ({percent(probabilities[first])})", f"{second} ({percent(probabilities[second])})"
    return {
        "sure": Words(f"It is {'an' if first == 8 else 'a'} {best}", f"Runner-up: {other}"),
        "probably": Words(f"Probably {first}, could be {second}", f"{best}, then {other}"),
        "unsure": Words(f"Not sure: {first} or {second}?", f"Or not a digit. {best}, then {other}"),
    }[verdict]


def percent(share: float) -> str:
    """Whole percent, but never 0 or 100: the network is never that certain."""
    text = "<1" if share < 0.01 else ">99" if share > 0.99 else f"{100 * share:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"

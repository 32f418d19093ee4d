"""What a visitor looks at on the page Step through, and how that stands in its link."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from nn_core.config import FARTHEST
from nn_core.ranges import Number, Unreadable, write

KEYS = ("epoch", "row", "place", "alone", "step")
MOST = 10**6  # epochs, rows and steps that a link may ask for: those there are are fewer


class Place(NamedTuple):
    """A point that was typed: where it lies, in units of the plane, and its class or value."""

    x1: float
    x2: float
    target: float


class Look(NamedTuple):
    """What is looked at: after which epoch; a training point, counted from 0, None for one that is worth it, or a typed
    place; whether the update is to be made from it `alone`; and at which step to begin."""

    epoch: int = 0
    row: int | None = None
    place: Place | None = None
    alone: bool = False
    step: int = 0

    @property
    def by_itself(self) -> bool:
        """Whether the update is made from this point alone: a place that was typed is in no batch."""
        return self.alone or self.place is not None


def from_query(asked: Mapping[str, Any]) -> tuple[Look, list[str]]:
    """What a link asks for, as far as it can be read, and a sentence for each value that cannot. Never raises."""
    look, said = Look(), []
    for name in KEYS:
        if name not in asked:
            continue
        try:
            value, changed = READERS[name](str(asked[name])[:80])
            look = look._replace(**{name: value})
            said += [changed] if changed else []
        except Unreadable as wanted:
            said.append(f"The link's {name} must be {wanted}: it is left out.")
    return look, said


def _whole(name: str, low: int, text: str) -> tuple[int, str]:
    """A number counted from `low`, and what is to be said if it is below; how many there are, `fitting` knows."""
    try:
        value, moved = Number(low, MOST, whole=True).read(text)
    except Unreadable:
        raise Unreadable(f"a whole number from {low} on") from None
    below = bool(moved) and value == low
    return value - low, f"The link's {name} must be {low} at least: {low} is shown instead." if below else ""


def _place(text: str) -> tuple[Place, str]:
    parts, limits = text.split("~"), f"{-FARTHEST:g} to {FARTHEST:g}".replace("-", "\N{MINUS SIGN}")
    if len(parts) != 3:
        raise Unreadable("`x1~x2~class or value`")
    try:
        read = [Number(-FARTHEST, FARTHEST).read(part) for part in parts]
    except Unreadable:
        raise Unreadable(f"three numbers `x1~x2~class or value`, from {limits}") from None
    moved = any(changed for _, changed in read)
    said = f"The numbers of a place go from {limits}: the nearest is used instead." if moved else ""
    return Place(*(value for value, _ in read)), said


def _alone(text: str) -> tuple[bool, str]:
    if text not in ("0", "1"):
        raise Unreadable("1 for this point alone, or 0")
    return text == "1", ""


READERS = {
    "epoch": partial(_whole, "epoch", 0),
    "row": partial(_whole, "row", 1),
    "place": _place,
    "alone": _alone,
    "step": partial(_whole, "step", 1),
}


def to_query(look: Look) -> dict[str, str]:
    """The link form of it: rows and steps count from 1, as on the screen."""
    found = {
        "epoch": str(look.epoch) if look.epoch else "",
        "row": str(look.row + 1) if look.row is not None and not look.place else "",
        "place": "~".join(map(write, look.place)) if look.place else "",
        "alone": "1" if look.alone and not look.place else "",
        "step": str(look.step + 1) if look.step else "",
    }
    return {name: text for name, text in found.items() if text}

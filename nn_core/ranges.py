"""Ranges: what a setting may be, how its value is written in a link, and how text from outside becomes one.

Every range can `describe` itself in words, `check` a value (the value in its one form, or Unreadable), and `read` text:
the value, moved into the range if need be, and what is to be said about that ("" when nothing).
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)
NOTHING = ("", "none")  # how an empty list stands in a link


class Unreadable(ValueError):
    """A value from outside that means nothing for its setting."""


class Number(NamedTuple):
    """A number from `low` to `high`; whole if `whole`. `zero` allows 0 below `low` (off)."""

    low: float
    high: float
    whole: bool = False
    zero: bool = False

    def describe(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        low, high = (f"{bound:,}" if bound >= 10_000 else f"{bound:g}" for bound in (self.low, self.high))
        return f"{kind} from {low} to {high}" + (", or 0" if self.zero else "")

    def check(self, value: Any) -> Any:
        kinds = (int,) if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise Unreadable(self.describe())
        if not (self.low <= value <= self.high or (self.zero and value == 0)):
            raise Unreadable(self.describe())
        return value if self.whole else float(value)

    def read(self, text: str) -> tuple[Any, str]:
        """The number in `text`, moved into the range if need be, and what is to be said about that."""
        if not NUMBER.fullmatch(text):
            raise Unreadable(self.describe())
        value = float(text)  # at most 256 characters of a known form: cheap, and 1e999 is infinity
        if self.whole and value == value // 1 and abs(value) < 2**53:
            value = int(value)
        elif self.whole and abs(value) < self.high:
            raise Unreadable(self.describe())
        if self.zero and value == 0:
            return (0 if self.whole else 0.0), ""
        moved = min(max(value, self.low), self.high)
        kept = int(moved) if self.whole else float(moved)
        return kept, "" if kept == value else _instead(kept)


class Choice(NamedTuple):
    """One of some names."""

    names: tuple[str, ...]

    def describe(self) -> str:
        return "one of " + ", ".join(self.names) if len(self.names) <= 8 else "one of those that are offered"

    def check(self, value: Any) -> Any:
        if not isinstance(value, str) or value not in self.names:
            raise Unreadable(self.describe())
        return value

    def read(self, text: str) -> tuple[Any, str]:
        return self.check(text.lower()), ""


class Several(NamedTuple):
    """A tuple of values of one kind. With `single`, one value may stand for all (a plain value instead of a tuple)."""

    item: "Number | Choice"
    fewest: int
    most: int
    single: bool = False

    def describe(self) -> str:
        return f"{self.fewest} to {self.most} values, each {self.item.describe()}"

    def check(self, value: Any) -> Any:
        if self.single and isinstance(value, str):
            return self.item.check(value)
        if not isinstance(value, tuple) or not self.fewest <= len(value) <= self.most:
            raise Unreadable(self.describe())
        return self._plain(tuple(self.item.check(part) for part in value))

    def read(self, text: str) -> tuple[Any, str]:
        parts = [part.strip() for part in text.split(",")] if text not in NOTHING else []
        if not self.fewest <= len(parts):
            raise Unreadable(self.describe())
        read = [self.item.read(part) for part in parts[: self.most]]
        kept = self._plain(tuple(value for value, _ in read))
        moved = len(parts) > self.most or any(said for _, said in read)
        return kept, _instead(kept) if moved else ""

    def _plain(self, values: tuple) -> Any:
        """One form for one meaning: a value that stands alone is not a tuple, so that links and equality agree."""
        return values[0] if self.single and len(values) == 1 else values


class Digest(NamedTuple):
    """The name of some contents, so many hexadecimal digits, or nothing."""

    length: int

    def describe(self) -> str:
        return f"{self.length} hexadecimal digits"

    def check(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(rf"([0-9a-f]{{{self.length}}})?", value):
            raise Unreadable(self.describe())
        return value

    def read(self, text: str) -> tuple[Any, str]:
        return self.check("" if text in NOTHING else text.lower()), ""


class Records(NamedTuple):
    """A list of tuples of one kind. `make` makes one of its parts, numbers or text, or raises Unreadable; `order` gives
    the list its one form. In a link parts are joined by ~, records by _."""

    kind: type
    make: Callable[..., Any]
    most: int
    order: Callable[[tuple], tuple] = tuple

    def describe(self) -> str:
        return f"up to {self.most} records {'~'.join(self.kind._fields)}"

    def check(self, value: Any) -> Any:
        if not isinstance(value, tuple) or len(value) > self.most:
            raise Unreadable(self.describe())
        try:
            return self.order(tuple(self.make(*record) for record in value))
        except TypeError:
            raise Unreadable(self.describe()) from None

    def read(self, text: str) -> tuple[Any, str]:
        parts = re.split(r"_(?=[-\d])", text) if text not in NOTHING else []  # a record begins with a number
        kept = []
        for part in parts[: self.most]:
            try:
                kept += self.check((tuple(part.split("~")),))
            except Unreadable:
                continue
        lost = len(parts) - len(kept)
        said = f"have {lost} of {len(parts)} records that cannot be used: left out" if lost else ""
        return self.order(tuple(kept)), said


Range = Number | Choice | Several | Digest | Records


def as_number(value: Any) -> Any:
    """The number that text stands for; what is no text passes."""
    if not isinstance(value, str):
        return value
    if not NUMBER.fullmatch(value):
        raise Unreadable("a number")
    return int(value) if re.fullmatch(r"\d{1,15}", value) else float(value)


def write(value: Any) -> str:
    """A value in its link form."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "_".join("~".join(map(write, record)) for record in value)
    if isinstance(value, tuple):
        return ",".join(map(write, value)) or "none"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _instead(value: Any) -> str:
    return f"is out of range: {write(value)} is used instead"

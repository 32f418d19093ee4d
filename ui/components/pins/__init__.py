"""Pinned runs, to compare: a card each with a small map that follows the stage's time line, and a table of the
settings in which they differ.

`encode_pins` turns them into the bytes the browser needs, `pins` mounts the component with them, `wished` reads what
the visitor wants from it. In the browser it tells the stage which curves to draw beneath its own (window event
"nn-pins") and hears from it which epoch is shown ("nn-epoch").

The format, version 1: a header as packed by `ui.components.pack`, and behind it the pinned runs, end to end, each as
made by `stage.encode`. The header:

    version                 1
    most                    so many runs can be pinned
    shown                   which of the pins is the run on screen, or null
    pins                    one for each run, in order:
        name                at most 40 characters of the visitor's
        colour              0 .. 7, no two alike: its colour, its dashes, and, one more, its number
        length              of its payload in bytes
    differences             rows [title, [value of each pin], value now], of settings that are not the same in all runs;
                            null where a run does not have the setting
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ui.components import from_folder, pack

VERSION = 1
MOST = 8
MOST_PARAMETERS = 12_500  # of all snapshots of a pinned run together: eight runs stay below 1 MB
LONGEST_NAME = 40  # characters
# The small maps and figures are made with what the stage is made of.
STAGE = ("page.js", "numbers.js", "forward.js", "paint.js", "marks.js", "field.js", "small_map.js", "words.js")
SCRIPTS = (*(f"../stage/{name}" for name in STAGE), "pins.js")
STYLES = ("../stage/colours.css", "pins.css")
FOLDER = Path(__file__).parent

_mount = from_folder(FOLDER, SCRIPTS, STYLES)


class Pin(NamedTuple):
    """A pinned run: its name, its colour 0 .. 7, its bytes as made by `stage.encode`, and its settings by their titles,
    as texts: all that a reader may want to tell apart, whether they differ or not."""

    name: str
    colour: int
    payload: bytes
    settings: Mapping[str, str]


class Wish(NamedTuple):
    """What the visitor asks for: "pin" the run on screen, "restore", "remove" or "rename" the run in place `at`, or
    "move" it to the place `to`."""

    do: str
    at: int = 0
    to: int = 0
    name: str = ""


def pins(*, key: str, payload: bytes, on_wish: Callable[[], None]) -> None:
    """Show the pinned runs, given as made by `encode_pins`. A wish is state "wish", to be read with `wished`."""
    _mount(key=key, data=payload, on_wish_change=on_wish)


def encode_pins(pinned: Sequence[Pin], now: Mapping[str, str], *, shown: int | None = None) -> bytes:
    """The bytes that show these runs, in the format above.

    `now` are the settings of the run on screen, `shown` its place among the pinned runs if it is one of them.
    Raises ValueError for more than eight runs, or two of one colour.
    """
    if len(pinned) > MOST or len({pin.colour for pin in pinned}) < len(pinned):
        raise ValueError(f"at most {MOST} runs can be pinned, each in a colour of its own")
    header = {
        "version": VERSION,
        "most": MOST,
        "shown": shown,
        "pins": [{"name": pin.name[:LONGEST_NAME], "colour": pin.colour, "length": len(pin.payload)} for pin in pinned],
        "differences": _differences([pin.settings for pin in pinned], now),
    }
    return pack(header, rest=b"".join(pin.payload for pin in pinned))


def _differences(
    pinned: list[Mapping[str, str]], now: Mapping[str, str]
) -> list[tuple[str, list[str | None], str | None]]:
    """Rows title, values of the pinned runs, value now: of the settings that are not the same everywhere."""
    titles = dict.fromkeys(title for settings in (now, *pinned) for title in settings)
    rows = [(title, [settings.get(title) for settings in pinned], now.get(title)) for title in titles]
    return [(title, values, value) for title, values, value in rows if {value} != {value, *values}]


def wished(state: object, pinned: int) -> Wish | None:
    """The wish in the browser's untrusted state, or `None` where it makes no sense for so many pinned runs. Never
    raises."""
    wish = state.get("wish") if isinstance(state, dict) else None
    if not isinstance(wish, dict):
        return None
    do, at, to, name = (wish.get(field) for field in ("do", "at", "to", "name"))
    if do == "pin":
        return Wish(do) if pinned < MOST else None
    if type(at) is not int or not 0 <= at < pinned:
        return None
    if do in ("restore", "remove"):
        return Wish(do, at)
    if do == "move" and type(to) is int and 0 <= to < pinned:
        return Wish(do, at, to=to)
    if do == "rename" and isinstance(name, str) and name.strip():
        return Wish(do, at, name=" ".join(name.split())[:LONGEST_NAME])
    return None

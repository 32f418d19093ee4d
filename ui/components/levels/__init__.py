"""How sums become probabilities: a table with a row for each class and a column for each step, and in the last one the
probability as a bar, between the thresholds that decide on the words."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ui.components import from_folder
from ui.theme import percentage

SCRIPTS = ("../stage/page.js", "levels.js")
STYLES = ("../stage/colours.css", "levels.css")
LEAST = 1e-4  # what is less is told as less than this

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


class Step(NamedTuple):
    """A column: its `head`, what it does in a few words, and its numbers as texts, one for each class."""

    head: str
    sentence: str
    told: Sequence[str]


def levels(
    names: Sequence[str],
    steps: Sequence[Step],
    probabilities: Sequence[float],
    thresholds: Sequence[float],
    words: Sequence[str],
    *,
    key: str,
) -> None:
    """Show for each class the steps to its probability. `words` say what lies between the `thresholds`, one more of
    them than thresholds, from the lowest up."""
    rows = [
        {"name": name, "steps": told, "share": float(p), "told": share(p)}
        for name, p, *told in zip(names, probabilities, *(step.told for step in steps), strict=True)
    ]
    edges = [0.0, *thresholds, 1.0]
    zones = [
        {"word": word, "from": low, "to": high} for word, low, high in zip(words, edges[:-1], edges[1:], strict=True)
    ]
    heads = [{"head": step.head, "sentence": step.sentence} for step in steps]
    _mount(key=key, data={"heads": heads, "rows": rows, "zones": zones})


def share(p: float) -> str:
    """97.31 %, but neither 0 nor 100 of what only comes near."""
    if p < LEAST:
        return f"<{percentage(LEAST, 2)}"
    return f">{percentage(1 - LEAST, 2)}" if p > 1 - LEAST else percentage(p, 2)

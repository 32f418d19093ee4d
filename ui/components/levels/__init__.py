"""Two probabilities for each class as bars, one before and one after, and the thresholds that decide on the words."""

from collections.abc import Sequence
from pathlib import Path

from ui.components import from_folder
from ui.theme import percentage

SCRIPTS = ("../stage/page.js", "levels.js")
STYLES = ("../stage/colours.css", "levels.css")

_mount = from_folder(Path(__file__).parent, SCRIPTS, STYLES)


def levels(
    names: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    thresholds: Sequence[float],
    words: Sequence[str],
    *,
    key: str,
) -> None:
    """Show for each class its probability before and after. `words` say what lies between the `thresholds`, one more
    of them than thresholds, from the lowest up."""
    rows = [
        {"name": name, "before": float(b), "after": float(a), "told": [percentage(b, 2), percentage(a, 2)]}
        for name, b, a in zip(names, before, after, strict=True)
    ]
    edges = [0.0, *thresholds, 1.0]
    zones = [
        {"word": word, "from": low, "to": high} for word, low, high in zip(words, edges[:-1], edges[1:], strict=True)
    ]
    _mount(key=key, data={"rows": rows, "zones": zones})

"""Text from outside, and for the visitor: made so that it can stand anywhere on the screen."""

import re

MARKS = re.compile(r"[`$\[\]<>*_\\~|#{}&\"]|:(?=\S)")  # what Markdown or a table could take for its own


def plain(text: object, longest: int) -> str:
    """Text from outside as it can stand in any label: one line, printable, without marks, at most so long."""
    kept = "".join(c if c.isprintable() else " " for c in MARKS.sub(" ", str(text)[: 4 * longest]))
    return " ".join(kept.split())[:longest].strip()


def shown(shape: tuple[int, ...]) -> str:
    """A shape for the visitor: 60,000 x 28 x 28."""
    return " x ".join(f"{length:,}" for length in shape) or "a single value"

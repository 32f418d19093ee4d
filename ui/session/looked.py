"""What the page for drawing looks at: the drawing, or a picture of a set. The link says it, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui.session.widgets import tied

DRAWING, PARTS = "draw", ("test", "train")


def looked_at(sizes: Mapping[str, int]) -> tuple[str, int] | None:
    """The part, of those in `sizes`, and number of the picture looked at; None for the drawing."""
    part, _, number = st.query_params.get("picture", "").partition("-")
    if part not in sizes or not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    return part, min(int(number), sizes[part] - 1)


def look_at(part: str, number: int = 0) -> None:
    """Look at this picture, or at the drawing."""
    if part in PARTS:
        st.query_params["picture"] = f"{part}-{number}"
    else:
        st.query_params.pop("picture", None)


def looked_part(sizes: Mapping[str, int]) -> dict[str, Any]:
    """Arguments for a choice between the drawing and the parts of a set."""
    now = looked_at(sizes)
    return tied("look_part", now[0] if now else DRAWING, look_at, whole=False)


def looked_number(part: str, number: int) -> dict[str, Any]:
    """Arguments for the number of a picture of that part."""
    return tied("look_number", number, lambda value: look_at(part, value), whole=False)


def opponent(names: Sequence[str], answer: int, runner_up: int) -> str:
    """The name of the class that the answer is held against: the visitor's choice, or the runner-up where there is none
    or it has become the answer."""
    wanted: Any = st.session_state.get("opponent")
    return wanted if wanted in names and wanted != names[answer] else names[runner_up]


def opponent_shown(name: str) -> dict[str, Any]:
    """Arguments for the choice of that class."""
    return tied("why_not", name, lambda wanted: st.session_state.update(opponent=wanted), whole=False)

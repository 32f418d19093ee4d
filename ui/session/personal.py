"""The visitor's own drawings, each with what it should be read as, and what a network has learnt from them."""

from typing import Any

import streamlit as st

from nn_core.digits import Network
from nn_core.teaching import MOST_EXAMPLES, Example, Strokes, read_examples
from ui.session import shelves
from ui.session.widgets import whole_page


def examples() -> tuple[Example, ...]:
    """The drawings, in the order in which they came: at most MOST_EXAMPLES."""
    return st.session_state.get("examples", ())


def keep_example(new: Example) -> None:
    """Keep a drawing; one with the same strokes is replaced. When there are too many, the first one goes."""
    others = (each for each in examples() if each.strokes != new.strokes)
    st.session_state["examples"] = (*others, new)[-MOST_EXAMPLES:]


def remove_example(strokes: Strokes) -> None:
    """Forget the drawing with these strokes."""
    st.session_state["examples"] = tuple(each for each in examples() if each.strokes != strokes)


def remove_examples() -> None:
    """Forget them all."""
    st.session_state["examples"] = ()


def correction(strokes: Strokes) -> dict[str, Any]:
    """Arguments for a choice of what a drawing is: it is kept with that label, or no longer when there is none."""
    state = st.session_state
    state["correction"] = next((each.label for each in examples() if each.strokes == strokes), None)

    def take() -> None:
        if state["correction"] is None:
            remove_example(strokes)
        else:
            keep_example(Example(strokes, state["correction"]))

    return {"key": "correction", "on_change": take}


def examples_upload() -> dict[str, Any]:
    """Arguments for a file uploader whose drawings are added."""

    def bring(raw: bytes, _: str) -> None:
        for each in read_examples(raw):
            keep_example(each)

    return shelves.upload("examples", bring)


def examples_problem() -> str:
    """What was wrong with the last file, or ""."""
    return shelves.problem("examples")


def sheet_number() -> int:
    """Which of the sheets to draw on is in use: each drawing that is kept leaves a blank one."""
    return st.session_state.get("sheets", 0)


def next_sheet() -> None:
    """A blank sheet, and the whole page: it shows the drawings."""
    st.session_state["sheets"] = sheet_number() + 1
    whole_page()


def taught(lesson: tuple) -> Network | None:
    """The network that came of this lesson, if it was the last one."""
    last, network = st.session_state.get("lesson", (None, None))
    return network if last == lesson else None


def keep_taught(lesson: tuple, network: Network) -> None:
    """Remember what came of a lesson."""
    st.session_state["lesson"] = (lesson, network)

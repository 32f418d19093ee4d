"""The visitor's own drawings, each with what it should be read as, and what a network has learnt from them.

They stand on a shelf of the server too, under a name that nobody guesses: the link has it, so that a reload finds them.
"""

import secrets
from typing import Any

import streamlit as st

from nn_core.digits import Network
from nn_core.teaching import MOST_EXAMPLES, Example, Strokes, read_examples
from ui.session import shelves
from ui.session.widgets import tied, whole_page

LINK = "drawings"  # in the address bar
MOST_BYTES = 50_000_000  # of all visitors' drawings together
NUMBER, DRAWING = 36, 500  # bytes of a number, and of a drawing besides


@st.cache_resource(show_spinner=False)
def shelf() -> dict[str, tuple[Example, ...]]:
    """The sets of drawings that visitors made last."""
    return {}


def examples() -> tuple[Example, ...]:
    """The drawings, in the order in which they came: at most MOST_EXAMPLES."""
    state, link = st.session_state, st.query_params
    if "examples" not in state:
        state["examples_name"] = link.get(LINK, "")
        state["examples"] = shelf().get(state["examples_name"], ())
    elif state["examples"] and link.get(LINK) != state.setdefault("examples_name", _new_name()):
        _shelve()
    return state["examples"]


def examples_gone() -> bool:
    """Whether the link names drawings that are not here any more."""
    return not examples() and st.query_params.get(LINK, "") not in {"", *shelf()}


def _keep(new: tuple[Example, ...]) -> None:
    state = st.session_state
    if not state.get("examples_are_mine"):  # a set that a link brought stays what it was, for others with that link
        state["examples_name"], state["examples_are_mine"] = _new_name(), True
    state["examples"] = new
    _shelve()


def _shelve() -> None:
    name = st.session_state["examples_name"]
    shelves.put(shelf(), name, st.session_state["examples"], _size, MOST_BYTES)
    st.query_params[LINK] = name


def _new_name() -> str:
    return secrets.token_urlsafe(12)


def _size(drawings: tuple[Example, ...]) -> int:
    return sum(DRAWING + NUMBER * sum(map(len, each.strokes)) for each in drawings)


def keep_example(new: Example) -> None:
    """Keep a drawing; one with the same strokes is replaced. When there are too many, the first one goes."""
    others = (each for each in examples() if each.strokes != new.strokes)
    _keep((*others, new)[-MOST_EXAMPLES:])


def remove_example(strokes: Strokes) -> None:
    """Forget the drawing with these strokes."""
    _keep(tuple(each for each in examples() if each.strokes != strokes))


def remove_examples() -> None:
    """Forget them all."""
    _keep(())


def correction(strokes: Strokes) -> dict[str, Any]:
    """Arguments for a choice of what a drawing is: it is kept with that label, or no longer when there is none."""
    now = next((each.label for each in examples() if each.strokes == strokes), None)

    def take(label: str | None) -> None:
        if label is None:
            remove_example(strokes)
        else:
            keep_example(Example(strokes, label))

    return tied("correction", now, take, whole=False)


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


def begin_lesson() -> None:
    """Note that a lesson has begun: a click during it would end it."""
    st.session_state["in_lesson"] = True


def lesson_interrupted() -> bool:
    """Whether the last lesson never came to its end."""
    return st.session_state.get("in_lesson", False)


def keep_taught(lesson: tuple, network: Network) -> None:
    """Remember what came of a lesson."""
    st.session_state["lesson"], st.session_state["in_lesson"] = (lesson, network), False

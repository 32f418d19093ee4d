"""Below an answer: what the drawing really is. Whoever says so keeps the drawing, to teach it."""

import streamlit as st

from nn_core.digits import Drawing, Network, class_names
from nn_core.teaching import example
from ui import session
from ui.components.pad import Ink

TEACH = "../pages/digits/teach.py"


def ask(ink: Ink, drawing: Drawing, network: Network) -> None:
    """The row "That was a 0 1 2 ... 9". A click keeps the drawing with that label, the same again takes it back."""
    strokes = example(ink.strokes, "").strokes
    kept = st.pills(
        "That was a",
        class_names(network),
        disabled=drawing.problem is not None,
        help="Keeps the drawing among yours, with this label: a network can be taught them. Once more takes it back.",
        **session.correction(strokes),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_said(kept if drawing.problem is None else None, len(session.examples())), width="content")
        if session.examples():
            st.page_link(TEACH, label="Teach it", width="content")


def _said(kept: str | None, count: int) -> str:
    mine = f"{count} drawing{'s'[: count != 1]} of yours"
    if kept is not None:
        return f"Kept as {kept}: {mine}."
    return f"{mine} kept so far." if count else "Say what it was, and your drawing is kept: networks learn from such."

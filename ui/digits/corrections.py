"""Below an answer: what the drawing really is. Whoever says so keeps the drawing, to teach it."""

import streamlit as st

from nn_core.digits import Drawing, Network, class_names
from nn_core.teaching import example
from ui import session
from ui.components.pad import Ink
from ui.digits.shared import TEACH
from ui.words import counted


def ask(ink: Ink, drawing: Drawing, network: Network) -> None:
    """The row "That was a 0 1 2 ... 9". A click keeps the drawing with that label, the same again takes it back."""
    blank = drawing.problem is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kept = st.pills(
            "That was a",
            class_names(network),
            disabled=blank,
            wrap=True,
            help="Keeps the drawing, with this label, to teach a network with it. Once more takes it back.",
            **session.correction(example(ink.strokes, "").strokes),
        )
        if session.examples():
            st.caption(_said(None if blank else kept, len(session.examples())), width="content")
            st.page_link(TEACH, label="Teach it", icon=":material/school:", width="content")


def _said(kept: str | None, count: int) -> str:
    mine = f"{counted(count, 'drawing')} of yours"
    return f"{mine} kept so far." if kept is None else f"Kept as {kept}: {mine}."

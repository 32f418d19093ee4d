"""How deep explanations go: a visitor's choice for all pages, kept for the visit and part of every link."""

from typing import Any

import streamlit as st

from ui.session.beside import forget_said, linked_anew
from ui.session.widgets import doubt_link

DEPTHS = ("words", "symbols", "code")
LINK = "depth"
USUAL = {"step": "code"}  # of a page whose subject it is; elsewhere the first


def depth() -> str:
    """As deep as this page explains: as was chosen, else as is usual for it."""
    state = st.session_state
    return state.get(LINK) or USUAL.get(state.get("page", ""), DEPTHS[0])


def open_depth() -> None:
    """Read the link; to be asked for once by each run, before the page runs."""
    anew, linked = linked_anew(LINK)
    if anew:
        st.session_state[LINK] = linked if linked in DEPTHS else None
        doubt_link(LINK, linked, DEPTHS)


def depth_bound() -> dict[str, Any]:
    """Arguments that tie a native widget to it."""
    st.session_state["choose_depth"] = depth()
    return {"key": "choose_depth", "on_change": _take}


def _take() -> None:
    st.session_state[LINK] = st.session_state["choose_depth"]
    forget_said(LINK)

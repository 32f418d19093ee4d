"""How deep explanations go: a visitor's choice for all pages, kept for the visit and part of every link.

It is no setting of a run, so what reads and writes the settings in the address bar leaves it alone.
"""

from typing import Any

import streamlit as st

from ui.session.widgets import doubt_link

DEPTHS = ("words", "symbols", "code")
LINK = "depth"
USUAL = {"step": "code"}  # of a page whose subject it is; elsewhere the first


def depth() -> str:
    """As deep as this page explains: as was chosen, else as is usual for it."""
    state = st.session_state
    return state.get("depth") or USUAL.get(state.get("page", ""), DEPTHS[0])


def depth_bound() -> dict[str, Any]:
    """Arguments that tie a native widget to it; to be asked for once by each run, before the page runs."""
    state, linked = st.session_state, st.query_params.get(LINK)
    if linked in DEPTHS and linked != state.get("depth_link"):  # on arrival, and after the browser's back button
        state["depth"] = linked
    doubt_link(LINK, linked, DEPTHS)
    _write()
    state["choose_depth"] = depth()
    return {"key": "choose_depth", "on_change": _take}


def _take() -> None:
    st.session_state["depth"] = st.session_state["choose_depth"]
    st.session_state.get("link_said", {}).pop(LINK, None)
    _write()


def _write() -> None:
    """Into the link, once it was chosen; another page's link begins without."""
    state = st.session_state
    if state.get("depth") and st.query_params.get(LINK) != state["depth"]:
        st.query_params[LINK] = state["depth"]
    state["depth_link"] = st.query_params.get(LINK)

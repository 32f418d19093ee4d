"""The address bar: read when a visitor arrives or goes back, written when a page rests."""

from typing import Any

import streamlit as st

from nn_core.config import Config
from ui.session.pins import LONGEST_PIN, accept_pins, pin_text, pins_kept
from ui.session.settings import accept, config, remember


def turn_to(page: str) -> None:
    """Note which page the visitor is on; called before the page runs."""
    st.session_state["turned"] = st.session_state.get("page") != page
    st.session_state["page"] = page


def open_config() -> Config:
    """The settings to show, read once by each run of the page: from the link on arrival and after the browser's back
    button, else what they were."""
    state, link = st.session_state, _link()
    # A browser that reports a click may still send the link from before the last one we wrote; only the back button
    # changes the link and nothing else. And the menu leads here without any settings: from then on no settings in the
    # link mean that they stay what they were.
    clicked = state.pop("clicked", False)
    state["by_menu"] = state.get("by_menu", False) or ("config" in state and state["turned"] and not link)
    says_nothing = state["by_menu"] and not link
    if "config" not in state or (link != state.get("link") and not clicked and not says_nothing):
        state["since"] = None
        accept({name: value for name, value in link.items() if name != "pin"})
        accept_pins(link.get("pin", []))
    remember()
    return state["config"]


def _link() -> dict[str, Any]:
    pins = st.query_params.get_all("pin")
    return st.query_params.to_dict() | ({"pin": pins} if pins else {})


def write_link() -> None:
    """Put the link to this exact run into the address bar. Called by the whole page only, not in the middle of a drag:
    every value on the way would become a step of the back button."""
    link: dict[str, Any] = config().to_query()
    pins = [text for each in pins_kept() if len(text := pin_text(each)) <= LONGEST_PIN]
    if pins:
        link["pin"] = pins
    if _link() != link:
        st.query_params.from_dict(link)
    st.session_state["link"] = link

"""The address bar: read when a visitor arrives or goes back, written when a page rests."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from nn_core.config import Config
from ui.session.beside import BESIDE, beside
from ui.session.pins import LONGEST_PIN, accept_pins, pin_text, pins_kept
from ui.session.settings import config, open_settings, remember


def turn_to(page: str) -> None:
    """Note which page the visitor is on; called before the page runs."""
    state = st.session_state
    state["turned"] = state.get("page") != page
    state["page"] = page
    if state["turned"]:
        state["link_said"], state["notices"] = {}, []  # what was to be said was said there


def read(page: str) -> dict[str, Any] | None:
    """The link to a page, if it is to show what that says: on arrival and after the browser's back button. Else None:
    it shows what it did. To be asked once by each run of the page."""
    state, link, by_menu = st.session_state, _link(), f"{page}_by_menu"
    # A browser that reports a click may still send the link from before the last one we wrote; only the back button
    # changes the link and nothing else. And the menu leads here without any settings: from then on no settings in the
    # link mean that they stay what they were, until the page rests without any.
    clicked = state.pop("clicked", False)
    state[by_menu] = state.get(by_menu, False) or ("config" in state and state["turned"] and not link)
    says_nothing = state[by_menu] and not link
    says_another = link != state.get(f"{page}_link") and not clicked and not says_nothing
    return link if says_another or "config" not in state else None


def write(page: str, link: Mapping[str, Any]) -> None:
    """Put this link to a page into the address bar."""
    state = st.session_state
    if _link() != link:
        st.query_params.from_dict({**link, **beside()})
    state[f"{page}_link"], state[f"{page}_by_menu"] = link, state[f"{page}_by_menu"] and bool(link)


def _link() -> dict[str, Any]:
    pins = st.query_params.get_all("pin")
    whole = st.query_params.to_dict() | ({"pin": pins} if pins else {})
    return {name: value for name, value in whole.items() if name not in BESIDE}


def open_config() -> Config:
    """The settings to show on the playground."""
    link = read("playground")
    if link is not None:
        open_settings({name: value for name, value in link.items() if name != "pin"})
        accept_pins(link.get("pin", []))
    remember()
    return config()


def write_link() -> None:
    """Put the link to this exact run into the address bar. Called by the whole page only, not in the middle of a drag:
    every value on the way would become a step of the back button."""
    link: dict[str, Any] = config().to_query()
    pins = [text for each in pins_kept() if len(text := pin_text(each)) <= LONGEST_PIN]
    if pins:
        link["pin"] = pins
    write("playground", link)


def open_run(link: Mapping[str, Any], own: Sequence[str], shown: Callable[[], Config]) -> None:
    """Make the run of a link the visitor's: all it says beside the page's `own`. If that is already what the page has
    `shown` of the visitor's run, it stays, with its tables and what the link does not tell."""
    settings = {name: text for name, text in link.items() if name not in own}
    if "config" not in st.session_state or settings != shown().to_query():
        open_settings(settings)

"""The browser window in front of a visitor, and whose it is."""

from itertools import cycle
from typing import NamedTuple

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

COOKIE = "_streamlit_xsrf"  # Streamlit gives one to each browser, for all its windows: 2|mask|masked token|time


class Window(NamedTuple):
    """A browser window, which says to any thread whether it is still connected."""

    id: str

    def __call__(self) -> bool:
        return runtime.exists() and runtime.get_instance().is_active_session(self.id)


def window() -> Window:
    """The one for which this page runs."""
    context = get_script_run_ctx()
    return Window(context.session_id if context else "")


def owner() -> str:
    """The visitor, by whom turns are taken: a browser with all its windows, else this window."""
    try:
        _, mask, token, _ = st.context.cookies[COOKIE].split("|")
        token = bytes(a ^ b for a, b in zip(bytes.fromhex(token), cycle(bytes.fromhex(mask)), strict=False))
    except (KeyError, ValueError):
        return window().id
    return token.hex() or window().id

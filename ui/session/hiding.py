"""What a teacher has hidden of the playground: part of the link, for whoever opens it, and no setting of a run."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

LINK = "hide"


def hides(part: str) -> bool:
    """Whether this part of the playground is hidden."""
    return part in st.session_state.get("hidden", ())


def hides_something() -> bool:
    """Whether anything is hidden."""
    return bool(st.session_state.get("hidden"))


def open_hidden(parts: Sequence[str]) -> None:
    """Read the link, of which those count that are `parts`; to be asked for once by each run, before the page runs."""
    state, linked = st.session_state, st.query_params.get(LINK)
    if linked is not None and linked != state.get("hidden_link"):  # on arrival, and after the browser's back button
        asked = linked[: 2 * len(LINK.join(parts))].split(",")
        state["hidden"] = tuple(part for part in parts if part in asked)
        unknown = [name for name in asked if name and name not in parts]
        if unknown:
            state.setdefault("link_said", {})[LINK] = (
                f"The link hides {len(unknown)} of the controls by names that none of them has: those are shown."
            )
    _write()


def hidden_bound() -> dict[str, Any]:
    """Arguments that tie a native widget for several choices to it."""
    st.session_state["choose_hidden"] = list(st.session_state.get("hidden", ()))
    return {"key": "choose_hidden", "on_change": lambda: hide(st.session_state["choose_hidden"])}


def hide(parts: Sequence[str]) -> None:
    """Hide these parts and no others."""
    st.session_state["hidden"] = tuple(parts)
    st.session_state.get("link_said", {}).pop(LINK, None)
    _write()


def _write() -> None:
    state = st.session_state
    hidden = ",".join(state.get("hidden", ()))
    if not hidden:
        st.query_params.pop(LINK, None)
    elif st.query_params.get(LINK) != hidden:
        st.query_params[LINK] = hidden
    state["hidden_link"] = st.query_params.get(LINK)

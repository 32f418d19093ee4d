"""What a teacher has hidden of the playground: part of every link, for whoever opens it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui.session.beside import forget_said, linked_anew

LINK = "hide"


def hides(part: str) -> bool:
    """Whether this part is hidden."""
    return part in (st.session_state.get(LINK) or "").split(",")


def hides_something() -> bool:
    """Whether anything is hidden."""
    return bool(st.session_state.get(LINK))


def open_hidden(parts: Sequence[str]) -> None:
    """Read the link, of which those count that are `parts`; to be asked for once by each run, before the page runs."""
    anew, linked = linked_anew(LINK)
    if not anew:
        return
    asked = (linked or "")[: 2 * len(",".join(parts))].split(",")
    hide([part for part in parts if part in asked])
    unknown = [name for name in asked if name and name not in parts]
    if unknown:
        st.session_state.setdefault("link_said", {})[LINK] = (
            f"The link hides {len(unknown)} of the controls by names that none of them has: those are shown."
        )


def hidden_bound() -> dict[str, Any]:
    """Arguments that tie a native widget for several choices to it."""
    st.session_state["choose_hidden"] = [part for part in (st.session_state.get(LINK) or "").split(",") if part]
    return {"key": "choose_hidden", "on_change": lambda: hide(st.session_state["choose_hidden"])}


def hide(parts: Sequence[str]) -> None:
    """Hide these parts and no others."""
    st.session_state[LINK] = ",".join(parts) or None
    forget_said(LINK)

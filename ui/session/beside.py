"""What stands in the address bar on every page, beside the link of the page: how deep explanations go, what is hidden.

It is no setting of a run. Each has its name in the link, and under the same name in the visitor's state what it is now;
None where the link says nothing of it.
"""

import streamlit as st

BESIDE = ("depth", "hide")


def linked_anew(name: str) -> tuple[bool, str | None]:
    """Whether the link says something else of it than was last written: on arrival, and after the browser's back
    button; and what the link says. A link from the menu says nothing, and what was chosen stays."""
    state, linked = st.session_state, st.query_params.get(name)
    written = state.get(f"written_{name}")
    by_hand = state.get("clicked") or state.get("turned")  # a click may come with the link from before the last one
    return linked != written and not (linked is None and by_hand), linked


def beside() -> dict[str, str]:
    """All of it, for a link."""
    return {name: st.session_state[name] for name in BESIDE if st.session_state.get(name)}


def write_beside() -> None:
    """Put it into the address bar if it is not there yet; called when the page has run, and may have written it."""
    now = beside()
    if {name: text for name, text in st.query_params.to_dict().items() if name in BESIDE} != now:
        others = {name: st.query_params.get_all(name) for name in st.query_params if name not in BESIDE}
        st.query_params.from_dict({**others, **now})
    for name in BESIDE:
        st.session_state[f"written_{name}"] = now.get(name)


def forget_said(name: str) -> None:
    """What was said of it in the link no longer holds."""
    st.session_state.get("link_said", {}).pop(name, None)

"""What visitors brought or made, kept on the server for a while: whoever has the link finds it, also after a reload.

A shelf is a dict by digest that all visitors share, bounded in bytes: what came first goes first. A visitor's own list
has the digests of what they put there or opened by link.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st


def put(shelf: dict[str, Any], key: str, thing: Any, size: Callable[[Any], int], most: int) -> None:
    """Put a thing on the shelf, and make room for it: `size` gives bytes, of which there may be `most`."""
    shelf.pop(key, None)
    shelf[key] = thing
    sizes = {key: size(each) for key, each in list(shelf.items())}
    for oldest in list(sizes)[:-1]:
        if sum(sizes.values()) <= most:
            break
        sizes.pop(oldest)
        shelf.pop(oldest, None)


def own(name: str, shelf: dict[str, Any]) -> dict[str, Any]:
    """The visitor's own things of this name, in the order they came; also the one that the link names."""
    keys = st.session_state.setdefault(f"own_{name}", [])
    linked = st.query_params.get(name)
    if linked in shelf and linked not in keys:
        keys.append(linked)
    return {key: shelf[key] for key in keys if key in shelf}


def choose(name: str, key: str) -> None:
    """Make a thing the visitor's own, and the choice from the next run of a page on."""
    keys = st.session_state.setdefault(f"own_{name}", [])
    if key not in keys:
        keys.append(key)
    st.session_state[f"chosen_{name}"] = st.query_params[name] = key


def forget(name: str, key: str) -> None:
    """Take a thing off the visitor's list. The shelf keeps it for others who have its link."""
    st.session_state[f"own_{name}"].remove(key)
    if st.query_params.get(name) == key:
        st.query_params.pop(name)

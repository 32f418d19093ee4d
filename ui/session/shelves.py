"""What visitors brought or made, kept on the server for a while: whoever has the link finds it, also after a reload.

A shelf is a dict by digest that all visitors share, bounded in bytes: what came first goes first. A visitor's own list
has the digests of what they put there or opened by link, and is part of the link itself.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from nn_core.archives import ArchiveError
from nn_core.texts import plain
from ui.session.widgets import whole_page

MOST_OWN = 8  # on a visitor's list


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
    """The visitor's own things of this name, in the order they came; also those that the link names."""
    listed, link = f"own_{name}", st.query_params
    for key in [*link.get(listed, "").split(","), link.get(name)]:
        if key in shelf:
            _list(name, key)
    keys = [key for key in st.session_state.get(listed, []) if key in shelf]
    if keys and link.get(listed) != ",".join(keys):
        link[listed] = ",".join(keys)
    return {key: shelf[key] for key in keys}


def choose(name: str, key: str) -> None:
    """Make a thing the visitor's own, and the choice from the next run of a page on."""
    _list(name, key)
    st.session_state[f"chosen_{name}"] = st.query_params[name] = key


def _list(name: str, key: str) -> None:
    keys = st.session_state.setdefault(f"own_{name}", [])
    if key not in keys:
        keys.append(key)
        del keys[:-MOST_OWN]


def forget(name: str, key: str) -> None:
    """Take a thing off the visitor's list. The shelf keeps it for others who have its link."""
    keys = st.session_state[f"own_{name}"]
    keys.remove(key)
    for part in (name, f"own_{name}"):
        st.query_params.pop(part, None)
    st.session_state.pop(f"chosen_{name}", None)


def gone(name: str, known: dict[str, Any]) -> bool:
    """Whether the link names a thing that is not here any more."""
    return st.query_params.get(name, next(iter(known))) not in known


def upload(name: str, bring: Callable[[bytes, str], object]) -> dict[str, Any]:
    """Arguments for a file uploader. `bring` is given the bytes of the file and its name; what it refuses by an
    ArchiveError is said by `problem`. The uploader is empty again afterwards: no file stays in its memory."""
    state = st.session_state
    number = state.setdefault(f"uploads_{name}", 0)
    key = f"upload_{name}_{number}"

    def take() -> None:
        if file := state[key]:
            title = plain(file.name, 40)
            try:
                bring(file.getvalue(), title)
                refuse(name, "")
            except ArchiveError as problem:
                refuse(name, f"“{title}” was not read. {problem}")
            state[f"uploads_{name}"] = number + 1
        whole_page()

    return {"key": key, "on_change": take}


def refuse(name: str, problem: str) -> None:
    """Say what was wrong with the last thing brought, or "" that nothing was."""
    st.session_state[f"problem_{name}"] = problem


def problem(name: str) -> str:
    """What was wrong with the last thing brought, or ""."""
    return st.session_state.get(f"problem_{name}", "")

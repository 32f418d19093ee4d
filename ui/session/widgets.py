"""How widgets are tied to what they show and change: arguments for Streamlit's own and for ours."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui.session.settings import change

MOST_NAMED = 8  # options that a sentence lists
LONGEST_NAMED = 40  # characters of a link that it repeats


def taken(key: str, take: Callable[[Any], object], event: str = "on_change", whole: bool = True) -> dict[str, Any]:
    """Arguments for a native widget: `take` is given what the visitor makes of it, and the `whole` page follows."""

    def happened() -> None:
        take(st.session_state[key])
        if whole:
            whole_page()

    return {"key": key, event: happened}


def tied(key: str, value: Any, take: Callable[[Any], object], whole: bool = True) -> dict[str, Any]:
    """The same for one that shows `value`, whatever it stood at before."""
    st.session_state[key] = value
    return taken(key, take, whole=whole)


def bound(
    name: str,
    value: Any,
    changes: Callable[[Any], Mapping[str, Any]] | None = None,
    change: Callable[..., object] = change,
    page: str = "set",
) -> dict[str, Any]:
    """Arguments that tie a native widget to the Config: it shows `value`, and what the visitor picks becomes the
    setting `name`, or whatever settings `changes` makes of it. Another page has its own `change`."""
    key = f"{page}_{name}"
    if key not in st.session_state or st.session_state[key] != value:  # else what is being typed there would be lost
        st.session_state[key] = value
    return taken(key, lambda picked: change(**(changes(picked) if changes else {name: picked})))


def bound_live(
    name: str, read: Callable[[Any], tuple[float | None, bool]], changes: Callable[[float], Mapping[str, Any]]
) -> dict[str, Any]:
    """The same for a live slider: `read` makes (value, still held) of the state that the browser sends. While it is
    held only its own fragment of the page runs; with the hand off, the whole page follows."""
    key = f"live_{name}"

    def take() -> None:
        value, held = read(st.session_state.get(key))
        if value is not None:
            change(**changes(value))
        if not held:
            whole_page()

    return {"key": key, "on_change": take}


def whole_page() -> None:
    """After a click or at the end of a drag: run the whole page, also where the widget stands in a fragment of it."""
    st.session_state["clicked"] = True
    st.rerun()


def action(name: str, act: Callable[[], None]) -> dict[str, Any]:
    """Arguments for a button that does something."""

    def take() -> None:
        act()
        whole_page()

    return {"key": f"do_{name}", "on_click": take}


def new_seed() -> int:
    """A seed nobody chose, short enough to read aloud."""
    return secrets.randbelow(10_000)


def choice(name: str, options: Sequence[str | None], doubted: bool = True) -> dict[str, Any]:
    """Arguments that tie a native widget to a choice of its own page, kept for the visit and part of its link.

    A link that asks for what is no option is told so, if `doubted`: not where the page has a word of its own for it.
    """
    state, key, kept, link = st.session_state, f"choose_{name}", f"chosen_{name}", f"link_{name}"
    linked = st.query_params.get(name)
    if key not in state or state.get("turned"):  # a visit begins; the browser may still tell of a namesake elsewhere
        state[key] = linked if linked in options else state.get(kept)
    elif linked != state[link]:  # the browser's back button
        state[key] = linked
    else:
        doubted = False
    if doubted:
        doubt_link(name, linked, options)
    # Written in each run: only then does the browser get it, and what it got in a run that the next click cut off may
    # have been lost.
    state[key] = state[key] if state[key] in options else options[0]
    if state[key] != options[0] and linked != state[key]:
        st.query_params[name] = state[key]
    state[kept], state[link] = state[key], st.query_params.get(name)

    return {"key": key, "on_change": lambda: choose(name, state[key])}


def doubt_link(name: str, linked: str | None, options: Sequence[str | None]) -> None:
    """Say so where the link asks for what there is not, and take it out."""
    if linked is None or linked in options:
        return
    known = [option for option in options if option]
    some = known if len(known) <= MOST_NAMED else [*known[:2], "...", known[-1]]
    text = linked[:LONGEST_NAMED].replace("`", "")
    st.session_state.setdefault("link_said", {})[name] = (
        f"The link asks for `{name}={text}`, which is none of {', '.join(some)}. It is left out."
    )
    st.query_params.pop(name, None)


def link_said() -> list[str]:
    """What could not be done of the choices in the link to this page, a sentence each; until one of them is made."""
    return list(st.session_state.get("link_said", {}).values())


def chosen(name: str) -> str | None:
    """What was chosen by a widget tied with `choice`, on this page."""
    return st.session_state.get(f"choose_{name}")


def choose(name: str, option: str | None) -> None:
    """Make this the choice, in the link too; None, where it is an option, is to have chosen nothing."""
    state = st.session_state
    state.get("link_said", {}).pop(name, None)
    state[f"choose_{name}"] = option
    if option is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = option
    state[f"link_{name}"] = option


def reported(key: str) -> object:
    """What the component with that key last reported; it comes from the browser and may be anything."""
    state = st.session_state
    if key in state:
        state[f"last_{key}"] = state[key]
    return state.get(key)


def last_reported(key: str) -> object:
    """The same, also on a page where the component is not."""
    return st.session_state.get(f"last_{key}")


def answer_number() -> int:
    """Another number each time, so that the browser knows that its last report has been answered."""
    st.session_state["answers"] = st.session_state.get("answers", 0) + 1
    return st.session_state["answers"]

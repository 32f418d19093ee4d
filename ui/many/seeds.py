"""Many seeds of the run on the playground: the button that asks for them, and what became of them below the picture."""

import streamlit as st

from nn_core.fates import fates
from nn_core.outcome import nothing_to_learn
from nn_core.plateaus import plateaus
from ui import session, theme
from ui.components.seeds import encode, seeds
from ui.depth import deeper
from ui.many.status import on_its_way
from ui.session import crowds
from ui.session import seeds as asked
from ui.session.crowds import Crowd

LOOK = 0.3  # seconds between two looks
TOO_LONG = "These settings take too long for that: choose fewer epochs, samples or nodes."
FIRST = 0.6  # seconds that the page waits for all of them


def button() -> None:
    """Ask for many seeds; says how long they take where that is to be felt."""
    nothing = nothing_to_learn(session.config())
    count = 0 if nothing else min(asked.USUAL, asked.most_seeds())
    seconds = asked.seeds_seconds(count) if count else 0
    label = f"Try {count or asked.USUAL} seeds"
    if seconds > 2:
        label += f" (about {theme.duration(seconds)})"
    st.button(
        label,
        icon=":material/grid_view:",
        width="stretch",
        disabled=not count,
        help="Cause: these settings are trained from so many seeds at once. Effect: you see how many solve it, where "
        "the others get stuck, and how much of your run was luck." + ("" if count else f" {nothing or TOO_LONG}"),
        **session.action("seeds", lambda: asked.ask_seeds(count)),
    )


def below() -> None:
    """What became of them, if they were asked for."""
    current = asked.follow_seeds()
    crowds.await_crowd("seeds", FIRST)
    if asked.asked_seeds():
        st.fragment(show, run_every=LOOK if crowds.watch("seeds") else None)(current)
    else:
        with st.container(key="seeds_unasked"):  # unseen: the browser has the script when they are
            seeds(key="seeds_unasked_yet", payload=b"", on_wish=lambda: None)


def show(current: bool) -> None:
    """All of it as it is now."""
    crowd = asked.asked_seeds()
    if crowd is None:
        return
    running = crowd.running
    with st.container(border=True, key="seeds_panel"):
        _head(crowd.about.count, current)
        with st.container():
            on_its_way(crowd, "seeds")
        _picture(crowd)
        deeper("share", "plateaus")
    if not running:
        crowds.rest("seeds")


def _head(count: int, current: bool) -> None:
    title, counts, close = st.columns([4, 3, 1], vertical_alignment="center")
    title.subheader("The same run from many seeds", anchor=False)
    counts.segmented_control(
        "How many seeds",
        asked.COUNTS,
        format_func=lambda n: f"{n:,}",
        label_visibility="collapsed",
        **session.tied("seeds_count", count, lambda n: asked.ask_seeds(n or count)),
    )
    close.button("Close", icon=":material/close:", width="stretch", **session.action("close_seeds", asked.close_seeds))
    if not current:
        seconds = asked.seeds_seconds(count)
        words, again = st.columns([4, 1], vertical_alignment="center")
        words.info(f"The settings have changed. {count:,} seeds of the new ones take about {theme.duration(seconds)}.")
        again.button(
            "Try them", type="primary", width="stretch", **session.action("again", lambda: asked.ask_seeds(count))
        )


def _picture(crowd: Crowd) -> None:
    whole = crowd.populations()[0]
    config, data = crowd.about.config, crowd.about.data
    found = fates(whole, plateaus(config, data))
    shown = session.config().seed if session.config().replace(seed=0) == config else None
    payload = encode(whole, found, data, asked=crowd.asked, running=crowd.running, shown=shown)
    seeds(key="seeds", payload=payload, on_wish=asked.seed_wished)

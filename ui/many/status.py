"""What is said about many networks on their way: how far they are, where they stand in line, what went wrong."""

import streamlit as st

from ui import session, theme
from ui.session.crowds import Crowd, cancel, go_on, where


def on_its_way(crowd: Crowd, purpose: str) -> None:
    """How far it is, with a button to stop it, or to go on; nothing when it is done."""
    for sentence in (crowd.problem, where()):
        if sentence:
            st.warning(sentence)
    if crowd.resting:
        st.button("Go on", icon=":material/play_arrow:", **session.action(f"go_on_{purpose}", lambda: go_on(purpose)))
    if not crowd.running:
        return
    place = crowd.place()
    if place:
        ahead = "You are next" if place.rank == 1 else f"{place.rank - 1} before you"
        words = f"Waiting in line: {ahead}; your turn comes in about {theme.duration(place.seconds)}."
    else:
        words = "Training …"
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(min(1.0, crowd.done()), words)
    halt = session.action(f"stop_{purpose}", lambda: cancel(purpose))
    button.button("Stop", icon=":material/stop:", width="stretch", **halt)

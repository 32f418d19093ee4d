"""The playground: a small network learns a problem of the plane, again at every touch of a control."""

import streamlit as st

from ui import controls, session, theme
from ui.components.stage import encode, stage


@st.fragment
def live() -> None:
    """What moves while a hand is on a slider: the picture of the run, and then the sliders, which wait for it."""
    with st.container(key="picture"):
        show(session.advance(session.config()))
    with st.container(key="live"):
        controls.live_sliders(session.config())


def show(run: session.Run) -> None:
    """The picture, and below it, where nothing above can jump, what has to be said about the settings."""
    stage(key="stage", payload=encode(run.history, run.data, run=run.number, seconds=run.seconds))
    for sentence in session.notices():
        st.warning(sentence)
    controls.permission(run.config, theme.duration(run.config.estimated_seconds))


st.title("Neural network playground")
config = session.open_config()
with st.container(key="cockpit"):
    live()
    controls.by_the_picture(config)
run = session.current_run()
controls.in_detail(run)
session.write_link()
session.go_on(run)

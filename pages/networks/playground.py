"""The playground: a small network learns a problem of the plane, again at every touch of a control."""

import streamlit as st

from ui import controls, session, theme
from ui.components.stage import encode, stage


@st.fragment
def cockpit() -> None:
    """What moves together: the picture of the run, and the controls one plays with."""
    config = session.open_config()
    with st.container(key="cockpit"):
        places = controls.by_the_picture(config)
        with st.container(key="picture"):
            show(session.advance(config))
    controls.live_sliders(config, *places)


def show(run: session.Run) -> None:
    """The picture, and below it, where nothing above can jump, what has to be said about the settings."""
    stage(key="stage", payload=encode(run.history, run.data, run=run.number, seconds=run.seconds))
    for sentence in session.notices():
        st.warning(sentence)
    controls.permission(run.config, theme.duration(run.config.estimated_seconds))


st.title("Neural network playground")
config = session.open_config()
cockpit()
run = session.current_run()
controls.in_detail(config)
controls.views(run)
session.write_link()
session.go_on(run)

"""The playground: a small network learns a problem of the plane, again at every touch of a control."""

import streamlit as st

from ui import controls, drawers, in_symbols, parts, session, theme
from ui.components.line import line
from ui.components.pins import pins
from ui.components.stage import encode, stage
from ui.many import seeds
from ui.networks import coaching


@st.fragment
def live() -> None:
    """What moves while a hand is on a slider: the picture of the run, and then the sliders, which wait for it."""
    with st.container(key="picture"):
        show(session.advance(session.config()))
    with st.container(key="live"):
        controls.live_sliders(session.in_force())
    session.follow()


def show(run: session.Run) -> None:
    """The picture, and above it, where it is seen, what has to be said about the settings."""
    payload = encode(
        run.history, run.data, run=run.number, seconds=run.seconds, since=session.since(), fixed=session.hides("touch")
    )
    stage(key="stage", payload=payload, on_wish=session.wished)
    for sentence in session.notices():
        st.warning(sentence)
    controls.permission(run.config, theme.duration(run.config.estimated_seconds))


@st.fragment
def questions() -> None:
    """Answers to what the picture asks about one place of the run."""
    line(key="line", answer=session.answered(), on_question=session.asked)


st.title("Neural network playground")
config = session.open_config()
with st.container(key=parts.cockpit()):
    controls.to_try(session.in_force())
    live()
    controls.by_the_picture(session.in_force())
questions()
run = session.current_run()
if not session.hides("coach"):
    coaching.below(run)
in_symbols.below(run.config)
seeds.below()
if not session.hides("pins"):
    pins(key="pins_card", payload=controls.pins_payload(run), on_wish=session.pins_wished)
drawers.in_detail(run)
session.write_link()
session.go_on(run)

"""Learn: the tutorial's network that would not learn, and why."""

import streamlit as st

from ui.learn import depth, failing, questions


@st.fragment
def live() -> None:
    """What follows the dials."""
    failing.dials()
    failing.trial()


st.title("The network that would not learn")
depth.switch()
failing.beginners()
failing.experiment()
live()
failing.what_helps()
failing.why()
failing.steps()
questions.ask(failing.QUESTIONS)

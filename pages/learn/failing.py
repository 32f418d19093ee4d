"""Learn: the tutorial's network that would not learn, and why."""

import streamlit as st

from ui.learn import causes, failing, pictures, questions


@st.fragment
def live() -> None:
    """What follows the dials."""
    failing.dials()
    failing.trial()


st.title("The network that would not learn")
failing.beginners()
failing.experiment()
live()
questions.ask(failing.BEFORE)
failing.what_helps()
causes.why()
causes.steps()
questions.ask(failing.QUESTIONS, after=failing.BEFORE)
failing.in_short()
pictures.answers()

"""The picture of a lesson's run: looked at and asked about, but not changed by hand."""

import streamlit as st

from ui import session
from ui.components.line import line
from ui.components.stage import encode, stage
from ui.session.lessons import LessonRun


def picture(shown: LessonRun) -> None:
    """The stage with this run."""
    payload = encode(shown.history, shown.data, run=shown.number, seconds=shown.seconds, fixed=True)
    stage(key="lesson_stage", payload=payload, on_wish=lambda: None)


@st.fragment
def answers() -> None:
    """What the picture asks about one place of the run; it stands anywhere on the page."""
    line(key="lesson_line", answer=session.lesson_answered(), on_question=lambda: None)

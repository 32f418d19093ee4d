"""The whole test set at a glance: where a network errs, whether it knows, and what it withstands."""

import streamlit as st

from ui import depth
from ui.digits import examine, image_sets, networks


@st.fragment
def look(view: str, exam: examine.Exam) -> None:
    """The open view: nothing else is computed, and it alone runs again while it is played with."""
    examine.VIEWS[view].show(exam)
    depth.deeper(*examine.VIEWS[view].subjects)


st.title("The test set")
st.write("Pictures that the network has never seen while it learnt: how many does it read right, and which not?")
network = networks.pick()
images = image_sets.pick(network)
exam = examine.begin(network, images)
examine.headline(exam)
look(*examine.pick_view(exam))

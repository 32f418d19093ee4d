"""The whole test set at a glance: where a network errs, whether it knows, and what it withstands."""

import streamlit as st

from ui import image_sets, networks, test_set


@st.fragment
def look(view: str, subject: test_set.Subject) -> None:
    """The open view: nothing else is computed, and it alone runs again while it is played with."""
    test_set.VIEWS[view].show(subject)


st.title("The test set")
st.write("Pictures that the network has never seen while it learnt: how many does it read right, and which not?")
network = networks.pick()
images = image_sets.pick(network)
subject = test_set.begin(network, images)
test_set.headline(subject)
look(*test_set.pick_view(subject))

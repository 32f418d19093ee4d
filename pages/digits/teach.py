"""Teach a network your own handwriting with a few drawings, and see what it forgets."""

import streamlit as st

from ui import depth
from ui.digits import image_sets, lessons, networks

st.title("Teach it")
st.write(
    "It misreads your 7? Show it a few of them. It learns them in seconds, among pictures it knows already, so that it "
    "does not forget those."
)
network = networks.pick()
images = image_sets.pick(network)

paper, desk = st.columns([2, 3], gap="large")
with paper:
    lessons.draw_more(network)
with desk:
    drawings = st.container()
    lesson = lessons.begin(network, images)
    lessons.learn(lesson)
    depth.deeper("lesson", "forgotten")
with drawings:
    lessons.mine(lesson)
    lessons.files()

"""Step through: one update of the playground's run, one number at a time: forward, backward, over the batch, update."""

import streamlit as st

from ui import session
from ui.networks import stepping
from ui.session import stepping as asked

st.title("Step through")
st.write(
    "Follow one point through the network: forward to its answer, backward to every gradient, into the mean over the "
    "batch, and on to the new weights. The switch at the top says whether each number stands with its formula, and "
    "with the lines of code that compute it."
)
asked.open_walk()
run = stepping.trained()
if run:
    look = asked.fitting(run)
    stepping.choices(run, look)
    for sentence in (*session.notices(), *asked.walk_said()):
        st.warning(sentence)
    stepping.walk(run, look)
    asked.write_walk_link()
    session.go_on(run)

"""Loss landscape: the loss around the playground's run, the way the run took through it, and other optimizers' ways."""

import streamlit as st

from ui import depth, session
from ui.networks import checking, landscape
from ui.session import landscape as asked

st.title("Loss landscape")
st.write("Training walks downhill, in as many dimensions as there are parameters. Here is a cut through its landscape.")
now = asked.open_landscape()
run = session.advance(session.config())
for sentence in (*session.notices(), *asked.landscape_said()):
    st.warning(sentence)
if checking.ready(run):
    landscape.show(run, now)
    depth.deeper("plane", *landscape.DEEPER[now.plane])
asked.write_landscape()
session.go_on(run)

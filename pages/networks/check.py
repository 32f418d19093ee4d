"""Gradient check: backpropagation held against measured derivatives, and broken on purpose."""

import streamlit as st

from ui import depth, session
from ui.networks import checking
from ui.session import checking as asked

st.title("Gradient check")
st.write(
    "Is backpropagation right? Move a parameter a little and measure what the loss does: it must come to the same."
)
now = asked.open_check()
run = session.advance(session.config())
for sentence in (*session.notices(), *asked.check_said()):
    st.warning(sentence)
if checking.ready(run):
    checking.show(run, now)
    depth.deeper("u_shape")
asked.write_check()
session.go_on(run)

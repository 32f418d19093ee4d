"""Race: optimizers, activations or first weights against each other, from the same starts."""

import streamlit as st

from ui import depth, session
from ui.many import racing
from ui.session import racing as asked

st.title("Race")
st.write("Which one learns faster, and which more surely? One run is an anecdote: here each runs from many seeds.")
racing.settings(asked.open_race())
for sentence in (*session.notices(), *asked.race_said()):
    st.warning(sentence)
racing.results()
depth.deeper("share", "best_rate")
asked.write_race_link()

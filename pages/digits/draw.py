"""Draw a digit, and watch a network read it while you draw."""

import streamlit as st

from nn_core import digits
from ui import cards, networks, session
from ui.components.pad import pad, read_ink


@st.fragment
def paper(network: digits.Network) -> None:
    """The pad and its answer: all that runs again while the pen moves."""
    ink = read_ink(session.pad_value())
    drawing = digits.preprocess(ink.strokes, ink.brush)
    pad(ink, drawing, digits.classify(network, drawing), key="pad")


st.title("Draw a digit")
st.write("A network that learnt handwritten digits reads yours while you draw it, and says so when it is not sure.")
place = st.container()

network = networks.pick()
with st.expander("About these networks"):
    st.markdown(cards.table(network.card for network in session.networks().values()))

with place:
    paper(network)

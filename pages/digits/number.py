"""Draw several digits side by side, and watch a network tell them apart and read the number."""

import streamlit as st

from nn_core import digits, numbers
from ui import depth, session
from ui.components.number import WIDE, number
from ui.components.pad import read_ink
from ui.digits import networks


@st.fragment
def paper(network: digits.Network) -> None:
    """The sheet and what was read: all that runs again while the pen moves."""
    ink = read_ink(session.reported("number"), WIDE)
    number(ink, numbers.read(network, ink.strokes), digits.class_names(network), key="number")


st.title("Draw a number")
st.write(
    "The network knows single digits only. It is shown every group of strokes that may be one, and the groups it is "
    "surest of are framed. Click a digit below the sheet for all its probabilities."
)
place = st.container()

network = networks.pick()

with place:
    paper(network)
    depth.deeper("number")

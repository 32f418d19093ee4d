"""Operate on a network: switch units off, prune, add noise, round the weights, and see what it costs."""

import streamlit as st

from ui import session
from ui.digits import image_sets, networks, operating
from ui.digits.shared import folded

st.title("Operate")
st.write(
    "How much of a network is needed? Take something away from it, or blur it, and let it read all test pictures again."
)
network = networks.pick()
images = image_sets.pick(network)
operated = operating.begin(network, images)

operating.outcome(operated)
tools, result = st.columns([2, 3], gap="large")
with tools:
    operating.controls(operated)
with result:
    operating.reaction(operated)
    operating.done(operated)
    operating.keep(operated)
folded("prune", "noise", "rounding", "size")

view = st.segmented_control(
    "View",
    operating.VIEWS,
    format_func=operating.title,
    required=True,
    label_visibility="collapsed",
    **session.choice("operating", tuple(operating.VIEWS)),
)
operating.show(view or "units", operated)

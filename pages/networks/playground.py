"""The playground: a small network learns a problem of the plane, again at every touch of a control."""

import streamlit as st

from ui import controls, session, theme
from ui.components.stage import encode, stage

config = session.open_config()

for notice in session.notices():
    st.warning(notice)

hand, picture = st.columns([1, 3], gap="medium")
with hand:
    controls.preset(config)
    nodes = st.container()
    controls.activation(config)
    rate = st.container()
    controls.layers(config)
    controls.seed(config, "seed")

of_data, of_network, of_training = st.columns(3, gap="medium")
with of_data:
    st.subheader("Data")
    noise = controls.data(config)
with of_network:
    st.subheader("Network")
    controls.network(config)
with of_training:
    st.subheader("Training")
    controls.training(config)

run = session.advance(config)
history = run.history
with picture:
    controls.permission(config, theme.duration(config.estimated_seconds))
    stage(key="stage", payload=encode(history, run.data, run=run.number, seconds=run.seconds, finished=run.finished))
    if history.stopped:
        st.warning(history.stopped)

controls.live_sliders(config, nodes, rate, noise)
session.write_link(config)
controls.views(history, run.data)
session.go_on(run)

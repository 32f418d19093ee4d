"""Train a network on pictures, and watch it learn."""

import streamlit as st

from ui import image_sets, trainer
from ui.session import training

EVERY = 0.4  # seconds between two looks at a run

st.title("Train a network")
st.write("A network learns to read handwritten digits, here and now: press Start, and watch both curves.")
training.open_training()
fixed = training.live(training.job())
left, right = st.columns([2, 3], gap="large")
if not fixed:
    training.learn_from(image_sets.pick())
with left:
    trainer.recipes(training.in_force(), training.images(), fixed)
    trainer.settings(training.in_force(), fixed)
with right:
    for sentence in training.notices():
        st.warning(sentence)
    st.fragment(trainer.watch, run_every=EVERY if training.running() else None)(training.images().classes)
    trainer.take_away(training.job())
training.write_training_link()

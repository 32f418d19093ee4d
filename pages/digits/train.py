"""Train a network on pictures, and watch it learn."""

import streamlit as st

from ui import in_symbols
from ui.digits import image_sets, pictures, trainer
from ui.digits.shared import folded
from ui.session import training

LOOK, LOOK_INSIDE = 0.4, 2.0  # seconds between two looks at a run, and at its layers

st.title("Train a network")
st.write("A network learns to read handwritten digits, here and now: press Start, and watch its curves grow.")
training.open_training()
fixed, moving = training.live(training.job()), training.running()
chosen = image_sets.pick(fixed=fixed)
if not fixed:
    training.learn_from(chosen)
with st.container(key="trainer"):
    with st.container(key="recipes"):
        trainer.recipes(training.in_force(), training.images(), fixed)
    with st.container(key="run"):
        for sentence in training.notices():
            st.warning(sentence)
        st.fragment(trainer.watch, run_every=LOOK if moving else None)(training.learnt().classes)
        st.fragment(pictures.look)(training.images(), training.settings().images)
        st.fragment(trainer.layers_of_run, run_every=LOOK_INSIDE if moving else None)()
        folded("batch_means")
    with st.container(key="settings"):
        trainer.settings(training.in_force(), fixed)
in_symbols.below(training.in_force())
training.write_training_link()

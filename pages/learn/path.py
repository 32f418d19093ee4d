"""Learn: from a neuron to a network that reads digits, step by step."""

import streamlit as st

from ui.learn import path, pictures, questions

st.title("From a neuron to a network")
path.one_neuron()
questions.ask(path.FIRST)
st.fragment(path.perceptron)()
st.fragment(path.activations)()
path.loss()
path.passes()
path.loop()
st.fragment(path.hyperparameters)()
path.digits()
questions.ask(path.QUESTIONS, after=path.FIRST)
pictures.answers()
st.page_link("../pages/learn/failing.py", label="Next: the network that would not learn", icon=":material/school:")

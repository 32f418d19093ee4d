"""Search: which settings solve the problem, found by a grid, at random, or by successive halving."""

import streamlit as st

from ui import depth, session
from ui.many import searching, sought
from ui.session import searching as asked

if opened := asked.turn_to_opened():
    digits = opened.data.kind == "pictures"
    st.switch_page("../pages/digits/train.py" if digits else "../pages/networks/playground.py")

st.title("Search")
st.write("Hundreds of networks are trained side by side: which settings solve it, and how often?")
now = asked.open_search()
with st.container(key="searcher"):
    with st.container(key="what"):
        searching.what(now)
    with st.container(key="how"):
        searching.how(now)
        for sentence in (*session.notices(), *asked.search_said()):
            st.warning(sentence)
    with st.container(key="results"):
        sought.results(now)
        depth.deeper("share", "importance", *(["halving"] if now.method == "halving" else []))
asked.write_search_link()

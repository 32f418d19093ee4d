"""Around every page: the browser tab, and the table of contents. A new page is one line here."""

from pathlib import Path

import streamlit as st

from ui import session

HERE = Path(__file__).parent
PAGES = HERE.parent / "pages"

st.set_page_config(page_title="Neural network playground", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "frame.css")

contents = [  # in one line, so that every page is one click away, and the one in sight is marked
    st.Page(PAGES / "networks" / "playground.py", title="Playground", default=True),
    st.Page(PAGES / "networks" / "search.py", title="Search"),
    st.Page(PAGES / "networks" / "race.py", title="Race"),
    st.Page(PAGES / "digits" / "draw.py", title="Draw a digit"),
    st.Page(PAGES / "digits" / "number.py", title="Draw a number"),
    st.Page(PAGES / "digits" / "teach.py", title="Teach it"),
    st.Page(PAGES / "digits" / "train.py", title="Train"),
    st.Page(PAGES / "digits" / "examine.py", title="The test set"),
    st.Page(PAGES / "digits" / "operate.py", title="Operate"),
]
page = st.navigation(contents, position="top")
session.turn_to(page.url_path)
page.run()

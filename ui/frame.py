"""Around every page: the browser tab, and the table of contents. A new page is one line here."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parent.parent / "pages"

st.set_page_config(page_title="Neural network playground", page_icon=str(PAGES.parent / "ui" / "icon.svg"), layout="wide")

contents = [
    st.Page(PAGES / "networks" / "playground.py", title="Playground", default=True),
    st.Page(PAGES / "digits" / "draw.py", title="Draw a digit"),
]
st.navigation(contents, position="top").run()

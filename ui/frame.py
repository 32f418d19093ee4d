"""Around every page: the browser tab, and the table of contents. A new page is one word here."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import depth, session
from ui.parts import PARTS, foot

HERE = Path(__file__).parent
PAGES = HERE.parent / "pages"

st.set_page_config(page_title="Neural network playground", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "frame.css")


def pages(section: str, **titles: str) -> list[StreamlitPage]:
    """The pages of a section, by the names of their files."""
    return [
        st.Page(PAGES / section / f"{name}.py", title=title, default=name == "playground")
        for name, title in titles.items()
    ]


contents = {
    "": pages("networks", playground="Playground"),
    "Learn": pages("learn", path="From a neuron to a network", failing="The network that would not learn"),
    "Networks": pages(
        "networks",
        search="Search",
        race="Race",
        step="Step through",
        check="Gradient check",
        landscape="Landscape",
    ),
    "Digits": pages(
        "digits",
        draw="Draw a digit",
        number="Draw a number",
        teach="Teach it",
        train="Train",
        examine="The test set",
        operate="Operate",
    ),
}
page = st.navigation(contents, position="top")
session.turn_to(page.url_path)
session.open_depth()
session.open_hidden(list(PARTS))
if not session.hides("depth"):
    depth.switch()
said = st.container(key="said")
page.run()
foot()
session.write_beside()
for sentence in session.link_said():
    said.warning(sentence)

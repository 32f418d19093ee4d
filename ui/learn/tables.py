"""The tables of the lessons."""

from collections.abc import Iterable, Sequence

import streamlit as st

from ui.words import table


def tabulated(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> None:
    """A table of numbers; on a narrow page it is moved sideways."""
    with st.container(key=f"lesson_table_{name}"):
        st.markdown(table(head, rows, align))

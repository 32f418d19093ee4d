"""Plotly charts as the pages show them."""

from typing import Any

import streamlit as st


def chart(figure: Any, **tied: Any) -> None:
    """A chart without buttons on it; `tied` are a key, or what ties its selection to the visitor's choice."""
    st.plotly_chart(figure, config={"displaylogo": False, "displayModeBar": False}, **tied)

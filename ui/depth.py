"""Explanations in three depths, one switch for all: words; symbols, which adds the formulas; code, which adds the lines
of nn_core that compute them."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from textwrap import dedent
from typing import Any

import streamlit as st

from ui import session
from ui.words import table

DEPTHS = {"words": "Words", "symbols": "+ symbols", "code": "+ code"}
NAME = "depth"


def switch() -> None:
    """Choose how deep explanations go."""
    st.segmented_control(
        "Explain in",
        list(DEPTHS),
        format_func=DEPTHS.__getitem__,
        required=True,
        help="Cause: you choose how deep. Effect: words only, with formulas, or also with the code; in all lessons.",
        **session.choice(NAME, tuple(DEPTHS)),
    )


def explain(words: str, symbols: Sequence[str] = (), code: Sequence[Callable[..., Any]] = ()) -> None:
    """Words in Markdown; with them, where that is wanted, formulas in LaTeX and the source of functions."""
    depth = session.chosen(NAME)
    st.markdown(words)
    if depth in ("symbols", "code"):
        for formula in symbols:
            st.latex(formula)
    if depth == "code":
        for function in code:
            module = inspect.getmodule(function)
            assert module
            st.caption(f"`{module.__name__.replace('.', '/')}.py`")
            st.code(dedent(inspect.getsource(function)), language="python")


def tabulated(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> None:
    """A table of numbers; on a narrow page it is moved sideways."""
    with st.container(key=f"lesson_table_{name}"):
        st.markdown(table(head, rows, align))

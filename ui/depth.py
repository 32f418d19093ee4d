"""Explanations in three depths, one switch for the whole app: words; symbols, which adds the formulas; code, which adds
the lines of nn_core that compute them.

Lessons say all three at once, with `explain`. Elsewhere the words stand on the page already: `deeper` adds what the
tables of ui/explained say of the same subject.
"""

import inspect
from collections.abc import Callable, Sequence
from textwrap import dedent
from typing import Any

import streamlit as st

from ui import session
from ui.explained import SUBJECTS

TITLES = {"words": "Words", "symbols": "+ symbols", "code": "+ code"}


def switch() -> None:
    """Choose how deep explanations go; it stands in the head of every page."""
    with st.container(key="depth"):
        st.segmented_control(
            "Explain in",
            list(TITLES),
            format_func=TITLES.__getitem__,
            required=True,
            label_visibility="collapsed",
            help="Cause: you choose how deep explanations go, on all pages. Effect: words alone, with the formulas, or "
            "also with the code that computes them.",
            **session.depth_bound(),
        )


def explain(words: str, symbols: Sequence[str] = (), code: Sequence[Callable[..., Any]] = ()) -> None:
    """Words in Markdown; with them, where that is wanted, formulas in LaTeX and the source of functions."""
    st.markdown(words)
    add(symbols, code)


def deeper(*names: str) -> None:
    """What formulas and code add to the words about these subjects, where that is wanted."""
    if session.depth() != "words":
        add([each for name in names for each in SUBJECTS[name].symbols], _once(SUBJECTS[name].code for name in names))


def add(symbols: Sequence[str], code: Sequence[Callable[..., Any]]) -> None:
    """Formulas, and the source of functions, as deep as is wanted."""
    if session.depth() != "words":
        for formula in symbols:
            st.latex(formula)
    if session.depth() == "code":
        for function in code:
            st.caption(f"`{_file(function)}`")
            st.code(_source(function), language="python")


def in_help(words: str, symbols: Sequence[str], code: Callable[..., Any]) -> str:
    """The help of a widget, as deep as is wanted: Markdown."""
    parts = [words]
    if session.depth() != "words":
        parts += [f"$$\n{formula}\n$$" for formula in symbols]
    if session.depth() == "code":
        parts.append(f"`{_file(code)}`\n```python\n{_source(code)}```")
    return "\n\n".join(parts)


def _file(function: Callable[..., Any]) -> str:
    return f"{function.__module__.replace('.', '/')}.py"


def _source(function: Callable[..., Any]) -> str:
    return dedent(inspect.getsource(function))


def _once(several) -> list[Callable[..., Any]]:
    return list(dict.fromkeys(function for each in several for function in each))

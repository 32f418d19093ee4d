"""The script of the run on screen, and the one shown before it."""

from typing import NamedTuple

import streamlit as st

from nn_core.config import Config
from nn_core.script import script
from nn_core.scripted import table_file
from ui.session.runs import Run
from ui.session.settings import table_of


class Scripted(NamedTuple):
    """The script of a run, and that of the run it was shown for before, None at first."""

    config: Config
    text: str
    before: str | None


def scripted(run: Run) -> Scripted:
    """The script of a run that is done: made once, when it is first asked for."""
    kept: Scripted | None = st.session_state.get("scripted")
    if kept is None or kept.config != run.config:
        text = script(run.config, run.history, table_of(run.config))
        kept = Scripted(run.config, text, kept.text if kept else None)
        st.session_state["scripted"] = kept
    return kept


def table_beside(run: Run) -> str | None:
    """The file that the script reads, if it reads one."""
    table = table_of(run.config)
    return table_file(table) if table else None

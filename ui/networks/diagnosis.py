"""The drawer Diagnosis: how each layer of the run did, in small charts with a sentence each."""

import streamlit as st

from ui import session
from ui.components.curves import curves
from ui.depth import deeper
from ui.figures.diagnosis import absent, panels, present
from ui.session import coaching


def diagnosis(run: session.Run) -> None:
    """The charts of a run that is done."""
    if not run.history.finished:
        st.caption("The layers are examined when the run is done.")
        return
    found = coaching.vitals_of(run)
    if none := " or ".join(each.title.lower() for each in absent(found)):
        st.markdown(f"There were never any {none} in this run.")
    curves(panels(found, run.config), key="diagnosis", height=200)
    deeper(*(each.name for each in present(found)))

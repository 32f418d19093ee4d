"""The drawer Diagnosis: how each layer of the run did, in small charts with a sentence each."""

import streamlit as st

from ui import session
from ui.charts import chart
from ui.figures.diagnosis import NOW_AND_START, absent, now_and_start, over_time, present
from ui.session import coaching

SIDE_BY_SIDE = 3


def diagnosis(run: session.Run) -> None:
    """The charts of a run that is done."""
    if not run.history.finished:
        st.caption("The layers are examined when the run is done.")
        return
    found = coaching.vitals_of(run)
    if none := " or ".join(each.title.lower() for each in absent(found)):
        st.markdown(f"There were never any {none} in this run.")
    charts = [(each.name, each.title, each.meaning, over_time(found, each)) for each in present(found)]
    charts.append(("now", "Weights, now and at the start", NOW_AND_START, now_and_start(found, run.config)))
    for begin in range(0, len(charts), SIDE_BY_SIDE):
        for column, (name, title, meaning, figure) in zip(
            st.columns(SIDE_BY_SIDE, gap="medium"), charts[begin : begin + SIDE_BY_SIDE], strict=False
        ):
            with column:
                st.markdown(f"**{title}**")
                chart(figure, key=f"diagnosis_{name}")
                st.caption(meaning)

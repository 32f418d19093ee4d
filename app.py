"""The server. `streamlit run app.py` (or `uvicorn app:app`) starts here; the pages are listed in ui/frame.py."""

import gc
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parent


@asynccontextmanager
async def lifespan(app: st.App):
    """Once, before the first visitor: import what the pages need, and settle memory and threads."""
    import ui.figures.run_chart
    import ui.figures.run_print  # noqa: F401

    threadpool_limits(1, "blas")  # matrices this small are slower on two threads than on one
    gc.collect()
    gc.freeze()  # what is imported stays: the collection after every script run need not look at it again
    yield


app = st.App(ROOT / "ui" / "frame.py", lifespan=lifespan)
